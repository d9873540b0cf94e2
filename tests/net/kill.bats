#!/usr/bin/env bats
# The launcher killed at any moment leaves nothing on the host, and the next run works.

load common

setup() {
    setup_world
    fleet_file 8 > "$FILE"
}

start_run() {
    start "$FLEET" run -q -f "$FILE" --out "$OUT" "$@"
}

kill_it() {
    kill -9 "$LAUNCHER"
    finish
}

@test "kill -9 in mid-transfer, ten times, leaves nothing; the next run works" {
    remember_host
    for i in 1 2 3 4 5 6 7 8 9 10; do
        rm -rf "$OUT"
        start_run --wan delay=75ms,rate=1536kbit
        wait_for 20 seen file
        [ "$(marked fleet-phone | wc -l)" -eq 8 ]
        remember_namespaces
        [ -s "$BATS_TEST_TMPDIR/namespaces" ]
        sleep "0.$((i * 7 % 10))" # another moment of the transfer each time
        kill_it
        nothing_left
    done
    run_fleet
    [ "$(jq '.phones.upgraded' "$OUT/summary.json")" -eq 8 ]
    nothing_left
}

@test "kill -9 while the world is being made leaves nothing" {
    fleet_file 60 > "$FILE"
    remember_host
    for after in 0.005 0.02 0.04 0.06 0.08 0.1 0.13 0.16; do
        start_run
        sleep "$after"
        kill_it
        nothing_left
    done
}

@test "kill -9 of the keeper ends the run with a message and leaves nothing" {
    # exit 137: SIGKILL met the run's process 1; the kernel took everything down
    remember_host
    start_run --wan delay=75ms,rate=1536kbit
    wait_for 20 seen file
    remember_namespaces
    keeper=$(pgrep -P "$LAUNCHER" -x fleet)
    kill -9 "$keeper"
    finish
    [ "$status" -eq 137 ]
    grep -q "the run was killed: SIGKILL" "$SAID"
    nothing_left
}

@test "kill -9 of a starting lab's launcher leaves nothing" {
    remember_host
    for after in 0.01 0.03 0.05 0.08; do
        start "$FLEET" up -q -f "$FILE" --out "$OUT"
        sleep "$after"
        kill_it
        ctl down 2> /dev/null || true # it may have been up already
        nothing_left
    done
}

@test "kill -9 of a lab's background process leaves nothing" {
    remember_host
    "$FLEET" up -q -f "$FILE" --out "$OUT" 3>&-
    wait_for 20 seen boot
    remember_namespaces
    for pid in $(marked fleet); do
        [ "$(awk '/^PPid:/ {print $2}' "/proc/$pid/status")" -ne 1 ] || kill -9 "$pid"
    done
    nothing_left
}
