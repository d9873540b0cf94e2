#!/usr/bin/env bats
# What was not met is told on standard error, however quiet a run is, with its cause; and once.

bats_require_minimum_version 1.5.0
load common

# Sharing is wanted of phones that have it off.
fleet_without_sharing() {
    fleet_file 2 'expect:' '  faithful: false' '  server_fetches_per_file: 1' "$@" |
        sed 's/^speed: .*/speed: 100/; /^enterprise/d' > "$FILE"
}

CAUSE='; the cause: peerFirmwareSharing is on for no phone'
FETCHES="FAILED server_fetches_per_file: no phone that took firmware has peer firmware sharing on: each \
fetched its own; see tftp.log$CAUSE"

@test "a quiet run says what was not met and why, and nothing else" {
    fleet_without_sharing '  depth: 2'
    run --separate-stderr "$FLEET" run -q -f "$FILE" --out "$OUT"
    [ "$status" -eq 1 ]
    [ -z "$output" ]
    [ "${#stderr_lines[@]}" -eq 3 ]
    [[ ${stderr_lines[0]} == *"warning: mode is pfs, but peerFirmwareSharing is on for no phone" ]]
    [ "${stderr_lines[1]}" = "fleet: $LAB: $FETCHES" ]
    [[ ${stderr_lines[2]} == "fleet: $LAB: FAILED depth: no such hierarchy was formed"*"$CAUSE" ]]
    # the same in what is written
    jq -e --arg cause "$CAUSE" '[.expectations[] | select(.passed | not) | .detail | endswith($cause)] |
        length == 2 and all' "$OUT/summary.json"
    fleet_without_sharing # and what is met, not at all
    sed -i '/server_fetches/d; s/^name: .*/&\nmode: traditional/' "$FILE"
    run --separate-stderr "$FLEET" run -q -f "$FILE" --out "$OUT"
    [ "$status" -eq 0 ]
    [ -z "$output$stderr" ]
}

@test "of several runs, and beside JSON, each names its own" {
    fleet_without_sharing
    run --separate-stderr "$FLEET" compare -q -f "$FILE" --out "$OUT"
    [ "$status" -eq 1 ]
    [ -z "$output" ]
    [ "$(grep -v warning <<< "$stderr")" = "fleet: $LAB pfs: $FETCHES" ]
    run --separate-stderr "$FLEET" run --json -f "$FILE" --out "$OUT"
    [ "$status" -eq 1 ]
    jq -e '.verdict == "failed"' <<< "$output"
    [ "$(grep -c "^fleet: $LAB: $FETCHES$" <<< "$stderr")" -eq 1 ]
}

@test "a phone that failed is named by a quiet run" {
    fleet_without_sharing
    sed -i '/server_fetches/d; s/^phones.*/&\ntftp: {without: ["jar41*"]}/' "$FILE"
    run --separate-stderr "$FLEET" run -q -f "$FILE" --out "$OUT"
    [ "$status" -eq 1 ]
    [ -z "$output" ]
    grep -q "^fleet: $LAB: FAILED phones: SEP02760A6A0010: File not found: jar41sccp" <<< "$stderr"
}

@test "a loud run tells it on both streams, but once where both lead to one place" {
    fleet_without_sharing
    run --separate-stderr "$FLEET" run -f "$FILE" --out "$OUT"
    [ "$(grep -c "  FAILED server_fetches_per_file: " <<< "$output")" -eq 1 ]
    [ "$(grep -c "^fleet: $LAB: $FETCHES$" <<< "$stderr")" -eq 1 ]
    "$FLEET" run -f "$FILE" --out "$OUT" > "$BATS_TEST_TMPDIR/both" 2>&1 && return 1
    [ "$(grep -c "FAILED server_fetches_per_file: " "$BATS_TEST_TMPDIR/both")" -eq 1 ]
}

@test "scenarios: a quiet row of them names each that was not met" {
    scenarios=(four-phones pfs-off)
    run --separate-stderr "$FLEET" scenarios "${scenarios[@]}" -q --set expect.upgraded=0 --out "$OUT"
    [ "$status" -eq 1 ]
    [ -z "$output" ]
    for name in "${scenarios[@]}"; do
        grep -q "^fleet: $name.*: FAILED upgraded: " <<< "$stderr"
    done
    [ "$(grep -vc ': FAILED \|warning' <<< "$stderr")" -eq 0 ]
    "$FLEET" scenarios "${scenarios[@]}" --set expect.upgraded=0 --out "$OUT" \
        > "$BATS_TEST_TMPDIR/said" 2>&1 && return 1
    [ "$(grep -c 'upgraded: ' "$BATS_TEST_TMPDIR/said")" -eq 3 ] # a line for each of the runs
    [ "$(grep -c 'FAILED' "$BATS_TEST_TMPDIR/said")" -eq 0 ]
}
