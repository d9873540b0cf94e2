#!/usr/bin/env bats
# The front door on machines that lack things, with stand-ins for the package tools.

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    bin=$BATS_TEST_TMPDIR/bin
    mkdir "$bin"
    chmod 755 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR" "$bin"
    export CALLS=$BATS_TEST_TMPDIR/calls
    : >"$CALLS" && chmod 666 "$CALLS"
    # jq and tshark are missing, all else is there
    stub dpkg-query '[[ "$*" == *" jq" || "$*" == *" tshark" ]] || echo installed'
    stub apt-cache 'exit "${UNKNOWN:-0}"'
    stub apt-get 'echo "$DEBIAN_FRONTEND $*" >>"$CALLS"; echo "E: broken"; exit "${BROKEN:-0}"'
}

stub() {
    printf '#!/bin/bash\n%s\n' "$2" >"$bin/$1"
    chmod 755 "$bin/$1"
}

nobody() {
    setpriv --reuid 65534 --regid 65534 --clear-groups env PATH="$bin:$PATH" "$@" </dev/null
}

front() {
    PATH=$bin:$PATH "$root/run-fleet.sh" "$@" </dev/null
}

@test "missing packages are named with their reason, and installed without questions" {
    run front --install-packages test
    [ "$status" -eq 0 ]
    [[ $output == *"jq                   reads results"* ]]
    [[ $output == *"tshark               reads captures"* ]]
    [[ $output != *"dnsmasq"* ]]
    [ "$(grep -v download "$CALLS")" = "noninteractive -q install -y --no-install-recommends jq tshark" ]
}

@test "what a run needs is not what the tests need" {
    run front --install-packages run
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    [ ! -s "$CALLS" ]
}

@test "package lists are fetched first where they are absent" {
    UNKNOWN=100 run front --install-packages test
    [ "$status" -eq 0 ]
    [[ $(head -1 "$CALLS") == *update ]]
    [[ $(grep -v download "$CALLS" | tail -1) == *"jq tshark" ]]
}

@test "a failed installation shows why and what to try, exit 3" {
    BROKEN=100 run front --install-packages test
    [ "$status" -eq 3 ]
    [[ $output == *"E: broken"* ]]
    [[ $output == *"try:  sudo apt-get update && sudo apt-get install jq tshark"* ]]
}

@test "without privilege it says what to install, exit 3" {
    # exit 3: packages cannot be installed, or the build failed
    [ "$(id -u)" -eq 0 ] || skip "needs root to become nobody"
    stub sudo 'exit 1'
    install -m 755 "$root/run-fleet.sh" "$bin"
    cd /
    run nobody "$bin/run-fleet.sh" --install-packages test
    [ "$status" -eq 3 ]
    [[ $output == *"installing packages takes root; run this as root, or:  sudo apt-get install jq tshark"* ]]
    [ ! -s "$CALLS" ]
}

@test "where there is no apt-get, the packages are listed, exit 3" {
    rm "$bin"/*
    local tool
    for tool in bash dirname readlink sort id; do
        ln -s "$(command -v "$tool")" "$bin/$tool"
    done
    run env PATH="$bin" "$(command -v bash)" "$root/run-fleet.sh" --install-packages run
    [ "$status" -eq 3 ]
    [[ $output == *"no apt-get here"* ]]
    [[ $output == *"dnsmasq-base         TFTP and DHCP server"* ]]
    [[ $output != *"tshark"* ]]
}

@test "a wrong purpose is refused" {
    run front --install-packages everything
    [ "$status" -eq 2 ]
}

@test "help needs no packages once the program is built" {
    stub dpkg-query 'exit 1'
    run front --help
    [ "$status" -eq 0 ]
    [[ $output == *"Usage: run-fleet.sh "* ]]
    [ ! -s "$CALLS" ]
}

@test "a link to it will do" {
    ln -s "$root/run-fleet.sh" "$BATS_TEST_TMPDIR/fleet"
    PATH=$bin:$PATH run "$BATS_TEST_TMPDIR/fleet" --version
    [ "$status" -eq 0 ]
    [[ $output == "fleet "* ]]
}

@test "what was built by another is run as it is; what was not, cannot be built" {
    [ "$(id -u)" -eq 0 ] || skip "needs root to become nobody"
    stub dpkg-query 'echo installed'
    install -m 755 "$root/run-fleet.sh" "$bin"
    mkdir "$bin/.build"
    printf '#!/bin/bash\necho ran "$@"\n' >"$bin/.build/fleet"
    chmod 755 "$bin/.build" "$bin/.build/fleet"
    cd /
    run nobody "$bin/run-fleet.sh" ps
    [ "$status" -eq 0 ]
    [ "$output" = "ran ps" ]
    rm "$bin/.build/fleet"
    run nobody "$bin/run-fleet.sh" ps
    [ "$status" -eq 3 ]
    [[ $output == *"cannot write to $bin/.build"* ]]
}
