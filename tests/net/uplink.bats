#!/usr/bin/env bats
# A fleet that is part of a real network: what reaches the lab and what does not, and that the
# launcher's interface is afterwards as it was. The lab is labnet.bash's; its witnesses are tshark on
# its own interface, its servers' logs, and the kernel.

load common
load labnet

setup() {
    setup_world
    lab_up
}

teardown() {
    teardown_world
    lab_down
}


STATIC='subnet: 10.77.0.0/24, first: 10.77.0.100'
TFTP="tftp: {address: $LAB_IP}
addresses: static"

# The phones of the fleet, by their MAC addresses; and all else of the fleet's: what is not the lab's or
# the launcher's own.
OURS='eth.src[0:5] == 00:1b:54:c1:22'

foreign_frames() { # of capture NAME: frames that came from the fleet's side and are none of the phones'
    local host
    host=$(at_host ip -j link show eth1 | jq -r '.[0].address')
    lab=$(at_lab ip -j link show lab0 | jq -r '.[0].address')
    frames "$1" "!($OURS) && eth.src != $host && eth.src != $lab"
}

@test "phones upgrade over an uplink, paced, and nothing but theirs is heard in the lab" {
    lab_root 24
    lab_fleet 24 "lan: {uplink: eth1, $STATIC}" "$TFTP" "expect: {upgraded: all}" > "$FILE"
    serve_tftp_dnsmasq
    interface_state eth1 > "$BATS_TEST_TMPDIR/before"
    lab_tap lab lab lab0
    lab_tap other host eth2
    at_host "$FLEET" run -q -f "$FILE" --out "$OUT" --capture --timeout 400s
    lab_untap
    interface_state eth1 | diff "$BATS_TEST_TMPDIR/before" -
    # what the fleet says of fetches is what the server's log says
    [ "$(grep -c 'dnsmasq-tftp.*: sent ' "$BATS_TEST_TMPDIR/tftp.log")" -eq \
        "$(grep -c ': sent ' "$OUT/tftp.log")" ]
    jq -e '.server.witness == "capture" and .phones.upgraded == 24' "$OUT/summary.json"
    jq -e '.wan.bytes_down > 200000 and .lan.tcp4051_bytes > 1000000' "$OUT/summary.json"
    [ -z "$(foreign_frames lab)" ]
    [ -z "$(frames lab "$OURS && !(arp || tcp || udp || icmp || cdp || lldp)")" ]
    [ -z "$(frames other "$OURS")" ]
    # each phone to its switch
    [ "$(frames lab "$OURS && cdp" cdp.deviceid | sort -u | wc -l)" -eq 24 ]
    [ "$(frames lab "$OURS && lldp" lldp.tlv.system.name | sort -u | grep -c SEP)" -eq 24 ]
    # ARP evenly, and no phone asks for another
    [ "$(frames lab "$OURS && arp" frame.time_epoch | most_a_second)" -le 10 ]
    [ "$(frames lab "$OURS && arp.opcode == 1" arp.dst.proto_ipv4 | sort -u)" = "$LAB_IP" ]
    [ "$(frames lab "$OURS && arp.opcode == 1" arp.src.proto_ipv4 | sort | uniq -d | wc -l)" -eq 0 ]
    [ -z "$(frames lab 'arp.isgratuitous')" ]
    [ "$(capinfos -Mc "$OUT/site.pcapng" | awk '/Number of packets/ {print $NF}')" -gt 1000 ]
}

@test "kill -9 in mid-run leaves the interface as it was, ten times" {
    lab_root 4
    lab_fleet 4 "lan: {uplink: eth1, $STATIC}" "$TFTP" 'boot: bulk' > "$FILE"
    serve_tftp_dnsmasq
    interface_state eth1 > "$BATS_TEST_TMPDIR/before"
    jq -e '.[0] | .promiscuity == 0 and .allmulti == 0' <(at_host ip -d -j link show eth1)
    local i
    for i in $(seq 10); do
        start nsenter -t "$HOST_PID" -n -- "$FLEET" run -q -f "$FILE" --out "$OUT-$i" # the pid is its own
        wait_for 60 taken "$OUT-$i" "$i" || { cat "$SAID" "$OUT-$i/events.jsonl"; false; }
        kill -9 "$LAUNCHER"
        finish
        wait_for 10 as_before eth1
    done
    [ "$(grep -c 'ITLFile.tlv not found' "$BATS_TEST_TMPDIR/tftp.log")" -gt 0 ]
}

# taken OUT STEPS: the interface is the fleet's, and its phones have made so many steps.
taken() {
    [ "$(at_host ip -d -j link show eth1 | jq '.[0].promiscuity')" -gt 0 ] && begun "$@"
}

begun() { [ "$(grep -c . "$1/events.jsonl" 2> /dev/null)" -ge "$2" ]; }

as_before() { interface_state "$1" | diff "$BATS_TEST_TMPDIR/before" - > /dev/null; }

@test "a bridge of the launcher's: phones upgrade by a port of it, which goes with the run" {
    lab_root 2
    at_host ip link set eth1 address fe:54:00:77:00:01 # as high as a guest's of libvirt
    at_host ip link add br-lab type bridge
    at_host ip link set eth1 master br-lab
    at_host ip link set br-lab up
    lab_fleet 2 "lan: {bridge: br-lab, $STATIC}" "$TFTP" "expect: {upgraded: all}" > "$FILE"
    serve_tftp_dnsmasq
    wait_for 20 lab_reached
    at_host ip -j link show | jq -r '.[].ifname' | sort > "$BATS_TEST_TMPDIR/before"
    lab_tap lab lab lab0
    start at_host "$FLEET" run -q -f "$FILE" --out "$OUT" --timeout 300s
    wait_for 20 begun "$OUT" 1
    at_host ip -j link show master br-lab | jq -e '[.[].ifname] | sort == ["eth1", "fleet0"]'
    # a bridge's own address is the lowest of its ports'
    at_host ip -j link show br-lab | jq -e '.[0].address == "fe:54:00:77:00:01"'
    finish
    [ "$status" -eq 0 ]
    lab_untap
    [ -z "$(frames lab "$OURS && !(arp || tcp || udp || icmp || cdp || lldp)")" ]
    at_host ip -j link show | jq -r '.[].ifname' | sort | diff "$BATS_TEST_TMPDIR/before" -
}

lab_reached() {
    at_host bridge -j link show dev eth1 | jq -e '.[0].state == "forwarding"'
}

# The launcher's interfaces, and who listens to them.
interfaces() { at_host ip -d -j link show | jq -S 'map({ifname, address, promiscuity, allmulti})'; }

# gone_at_once NAME LINE...: a lab with these lines is seen while it is up, and no longer after "down".
gone_at_once() {
    lab_fleet 1 "${@:2}" > "$FILE"
    interfaces > "$BATS_TEST_TMPDIR/before"
    at_host "$FLEET" up -q -f "$FILE" --out "$OUT-$1" 3>&-
    interfaces > "$BATS_TEST_TMPDIR/during"
    at_host "$FLEET" down -q --lab "$LAB"
    interfaces > "$BATS_TEST_TMPDIR/after"
    ! diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/during"
    diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}

@test "when down is done the launcher's interfaces are as they were" {
    lab_root 1
    gone_at_once uplink "lan: {uplink: eth1, $STATIC}" "$TFTP"
    gone_at_once beside 'tftp: {engine: external, address: 10.78.0.1}' 'addresses: static'
    at_host ip link add br-lab type bridge
    at_host ip link set eth1 master br-lab
    at_host ip link set br-lab up
    wait_for 20 lab_reached
    gone_at_once bridge "lan: {bridge: br-lab, $STATIC}" "$TFTP"
}

@test "with a server of its own the fleet brings its router and its WAN, and the lab reaches the phones" {
    lab_root 2
    lab_fleet 2 "lan: {uplink: eth1, $STATIC, router: 10.77.0.254}" 'tftp: {engine: dnsmasq}' 'wan: {delay: 5ms}' \
        'addresses: static' \
        "expect: {upgraded: all}" > "$FILE"
    lab_tap lab lab lab0
    start at_host "$FLEET" run -q -f "$FILE" --out "$OUT" --timeout 300s
    wait_for 20 begun "$OUT" 1
    wait_for 20 at_lab ping -q -c 1 -W 1 10.77.0.101
    at_lab ping -q -c 1 -W 1 10.77.0.254
    finish
    [ "$status" -eq 0 ]
    lab_untap
    jq -e '.phones.upgraded == 2 and .server.witness != "capture"' "$OUT/summary.json"
    [ -z "$(frames lab 'tftp || udp.port == 69')" ]
}

# refused WORDS [OPTION...]: the run ends with 3 and these words, and has made nothing.
refused() {
    local said
    said=$(at_host "$FLEET" run -q -f "$FILE" --out "$OUT" "${@:2}" 2>&1) && return 1
    [ $? -eq 3 ]
    echo "$said"
    [[ $said == *"$1"* ]]
    [ ! -e "$OUT" ]
}

@test "what will not do as an uplink is refused with its remedy, before anything is made" {
    lab_root 1
    lab_fleet 1 "lan: {uplink: eth1, $STATIC}" "$TFTP" > "$FILE"
    refused "there is no ethl1 here; did you mean 'eth1'?" --set lan.uplink=ethl1
    refused "lo is the loopback" --set lan.uplink=lo
    at_host ip link set eth1 down
    refused "eth1 is down; sudo ip link set eth1 up"
    at_host ip link set eth1 up
    at_lab ip link set lab0 down
    refused "eth1 has no carrier"
    at_lab ip link set lab0 up
    wait_for 5 lab_carries
    at_host ip address add 10.77.0.9/24 dev eth1
    at_host "$FLEET" check -f "$FILE" | grep -A1 "uplink's use" | grep '10.77.0.9 of this machine is out of reach'
    at_host ip route add default via "$LAB_IP"
    refused "this machine's default route leads by eth1"
    at_host "$FLEET" check -f "$FILE" | grep -A1 MISSING | grep -- --uplink-default-route
    at_host "$FLEET" check -f "$FILE" --uplink-default-route | grep 'ok  *uplink  *eth1'
    at_host ip link add br-lab type bridge
    refused "br-lab is a bridge; write lan: {bridge: br-lab}" --set lan.uplink=br-lab
    at_host ip link set eth1 master br-lab
    refused "eth1 is a port of the bridge br-lab; write lan: {bridge: br-lab}"
    sed -i 's/uplink: eth1/bridge: eth2/' "$FILE"
    refused "eth2 is no bridge; write lan: {uplink: eth2}"
    sed -i 's/bridge: eth2/bridge: br-lab/' "$FILE"
    refused "br-lab is down"
}

@test "a VLAN is made where the kernel has 8021q, and else refused with its remedy" {
    lab_root 1
    lab_fleet 1 "lan: {uplink: eth1, vlan: 77, $STATIC}" "$TFTP" "expect: {upgraded: all}" > "$FILE"
    if at_lab ip link add link lab0 name lab0.77 type vlan id 77 2> /dev/null; then
        at_lab ip address del "$LAB_IP/24" dev lab0
        at_lab ip address add "$LAB_IP/24" dev lab0.77
        at_lab ip link set lab0.77 up
        lab_serve tftp dnsmasq -k -C /dev/null -R -h -p 0 -i lab0.77 -z --enable-tftp \
            --tftp-root="$ROOT_DIR" --user=root --log-facility=-
        at_host "$FLEET" run -q -f "$FILE" --out "$OUT" --timeout 300s
    else
        refused 'this kernel makes no VLAN devices (8021q); sudo modprobe 8021q'
    fi
}

# with_sysfs SCRIPT: where /sys/class/net is the launcher's own, and that of this folder.
@test "wireless interfaces and bridges that speak the spanning tree protocol are known for what they are" {
    lab_root 1
    lab_fleet 1 "lan: {uplink: eth1, $STATIC}" "$TFTP" > "$FILE"
    mkdir -p "$BATS_TEST_TMPDIR/net/eth1/phy80211"
    at_host ip -j link show eth1 | jq '.[0].ifindex' > "$BATS_TEST_TMPDIR/net/eth1/ifindex"
    run at_host unshare -m bash -c 'mount --bind "$1" /sys/class/net && "$2" run -q -f "$3" --out "$4"' \
        sh "$BATS_TEST_TMPDIR/net" "$FLEET" "$FILE" "$OUT"
    [ "$status" -eq 3 ]
    [[ $output == *"eth1 is wireless"* ]]
    sed -i 's/uplink: eth1/bridge: br-lab/' "$FILE"
    at_host ip link add br-lab type bridge stp_state 1
    at_host ip link set br-lab up
    run at_host unshare -m bash -c 'mount -t sysfs lab /sys && "$1" check -f "$2"' sh "$FLEET" "$FILE"
    [[ $output == *"br-lab speaks the spanning tree protocol"* ]]
    [[ $output == *"stp_state 0"* ]]
}

@test "lint and check tell what a switch port may hold against it, until that is seen to" {
    local name
    lab_root 1
    lab_fleet 1 "lan: {bridge: br-lab, pace: 50, $STATIC}" "$TFTP" > "$FILE"
    sed -i s/static/dhcp/ "$FILE"
    "$FLEET" lint -f "$FILE" --json > "$BATS_TEST_TMPDIR/lint"
    at_host "$FLEET" check -f "$FILE" > "$BATS_TEST_TMPDIR/check" || true
    for name in port-security arp-inspection dhcp-snooping bpdu-guard foreign-macs uplink-pace; do
        jq -e --arg n $name '.findings[] | select(.name == $n) | .remedy' "$BATS_TEST_TMPDIR/lint"
        grep -A1 "^advice *$name" "$BATS_TEST_TMPDIR/check" | grep -- '->'
    done
    "$FLEET" lint -f "$FILE" --set 'lan.permits=[macs, arp, dhcp, bpdu, foreign]' --set lan.pace=10 |
        grep '^0 errors, 0 warnings'
}
