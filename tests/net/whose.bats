#!/usr/bin/env bats
# Whose lab a verb means that names none: the one of this place, and no stranger's. Each test has a
# network namespace of its own, where nobody else's lab is met.

bats_require_minimum_version 1.5.0
load common

setup() {
    setup_world
    fleet_file 1 > "$FILE"
    unshare -n sleep 600 3>&- &
    HOLDER=$!
    wait_for 5 alone
    mkdir -p "$BATS_TEST_TMPDIR"/{a,b}
}

alone() {
    [ -e "/proc/$HOLDER/ns/net" ] && ! [ "/proc/$HOLDER/ns/net" -ef /proc/self/ns/net ] &&
        nsenter -t "$HOLDER" -n ip link set lo up
}

teardown() {
    teardown_world
    kill "$HOLDER" 2> /dev/null || true
}

# in_dir DIR VERB...: there, in the test's namespace.
in_dir() (
    cd "$BATS_TEST_TMPDIR/$1" || exit
    exec nsenter -t "$HOLDER" -n "$FLEET" "${@:2}" 3>&-
)

# A lab called LAB-SUFFIX, begun in a directory.
up_in() {
    sed "s/^name: .*/name: $LAB-$2/" "$FILE" > "$BATS_TEST_TMPDIR/$2.fleet.yml"
    in_dir "$1" up -q -f "$BATS_TEST_TMPDIR/$2.fleet.yml" "${@:3}"
}

runs() {
    nsenter -t "$HOLDER" -n grep -q "@run-fleet/$LAB-$1\$" /proc/net/unix
}

gone() {
    ! runs "$1"
}

count_labs() {
    nsenter -t "$HOLDER" -n grep -c "00010000.*@run-fleet/" /proc/net/unix || true
}

# Every verb without a name, done in a directory, must leave the labs alone and name them.
refused_in() {
    local dir=$1 call output status labs
    labs=$(count_labs)
    for call in down 'phone all kill' 'wan cut' 'server kill' ps 'ps --json' 'logs 1' \
        'exec 1 true' "capture -w $BATS_TEST_TMPDIR/c.pcapng"; do
        # shellcheck disable=SC2086
        run in_dir "$dir" $call
        echo "$dir: $call: $status: $output"
        [ "$status" -eq 2 ]
        for part in "${@:2}"; do
            [[ $output == *"$part"* ]]
        done
    done
    [ "$(count_labs)" -eq "$labs" ]
    [ ! -e "$BATS_TEST_TMPDIR/c.pcapng" ]
}

@test "a job without a lab does nothing to another job's, and is told whose it is" {
    # exit 2: no lab was begun here, or several were, where none is named
    refused_in b 'no lab runs'
    up_in a 1
    refused_in b 'no lab was begun in this directory' \
        "$LAB-1: 1 phones, begun in $BATS_TEST_TMPDIR/a at $(date +%F) " \
        "output in $BATS_TEST_TMPDIR/a/.fleet/$LAB-1-up-"
    in_dir a ps | grep -q SEP
    refused_in . 'no lab was begun in this directory'
    # by its name everybody may, and it is said what went
    run --separate-stderr in_dir b down --lab "$LAB-1"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    [[ $stderr == "Took down the lab $LAB-1: 1 phones, begun in $BATS_TEST_TMPDIR/a at "* ]]
    gone 1
    who="\"down\", process [0-9]* of .*, in $BATS_TEST_TMPDIR/b"
    grep -q "^fleet: taken down at $(date +%F) ..:..:.. by $who$" \
        "$BATS_TEST_TMPDIR"/a/.fleet/latest/lab.log
}

@test "a directory is known by itself: through links, renamed, below the output, in a namesake" {
    up_in a 1
    ln -s "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/link"
    in_dir link ps | grep -q SEP
    in_dir a/.fleet/latest ps | grep -q SEP
    in_dir a/.fleet/latest/logs ps | grep -q SEP
    mkdir -p "$BATS_TEST_TMPDIR/a/sub"
    refused_in a/sub "begun in $BATS_TEST_TMPDIR/a at"
    refused_in a/.fleet "begun in $BATS_TEST_TMPDIR/a at"
    mv "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/renamed"
    in_dir renamed ps | grep -q SEP
    mkdir "$BATS_TEST_TMPDIR/a" # the same name, another directory
    refused_in a "begun in $BATS_TEST_TMPDIR/renamed at"
    in_dir renamed down -q
    gone 1
}

@test "a directory that has gone takes nobody else's place" {
    up_in a 1 --out "$BATS_TEST_TMPDIR/out"
    rm -r "$BATS_TEST_TMPDIR/a" && mkdir "$BATS_TEST_TMPDIR/a"
    refused_in a "begun in $BATS_TEST_TMPDIR/a (deleted) at" "output in $BATS_TEST_TMPDIR/out"
    in_dir out down
    gone 1
}

@test "results elsewhere: both places are the lab's" {
    up_in a 1 --out "$BATS_TEST_TMPDIR/b/results"
    in_dir a ps | grep -q SEP
    in_dir b/results ps | grep -q SEP
    refused_in b "output in $BATS_TEST_TMPDIR/b/results"
    in_dir a down
    gone 1
}

@test "several in one directory want a name; one in each need none" {
    # exit 2: no lab was begun here, or several were, where none is named
    up_in a 1
    up_in a 2
    up_in b 3
    refused_in a 'several labs were begun here' "$LAB-1: " "$LAB-2: "
    run in_dir a down
    [[ $output != *"$LAB-3"* ]]
    in_dir b down
    runs 1 && runs 2 && gone 3
    in_dir a down "$LAB-1"
    in_dir a down
    gone 2
    run in_dir a down "$LAB-9"
    [ "$status" -eq 2 ]
    [[ $output == *"no lab called $LAB-9 runs, nor any other" ]]
}

@test "a name that is taken is refused with whose it is, and no advice to end a stranger's" {
    # exit 2: a lab of that name runs already
    up_in a 1
    for dir in a b; do
        find "$BATS_TEST_TMPDIR/$dir" -maxdepth 2 -printf '%p %l\n' | sort > "$BATS_TEST_TMPDIR/before"
        run up_in "$dir" 1
        [ "$status" -eq 2 ]
        [[ $output == *"a lab called $LAB-1 runs already"*"begun in $BATS_TEST_TMPDIR/a at"* ]]
        # and nothing is made: no directory for results, nor does .fleet/latest lead elsewhere
        find "$BATS_TEST_TMPDIR/$dir" -maxdepth 2 -printf '%p %l\n' | sort |
            diff "$BATS_TEST_TMPDIR/before" -
    done
    in_dir a ps | grep -q SEP
    in_dir a down
}

@test "a lab that a signal ends says so in its log: which, when, from whom" {
    up_in a 1
    for pid in $(marked fleet); do # its background process, whose end is the end of the other
        if [ "$(awk '/^PPid:/ {print $2}' "/proc/$pid/status")" -eq 1 ]; then
            kill -TERM "$pid"
            break
        fi
    done
    log=$BATS_TEST_TMPDIR/a/.fleet/latest/lab.log
    wait_for 10 grep -qE "^fleet: taken down at $(date +%F) ..:..:.. by SIGTERM from process ($$|$BASHPID)\$" \
        "$log"
    wait_for 10 grep -q "^fleet: ended at " "$log"
    grep -q "^fleet: stopped by SIGTERM$" "$log"
    wait_for 10 gone 1
}

@test "what listens under a lab's name and says nothing is named, and not waited for" {
    nsenter -t "$HOLDER" -n /usr/bin/python3 -c 'import socket, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.bind("\0run-fleet/" + sys.argv[1])
s.listen()
print(flush=True)
time.sleep(60)' "$LAB-1" > "$BATS_TEST_TMPDIR/bound" 3>&- &
    mute=$!
    wait_for 10 test -s "$BATS_TEST_TMPDIR/bound"
    run timeout 20 bash -c 'cd "$1" && shift && exec "$@"' sh "$BATS_TEST_TMPDIR/a" \
        nsenter -t "$HOLDER" -n "$FLEET" down
    kill "$mute"
    [ "$status" -eq 2 ]
    [[ $output == *"$LAB-1: does not say where it was begun"* ]]
}
