#!/usr/bin/env bats
# What the project promises, each promise against a witness that is not the phone: the TFTP
# server's log, the generator's files, the vendor's published log.

load common

# fleet_of LINE...: a fleet file with these entries under phones.
fleet_of() {
    fleet_file 1 | sed '/^phones/d'
    printf 'phones:\n'
    printf '  - %s\n' "$@"
}

# Lines "COUNT FILE" of what the server has sent.
sent() {
    sent_files "$1" | sort | uniq -c | awk '{print $1, $2}'
}

# A run that has to fail with that status text on every phone.
fails_with() {
    run "$FLEET" run -q -f "$FILE" --out "$OUT" "${@:2}"
    [ "$status" -eq 1 ]
    jq -e --arg text "$1" '.phones.failed == .phones.total' "$OUT/summary.json"
    [ "$(grep -h '"event":"failed"' "$OUT/events.jsonl" | jq -r .text | sort -u)" = "$1" ]
}

@test "compare: by the server's log, one fetch per file and model by PFS, one per phone without" {
    fleet_of '{model: CP-7961G, count: 9}' '{model: CP-7970G, count: 3}' > "$FILE"
    local status=0
    "$FLEET" compare -q -f "$FILE" --out "$OUT" || status=$?
    has_verdict
    [ "$(sent "$OUT/pfs" | awk '{print $1}' | sort -u)" = 1 ]
    [ "$(sent "$OUT/pfs" | wc -l)" -eq 12 ]
    [ "$(sent "$OUT/traditional" | awk '$2 ~ /41/ {print $1}' | sort -u)" = 9 ]
    [ "$(sent "$OUT/traditional" | awk '$2 ~ /70/ {print $1}' | sort -u)" = 3 ]
    jq -e '.ratios.server_fetches == 6 and .ratios.wan_bytes > 3 and
           .pfs.phones.upgraded == 12 and .traditional.phones.upgraded == 12' "$OUT/compare.json"
}

@test "trees: at most two children, depth near log2, members add up" {
    fleet_file 30 > "$FILE"
    run_whole
    jq -e '.hierarchies | length == 6' "$OUT/summary.json"
    jq -e '.hierarchies | all(.members == 30 and .max_children <= 2 and .depth <= 7)' \
        "$OUT/summary.json"
}

@test "a root's console log is the vendor's, line by line within 25 ms, at any speed" {
    fleet_file 3 'until: 26s' > "$FILE"
    # Level, milliseconds since the first line, and the text without what differs by phone.
    excerpt() {
        sed -n '/Listening on peer TCP port/,/Root sending TFTP XfrCmd/p' "$1" | sed '/^#/d' |
            awk '{
                split($2, t, ":"); ms = (t[1] * 3600 + t[2] * 60 + t[3]) * 1000
                if (NR == 1) first = ms
                level = $1; $1 = $2 = ""; sub(/^ +/, "")
                printf "%d %s %s\n", ms - first, level, $0
            }' | sed -E 's/XID[0-9A-F]{8}/XID/g; s/(map|strength|H)=[0-9a-f]{8}/\1=/g
                s/ROOT=[0-9.]+/ROOT=/; s|/dnld/.*|/dnld/|'
    }
    excerpt "$ROOT/tests/unit/data/vendor-root.log" > "$BATS_TEST_TMPDIR/vendor"
    local root speed
    for speed in 1 10 100 auto; do
        echo "at speed $speed"
        run "$FLEET" run -q -f "$FILE" --speed "$speed" --out "$OUT-$speed"
        [ "$status" -eq 1 ] # it has no time to upgrade
        root=$(jq -rs 'map(select(.event == "root"))[0].phone' "$OUT-$speed/events.jsonl")
        excerpt "$OUT-$speed/logs/$root.log" > "$BATS_TEST_TMPDIR/ours"
        [ "$(wc -l < "$BATS_TEST_TMPDIR/ours")" -eq 26 ]
        diff <(cut -d' ' -f2- "$BATS_TEST_TMPDIR/vendor") <(cut -d' ' -f2- "$BATS_TEST_TMPDIR/ours")
        paste -d' ' <(cut -d' ' -f1 "$BATS_TEST_TMPDIR/vendor") \
            <(cut -d' ' -f1 "$BATS_TEST_TMPDIR/ours") |
            awk '{d = $2 - $1; if (d < -25 || d > 25) {print; bad = 1}} END {exit bad}'
    done
}

@test "real sizes and forms over a link as fast as a LAN, in both modes: every phone's flash" {
    local real=$ROOT/firmware-samples/real
    fleet_of '{model: CP-7961G, count: 8, load: SCCP41.9-4-2SR3-1S}' |
        sed "s|^firmware:.*|firmware: $real|" > "$FILE"
    firmware_in "$real"
    # as real ones: a record without a name, and a byte after the last content
    [ "$(python3 "$BATS_TEST_DIRNAME/mkload.py" read "$real/cnu41.9-4-2ES26.sbn")" = "4 1 1" ]
    [ "$("$FLEET" lint -f "$FILE")" = "0 errors, 0 warnings" ]
    local status=0
    "$FLEET" compare -q -f "$FILE" --speed 5 --wan rate=1gbit --out "$OUT" || status=$?
    has_verdict
    all_hold_firmware 8 "$OUT/pfs"
    all_hold_firmware 8 "$OUT/traditional"
    [ "$(sent "$OUT/pfs" | awk '{print $1}' | sort -u)" = 1 ]
    [ "$(sent "$OUT/traditional" | awk '{print $1}' | sort -u)" = 8 ]
}

@test "every model of the table upgrades: third generation by PFS, second from the server" {
    local models='CP-7906G=2,CP-7911G=2,CP-7931G=2,CP-7941G=2,CP-7941G-GE=2,CP-7942G=2'
    models+=',CP-7945G=2,CP-7961G=2,CP-7961G-GE=2,CP-7962G=2,CP-7965G=2,CP-7970G=2'
    models+=',CP-7971G-GE=2,CP-7975G=2,CP-7940G=2,CP-7960G=2'
    local status=0
    "$FLEET" run -q --phones "$models" --speed 10 --wan rate=10mbit --out "$OUT" || status=$?
    has_verdict
    jq -e '.phones.upgraded == 32' "$OUT/summary.json"
    # Models that share a load still form hierarchies of their own.
    jq -e '[.hierarchies[] | select(.file == "SCCP41.9-4-2SR3-1S.loads")] |
           length == 4 and all(.members == 2)' "$OUT/summary.json"
    jq -e '[.hierarchies[] | select(.model == "CP-7960G")] | length == 0' "$OUT/summary.json"
    [ "$(sent "$OUT" | awk '$2 == "P00308010200.loads" {print $1}')" -eq 4 ]
}

@test "sharing is decided by the phone, then its profile, then the enterprise" {
    fleet_of '{model: CP-7961G, peerFirmwareSharing: false, profile: "on"}' \
        '{model: CP-7961G, profile: "on"}' '{model: CP-7961G, profile: "off"}' \
        '{model: CP-7961G}' '{model: CP-7961G, peerFirmwareSharing: true}' > "$FILE"
    echo 'profiles: {"on": {peerFirmwareSharing: true}, "off": {peerFirmwareSharing: false}}' \
        >> "$FILE"
    sharing() { # of the five phones, in the order of the file
        run_whole "$@" --set expect.upgraded=all > /dev/null
        jq -rs 'map(select(.event == "config")) | unique_by(.phone) | map(.pfs) | join("")' \
            "$OUT/events.jsonl"
    }
    [ "$(sharing --set enterprise.peerFirmwareSharing=true)" = 01011 ]
    [ "$(sharing --set enterprise.peerFirmwareSharing=false)" = 01001 ]
}

@test "boot at a rate: power-on times are apart by it" {
    fleet_file 5 > "$FILE"
    run_whole --set boot=rate --set boot_rate=2
    jq -es 'map(select(.event == "boot")) | unique_by(.phone) | map(.t) | sort |
            [., .[1:]] | transpose | map(select(.[1]) | .[1] - .[0]) |
            all(. > 0.3 and . < 0.8)' "$OUT/events.jsonl"
}

@test "samples that must be refused are refused, and the old load stays" {
    local load text
    while read -r load text; do
        fleet_of "{model: CP-7961G, count: 2, running: SCCP41.good, load: $load}" > "$FILE"
        fails_with "$text" --set firmware="$ROOT/firmware-samples/bad"
        jq -e '[.. | .running? // empty] | length == 2 and all(. == "SCCP41.good")' \
            "$OUT/summary.json"
        rm -rf "$OUT"
    done <<'END'
SCCP41.corrupt-body Auth Fail
SCCP41.wrong-name Auth Fail
SCCP41.unknown-key Auth Fail
SCCP41.truncated-list Load ID incorrect
SCCP41.bad-archive Checksum Error
SCCP41.missing-file File not found
END
}

@test "a user's own configuration wins; a broken one says where" {
    mkdir "$BATS_TEST_TMPDIR/root"
    ln -s "$ROOT"/firmware-samples/small/*41* "$BATS_TEST_TMPDIR/root/"
    fleet_file 2 | sed "s|^firmware:.*|firmware: $BATS_TEST_TMPDIR/root|" > "$FILE"
    local name=SEP02760A6A0010
    printf '<device>\n<loadInformation>oops</load>\n</device>\n' \
        > "$BATS_TEST_TMPDIR/root/$name.cnf.xml"
    run "$FLEET" run -q -f "$FILE" --out "$OUT"
    [ "$status" -eq 1 ]
    jq -e '.phones.failed == 1 and .phones.upgraded == 1' "$OUT/summary.json"
    grep -q 'CFG file error' "$OUT/events.jsonl"
    grep -q "$name.cnf.xml: line 2, column" "$OUT/logs/$name.log"
}

@test "a server that cannot be reached: TFTP timeout on every phone" {
    fleet_file 2 > "$FILE"
    fails_with 'TFTP timeout' --wan loss=100% --speed 50
}

@test "two runs at one time do not disturb each other" {
    fleet_file 6 > "$FILE"
    "$FLEET" run -q -f "$FILE" --speed 5 --out "$OUT.other" > /dev/null 2>&1 &
    local other=$! status=0
    run_whole --speed 5
    wait "$other" || status=$?
    has_verdict
    [ "$(jq .phones.upgraded "$OUT.other/summary.json")" -eq 6 ]
}
