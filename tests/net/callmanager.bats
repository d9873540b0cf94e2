#!/usr/bin/env bats
# Phones that register with a call manager of our own, and what it does to them. Witnesses: the frames
# on the site's bridge as Wireshark takes them apart, the manager's list and its log, and the TFTP
# server's log.

bats_require_minimum_version 1.5.0
load common

OLD=SCCP41.9-4-2SR1-1S
NEW=SCCP41.9-4-2SR3-1S

# idle_fleet COUNT [LINE...]: phones whose configuration names what they run.
idle_fleet() {
    fleet_file "$1" "${@:2}" | sed "s/^callmanager: .*/callmanager: {engine: own}/; /^phones/s/load: $NEW/load: $OLD/"
}

# skinny FILTER FIELD...: of the frames of SCCP, a line each.
skinny() {
    local filter=$1
    shift
    tshark -r "$OUT/site.pcapng" -Y "skinny && ($filter)" -T fields "${@/#/-e}" 2> /dev/null
}

listed() {
    jq -r "$1" "$OUT/callmanager.json"
}

in_log() {
    grep -c "$1" "$OUT/callmanager.log"
}

@test "48 phones upgrade by a bulk reset: list, log and frames say so" {
    command -v tshark > /dev/null || skip "needs tshark"
    idle_fleet 48 'wan: {delay: 20ms, rate: 10mbit}' \
        "set: [{phones: all, load: $NEW, at: settled, reset: all}]" \
        "expect: {registered: {load: $NEW}, upgraded: all, server_fetches_per_file: \"<=4\"}" > "$FILE"
    run_whole --capture
    jq -e '.callmanager | .engine == "own" and .registered == 48 and .devices == 48 and .resets == 48 and
        .registrations == 96' "$OUT/summary.json"
    [ "$(listed "map(select(.state == \"registered\" and .load == \"$NEW\" and .previous == \"$OLD\" and
        .last_reset == \"Reset-Reset\")) | length")" -eq 48 ]
    [ "$(in_log '%IPPHONE-6-REGISTER_NEW: ')" -eq 48 ]
    [ "$(in_log '%IPPHONE-6-REGISTER: ')" -eq 48 ]
    [ "$(in_log '%IPPHONE-6-UNREGISTER_NORMAL: ')" -eq 48 ]
    [ "$(in_log '%IPPHONE-6-UNREGISTER_ABNORMAL: ')" -eq 0 ]
    [ "$(in_log '%IPPHONE-6-REG_ALARM: 25: .* Last=Initialized')" -eq 48 ]
    [ "$(in_log '%IPPHONE-6-REG_ALARM: 22: .* Last=Reset-Reset')" -eq 48 ]
    [ "$(sent_files "$OUT" | wc -l)" -lt 30 ] # of 48 times 6: the others came from peers

    # what Wireshark makes of it
    [ "$(tshark -r "$OUT/site.pcapng" -Y 'tcp.port == 2000 && (_ws.malformed || _ws.unreassembled)' \
        2> /dev/null | wc -l)" -eq 0 ]
    [ "$(skinny 'skinny.messageId == 0x9f' frame.number | wc -l)" -eq 48 ]
    skinny 'skinny.messageId == 1' ip.src skinny.firmwareLoadName > "$BATS_TEST_TMPDIR/registers"
    [ "$(wc -l < "$BATS_TEST_TMPDIR/registers")" -eq 96 ]
    # the last that each has said is what the list has
    diff <(awk '{load[$1] = $2} END {for (ip in load) print ip, load[ip]}' "$BATS_TEST_TMPDIR/registers" |
        sort) <(listed '.[] | "\(.address) \(.load)"' | sort)
}

@test "without being asked for, nobody registers" {
    command -v tshark > /dev/null || skip "needs tshark"
    fleet_file 2 | sed '/^callmanager/d' > "$FILE"
    run_whole --capture
    jq -e '.callmanager == null' "$OUT/summary.json"
    [ ! -e "$OUT/callmanager.log" ]
    [ "$(tshark -r "$OUT/site.pcapng" -Y 'tcp.port == 2000' 2> /dev/null | wc -l)" -eq 0 ]
}

@test "its death ends the run, as the TFTP server's does" {
    idle_fleet 4 'until: 1h' | sed 's/^speed: .*/speed: 1/' > "$FILE"
    remember_host
    start "$FLEET" run -q -f "$FILE" --out "$OUT"
    wait_for 60 seen cm-registered
    kill -9 "$(marked fleet-cm)"
    finish
    [ "$status" -eq 3 ]
    grep -q "the call manager has ended" "$SAID"
    nothing_left
}

@test "who loses its power is missed by its keep-alives; a fault ends the manager, and all come back" {
    idle_fleet 4 'faults: [{at: 100s, phone: 2, do: kill}, {at: 300s, do: cm-kill, for: 30s}]' \
        'until: 600s' \
        'expect: {registered: [{phones: 1}, {phones: 3..4}, {phones: 2, count: 0}]}' > "$FILE"
    run_whole
    # in silence, after 1.05 to 1.20 intervals of 30 s since it was last heard
    jq -s -e '[.[] | select(.event == "cm-unregistered" and .t < 299)] | length == 1 and
        all(.[]; .phone == "SEP02760A6A0011" and .why == "keep-alive timeout" and .t > 101 and .t < 137)' \
        "$OUT/events.jsonl"
    jq -s -e '[.[] | select(.event == "cm-registered" and .t > 329) | .phone] | unique | length == 3' \
        "$OUT/events.jsonl"
    [ "$(in_log 'reason 13, keep-alive timeout')" -ge 1 ]
}

registered() {
    [ "$(ctl cm --json | jq 'map(select(.state == "registered" and .load == "'"$2"'")) | length')" -eq "$1" ]
}

@test "a lab is idle and registered until its call manager resets it" {
    fleet_file 4 'wan: {delay: 20ms}' | sed '/^callmanager/d' > "$FILE"
    "$FLEET" up -q -f "$FILE" --out "$OUT" 3>&-
    wait_for 60 registered 4 "$OLD"
    run ctl cm
    [[ "${lines[0]}" =~ ^DeviceName\ +CurrentPhoneload\ +PreviousPhoneload\ +LastReset\ +State$ ]]
    [[ "${lines[1]}" =~ ^SEP02760A6A00[0-9]+\ +$OLD\ +-\ +Initialized\ +registered$ ]]
    [ "${#lines[@]}" -eq 5 ]
    ctl ps --json | jq -e 'all(.[]; .state == "idle" and .registered == "172.31.255.10")'
    ctl phone all set "load=$NEW"
    registered 4 "$OLD" # nobody knows of it
    run ctl cm reset 1..2 rate=100
    [ "$status" -eq 0 ]
    wait_for 60 registered 2 "$NEW"
    registered 2 "$OLD"
    ctl cm restart 3..4
    wait_for 60 registered 4 "$NEW"
    ctl cm --json | jq -e 'map(.last_reset) | sort == ["Reset-Reset", "Reset-Reset", "Reset-Reset", "Reset-Reset"] or
        sort == ["Reset-Reset", "Reset-Reset", "Reset-Restart", "Reset-Restart"]'
    ctl cm kill
    run ctl cm reset all
    [ "$status" -eq 2 ]
    [[ "$output" == *"the call manager is off"* ]]
    [ "$(ctl cm --json | jq length)" -eq 0 ]
    ctl cm start
    wait_for 60 registered 4 "$NEW"
    run ctl cm dance all
    [ "$status" -eq 2 ]
    [[ "$output" == *"cm takes one of these: reset, restart, apply-config, kill, start"* ]]
    run ctl cm reset all rate=none
    [ "$status" -eq 2 ]
    ctl down
}
