#!/usr/bin/env bats
# The documents' own case as it is: a load of real size, a round trip of 150 ms, a T1. Every transfer
# lasts longer than the protocol's time-outs.

load common

@test "the documents' case: 8 phones behind 150 ms and 1536 kbit/s, a fetch a file, 42 minutes" {
    local real=$ROOT/firmware-samples/real
    fleet_file 8 'wan: {delay: 75ms, rate: 1536kbit}' \
        'expect: {upgraded: all, server_fetches_per_file: 1}' |
        sed "s|^firmware: .*|firmware: $real|" > "$FILE"
    "$FLEET" run -q -f "$FILE" --out "$OUT"
    firmware_in "$real"
    # The server has sent each file once.
    diff <(sent_files "$OUT" | sort) <(sed 's|.* \(\./\)*||' "$BATS_TEST_TMPDIR/digests" | sort)
    all_hold_firmware 8 "$OUT"
    # What the line gives cannot be beaten: this was no other case.
    jq -e '.phones.upgraded == 8 and .time.emulated_s > 2500' "$OUT/summary.json"
}
