#!/usr/bin/env bats
# junit.xml, by other people's programs: xmllint holds it to the format, junitparser reads it, and
# what it read is compared with summary.json, phone by phone.

load common

# agrees SUMMARY...: the report in $OUT is valid, and says what these do.
agrees() {
    xmllint --noout --schema "$ROOT/tests/docs/junit.xsd" "$OUT/junit.xml"
    run /usr/bin/python3 "$ROOT/tests/docs/junit_agrees.py" "$OUT/junit.xml" "$@"
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "a phone that fails, one that was killed on purpose, and an expectation that is not met" {
    mkdir "$BATS_TEST_TMPDIR/root"
    cp "$ROOT"/firmware-samples/small/SCCP41* "$ROOT"/firmware-samples/small/*41*.sbn "$BATS_TEST_TMPDIR/root/"
    echo '<device><loadInformation>SCCP41.1-1-1S</loadInformation></device>' \
        > "$BATS_TEST_TMPDIR/root/SEP02760A6A0011.cnf.xml"
    fleet_file 4 'faults: [{at: 5s, phone: 4, do: kill}]' 'expect: {upgraded: 3}' |
        sed "s|^firmware:.*|firmware: $BATS_TEST_TMPDIR/root|; s/^name:.*/name: odd-1/" > "$FILE"
    run "$FLEET" run -q -f "$FILE" --out "$OUT"
    [ "$status" -eq 1 ]
    jq -e '.phones.failed == 1 and .phones.killed == 1' "$OUT/summary.json"
    jq -e '.expectations[] | select(.name == "upgraded" and (.passed | not))' "$OUT/summary.json"
    agrees "$OUT/summary.json"
    [[ "$output" == *"errors 0, skipped 1"* ]]
}

@test "phones that were not at their end at the timeout are errors" {
    fleet_file 2 > "$FILE"
    run "$FLEET" run -q -f "$FILE" --out "$OUT" --speed 1 --timeout 2s
    [ "$status" -eq 4 ]
    agrees "$OUT/summary.json"
    [[ "$output" == *"errors 2, skipped 0"* ]]
}

@test "a comparison has a suite for each run" {
    fleet_file 2 'expect: {upgraded: all, server_fetches_per_file: 1}' > "$FILE"
    run "$FLEET" compare -q -f "$FILE" --out "$OUT" --speed 40
    has_verdict
    agrees "$OUT/traditional/summary.json" "$OUT/pfs/summary.json"
    [ "${#lines[@]}" -eq 2 ]
}
