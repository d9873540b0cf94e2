#!/usr/bin/env bats
# Ways to end that no other test shows. Each row of the exit table of netns/run-fleet.1.scd is named
# by the test that shows it, here or in the files beside; tests/docs/man.bats holds them together.

load common

setup() {
    setup_world
    fleet_file 2 'expect: {upgraded: all}' > "$FILE"
}

fleet() {
    "$FLEET" run -f "$FILE" --out "$OUT" "$@"
}

# Whether only the clock was wrong, as on a busy host.
only_unfaithful() {
    jq -e '[.expectations[] | select(.passed | not) | .name] == ["faithful"] and
        .phones.failed == 0' "$OUT/summary.json"
}

@test "all met" {
    # exit 0: every phone came to its end, none failed, every expectation was met, and the clock was faithful
    local speed
    for speed in 20 10 5 2; do # a busy host may need a slower one
        run fleet -q --speed "$speed"
        [ "$status" -eq 1 ] && only_unfaithful || break
    done
    [ "$status" -eq 0 ]
    jq -e '.verdict == "passed" and .phones.upgraded == 2 and .phones.failed == 0 and
        all(.expectations[]; .passed)' "$OUT/summary.json"
}

@test "what is only printed" {
    # exit 0: what was asked for is printed: help, version, schema, completion, plan, the state of a lab
    local call
    for call in --help --version --usage help schema completion; do
        run "$FLEET" "$call"
        [ "$status" -eq 0 ]
        [ -n "$output" ]
    done
    run "$FLEET" plan -f "$FILE" --wan delay=1ms --phones 2 --json --out "$OUT"
    [ "$status" -eq 0 ]
}

@test "a clock that no machine keeps" {
    # exit 1: the clock was not faithful: timers fired too late for this speed
    run fleet --speed 1000
    echo "$output"
    [ "$status" -eq 1 ]
    jq -e '(.expectations[] | select(.name == "faithful")).passed == false and
        .fidelity.faithful == false' "$OUT/summary.json"
    [[ "$output" == *"FAILED faithful"* ]]
}

@test "a comparison ends as the worse of its two runs" {
    # without a WAN, sharing waits for its elections: only the other mode is in time
    run "$FLEET" compare -q -f "$FILE" --out "$OUT" --timeout 2s
    [ "$status" -eq 4 ]
    [ "$(jq -r .verdict "$OUT/pfs/summary.json")" = "timed out" ]
    jq -e '.verdict != "timed out" and .phones.upgraded == 2' "$OUT/traditional/summary.json"
}

@test "a report that could be written at the start, but not at the end" {
    # exit 3: results cannot be written at the end
    mkdir "$BATS_TEST_TMPDIR/gone"
    start fleet -q --junit "$BATS_TEST_TMPDIR/gone/junit.xml"
    wait_for 20 seen boot
    rmdir "$BATS_TEST_TMPDIR/gone"
    finish
    cat "$SAID"
    [ "$status" -eq 3 ]
    grep -q "gone/junit.xml: cannot be written: No such file or directory" "$SAID"
}

@test "a verdict that nobody could read is no success" {
    "$FLEET" schema > /dev/full 2> "$BATS_TEST_TMPDIR/said" || status=$?
    [ "$status" -eq 3 ]
    grep -q "cannot write to standard output" "$BATS_TEST_TMPDIR/said"
}
