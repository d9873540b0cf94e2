#!/usr/bin/env bats
# The fleet's one clock: what stops it, what does not, and what of this host shows in a run.

load common

setup() {
    setup_world
    LOOPS=() # processes of the test's own that do nothing but work
}

teardown() {
    [ ${#LOOPS[@]} -eq 0 ] || kill "${LOOPS[@]}"
    teardown_world
}

# run_at_100 OUT [OPTION]...: a run of $FILE.
run_at_100() {
    "$FLEET" run -q -f "$FILE" --speed 100 --out "$1" "${@:2}"
}

# The moments at which phones of that run fetched a file or came to their end: KEY SECONDS.
moments() {
    jq -r 'select(.event == "fetched" or .event == "idle")
        | "\(.phone)/\(.event)/\(.file // "") \(.t)"' "$1/events.jsonl" | sort
}

# within SECONDS A B: the two runs have the same moments, but for so much.
within() {
    join -a 1 -a 2 -e missing -o 0,1.2,2.2 <(moments "$2") <(moments "$3") |
        awk -v most="$1" '
            { d = $2 - $3 }
            $2 == "missing" || $3 == "missing" || d > most || -d > most { print; bad = 1 }
            END { exit bad || NR == 0 }'
}

# When a run's last phone came to its end.
last() {
    jq -s 'map(select(.event == "idle").t) | max' "$1/events.jsonl"
}

# The process of phone NUMBER, by its slot.
phone_pid() {
    local pid
    for pid in $(marked fleet-phone); do
        ! tr '\0' ' ' < "/proc/$pid/cmdline" | grep -q -- "--slot $(($1 - 1)) " || echo "$pid"
    done
}

# Each phone by itself at the server: what one does changes nothing for another.
@test "a run that this host stops for seconds goes on where it stood" {
    fleet_file 6 > "$FILE"
    run_at_100 "$BATS_TEST_TMPDIR/quiet" --mode traditional
    start "$FLEET" run -q -f "$FILE" --speed 100 --mode traditional --out "$OUT"
    wait_for 20 seen fetched
    mapfile -t all < <(marked "${PROGRAMS[@]}")
    kill -STOP "${all[@]}"
    sleep 3 # five minutes of the fleet's, if its clock ran on
    kill -CONT "${all[@]}"
    finish
    cat "$SAID"
    [ "$status" -eq 0 ]
    within 0.25 "$BATS_TEST_TMPDIR/quiet" "$OUT"
    jq -e '.fidelity.faithful' "$OUT/summary.json"
    jq -e '.clock.hung == [] and .clock.held_by.host.s > 2' "$OUT/summary.json"
}

@test "a phone that hangs is named, and the clock goes on without it" {
    fleet_file 4 > "$FILE"
    start "$FLEET" run -q -f "$FILE" --speed 100 --set until=400s --out "$OUT"
    wait_for 20 seen boot
    local pid
    pid=$(phone_pid 2)
    [ -n "$pid" ]
    kill -STOP "$pid"
    finish
    cat "$SAID"
    [ "$(grep 'has not moved' "$SAID")" = \
        'fleet: warning: SEP02760A6A0011 has not moved for 10 s: the clock goes on without it' ]
    jq -e '.clock.hung == ["SEP02760A6A0011"] and .clock.hung_count == 1' "$OUT/summary.json"
    # the others came to their end
    jq -se '[.[] | select(.event == "idle").phone] | unique
        == ["SEP02760A6A0010", "SEP02760A6A0012", "SEP02760A6A0013"]' "$OUT/events.jsonl"
}

# Each would for ten seconds, if it did.
@test "phones that are frozen, killed and unplugged on purpose do not hold the clock" {
    fleet_file 6 'until: 300s' 'faults:' '  - {at: 1s, phone: 1, do: freeze}' \
        '  - {at: 1s, phone: 2, do: kill}' '  - {at: 1s, phone: 3, do: unplug}' > "$FILE"
    run_at_100 "$OUT"
    jq -e '.phones == {total: 6, upgraded: 3, failed: 0, killed: 1, frozen: 1, unplugged: 1}' \
        "$OUT/summary.json"
    jq -e '.clock.hung == [] and .clock.effective_speed > 10' "$OUT/summary.json"
    jq -e '.clock.ran_s > 3' "$OUT/summary.json" # it is 300 s, at that speed
}

# tree OUT: roots and links of a run, without their times.
tree() {
    jq -r 'select(.event == "root" or .event == "parent") |
        "\(.event) \(.file) \(.phone) \(.parent)"' "$1/events.jsonl" | sort
}

@test "a run at an automatic speed repeats itself: the same trees, fetches and moments" {
    local run
    fleet_file 12 > "$FILE"
    for run in one two; do
        "$FLEET" run -q -f "$FILE" --out "$BATS_TEST_TMPDIR/$run"
        tree "$BATS_TEST_TMPDIR/$run" > "$BATS_TEST_TMPDIR/$run.tree"
        sed -n 's/.*: sent .*tftproot/sent /p' "$BATS_TEST_TMPDIR/$run/tftp.log" |
            sort > "$BATS_TEST_TMPDIR/$run.sent"
    done
    [ "$(wc -l < "$BATS_TEST_TMPDIR/one.tree")" -ge 72 ] # six files of twelve phones
    diff "$BATS_TEST_TMPDIR/one.tree" "$BATS_TEST_TMPDIR/two.tree"
    diff "$BATS_TEST_TMPDIR/one.sent" "$BATS_TEST_TMPDIR/two.sent"
    within 0.001 "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
}

@test "other work on all processors changes nothing but how long a run takes" {
    fleet_file 6 > "$FILE"
    run_at_100 "$BATS_TEST_TMPDIR/quiet" --mode traditional
    for _ in $(seq "$(nproc)"); do
        (exec 3>&- && while :; do :; done) &
        LOOPS+=($!)
    done
    run_at_100 "$OUT" --mode traditional
    jq -en --argjson a "$(last "$BATS_TEST_TMPDIR/quiet")" --argjson b "$(last "$OUT")" \
        '($a - $b | fabs) <= $a / 100'
    jq -e '.fidelity.faithful' "$OUT/summary.json"
}
