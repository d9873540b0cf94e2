#!/usr/bin/env bats
# The command line and bad input: all that can be judged before a world is made.

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    fleet=$root/.build/fleet
    cd "$BATS_TEST_TMPDIR"
}

# A copy of what was built, where anybody can reach it.
copy_for_nobody() {
    [ "$(id -u)" -eq 0 ] || skip "needs root to become nobody"
    copy=$BATS_TEST_TMPDIR/copy
    mkdir -p "$copy/.build" "$copy/netns" "$copy/firmware-samples"
    cp "$fleet" "${fleet%/*}/fleet-phone" "$copy/.build" # which judges the files
    cp "$root/netns/demo.fleet.yml" "$copy/netns"
    cp -r "$root/firmware-samples/small" "$root/firmware-samples/test-key.pub.pem" \
        "$copy/firmware-samples"
    chmod 755 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR"
    chmod -R a+rX "$copy"
}

# Exit code and, as a part of the output, text.
expect() {
    echo "exit $status: $output"
    [ "$status" -eq "$1" ]
    [[ $output == *"$2"* ]]
}

nothing_left() {
    [ ! -e .fleet ]
}

# Runs what follows as nobody, with this PATH.
unprivileged() {
    setpriv --reuid 65534 --regid 65534 --clear-groups env PATH="$1" "${@:2}"
}

@test "help names every verb, option and exit code" {
    run "$fleet" --help
    expect 0 "Exit codes:"
    local word
    for word in demo run compare plan check up ps logs exec capture down --file --phones --mode \
        --speed --seed --wan --set --out --junit --json --timeout --capture --points --quiet --verbose; do
        [[ $output == *"$word"* ]]
    done
}

@test "help is also a command, and -h" {
    local call
    for call in help -h; do
        run "$fleet" "$call"
        [ "$status" -eq 0 ]
        [ "$output" = "$("$fleet" --help)" ]
    done
}

@test "version" {
    run "$fleet" --version
    [ "$status" -eq 0 ]
    [[ $output =~ ^fleet\ [0-9.]+$ ]]
}

@test "an unknown verb is refused with the nearest one" {
    run "$fleet" rnu
    expect 2 "unknown command 'rnu'; did you mean 'run'?"
}

@test "an unknown option is refused" {
    run "$fleet" run --sped 3
    expect 2 "unrecognized option '--sped'"
}

@test "an unknown option is shown as all else is, whatever bytes it has" {
    local word
    for word in $'--s\xffp' $'--a\nb' $'-q\x1b[2J' $'--\u202ex=1'; do
        run "$fleet" run "$word"
        [ "$status" -eq 2 ]
        [[ "${lines[0]}" == "fleet: unrecognized option '"*"'" ]]
        [ "${#lines[@]}" -eq 2 ]
        ! LC_ALL=C grep -q '[^ -~]' <<< "$output"
    done
    # what is not an option's name may hold any
    run "$fleet" run --dry-run --out $'-\xff' -f $'\xff.fleet.yml'
    expect 2 '\xff.fleet.yml: cannot read'
    run "$fleet" exec --lab none 1 echo $'--\xff'
    [[ "$output" != *unrecognized* ]]
}

@test "--phones with a number: so many in the file's proportions, as check counts them" {
    "$fleet" run --dry-run --json --phones 24 | jq -e '[.phones[].model] | group_by(.) | map(length) == [20, 4]'
    "$fleet" check --phones 24 | tail -n 1 | grep "24 phones"
    run "$fleet" run --phones 1001
    expect 2 "--phones 1001: phones: a run takes 1,000 phones, not 1001"
    run "$fleet" run --phones 0
    expect 2 "--phones 0: takes a number, or MODEL=NUMBER"
}

@test "an option without its value is refused" {
    run "$fleet" run --speed
    expect 2 "requires an argument"
}

@test "an option that does not go with the verb is refused" {
    # exit 2: an option that does not go with the command
    run "$fleet" ps --speed 3
    expect 2 "--speed does not go with ps"
    run "$fleet" compare --mode pfs
    expect 2 "--mode does not go with compare"
}

@test "missing and surplus arguments are refused" {
    # exit 2: an unknown command or option, a missing value, one argument too few or too many
    run "$fleet" logs
    expect 2 "usage: logs PHONE"
    run "$fleet" exec 3
    expect 2 "usage: exec PHONE CMD..."
    run "$fleet" check now
    expect 2 "usage: check"
    run "$fleet" capture 3
    expect 2 "capture needs -w FILE"
}

@test "options stand anywhere, as GNU programs take them; -- ends them" {
    local call
    # every place gives the same words and the same options: what follows is refused alike
    for call in '--speed 0 scenarios pfs-off' 'scenarios --speed 0 pfs-off' 'scenarios pfs-off --speed 0' \
        'scenarios pfs-off late-joiner --speed=0' 'scenarios pfs-off --speed 0 late-joiner'; do
        # shellcheck disable=SC2086
        run "$fleet" $call
        expect 2 "--speed 0: "
    done
    run "$fleet" scenarios --list pfs-off
    [ "$status" -eq 0 ]
    [ "$output" = "$("$fleet" scenarios pfs-off --list)" ]
    [ "$output" = "$("$fleet" --list scenarios -- pfs-off)" ]
    run "$fleet" scenarios pfs-off -- --list # a name
    expect 2 "no scenario --list"
    for call in '--lab nosuch phone 3 freeze for=1s' 'phone --lab nosuch 3 freeze for=1s' \
        'phone 3 --lab nosuch freeze for=1s' 'phone 3 freeze --lab=nosuch for=1s' \
        'phone 3 freeze for=1s --lab nosuch' 'phone -q 3 freeze --lab nosuch -- for=1s' \
        'wan loss=5% --lab nosuch for=1s' 'server kill --lab nosuch' 'down --lab nosuch' \
        'logs 3 --follow --lab nosuch' 'capture site -w c.pcapng --lab nosuch' \
        'exec --lab nosuch 3 ip -4 addr' 'exec 3 --lab nosuch ip -4 addr'; do
        # shellcheck disable=SC2086
        [ "$(id -u)" -eq 0 ] || continue # only who is root gets that far
        # shellcheck disable=SC2086
        run unshare -n "$fleet" $call
        expect 2 "no lab called nosuch runs"
    done
    run "$fleet" phone 3 freeze --now
    expect 2 "unrecognized option '--now'"
    run "$fleet" phone 3 freeze --json
    expect 2 "--json does not go with phone"
    run "$fleet" exec 3 -- # the command is missing
    expect 2 "usage: exec PHONE CMD..."
}

@test "a command that exec runs keeps its own options" {
    [ "$(id -u)" -eq 0 ] || skip "needs root: it makes a namespace"
    local call
    for call in 'exec 3 ip --lab x addr' 'exec 3 ip -4 addr' 'exec 3 -- ip -q --help' 'exec 3 sh -- -c'; do
        # shellcheck disable=SC2086
        run unshare -n "$fleet" $call
        expect 2 "no lab runs" # none of it was ours
    done
}

@test "words of the command line reach no terminal as they are" {
    run "$fleet" $'wa\e[2Jn'
    expect 2 "unknown command 'wa\x1b[2Jn'"
    run "$fleet" run --set $'a\nb'
    expect 2 "--set a\x0ab: takes PATH=VALUE"
    run "$fleet" run --speed $'\e]0;x\a'
    expect 2 "--speed \x1b]0;x\x07: "
    run "$fleet" run -f $'no\nsuch'
    expect 2 "no\x0asuch: cannot read this fleet file"
}

@test "values of options are checked by the fleet file's own tables" {
    run "$fleet" run --speed 0
    expect 2 "--speed 0: speed takes auto, or a whole number from 1 to 1000, not '0'"
    run "$fleet" run --wan delay=-5ms
    expect 2 "--wan delay=-5ms: wan.delay takes"
    run "$fleet" run --phones CP-9999G=3
    expect 2 "phones[0].model takes one of CP-7906G"
    run "$fleet" run --phones CP-7961G=0
    expect 2 "phones[0].count takes a whole number from 1 to 100000, not '0'"
    run "$fleet" run --set nonsense
    expect 2 "--set nonsense: takes PATH=VALUE"
    nothing_left
}

@test "more phones than a run or the subnet takes" {
    # exit 2: more phones than the subnet or the bridge takes
    run "$fleet" run --phones CP-7961G=70000
    expect 2 "--phones CP-7961G=70000: phones: a run takes 1,000 phones, not 70000"
    run "$fleet" run --phones CP-7961G=300 --set lan.subnet=10.0.0.0/24
    expect 2 "--phones CP-7961G=300: phones: 10.0.0.0/24 holds 239 phones, not 300"
    nothing_left
}

@test "a report that cannot be written is refused at the start" {
    # exit 2: a JUnit report that cannot be written, tried before the start
    run "$fleet" run --junit nowhere/j.xml
    expect 2 "cannot write nowhere/j.xml: No such file or directory"
    run "$fleet" compare --junit .
    expect 2 "cannot write .: Is a directory"
    nothing_left
    echo old >j.xml
    touch file
    run "$fleet" run --junit j.xml --out file/below
    expect 2 "file/below"
    run "$fleet" run --junit out/none/j.xml --out out
    expect 2 "cannot write out/none/j.xml: No such file or directory"
    run "$fleet" run --junit j.xml/none --out out
    expect 2 "cannot write j.xml/none: Not a directory"
    [ "$(cat j.xml)" = old ]
}

@test "output that cannot be written is noticed" {
    # exit 3: standard output cannot be written
    local call
    for call in --help --version check "check --json"; do
        # shellcheck disable=SC2086 # words
        run bash -c '"$@" 1</dev/null' sh "$fleet" $call
        expect 3 "fleet: cannot write to standard output"
    done
}

@test "a load that is not there" {
    # exit 2: a load or a firmware directory that is not there
    run "$fleet" run --set phones[0].load=SCCP41.1-0
    expect 2 "--set phones[0].load=SCCP41.1-0: phones[0].load: no SCCP41.1-0.loads in "
    nothing_left
}

@test "a firmware directory that is not there" {
    run "$fleet" run --set firmware=/nowhere
    expect 2 "firmware: cannot find /nowhere"
    nothing_left
}

@test "a fleet file that is not there" {
    # exit 2: a fleet file that cannot be read, or several where none is named
    run "$fleet" run -f none.fleet.yml
    expect 2 "none.fleet.yml: cannot read this fleet file: No such file or directory"
}

@test "mistakes in a fleet file are placed, all of them at once" {
    # exit 2: a mistake in a fleet file or in a value of an option
    printf 'name: x\nspeed: 0\nphones:\n  - {model: CP-1, cuont: 3}\n' >site.fleet.yml
    run "$fleet" run -f site.fleet.yml
    expect 2 "site.fleet.yml:2:8: speed takes"
    expect 2 "site.fleet.yml:4:13: phones[0].model takes"
    expect 2 "site.fleet.yml:4:19: unknown key 'cuont', did you mean 'count'?"
    nothing_left
}

@test "the only fleet file here is taken; of several, one must be named" {
    echo 'speed: 0' >a.fleet.yml
    run "$fleet" run
    expect 2 "a.fleet.yml:1:8: speed"
    echo 'speed: 0' >b.fleet.yml
    run "$fleet" run
    expect 2 "several fleet files here; name one with -f: a.fleet.yml b.fleet.yml"
    rm a.fleet.yml
    mv b.fleet.yml fleet.yml
    run "$fleet" run
    expect 2 "fleet.yml:1:8: speed"
    echo 'speed: 0' >a.fleet.yml
    echo 'speed: 0' >xfleet.yml # no fleet file by its name
    run "$fleet" run
    expect 2 "several fleet files here; name one with -f: a.fleet.yml fleet.yml"
    run "$fleet" run --phones CP-7961G=0
    expect 2 "phones[0].count" # the bundled demo, as --phones without -f says
}

@test "a fleet file comes from standard input" {
    run bash -c 'echo "speed: 0" | "$1" run -f -' sh "$fleet"
    expect 2 "-:1:8: speed takes"
}

@test "a directory with other files in it is not written to" {
    mkdir mine && echo precious >mine/notes.txt
    run "$fleet" run --out mine --timeout 1s
    expect 2 "mine holds files that are not of an earlier run"
    [ "$(cat mine/notes.txt)" = precious ]
    [ "$(ls mine)" = notes.txt ]
}

@test "an output directory that cannot be made" {
    # exit 2: an output directory that cannot be made, holds other files, or is in use
    touch file
    run "$fleet" run --out file/below
    expect 2 "cannot write results into file/below: Not a directory"
    run "$fleet" run --out file
    expect 2 "cannot write results into file: Not a directory"
}

@test "check tells what the host can do, also as JSON" {
    run "$fleet" check
    [[ $output == *"io_uring"*"namespaces"*"dnsmasq"*"ARP table"* ]]
    "$fleet" check --json | jq -e '.schema == 1 and (.checks | length > 15) and
        all(.checks[]; .verdict == "ok" or .verdict == "?" or (.remedy | length > 0))'
}

@test "check names what lacks, its remedy, and exits 3" {
    copy_for_nobody
    run unprivileged "$PATH" "$copy/.build/fleet" check
    expect 3 "MISSING  root"
    expect 3 "-> run it through sudo"
}

@test "without privilege a run says what is needed, after it judged the input" {
    # exit 3: root is needed, and cannot be had
    copy_for_nobody
    run unprivileged /nowhere "$copy/.build/fleet" run --speed 0
    expect 2 "--speed 0"
    run unprivileged /nowhere "$copy/.build/fleet" run
    expect 3 "namespaces and links take root, and sudo is not installed; run this as root"
    nothing_left
}
