#!/usr/bin/env bats
# Phones and their switch: CDP and LLDP-MED, seen by Wireshark's dissectors, by scapy, and by lldpd,
# which plays the switch.
#
#   [ phones ] ... eth0
#        |          |
#   +----p1--- ... -pN--------+
#   |  br0              site  |
#   +----swport---------------+
#         |
#      [ switch0 ]               in the site's namespace as well: the switch's side of the cable

bats_require_minimum_version 1.5.0
load common
load labnet

PYTHON=/usr/bin/python3

setup() {
    setup_world
    SWITCH='' ROOM=''
}

teardown() {
    [ -z "$SWITCH" ] || kill "$SWITCH" 2> /dev/null || true
    [ -z "$ROOM" ] || rm -rf "$ROOM"
    [ ! -s "$OUT/events.jsonl" ] || "$FLEET" down -q --lab "$LAB" > /dev/null 2>&1 || true
    teardown_world
    lab_down
}

# talkers [LINE...]: three phones with nothing to fetch.
talkers() {
    cat > "$FILE" <<-END
	name: $LAB
	firmware: $ROOT/firmware-samples/small
	enterprise: {peerFirmwareSharing: true}
	discovery: [cdp, lldp]
	phones:
	  - {model: CP-7961G, count: 2, running: SCCP41.9-4-2SR3-1S}
	  - {model: CP-7970G, count: 1, running: SCCP70.9-4-2SR3-1S}
	END
    printf '%s\n' "$@" >> "$FILE"
}

fields() {
    tshark -r "$OUT/site.pcapng" -Y "$1" -T fields "${@:2}" 2> /dev/null
}

# Everything that a run of ten minutes says, on the site's bridge.
record() {
    talkers "speed: auto" "until: 600s"
    run_fleet --capture
}

@test "Wireshark finds no frame malformed, and each checksum right" {
    record
    [ -z "$(fields '(cdp || lldp) && (_ws.malformed || _ws.expert.severity >= 0x00600000)' -e frame.number)" ]
    [ -z "$(fields 'cdp && cdp.checksum.status != 1' -e frame.number)" ]
    [ "$(fields cdp -e cdp.deviceid | sort -u | wc -l)" -eq 3 ]
    [ "$(fields lldp -e lldp.tlv.system.name | sort -u | wc -l)" -eq 3 ]
    # two triggers, then one a minute, and two
    [ "$(fields cdp -e cdp.deviceid | sort | uniq -c | awk '{print $1}' | sort -u)" = 11 ]
    [ "$(fields lldp -e lldp.tlv.system.name | sort | uniq -c | awk '{print $1}' | sort -u)" = 21 ]
    [ "$(fields 'cdp.platform == "Cisco IP Phone 7970"' -e cdp.software_version | sort -u)" = \
        SCCP70.9-4-2SR3-1S ]
}

@test "scapy takes them apart, field by field" {
    $PYTHON -c 'import scapy.contrib.cdp, scapy.contrib.lldp' 2> /dev/null || skip "needs python3-scapy"
    record
    fields 'cdp || lldp' -e frame.number > /dev/null
    tshark -r "$OUT/site.pcapng" -Y 'cdp || lldp' -F pcap -w "$BATS_TEST_TMPDIR/d.pcap" 2> /dev/null
    $PYTHON "$ROOT/tests/net/discovery.py" frames "$BATS_TEST_TMPDIR/d.pcap" "$OUT/events.jsonl"
}

# A lab in which the site's bridge has one more port, with the switch's end in hand.
wire_switch() {
    talkers "speed: 8"
    "$FLEET" up -q -f "$FILE" --out "$OUT" 3>&-
    ctl exec site ip link add swport type veth peer name switch0
    ctl exec site ip link set swport master br0 up
    ctl exec site ip link set switch0 up
}

# vlans VLAN: whether that is what every phone's row says ("null": none).
vlans() {
    [ "$(ctl ps --json | jq -c 'map(.voice_vlan) | unique')" = "[$1]" ]
}

# lldpd and its client, beside the build.
lldpcli() {
    LD_LIBRARY_PATH=$(dirname "$(find "$ROOT/.build/packages/lldpd/usr/lib" -name 'liblldpctl.so.4')") \
        "$ROOT/.build/packages/lldpd/usr/sbin/lldpcli" -u "$ROOM/socket" "$@"
}

neighbours() {
    lldpcli show neighbors details -f json0 > "$BATS_TEST_TMPDIR/neighbours.json" 2> /dev/null
    [ "$(jq "[.. | objects | select(.via? == \"$1\")] | length" "$BATS_TEST_TMPDIR/neighbours.json")" -eq 3 ]
}

# start_lldpd INTERFACE COMMAND...: there, by the command that goes there. It wants a user, a group and
# a directory of its own, which are there for it alone.
start_lldpd() {
    local lldpd
    lldpd=$(program lldpd usr/sbin/lldpd)
    ROOM=$(mktemp -d /tmp/fleet-lldpd-XXXXXX)
    chmod 755 "$ROOM"
    { cat /etc/passwd && echo '_lldpd:x:64123:64123::/:/bin/false'; } > "$ROOM/passwd"
    { cat /etc/group && echo '_lldpd:x:64123:'; } > "$ROOM/group"
    # shellcheck disable=SC2016
    "${@:2}" unshare -m bash -c 'mount -t tmpfs none /run && mkdir /run/lldpd &&
        mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/group" /etc/group && exec "${@:2}"' \
        lldpd "$ROOM" "$lldpd" -d -cc -H 0 -M 4 -u "$ROOM/socket" -I "$1" -C "$1" -O /dev/null \
        -L /bin/true > "$BATS_TEST_TMPDIR/lldpd.log" 2>&1 3>&- &
    SWITCH=$!
    wait_for 10 lldpcli show chassis > /dev/null 2>&1
    lldpcli resume # a client that it begins by itself would do it
    lldpcli configure lldp tx-interval 1
    lldpcli configure lldp tx-hold 120
}

# tells_policy VLAN: whether all phones tell it back, tagged.
tells_policy() {
    neighbours LLDP
    jq -e --arg vlan "$1" '[.. | objects | select(.via? == "LLDP") | .["lldp-med"][0].policy[] |
        .vlan[0].vid] | length == 6 and unique == [$vlan]' "$BATS_TEST_TMPDIR/neighbours.json"
}

@test "lldpd, a switch, shows each phone with its load and platform, and teaches it the voice VLAN" {
    wire_switch
    start_lldpd switch0 "$FLEET" exec --lab "$LAB" site
    wait_for 60 neighbours LLDP
    jq -e '[.. | objects | select(.via? == "LLDP")] |
        all(.chassis[0].id[0].type == "ip") and
        (map(.["lldp-med"][0].inventory[0] | [.model[0].value, .software[0].value]) | unique ==
            [["CP-7961G", "SCCP41.9-4-2SR3-1S"], ["CP-7970G", "SCCP70.9-4-2SR3-1S"]])' \
        "$BATS_TEST_TMPDIR/neighbours.json"
    wait_for 60 neighbours CDPv2
    jq -e '[.. | objects | select(.via? == "CDPv2") | .chassis[0].descr[0].value] | unique ==
        ["Cisco IP Phone 7961 running on\nSCCP41.9-4-2SR3-1S",
            "Cisco IP Phone 7970 running on\nSCCP70.9-4-2SR3-1S"]' "$BATS_TEST_TMPDIR/neighbours.json"
    vlans null
    lldpcli configure med policy application voice tagged vlan 77 priority voice dscp 46
    wait_for 30 vlans 77
    grep -q '"event":"vlan","voice":77,"by":"lldp"' "$OUT/events.jsonl"
    wait_for 60 tells_policy 77
    ctl down
}

@test "at an uplink it is on by itself: the switch there sees the phones, and they its VLAN" {
    lab_up
    lab_root 3
    lab_fleet 3 "lan: {uplink: eth1, subnet: 10.77.0.0/24, first: 10.77.0.100}" \
        "addresses: static" "tftp: {address: $LAB_IP}" > "$FILE"
    start_lldpd lab0 nsenter -t "$LAB_PID" -n --
    lldpcli configure med policy application voice tagged vlan 78 priority voice dscp 46
    ctl() { at_host "$FLEET" "$1" --lab "$LAB" "${@:2}"; }
    at_host "$FLEET" up -q -f "$FILE" --out "$OUT" 3>&-
    wait_for 60 neighbours LLDP
    wait_for 60 neighbours CDPv2
    jq -e '[.. | objects | select(.via? == "LLDP") | .chassis[0].id[0].value] | sort ==
        ["10.77.0.100", "10.77.0.101", "10.77.0.102"]' "$BATS_TEST_TMPDIR/neighbours.json"
    wait_for 60 vlans 78
    ctl down
}

@test "a CDP reply names the voice VLAN, and is forgotten with its time" {
    $PYTHON -c 'import scapy.contrib.cdp' 2> /dev/null || skip "needs python3-scapy"
    wire_switch
    wait_for 30 seen idle
    ctl exec site "$PYTHON" "$ROOT/tests/net/discovery.py" reply switch0 77 255
    wait_for 10 vlans 77
    grep -q 'Received VVLan 77 VLan 1 ttl 255 on port 0 from Sweety' "$OUT"/logs/*.log
    grep -q 'Selecting port 0, VVLAN 77 VLAN 1 ttl 255' "$OUT"/logs/*.log
    grep -q 'frames stay untagged' "$OUT"/logs/*.log
    wait_for 60 vlans null # 255 s at a speed of 8
    ctl down
}

@test "a configuration that forbids either is obeyed, and LLDP takes its leave" {
    talkers "speed: auto" "until: 200s"
    mkdir "$BATS_TEST_TMPDIR/root"
    cp "$ROOT"/firmware-samples/small/* "$BATS_TEST_TMPDIR/root"
    for name in SEP02760A6A0010 SEP02760A6A0011; do
        cat > "$BATS_TEST_TMPDIR/root/$name.cnf.xml" <<-END
		<device><loadInformation>SCCP41.9-4-2SR3-1S</loadInformation>
		<vendorConfig><enableCdpSwPort>0</enableCdpSwPort><enableLldpSwPort>0</enableLldpSwPort></vendorConfig>
		</device>
		END
    done
    run_fleet --set firmware="$BATS_TEST_TMPDIR/root" --capture
    [ "$(fields cdp -e cdp.deviceid | sort | uniq -c | awk '{print $1, $2}' | head -2)" = \
        "$(printf '2 SEP02760A6A0010\n2 SEP02760A6A0011')" ]
    [ "$(fields 'lldp.time_to_live == 0' -e lldp.port.id | sort)" = \
        "$(printf '02760A6A0010:P1\n02760A6A0011:P1')" ]
    [ "$(fields 'cdp.deviceid == "SEP02760A6A0012"' -e frame.number | wc -l)" -eq 5 ]
}

@test "an address by DHCP is told as soon as it is there, and the neighbour without one takes its leave" {
    talkers "speed: auto" "until: 50s" "addresses: dhcp"
    run_fleet --capture
    [ "$(fields 'lldp && eth.src == 02:76:0a:6a:00:10' -e lldp.chassis.id.ip4 -e lldp.time_to_live |
        uniq | tr '\t\n' '= ')" = '0.0.0.0=180 0.0.0.0=0 10.106.0.16=180 ' ]
    [ "$(fields 'cdp && eth.src == 02:76:0a:6a:00:10' -e cdp.nrgyz.ip_address | uniq | tr '\n' ' ')" = \
        '0.0.0.0 10.106.0.16 ' ]
}

@test "who does not ask for it says nothing" {
    talkers "speed: auto" "until: 200s"
    sed -i '/^discovery/d' "$FILE"
    run_fleet --capture
    [ -z "$(fields 'cdp || lldp' -e frame.number)" ]
}
