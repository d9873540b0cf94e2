#!/usr/bin/env bats
# Fleets whose phones ask for their addresses. What is held against what the fleet says: dnsmasq's
# lease file and log, the kernel's addresses in each namespace, tshark and scapy on the capture.

bats_require_minimum_version 1.5.0
load common

# dhcp_file COUNT [LINE...]: a fleet whose phones ask.
dhcp_file() {
    fleet_file "$1" 'addresses: dhcp' 'wan: {delay: 40ms, rate: 1mbit}' "${@:2}" > "$FILE"
}

# Lines "mac ip name" of a run: by the server's lease file; by the fleet's summary.
leased() { awk '{print toupper($2), $3, $4}' "$OUT/dhcp.leases" | sort; }
reported() {
    jq -r '.per_phone[] | select(.ip) | "\(.name) \(.ip)"' "$OUT/summary.json" |
        sed -E 's/^SEP(..)(..)(..)(..)(..)(..) (.*)/\1:\2:\3:\4:\5:\6 \7 SEP\1\2\3\4\5\6/' | sort
}

@test "24 phones by DHCP at the site upgrade; leases, log and report agree" {
    dhcp_file 24 'expect: {upgraded: all, server_fetches_per_file: 1}'
    run_whole
    [ "$(leased | wc -l)" -eq 24 ]
    diff <(leased) <(reported)
    jq -e '.dhcp | .engine == "own" and .at == "site" and .leases == 24 and .phones == 24 and
           .tftp_by == {"150": 24} and .servers == ["10.106.0.1"]' "$OUT/summary.json"
    [ "$(grep -c 'DHCPACK(br0)' "$OUT/dhcp.log")" -eq "$(jq .dhcp.log.acks "$OUT/summary.json")" ]
    [ "$(grep 'DHCPACK(br0)' "$OUT/dhcp.log" | awk '{print $4}' | sort -u | wc -l)" -eq 24 ]
    firmware_in "$ROOT/firmware-samples/small"
    all_hold_firmware 24 "$OUT"
}

@test "the same behind a relay: the server hears of the gateway, and names itself by option 66" {
    dhcp_file 24 'dhcp: {at: headquarters, tftp: [66]}' 'expect: {upgraded: all}'
    run_whole --capture
    diff <(leased) <(reported)
    jq -e '.dhcp.tftp_by == {"66": 24} and .dhcp.servers == ["172.31.255.2"]' "$OUT/summary.json"
    [ "$(grep -c 'DHCPACK(wan0)' "$OUT/dhcp.log")" -ge 24 ]
    [ "$(grep -c 'br0' "$OUT/dhcp.log")" -eq 0 ]
    # what the relay hands on to phones bears the bridge's address as giaddr
    tshark -r "$OUT/site.pcapng" -Y 'dhcp.type == 2' -T fields -e dhcp.ip.relay 2> /dev/null |
        sort -u > "$BATS_TEST_TMPDIR/relays"
    [ "$(cat "$BATS_TEST_TMPDIR/relays")" = 10.106.0.1 ]
}

@test "what phones send is what scapy builds, and tshark finds none malformed" {
    dhcp_file 4
    run_whole --capture
    [ -z "$(tshark -r "$OUT/site.pcapng" -Y 'dhcp && _ws.malformed' 2> /dev/null)" ]
    [ "$(tshark -r "$OUT/site.pcapng" -Y 'dhcp.option.dhcp == 1' 2> /dev/null | wc -l)" -ge 4 ]
    /usr/bin/python3 "$BATS_TEST_DIRNAME/discover.py" "$OUT/site.pcapng"
}

@test "a run repeats itself to the microsecond, at the site and behind the relay" {
    local at
    for at in site headquarters; do
        dhcp_file 8 "dhcp: {at: $at}"
        OUT=$BATS_TEST_TMPDIR/$at-1 run_whole
        OUT=$BATS_TEST_TMPDIR/$at-2 run_whole
        diff <(jq -S '[.time.emulated_s, .wan, .server.fetches]' "$BATS_TEST_TMPDIR/$at-1/summary.json") \
            <(jq -S '[.time.emulated_s, .wan, .server.fetches]' "$BATS_TEST_TMPDIR/$at-2/summary.json")
    done
}

@test "a pool that is too small: the others say so, and so does the verdict" {
    dhcp_file 6 'dhcp: {pool: 4}' 'until: 200s'
    run -1 "$FLEET" run -f "$FILE" --out "$OUT"
    [ "$(leased | wc -l)" -eq 4 ]
    [ "$(jq '[.per_phone[] | select(.status_text == "DHCP timeout" and .ip == null)] | length' \
        "$OUT/summary.json")" -eq 2 ]
    jq -e '.expectations[] | select(.name == "addresses") | (.passed | not) and
           (.detail | contains("4 of 6 phones that ask have an address") and contains("DHCP timeout"))' \
        "$OUT/summary.json"
    grep -q 'no address available' "$OUT/dhcp.log"
}

# addresses_in N: the kernel's addresses of phone N's interface.
addresses_in() { ctl exec "$1" -- ip -4 -o addr show dev eth0 | awk '{print $4}'; }
has_address() { [ "$(addresses_in "$1")" = "$2" ]; }
asked_again() { [ "$(grep -c "DHCPACK(br0) $1 " "$OUT/dhcp.log")" -gt "$2" ]; }

@test "in a lab: the kernel has the leases, a killed phone has none, and a new one asks again" {
    dhcp_file 3
    "$FLEET" up -q -f "$FILE" --out "$OUT"
    local n
    for n in 1 2 3; do
        wait_for 60 has_address "$n" "10.106.0.$((15 + n))/16"
    done
    ctl ps --json | jq -e 'all(.dhcp == "10.106.0.1" and .tftp == "172.31.255.2" and
                               .tftp_by == "150" and .lease_end_s > 28000)'
    ctl ps | head -n 1 | grep -q 'DHCP'
    local before
    before=$(grep -c 'DHCPACK(br0) 10.106.0.17 ' "$OUT/dhcp.log")
    ctl phone 2 kill
    wait_for 30 has_address 2 ""
    ctl ps --json | jq -e '.[1] | .address == null and .dhcp == null'
    ctl phone 2 restart
    wait_for 60 asked_again 10.106.0.17 "$before"
    wait_for 60 has_address 2 10.106.0.17/16
    "$FLEET" down "$LAB"
}

@test "who is restarted or reset in mid-run asks again, also where the clock runs fast" {
    dhcp_file 6 'dhcp: {at: headquarters}' 'faults:' '  - {at: 60s, phone: 3, do: restart}' \
        '  - {at: 70s, phone: 4, do: reset}' '  - {at: 30s, phone: 2, do: kill}' 'expect: {upgraded: 5}'
    run_whole
    diff <(leased | grep -v ' 10.106.0.17 ') <(reported)
    [ "$(grep -c 'DHCPACK(wan0) 10.106.0.18 ' "$OUT/dhcp.log")" -ge 2 ]
}

@test "static fleets know nothing of it" {
    fleet_file 2 > "$FILE"
    run_whole
    jq -e '.dhcp == null and all(.per_phone[]; has("dhcp") | not)' "$OUT/summary.json"
    [ ! -e "$OUT/dhcp.log" ]
    [ ! -e "$OUT/dhcp.conf" ]
}
