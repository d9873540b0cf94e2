#!/usr/bin/env bats
# Two subnets: what is shared in one stays in it, by the server's log and a capture of both bridges.

bats_require_minimum_version 1.5.0
load common

setup() {
    setup_world
    cat > "$FILE" <<-END
	name: $LAB
	speed: 20
	firmware: $ROOT/firmware-samples/small
	wan: {delay: 10ms, rate: 10mbit}
	enterprise: {peerFirmwareSharing: true}
	lan: {subnets: {floor1: 10.106.0.0/24, floor2: 10.106.1.0/24}}
	phones:
	  - {model: CP-7961G, count: 3, running: SCCP41.9-4-2SR1-1S, load: SCCP41.9-4-2SR3-1S}
	  - {model: CP-7961G, count: 3, running: SCCP41.9-4-2SR1-1S, load: SCCP41.9-4-2SR3-1S, subnet: floor2}
	expect: {upgraded: all, server_fetches_per_file: 1}
	END
}

# frames FILTER FIELD...: of the capture, one line each.
frames() {
    local filter=$1
    shift
    tshark -r "$OUT/site.pcapng" -Y "$filter" -T fields "${@/#/-e}" 2> /dev/null
}

# The third byte of each sender's address, for each file of the load that was sent whole.
takers() {
    sed -n 's|.*sent .*/\(SCCP41.9-4-2SR3-1S.loads\) to 10.106.\([0-9]*\)\..*|\1 \2|p
        s|.*sent .*/\([a-z]*41[^ ]*\.sbn\) to 10.106.\([0-9]*\)\..*|\1 \2|p' "$OUT/tftp.log" | sort
}

@test "each subnet fetches each file once, and nothing on port 4051 leaves it" {
    run_whole --capture
    takers > "$BATS_TEST_TMPDIR/takers"
    [ "$(wc -l < "$BATS_TEST_TMPDIR/takers")" -eq 12 ]
    [ "$(awk '{n[$1] = n[$1] $2} END {for (f in n) print n[f]}' "$BATS_TEST_TMPDIR/takers" |
        sort -u)" = 01 ]

    # trees of three phones, six in each subnet
    jq -e '.hierarchies | group_by(.subnet) | map([.[0].subnet, length]) ==
        [["floor1", 6], ["floor2", 6]]' "$OUT/summary.json"
    jq -e '[.hierarchies[].members] | all(. == 3)' "$OUT/summary.json"

    command -v tshark > /dev/null || skip "needs tshark"
    [ "$(frames 'udp.port == 4051 || tcp.port == 4051' frame.interface_name | sort -u | xargs)" = \
        "br0 br1" ]
    [ -z "$(frames '(udp.port == 4051 || tcp.port == 4051) && frame.interface_name == "br0" &&
        ip.addr == 10.106.1.0/24' ip.src)" ]
    [ -z "$(frames '(udp.port == 4051 || tcp.port == 4051) && frame.interface_name == "br1" &&
        ip.addr == 10.106.0.0/24' ip.src)" ]

    # who opened a session and who took it, once each however often a frame was repeated
    answers=$(frames 'tcp.srcport == 4051 && tcp.flags.syn == 1 && tcp.flags.ack == 1' \
        ip.src ip.dst tcp.dstport tcp.seq_raw | sort -u)
    [ "$(jq -r '.per_phone[] | "\(.ip) \(.sessions.opened) \(.sessions.accepted)"' \
        "$OUT/summary.json")" = "$(for ip in 10.106.{0,1}.{16,17,18}; do
            awk -v ip="$ip" '{a += $1 == ip; o += $2 == ip} END {print ip, o + 0, a + 0}' \
                <<< "$answers"
        done)" ]
}

captured() {
    tshark -r "$BATS_TEST_TMPDIR/c.pcapng" -Y "$1" -T fields -e frame.interface_name 2> /dev/null |
        grep -q "$2"
}

@test "a lab: the site routes between them, and captures both" {
    "$FLEET" up -q -f "$FILE" --out "$OUT" 3>&-
    [[ "$(ctl exec 4 ip -4 -o address show dev eth0)" == *"10.106.1.16/24"* ]]
    [[ "$(ctl exec site ip -o link show p1)" == *"master br0"* ]]
    [[ "$(ctl exec site ip -o link show p4)" == *"master br1"* ]]
    command -v tshark > /dev/null || skip "needs tshark"
    "$FLEET" capture --lab "$LAB" site -w "$BATS_TEST_TMPDIR/c.pcapng" 3>&- 2> /dev/null &
    capture=$!
    wait_for 10 test -s "$BATS_TEST_TMPDIR/c.pcapng"
    ctl exec 1 ping -c 1 -W 2 10.106.1.16 > /dev/null || skip "needs ping"
    wait_for 10 captured icmp br0
    wait_for 10 captured icmp br1
    kill -INT "$capture"
    wait "$capture"
    ctl phone "4..5" unplug
    [ "$(ctl ps --json | jq -c '[.[] | select(.state == "unplugged") | .number]')" = "[4,5]" ]
    ctl down
}

@test "a plan of them fetches each file once a subnet, too" {
    command -v "$ROOT/.build/fleet-sim" > /dev/null || skip "needs a build"
    "$FLEET" plan -q -f "$FILE" --phones 60 --mode pfs --json --out "$OUT" |
        jq -e '.points[0].server_fetches == 12 and .points[0].upgraded == 60'
}
