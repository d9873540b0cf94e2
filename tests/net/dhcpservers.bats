#!/usr/bin/env bats
# A phone's DHCP client before the servers of others: dnsmasq, ISC's, Kea and udhcpd, one after
# another in a namespace that plays the lab; no launcher, dhcpphone.py does its part.
#
#   the lab's                                     the phone's
#   +----------------------------------+          +-----------+
#   |  s0  192.168.7.2/24, .3  servers |---veth---| p0        |
#   +----------------------------------+          +-----------+
#
# The phone's clock runs faster than the servers': it renews early, which costs nothing.

bats_require_minimum_version 1.5.0
load common

NAME=SEP0276AABBCC01
MAC=02:76:aa:bb:cc:01

setup() {
    setup_world
    DIR=$BATS_TEST_TMPDIR
    PIDS=()
    make_root
    unshare -n sleep 600 3>&- &
    LAB_PID=$!
    unshare -n sleep 600 3>&- &
    PHONE_PID=$!
    PIDS+=("$LAB_PID" "$PHONE_PID")
    wait_for 5 apart "$LAB_PID"
    wait_for 5 apart "$PHONE_PID"
    at_lab ip link set lo up
    at_lab ip link add s0 type veth peer name p0 netns "$PHONE_PID"
    at_lab ip address add 192.168.7.2/24 dev s0
    at_lab ip address add 192.168.7.3/24 dev s0
    at_lab ip link set s0 up
    nsenter -t "$PHONE_PID" -n ip link set p0 up
    wait_for 10 carry # until then a link drops what it is given
    serve capture dumpcap -q -i s0 -w "$DIR/c.pcapng"
    wait_for 10 test -s "$DIR/c.pcapng"
}

# The phone first, of its own accord: its standard input ends.
teardown() {
    exec 9>&- || true
    local at
    for ((at = ${#PIDS[@]} - 1; at >= 0; at--)); do
        kill "${PIDS[at]}" 2> /dev/null || true
        wait "${PIDS[at]}" 2> /dev/null || true
    done
}

apart() { [ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }
at_lab() { nsenter -t "$LAB_PID" -n -- "$@"; }
carry() {
    [ "$({ at_lab ip -j link show s0 && nsenter -t "$PHONE_PID" -n ip -j link show p0; } |
        jq -r '.[0].operstate' | uniq)" = UP ]
}

# serve NAME COMMAND...: at the lab, in the background; its words go to NAME.log.
serve() {
    nsenter -t "$LAB_PID" -n -- "${@:2}" > "$DIR/$1.log" 2>&1 3>&- &
    PIDS+=($!)
}

# unpacked PACKAGE PATH: its PROGRAM, where run-fleet.sh has unpacked it.
unpacked() {
    PROGRAM=$ROOT/.build/packages/$1/$2
    [ -x "$PROGRAM" ] || skip "$1 is not there: run-fleet.sh --install-packages test fetches it"
}

make_root() {
    mkdir "$DIR/root" "$DIR/phone"
    cp "$ROOT"/firmware-samples/small/*SR3* "$ROOT"/firmware-samples/small/*ES26* "$DIR/root"
    echo '<Default><loadInformation30018>SCCP41.9-4-2SR3-1S</loadInformation30018></Default>' \
        > "$DIR/root/XMLDefault.cnf.xml"
}

# A dnsmasq that serves files, and what else it is told.
dnsmasq_serves() {
    serve dnsmasq dnsmasq -k --conf-file=/dev/null --port=0 --interface=s0 --bind-interfaces \
        --user=root --enable-tftp --tftp-root="$DIR/root" --log-facility=- "$@"
    wait_for 10 grep -q started "$DIR/dnsmasq.log"
}

dnsmasq_leases() { # FROM TO
    dnsmasq_serves --dhcp-range="192.168.7.$1,192.168.7.$2,2m" --no-ping --log-dhcp \
        --dhcp-option=150,192.168.7.2,192.168.7.3 --dhcp-option=3,192.168.7.2 \
        --dhcp-option=15,lab.example --dhcp-leasefile="$DIR/leases"
}

# phone SPEED: switches it on.
phone() {
    mkfifo "$DIR/in"
    nsenter -t "$PHONE_PID" -n -- /usr/bin/python3 "$BATS_TEST_DIRNAME/dhcpphone.py" \
        "$ROOT/.build/fleet-phone" $NAME p0 "$1" "$DIR/phone" \
        < "$DIR/in" > "$DIR/console" 2>&1 3>&- &
    PIDS+=($!)
    exec 9> "$DIR/in"
}

# happened EVENT [CONDITION]: of its own event lines.
happened() {
    jq -e --slurp --arg event "$1" \
        "[.[] | select(.event == \$event and (${2:-true}))] | length > 0" "$DIR/phone/events" \
        > /dev/null 2>&1
}

seen() { # FILTER
    tshark -r "$DIR/c.pcapng" -Y "$1" 2> /dev/null | grep -q .
}

# What every server has to lead to: an address of the pool, an upgrade, a lease that is renewed.
upgraded_and_renewed() {
    wait_for 40 happened idle '.load == "SCCP41.9-4-2SR3-1S"'
    happened address '(.ip | startswith("192.168.7.")) and .prefix == 24 and
        .router == "192.168.7.2" and .server == "192.168.7.2" and .lease == 120 and
        .tftp == "192.168.7.2" and .by == "150"'
    grep -q 'DLoad: TFTP Svr set by opt150' "$DIR/console"
    wait_for 20 seen "dhcp.option.dhcp == 3 && ip.dst == 192.168.7.2 && dhcp.ip.client != 0.0.0.0"
    wait_for 20 seen "dhcp.option.dhcp == 5 && ip.dst != 255.255.255.255"
    run ! seen "_ws.malformed || dhcp.option.dhcp == 6"
    run ! happened address-lost
}

@test "dnsmasq, whose lease names the phone; scapy builds the same DISCOVER" {
    dnsmasq_leases 33 60
    phone 10
    upgraded_and_renewed
    grep -q "$MAC 192.168.7.[0-9]* $NAME 01:$MAC" "$DIR/leases"
    /usr/bin/python3 -c 'import scapy.all' || skip "the rest needs python3-scapy"
    tshark -r "$DIR/c.pcapng" -Y 'dhcp.option.dhcp == 1' -c 40 -T fields -e udp.payload \
        2> /dev/null | head -n 1 > "$DIR/discover"
    /usr/bin/python3 - "$DIR/discover" << 'EOF'
import sys
from scapy.all import BOOTP, DHCP
sent = bytes.fromhex(open(sys.argv[1]).read().strip())
mac = bytes.fromhex("0276aabbcc01")
head = BOOTP(op=1, xid=BOOTP(sent).xid, secs=BOOTP(sent).secs, flags="B", chaddr=mac)
options = DHCP(options=[("message-type", "discover"), ("client_id", b"\x01" + mac),
                        ("hostname", b"SEP0276AABBCC01"),
                        ("vendor_class_id", b"Cisco Systems, Inc. IP Phone CP-7961G\0"),
                        ("param_req_list", [1, 66, 6, 3, 15, 150, 35]), "end"])
built = bytes(head / options).ljust(548, b"\0")
assert built == sent, (built, sent)
assert BOOTP(sent).xid < 0x10000
EOF
}

@test "ISC's dhcpd" {
    unpacked isc-dhcp-server usr/sbin/dhcpd
    dnsmasq_serves
    touch "$DIR/leases"
    cat > "$DIR/dhcpd.conf" << 'EOF'
option tftp150 code 150 = array of ip-address;
default-lease-time 120; max-lease-time 120; min-lease-time 120;
ping-check false;
subnet 192.168.7.0 netmask 255.255.255.0 {
    range 192.168.7.33 192.168.7.60;
    option routers 192.168.7.2;
    option domain-name "lab.example";
    option tftp150 192.168.7.2, 192.168.7.3;
}
EOF
    serve dhcpd "$PROGRAM" -4 -f -d --no-pid -cf "$DIR/dhcpd.conf" -lf "$DIR/leases" s0
    wait_for 10 grep -q 'Server starting' "$DIR/dhcpd.log"
    phone 10
    upgraded_and_renewed
    grep -q "client-hostname \"$NAME\"" "$DIR/leases"
    grep -q "set vendor-class-identifier = \"Cisco Systems, Inc. IP Phone CP-7961G" "$DIR/leases" ||
        grep -q "hardware ethernet $MAC" "$DIR/leases"
}

@test "Kea" {
    unpacked kea-dhcp4-server usr/sbin/kea-dhcp4
    dnsmasq_serves
    cat > "$DIR/kea.json" << EOF
{"Dhcp4": {
    "interfaces-config": {"interfaces": ["s0/192.168.7.2"], "dhcp-socket-type": "raw"},
    "lease-database": {"type": "memfile", "persist": true, "name": "$DIR/leases"},
    "valid-lifetime": 120,
    "option-def": [{"name": "tftp150", "code": 150, "type": "ipv4-address", "array": true}],
    "subnet4": [{
        "subnet": "192.168.7.0/24",
        "pools": [{"pool": "192.168.7.33 - 192.168.7.60"}],
        "option-data": [
            {"name": "routers", "data": "192.168.7.2"},
            {"name": "domain-name", "data": "lab.example"},
            {"name": "tftp150", "data": "192.168.7.2, 192.168.7.3"}
        ]}],
    "loggers": [{"name": "kea-dhcp4", "severity": "INFO", "output_options": [{"output": "stdout"}]}]
}}
EOF
    serve kea env KEA_PIDFILE_DIR="$DIR" KEA_LOCKFILE_DIR="$DIR" "$PROGRAM" -c "$DIR/kea.json"
    wait_for 15 grep -q DHCP4_STARTED "$DIR/kea.log"
    phone 10
    upgraded_and_renewed
    grep -qi "$MAC,.*${NAME,,}" "$DIR/leases"
}

@test "udhcpd" {
    dnsmasq_serves
    touch "$DIR/leases"
    cat > "$DIR/udhcpd.conf" << EOF
start 192.168.7.33
end 192.168.7.60
interface s0
lease_file $DIR/leases
pidfile $DIR/udhcpd.pid
auto_time 1
option subnet 255.255.255.0
option router 192.168.7.2
option domain lab.example
option lease 120
option 0x96 c0a80702c0a80703
EOF
    serve udhcpd busybox udhcpd -f "$DIR/udhcpd.conf"
    phone 10
    upgraded_and_renewed
}

@test "nobody answers: DHCP timeout, and it goes on" {
    phone 100
    wait_for 20 happened address-failed '.text == "DHCP timeout" and .t > 124 and .t < 140'
    dnsmasq_leases 33 60
    wait_for 20 happened idle
}

@test "stations have its addresses: Duplicate IP, and another one in the end" {
    dnsmasq_leases 33 34
    at_lab ip address add 192.168.7.33/24 dev s0
    at_lab ip address add 192.168.7.34/24 dev s0
    phone 10
    wait_for 20 happened address-failed '.text == "Duplicate IP"'
    wait_for 5 seen 'dhcp.option.dhcp == 4'
    at_lab ip address del 192.168.7.33/24 dev s0
    at_lab ip address del 192.168.7.34/24 dev s0
    wait_for 20 happened idle
}

@test "the server is gone: the lease ends, and the phone boots without address" {
    dnsmasq_leases 33 60
    phone 20
    wait_for 20 happened idle
    kill "${PIDS[3]}"
    wait_for 20 happened address-lost '.why == "its lease is over"'
    wait_for 5 seen 'dhcp.option.dhcp == 3 && ip.dst == 255.255.255.255 && dhcp.ip.client != 0.0.0.0'
    [ -z "$(nsenter -t "$PHONE_PID" -n ip -4 -o address show dev p0)" ]
}
