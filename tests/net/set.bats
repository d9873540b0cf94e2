#!/usr/bin/env bats
# Bulk changes, by what the server served, what the flashes hold and when phones booted.

bats_require_minimum_version 1.5.0
load common

OLD=SCCP41.9-4-2SR1-1S
MID=SCCP41.9-4-2SR2-2S
NEW=SCCP41.9-4-2SR3-1S

# rules RULE...: five phones that run the old loads and are to, until these rules come.
rules() {
    cat <<-END
	name: $LAB
	speed: 40
	firmware: $ROOT/firmware-samples/small
	enterprise: {peerFirmwareSharing: true}
	profiles: {lab: {}}
	phones:
	  - {model: CP-7961G, count: 3, running: $OLD, load: $OLD}
	  - {model: CP-7970G, count: 2, profile: lab, running: SCCP70.9-4-2SR1-1S, load: SCCP70.9-4-2SR1-1S}
	expect: {upgraded: all}
	set:
	END
    printf '  - {%s}\n' "$@"
}

# How often the server has sent a load's index.
sent() {
    grep -c "sent .*/$1.loads to" "$OUT/tftp.log" || true
}

# The flash of phone SEP02760A6A00$1 holds that load's files, byte by byte, and no other.
holds() {
    local files
    mapfile -t files < <(echo "$2.loads" && sed 's/\r//; s/ *$//' < <(
        grep -a '\.sbn' "$ROOT/firmware-samples/small/$2.loads"))
    [ "${#files[@]}" -eq 6 ]
    (cd "$ROOT/firmware-samples/small" && sha256sum "${files[@]}") |
        (cd "$OUT/flash/SEP02760A6A00$1" && sha256sum --quiet -c -)
    [ "$(cd "$OUT/flash/SEP02760A6A00$1" && ls -- *.loads)" = "$2.loads" ]
}

@test "an upgrade, a downgrade and a second upgrade in one run, each for whom it says" {
    rules 'phones: profile:lab, peerFirmwareSharing: false' \
        "phones: CP-7961G, load: $NEW, at: settled, reset: all" \
        "phones: 1..2, load: $OLD, at: settled, reset: all" \
        "phones: '*0011', load: $MID, at: settled, reset: all" \
        'phones: profile:lab, load: SCCP70.9-4-2SR3-1S, at: settled, reset: 0.25' > "$FILE"
    run_whole
    [ "$(jq -r '.per_phone[].running' "$OUT/summary.json" | xargs)" = \
        "$OLD $MID $NEW SCCP70.9-4-2SR3-1S SCCP70.9-4-2SR3-1S" ]
    # who shares has the root fetch it, the profile's phones each for themselves
    [ "$(sent $NEW) $(sent $OLD) $(sent $MID) $(sent SCCP70.9-4-2SR3-1S)" = "1 1 1 2" ]
    holds 10 "$OLD"
    holds 11 "$MID"
    holds 12 "$NEW"
    # in this order, and the last two one after the other
    [ "$(jq -r 'select(.event == "fault" and .do == "set") | .phone[-2:]' "$OUT/events.jsonl" |
        xargs)" = "10 11 12 10 11 11 13 14" ]
    jq -s -e '[.[] | select(.event == "reboot" or .event == "boot")] |
        (map(select(.phone == "SEP02760A6A0014"))[1].t -
         map(select(.phone == "SEP02760A6A0013"))[1].t) as $apart | $apart > 3 and $apart < 7' \
        "$OUT/events.jsonl"
}

@test "a lab takes the same, at once" {
    rules 'phones: 5, peerFirmwareSharing: false' "phones: 3..3, load: $MID" > "$FILE"
    "$FLEET" up -q -f "$FILE" --set callmanager.engine=none --out "$OUT" 3>&-
    config() {
        cat "$OUT/tftproot/SEP02760A6A00$1.cnf.xml"
    }
    boots() {
        [ "$(grep -c "A6A00$1\",\"event\":\"boot\"" "$OUT/events.jsonl")" -ge "$2" ]
    }
    [[ "$(config 14)" == *"<peerFirmwareSharing>0<"* && "$(config 13)" == *"Sharing>1<"* ]]
    [[ "$(config 12)" == *"<loadInformation>$MID<"* && "$(config 11)" == *">$OLD<"* ]]
    wait_for 10 boots 10 1
    run ctl phone 1..2 set peerFirmwareSharing=false loadServer=10.9.8.7 reset=all
    [ "$output" = "set: SEP02760A6A0010 SEP02760A6A0011" ]
    [[ "$(config 10)" == *"Sharing>0<"* && "$(config 11)" == *"Sharing>0<"* ]]
    [[ "$(config 12)" == *"Sharing>1<"* ]]
    [[ "$(config 11)" == *"<loadServer>10.9.8.7<"* && "$(config 12)" != *loadServer* ]]
    wait_for 10 boots 10 2
    wait_for 10 boots 11 2
    run ! boots 12 2
    ctl down
}

@test "what a rule cannot mean is refused with its place, before anything is created" {
    rules 'phones: 1..9, peerFirmwareSharing: true' "phones: 1, load: SCCP41.9-9S, at: 1s" \
        'phones: all, reset: all' > "$FILE"
    run "$FLEET" run -q -f "$FILE" --out "$OUT"
    [ "$status" -eq 2 ]
    [[ "$output" == *"t.fleet.yml:13:5: set[2].load: set needs it, or peerFirmwareSharing or loadServer"* ]]
    sed -i '$d' "$FILE"
    run "$FLEET" run -q -f "$FILE" --out "$OUT"
    [ "$status" -eq 2 ]
    [[ "$output" == *"t.fleet.yml:11:14: set[0].phones: the fleet has only 5 phones"* ]]
    [[ "$output" == *"t.fleet.yml:12:23: set[1].load: no SCCP41.9-9S.loads in "* ]]
    # a file of the user's own is theirs to change
    cp -rs "$ROOT/firmware-samples/small" "$BATS_TEST_TMPDIR/own"
    echo "<device><loadInformation>$OLD</loadInformation></device>" \
        > "$BATS_TEST_TMPDIR/own/SEP02760A6A0010.cnf.xml"
    rules "phones: 1, load: $NEW, at: 1s" "phones: 1..2, load: $NEW, at: 1s" > "$FILE"
    run "$FLEET" run -q -f "$FILE" --set "firmware=$BATS_TEST_TMPDIR/own" --out "$OUT"
    [ "$status" -eq 2 ]
    [ "$(grep -c "no rule changes" <<< "$output")" -eq 1 ]
    [[ "$output" == *"set[0].phones: no rule changes SEP02760A6A0010: its configuration is a file"* ]]
    [ ! -e "$OUT" ]
}
