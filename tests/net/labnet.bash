# labnet.bash - a network that plays the lab, for the tests of the uplink.
#
#   the launcher's namespace         the lab's
#   +------------------------+       +--------------------------------+
#   |  eth1  (no address)  --|--veth-|-- lab0  10.77.0.1/24   servers |
#   |  eth2  10.78.0.1/24  --|--veth-|-- lab1  10.78.0.2/24           |   another network, of which the
#   +------------------------+       +--------------------------------+   fleet is to see nothing
#
# Both namespaces are held by a process that sleeps. All that is started is ended by its pid.

LAB_IP=10.77.0.1

# at_host COMMAND..., at_lab COMMAND...: there; a program keeps the pid of the call.
at_host() { exec_in "$HOST_PID" "$@"; }
at_lab() { exec_in "$LAB_PID" "$@"; }
exec_in() { nsenter -t "$1" -n -- "${@:2}"; }

lab_up() {
    LAB_PIDS=()
    unshare -n sleep 3600 3>&- &
    HOST_PID=$!
    unshare -n sleep 3600 3>&- &
    LAB_PID=$!
    LAB_PIDS+=("$HOST_PID" "$LAB_PID")
    wait_for 5 apart "$HOST_PID"
    wait_for 5 apart "$LAB_PID"
    at_host ip link set lo up
    lab_cable eth1 lab0
    lab_cable eth2 lab1
    at_lab ip link set lo up
    at_lab ip address add $LAB_IP/24 dev lab0
    at_lab ip address add 10.78.0.2/24 dev lab1
    at_host ip address add 10.78.0.1/24 dev eth2
    wait_for 5 lab_carries
}

apart() { [ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }

# lab_cable NEAR FAR
lab_cable() {
    at_host ip link add "$1" type veth peer name "$2" netns "$LAB_PID"
    at_host ip link set "$1" up
    at_lab ip link set "$2" up
}

lab_carries() {
    [ "$(at_host ip -j link show eth1 | jq -r ".[0].operstate")" = UP ] && ! at_host ip address | grep -q tentative
}

# In the background, at the lab or host; words go to NAME.log.
lab_serve() { # NAME COMMAND...
    nsenter -t "$LAB_PID" -n -- "${@:2}" > "$BATS_TEST_TMPDIR/$1.log" 2>&1 3>&- &
    LAB_PIDS+=($!)
}

lab_down() {
    local pid
    for pid in $(printf '%s\n' "${LAB_PIDS[@]:-}" | tac); do
        kill "$pid" 2> /dev/null || true
        wait "$pid" 2> /dev/null || true
    done
    LAB_PIDS=()
}

# lab_root COUNT [SHARING]: what the lab's TFTP server gives away: a load, and a configuration file for each
# of so many phones from 00:1B:54:C1:22:00 on, with sharing on (1, as ever) or off (0).
lab_root() {
    ROOT_DIR=$BATS_TEST_TMPDIR/root
    mkdir -p "$ROOT_DIR"
    cp "$ROOT"/firmware-samples/small/SCCP41* "$ROOT"/firmware-samples/small/*41*.sbn "$ROOT_DIR"
    local i
    for i in $(seq 0 $(($1 - 1))); do
        printf '<device><loadInformation>%s</loadInformation><vendorConfig>%s</vendorConfig></device>\n' \
            SCCP41.9-4-2SR3-1S "<peerFirmwareSharing>${2:-1}</peerFirmwareSharing>" \
            > "$(printf '%s/SEP001B54C122%02X.cnf.xml' "$ROOT_DIR" "$i")"
    done
    chmod -R a+rX "$BATS_TEST_TMPDIR"
}

# lab_fleet COUNT [LINE...]: a fleet at the uplink, or as the lines say.
lab_fleet() {
    cat <<-END
	name: $LAB
	seed: 7
	firmware: $ROOT_DIR
	phones: [{model: CP-7961G, count: $1, mac: 00:1B:54:C1:22:00, running: SCCP41.9-4-2SR1-1S}]
	END
    printf '%s\n' "${@:2}"
}

# lab_tap NAME PLACE INTERFACE: all frames from now on into NAME.pcap; by the ear of the lab, or the
# launcher's namespace.
lab_tap() {
    local file=$BATS_TEST_TMPDIR/$1.pcap pid=$LAB_PID
    [ "$2" = lab ] || pid=$HOST_PID
    nsenter -t "$pid" -n -- dumpcap -q -i "$3" -P -w "$file" 2> "$BATS_TEST_TMPDIR/$1.said" 3>&- &
    LAB_PIDS+=($!)
    TAP_PID=$!
    wait_for 10 grep -qs File: "$BATS_TEST_TMPDIR/$1.said"
}

lab_untap() {
    kill -INT "$TAP_PID"
    wait "$TAP_PID" 2> /dev/null || true
}

# frames NAME FILTER [FIELD...]: of that capture, a line each.
frames() {
    local field fields=()
    for field in "${@:3}"; do fields+=(-e "$field"); done
    tshark -r "$BATS_TEST_TMPDIR/$1.pcap" -Y "$2" ${fields[@]+-T fields "${fields[@]}"} 2> /dev/null
}

# most_a_second: of times in seconds, a line each, how many lie within one second at most.
most_a_second() {
    sort -n | awk '{t[NR] = $1} END {
        for (i = j = 1; i <= NR; i++) { while (t[i] - t[j] >= 1) j++; if (i - j + 1 > most) most = i - j + 1 }
        print most + 0 }'
}

# What the launcher's interface is like.
interface_state() { # NAME
    at_host ip -d -j link show "$1" | jq -S 'del(.[0].stats64)'
    at_host ip -j address show "$1" | jq -S '.[0].addr_info'
    at_host tc -j qdisc show dev "$1"
}

# ---- servers ---------------------------------------------------------------------------------------
#
# serve_X starts one; leases_X prints what that DHCP server has given away: MAC address and address, a
# line each, in order. All give 10.77.0.100 and up, with option 150 and a router.

# program PACKAGE PATH: of a package that run-fleet.sh --install-packages test has unpacked.
program() {
    local path=$ROOT/.build/packages/$1/$2
    [ -x "$path" ] || skip "$1 is not there: run-fleet.sh --install-packages test fetches it"
    echo "$path"
}

serve_tftp_dnsmasq() {
    lab_serve tftp dnsmasq -k -C /dev/null -R -h -p 0 -i lab0 -z --enable-tftp --tftp-max=500 \
        --tftp-root="$ROOT_DIR" --user=root --log-facility=-
}

serve_tftp_tftpd() { lab_serve tftp "$(program tftpd-hpa usr/sbin/in.tftpd)" -L -u root -a "$LAB_IP:69" -s "$ROOT_DIR"; }

serve_tftp_atftpd() {
    lab_serve tftp "$(program atftpd usr/sbin/atftpd)" --daemon --no-fork --user root --group root \
        --bind-address "$LAB_IP" --maxthread 500 --logfile - "$ROOT_DIR"
}

serve_dhcp_dnsmasq() {
    LEASES=$BATS_TEST_TMPDIR/leases
    lab_serve dhcp dnsmasq -k -C /dev/null -R -h -p 0 -i lab0 -z --user=root --log-facility=- --log-dhcp \
        --dhcp-range=10.77.0.100,10.77.0.199,255.255.255.0,2h --dhcp-option=150,"$LAB_IP" \
        --dhcp-leasefile="$LEASES" --dhcp-authoritative
}

leases_dnsmasq() { awk '{print $2, $3}' "$LEASES" | sort; }

serve_dhcp_dhcpd() {
    LEASES=$BATS_TEST_TMPDIR/leases
    : > "$LEASES"
    cat > "$BATS_TEST_TMPDIR/dhcpd.conf" <<-END
	option tftp150 code 150 = array of ip-address;
	authoritative;
	subnet 10.77.0.0 netmask 255.255.255.0 {
	    range 10.77.0.100 10.77.0.199;
	    option routers $LAB_IP;
	    option tftp150 $LAB_IP;
	    default-lease-time 7200;
	}
	END
    lab_serve dhcp "$(program isc-dhcp-server usr/sbin/dhcpd)" -4 -f -d --no-pid \
        -cf "$BATS_TEST_TMPDIR/dhcpd.conf" -lf "$LEASES" lab0
}

leases_dhcpd() {
    awk '$1 == "lease" {ip = $2} /binding state active/ {on[ip] = 1} $1 == "hardware" {mac[ip] = $3}
        END {for (ip in mac) if (ip in on) {sub(";", "", mac[ip]); print mac[ip], ip}}' "$LEASES" | sort
}

serve_dhcp_kea() {
    LEASES=$BATS_TEST_TMPDIR/leases
    cat > "$BATS_TEST_TMPDIR/kea.json" <<-END
	{"Dhcp4": {
	    "interfaces-config": {"interfaces": ["lab0"]},
	    "lease-database": {"type": "memfile", "persist": true, "name": "$LEASES", "lfc-interval": 0},
	    "valid-lifetime": 7200,
	    "option-def": [{"name": "tftp150", "code": 150, "type": "ipv4-address", "array": true}],
	    "subnet4": [{"subnet": "10.77.0.0/24", "pools": [{"pool": "10.77.0.100 - 10.77.0.199"}],
	        "option-data": [{"name": "routers", "data": "$LAB_IP"}, {"name": "tftp150", "data": "$LAB_IP"}]}],
	    "loggers": [{"name": "kea-dhcp4", "output_options": [{"output": "stdout"}], "severity": "INFO"}]}}
	END
    KEA_PIDFILE_DIR=$BATS_TEST_TMPDIR KEA_LOCKFILE_DIR=$BATS_TEST_TMPDIR \
        lab_serve dhcp "$(program kea-dhcp4-server usr/sbin/kea-dhcp4)" -c "$BATS_TEST_TMPDIR/kea.json"
}

leases_kea() { tail -n +2 "$LEASES" | awk -F, '{ip[$2] = $1} END {for (m in ip) print m, ip[m]}' | sort; }

serve_dhcp_udhcpd() {
    LEASES=$BATS_TEST_TMPDIR/leases
    : > "$LEASES"
    cat > "$BATS_TEST_TMPDIR/udhcpd.conf" <<-END
	start 10.77.0.100
	end 10.77.0.199
	interface lab0
	lease_file $LEASES
	auto_time 1
	opt subnet 255.255.255.0
	opt router $LAB_IP
	opt lease 7200
	opt 0x96 $(printf '%02x' ${LAB_IP//./ })
	END
    lab_serve dhcp busybox udhcpd -f "$BATS_TEST_TMPDIR/udhcpd.conf"
}

# Its file is binary: eight bytes of time, then of each lease an end, an address, six bytes, a name.
leases_udhcpd() {
    python3 - "$LEASES" <<-'END' | sort
	import struct, sys
	data = open(sys.argv[1], "rb").read()[8:]
	for at in range(0, len(data), 36):
	    _, ip, mac = struct.unpack_from(">I4s6s", data, at)
	    print(":".join("%02x" % b for b in mac), ".".join(str(b) for b in ip))
	END
}
