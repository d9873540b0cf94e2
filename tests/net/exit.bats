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

@test "all met" {
    # exit 0: every phone came to its end, none failed, every expectation was met, and the clock was faithful
    run fleet -q
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
    # exit 5: the clock was not faithful, whatever else was met or not
    run fleet --speed 1000 --set clock=free --set expect.depth=99
    echo "$output"
    [ "$status" -eq 5 ]
    jq -e '.verdict == "inconclusive" and .fidelity.faithful == false and
        ([.expectations[] | select(.passed | not) | .name] | contains(["depth", "faithful"]))' "$OUT/summary.json"
    [[ "$output" == *"FAILED faithful"*$'\n'INCONCLUSIVE* ]]
    xmllint --xpath '//testcase[@name = "faithful"]/error[@type = "inconclusive"]' "$OUT/junit.xml"
}

@test "several runs, of which one was at its clock's mercy" {
    # exit 5: one of several runs was inconclusive, and the others passed
    printf '%s\n' 'variants:' '  fast: {speed: 1000, clock: free}' '  slow: {expect.faithful: false}' >> "$FILE"
    run fleet
    echo "$output"
    [ "$status" -eq 5 ]
    jq -e '.verdict == "inconclusive" and .fast.verdict == "inconclusive" and .slow.verdict == "passed"' \
        "$OUT/compare.json"
}

@test "a comparison ends as the worse of its two runs" {
    # without a WAN, sharing waits for its elections: only the other mode is in time
    run "$FLEET" compare -q -f "$FILE" --speed 20 --out "$OUT" --timeout 2s
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
