#!/usr/bin/env bats
# What a run is expected to show: every kind of wish met, each of them turned round and not met.

load common

# Four phones upgrade, a fifth of another model as well; the sixth is sent to a load that there is
# not.
fleet_of_six() {
    fleet_file 4 'speed: 40' | grep -v '^speed: auto\|^phones' > "$FILE"
    cat >> "$FILE" <<-END
	phones:
	  - {model: CP-7961G, count: 4, running: SCCP41.9-4-2SR1-1S, load: SCCP41.9-4-2SR3-1S}
	  - {model: CP-7970G, count: 2, running: SCCP70.9-4-2SR1-1S, load: SCCP70.9-4-2SR3-1S}
	wan: {delay: 75ms, rate: 10mbit}
	faults: [{at: 0s, phone: 6, do: set, load: SCCP70.none}]
	expect:
	  faithful: false
	END
    sed 's/^/  /' >> "$FILE"
}

# compare, whatever becomes of it; the run by PFS is the one that counts.
compare() {
    local status=0
    "$FLEET" compare -q -f "$FILE" --out "$OUT" > "$BATS_TEST_TMPDIR/said" 2>&1 || status=$?
    has_verdict || cat "$BATS_TEST_TMPDIR/said" >&2
    has_verdict
    PFS=$OUT/pfs/summary.json
}

# judged NAME: "true" or "false".
judged() {
    jq -r --arg name "$1" '.expectations[] | select(.name == $name).passed' "$PFS"
}

KINDS=(upgraded failed running server_fetches_per_file wan_bytes wan_ratio emulated_time depth
    roots_distinct fallbacks peers_used sessions sharing reboots 'screen[0]' 'screen[1]' log page)

@test "a fleet meets a wish of every kind" {
    fleet_of_six <<-'END'
	upgraded: {phones: 1..5}
	failed: {phone: 6, text: File not found, file: SCCP70.none.loads}
	running: {load: SCCP41.9-4-2SR3-1S, count: 4}
	server_fetches_per_file: {count: 1, model: CP-7961G}
	wan_bytes: {count: "<1MB", way: down, mode: pfs}
	wan_ratio: ">1.5"
	emulated_time: {time: ">60s", mode: pfs}
	depth: {count: "<=4", model: CP-7961G}
	roots_distinct: true
	fallbacks: 0
	peers_used: {phones: 1..4, count: "<=3"}
	sessions: {phones: 1..4, count: ">=1"}
	sharing: all
	reboots: {phones: 1..5, count: 1}
	screen: [{phone: 2, component: "jar41*", percent: ">=50", icon: true, mode: pfs},
	  {phone: 6, at: 1s, wanted: false}]
	log: {matches: "config -> (upgrade|idle)$", phones: 1..5, count: ">=2"}
	page: {matches: ">Yes</PeerFirmwareSharing", phones: 1..5, mode: pfs}
	END
    compare
    for kind in "${KINDS[@]}"; do
        echo "$kind" && [ "$(judged "$kind")" = true ]
    done
    jq -e '.verdict == "passed"' "$OUT/compare.json"
    # the witnesses themselves
    [ "$(grep -c 'sent .*jar41.*' "$OUT/pfs/tftp.log")" -eq 1 ]
    [ "$(grep -c 'SCCP70.none.loads not found' "$OUT/pfs/tftp.log")" -ge 1 ]
    # the sixth phone's case has passed, with what it said
    grep -A1 'name="SEP02760A6A0015 ' "$OUT/junit.xml" |
        grep 'as expected: File not found: SCCP70.none.loads'
    grep '<testsuites .*failures="0" errors="0"' "$OUT/junit.xml"
}

@test "the same fleet fails each of them, turned round" {
    fleet_of_six <<-'END'
	upgraded: {phones: 1..5, count: "<5"}
	failed: {phone: 6, text: Auth Fail}
	running: {load: SCCP41.9-4-2SR3-1S, count: ">4"}
	server_fetches_per_file: {count: ">1", model: CP-7961G}
	wan_bytes: {count: ">=1MB", way: down, mode: pfs}
	wan_ratio: "<=1.5"
	emulated_time: {time: "<=60s", mode: pfs}
	depth: {count: ">4", model: CP-7961G}
	roots_distinct: false
	fallbacks: ">0"
	peers_used: {phones: 1..4, count: ">3"}
	sessions: {phones: 1..4, count: 0}
	sharing: 0
	reboots: {phones: 1..5, count: 0}
	screen: [{phone: 2, component: "jar41*", percent: ">=50", icon: true, wanted: false},
	  {phone: 6, at: 1s}]
	log: {matches: "config -> (upgrade|idle)$", phones: 1..5, count: <2}
	page: {matches: ">Yes</PeerFirmwareSharing", phones: 1..5, mode: pfs, count: 0}
	END
    compare
    for kind in "${KINDS[@]}" phones; do
        echo "$kind" && [ "$(judged "$kind")" = false ]
    done
    grep -A1 'name="SEP02760A6A0015 ' "$OUT/junit.xml" | grep '<failure type="phone failed"'
}

# A load from before 8.3(3) takes no step to beyond 8.5(2): the phone tries again for ever.
@test "a phone that never comes to rest: until ends the run, and a wish excuses it" {
    fleet_file 1 'speed: 40' 'until: 60s' \
        'expect: {faithful: false, failed: {phone: 1, text: Auth Fail},' \
        '  reboots: {phone: 1, count: ">=2"}, upgraded: {phones: 2..3}}' |
        sed -e '/^speed: auto/d' -e 's/^phones: .*/phones:\n  - {model: CP-7961G, running: SCCP41.8-2-1S}\n  - {model: CP-7961G, count: 2, running: SCCP41.9-4-2SR3-1S}/' > "$FILE"
    "$FLEET" run -q -f "$FILE" --out "$OUT"
    jq -e '.expectations[] | select(.name == "finished") | .passed' "$OUT/summary.json"
    jq -e '.per_phone[0].expected_end' "$OUT/summary.json"
    [ "$(jq -s 'map(.t) | max < 80' "$OUT/events.jsonl")" = true ]
    grep -A1 'name="SEP02760A6A0010 ' "$OUT/junit.xml" | grep '<system-out>as expected'
    # without the wishes it is one that did not finish
    run "$FLEET" run -q -f "$FILE" --out "$OUT" --set 'expect={faithful: false}'
    [ "$status" -eq 1 ]
    jq -e '.expectations[] | select(.name == "finished").passed | not' "$OUT/summary.json"
}

@test "when the time is up, every unfinished phone is named with what it waits for" {
    fleet_file 5 'wan: {delay: 10ms}' 'faults: [{at: 0s, do: wan-cut}]' > "$FILE"
    run "$FLEET" run -q -f "$FILE" --speed 20 --out "$OUT" --timeout 2s
    [ "$status" -eq 4 ]
    [ "$(grep -c '^  unfinished SEP.*: waits for configuration from the server' <<< "$output")" -eq 5 ]
    [ "$(jq '[.per_phone[] | select(.waits)] | length' "$OUT/summary.json")" -eq 5 ]
    [ "$(grep -c '<error type="not at an end"' "$OUT/junit.xml")" -eq 5 ]
}

@test "what one run alone cannot judge is refused at its place" {
    fleet_file 2 'expect: {wan_ratio: ">=2"}' > "$FILE"
    run "$FLEET" run -q -f "$FILE" --out "$OUT"
    [ "$status" -eq 2 ]
    [[ "$output" == *"t.fleet.yml:8:21: expect.wan_ratio: takes runs in both modes to judge"* ]]
    [ ! -e "$OUT" ]
}
