#!/bin/bash
# The front door: installs what is missing, builds, and hands over to the launcher.
#
#   ./run-fleet.sh                                the demonstration
#   ./run-fleet.sh COMMAND [OPTION...]            see --help
#   ./run-fleet.sh --install-packages run|http|test  only the packages: of a run, of one with HTTP,
#                                                 of the tests
#
# On a terminal it asks before it installs; --yes as the first argument, or FLEET_YES=1, does not.
set -u -o pipefail

# The only list of packages: what it is for, package, why.
packages='
run gcc                 compiles the phone and the launcher
run make                builds them
run libc6-dev           headers and static library of C
run liburing-dev        event loop of a phone
run libnl-3-dev         namespaces, links and addresses
run libnl-route-3-dev   namespaces, links and addresses
run libcap-dev          privilege in stages
run libexpat1-dev       reads phone configuration (XML)
run libhttp-parser-dev  reads answers of HTTP servers
run libyaml-dev         reads fleet files (YAML)
run libjansson-dev      writes results (JSON)
run nettle-dev          digests and firmware signatures
run libgmp-dev          arithmetic for the signatures
run dnsmasq-base        TFTP and DHCP server
capture wireshark-common  dumpcap, for captures
http nginx-light        HTTP server beside the TFTP server
test nginx-light        HTTP server beside the TFTP server
test rsyslog            second opinion on what phones log over the network
test wireshark-common   dumpcap, for captures
test libcmocka-dev      unit tests
test bats               command line and namespace tests
test cppcheck           static checks
test clang-tidy         static checks
test shellcheck         static checks of scripts
test iproute2           looks into namespaces
test curl               second opinion on the TFTP server
test jq                 reads results
test tshark             reads captures
test e2fsprogs          a file system for a disk that keeps less than it takes
test iputils-ping       reaches through namespaces
test gcovr              reads coverage
test procps             looks for processes left behind
test scdoc              makes the manual pages
test mandoc             second opinion on the manual pages
test openssl            keys in other forms, and signatures by another hand
test python3            second opinions on documents
test python3-scapy      takes messages of phones apart, and plays their switch
test python3-yaml       second opinion on fleet files
test python3-jsonschema second opinion on fleet files
test python3-junitparser second opinion on the JUnit report
test libxml2-utils      validates the JUnit report
test clang               fuzzing
test libclang-rt-dev     sanitizers and libFuzzer for clang
test llvm                names in the stacks that fuzzing finds
test busybox             udhcpd, a DHCP server of the labs in tests
test kea-common          what the next needs
unpack kea-dhcp4-server  a DHCP server of the labs in tests
unpack isc-dhcp-server   another
test libwrap0            what the next two need
unpack tftpd-hpa         a TFTP server of the labs in tests
unpack atftpd            another
test libevent-2.1-7      what the next needs
test libsnmp40           and this
unpack lldpd             a switch, as CDP and LLDP have one, of the labs in tests
'

root=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

say() { printf 'run-fleet: %s\n' "$*" >&2; }

# Lines "package why" of the table for any of the given purposes, each package once.
wanted() {
    local purposes=" $* " purpose package why
    while read -r purpose package why; do
        [[ -n $purpose && $purposes == *" $purpose "* ]] && printf '%s %s\n' "$package" "$why"
    done <<<"$packages" | sort -u
}

# Of such lines, those whose package is not installed.
missing() {
    local package why
    while read -r package why; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
            printf '%s %s\n' "$package" "$why"
    done
}

list() {
    local package why
    while read -r package why; do
        printf '  %-20s %s\n' "$package" "$why" >&2
    done
}

# Ends the program where packages cannot be installed for want of privilege.
need_root() {
    [[ $(id -u) -eq 0 ]] && return 0
    command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; } && return 0
    say "installing packages takes root; run this as root, or:  sudo apt-get install $*"
    exit 3
}

apt() {
    local as_root=()
    [[ $(id -u) -eq 0 ]] || as_root=(sudo)
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q "$@" </dev/null
}

# Some packages bring a service that begins as they are installed, and with the host from then on.
# Here it is to do neither: what a fleet needs of them it starts itself.
services='nginx rsyslog isc-dhcp-server kea-dhcp4-server udhcpd'
policy=/usr/sbin/policy-rc.d

install_quietly() {
    local as_root=() ours='' rc=0 service
    [[ $(id -u) -eq 0 ]] || as_root=(sudo)
    if [[ ! -e $policy ]]; then # Debian's own way to say that no service is to be started
        ours=1
        printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
        "${as_root[@]}" chmod 755 "$policy"
    fi
    apt install -y --no-install-recommends "$@" || rc=$?
    [[ -z $ours ]] || "${as_root[@]}" rm -f "$policy"
    for service in $services; do
        [[ " $* " == *" $service"[\ -]* ]] && command -v update-rc.d >/dev/null &&
            "${as_root[@]}" update-rc.d "$service" disable
    done
    return $rc
}

# Installs what is missing for the given purposes. Lists of packages that are absent or stale are
# fetched first.
install_packages() {
    local lines names answer log
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        command -v gcc >/dev/null && command -v make >/dev/null && return 0 # someone saw to it
        say 'no apt-get here; install what these Debian packages hold, by your own means:'
        list < <(wanted "$@")
        exit 3
    fi
    lines=$(wanted "$@" | missing)
    [[ -z $lines ]] && return 0
    mapfile -t names < <(cut -d' ' -f1 <<<"$lines")
    say 'these Debian packages are missing:'
    list <<<"$lines"
    need_root "${names[@]}"
    if [[ -t 0 && -t 2 && -z ${FLEET_YES:-} ]]; then
        read -r -p 'Install them now? [Y/n] ' answer
        [[ ${answer:-y} == [Yy]* ]] || exit 3
    fi
    log=$(mktemp) || exit 3
    if ! apt-cache show --quiet=2 "${names[@]}" >/dev/null 2>&1 ||
        ! install_quietly "${names[@]}" >"$log" 2>&1; then
        apt update >"$log" 2>&1 && install_quietly "${names[@]}" >>"$log" 2>&1
    fi || {
        tail -n 15 "$log" >&2
        rm -f "$log"
        say "could not install them; try:  sudo apt-get update && sudo apt-get install ${names[*]}"
        exit 3
    }
    rm -f "$log"
    say "installed ${#names[@]} packages"
}

# Servers that tests start by themselves: installed, each would start at once, and some go with no
# other. They are fetched, and unpacked beside the build; tests that miss one say so.
unpack_packages() {
    local package why dir=$root/.build/packages
    command -v apt-get >/dev/null && command -v dpkg >/dev/null || return 0
    while read -r package why; do
        [[ -d $dir/$package ]] && continue
        mkdir -p "$dir/new"
        (
            cd "$dir/new" || exit
            apt-get -q download "$package"
            dpkg -x "$package"_*.deb "$package" && mv "$package" ..
        ) >/dev/null 2>&1
        rm -rf "$dir/new"
        [[ -d $dir/$package ]] || say "could not fetch $package ($why)"
    done < <(wanted unpack)
}

# Builds quietly; one at a time, for runs that start together.
build() {
    local log=$root/.build/build.log
    if ! { mkdir -p "$root/.build" && : >>"$root/.build/lock"; } 2>/dev/null; then
        [[ -x $root/.build/fleet ]] && return 0 # someone built it for all
        say "cannot write to $root/.build; make it writable for $(id -un)"
        exit 3
    fi
    exec 9>>"$root/.build/lock"
    flock 9
    if ! make -q -C "$root" all >/dev/null 2>&1; then
        say 'building'
        make -C "$root" -j"$(nproc)" all >"$log" 2>&1 9>&- || {
            tail -n 30 "$log" >&2
            say "the build failed; all of its output is in $log"
            exit 3
        }
    fi
    exec 9>&-
}

if [[ ${1:-} == --yes ]]; then
    FLEET_YES=1
    shift
fi
if [[ ${1:-} == --install-packages ]]; then
    case ${2:-} in
    run) install_packages run ;;
    http) install_packages run http ;;
    test)
        install_packages run test
        unpack_packages
        ;;
    *)
        say '--install-packages takes run, http or test'
        exit 2
        ;;
    esac
    exit 0
fi

purposes=(run)
[[ ${1:-} == capture || " $* " == *' --capture '* ]] && purposes+=(capture)
# A fleet file that has phones ask by HTTP, or an option that says so.
for word; do
    if [[ $word == http=on || (-f $word && $word == *.y*ml &&
        $(grep -cE '^http: *(on|true|yes)\b' "$word") -gt 0) ]]; then
        purposes+=(http)
        break
    fi
done
# Asking for help needs nothing but the program.
asks="^ (help|-h) | --(help|version|usage) "
if [[ ! (" $* " =~ $asks && -x $root/.build/fleet) ]]; then
    install_packages "${purposes[@]}"
    build
fi
exec -a run-fleet.sh "$root/.build/fleet" "$@"
