#!/usr/bin/env bats
# Quirks and their healthy twins, by what the server served, what passed between addresses and what
# lies on the flashes and pages.

bats_require_minimum_version 1.5.0
load common

NEW=SCCP41.9-4-2SR3-1S

# fleet LINE...: a fleet of these phones, and further keys, with sharing on.
fleet() {
    cat > "$FILE" <<-END
	name: $LAB
	speed: 40
	firmware: $ROOT/firmware-samples/small
	enterprise: {peerFirmwareSharing: true}
	END
    printf '%s\n' "$@" >> "$FILE"
}

# How many firmware files the server has sent to 10.106.0.$1.
sent_to() {
    grep -c "sent .*/\($NEW\.loads\|[^/]*\.sbn\) to 10\.106\.0\.$1\$" "$OUT/tftp.log" || true
}

# The text of the sharing row on the page of phone SEP02760A6A00$1.
row() {
    xmllint --xpath '//PeerFirmwareSharing/text()' "$OUT/pages/SEP02760A6A00$1.xml" 2> /dev/null ||
        echo none
}

@test "each quirk shows on its own phone, and its twin shares" {
    fleet phones: \
        '  - {model: CP-7961G, count: 2}' \
        '  - {model: CP-7961G, quirks: ignores-peers}' \
        '  - {model: CP-7961G, quirks: page-lacks-pfs-row}' \
        '  - {model: CP-7961G, quirks: [config-lacks-pfs]}' \
        '  - {model: CP-7961G, quirks: pfs-disabled}'
    run_fleet
    [ "$(jq '[.per_phone[] | select(.upgraded)] | length' "$OUT/summary.json")" = 6 ]
    # all six files each for who does not share, and once for the three that do
    [ "$(sent_to 18) $(sent_to 20) $(sent_to 21)" = "6 6 6" ]
    [ $(($(sent_to 16) + $(sent_to 17) + $(sent_to 19))) -eq 6 ]
    # nobody takes anything from who ignores its peers
    [ -z "$(jq 'select(.event == "fetched" and .from == "10.106.0.18")' "$OUT/events.jsonl")" ]
    [ "$(row 10) $(row 11) $(row 12)" = "Yes Yes Yes" ]
    [ "$(row 13) $(row 14) $(row 15)" = "none No No" ]
}

# The components on the flash of phone SEP02760A6A00$1 that differ from the server's.
differing() {
    local file
    for file in "$OUT/flash/SEP02760A6A00$1"/*.sbn; do
        cmp -s "$file" "$ROOT/firmware-samples/small/${file##*/}" || echo "${file##*/}"
    done
}

@test "who checks nothing boots for ever from a file spoilt on its way, its twin refuses it" {
    fleet 'until: 200s' phones: \
        '  - {model: CP-7961G, quirks: skips-authentication}' \
        '  - {model: CP-7961G, count: 3}' \
        'faults: [{at: 1s, phone: 2..4, do: corrupt}]'
    run_fleet
    [ -n "$(differing 10)" ]
    for twin in 11 12 13; do
        [ -z "$(differing "$twin")" ]
    done
    jq -s -e '[.[] | select(.phone == "SEP02760A6A0010" and .event == "boot")] | length > 3' \
        "$OUT/events.jsonl"
    jq -e '.per_phone[0] | .upgraded | not' "$OUT/summary.json"
}
