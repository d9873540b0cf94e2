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

# lab_root COUNT: what the lab's TFTP server gives away: a load, and a configuration file for each of
# so many phones from 00:1B:54:C1:22:00 on.
lab_root() {
    ROOT_DIR=$BATS_TEST_TMPDIR/root
    mkdir -p "$ROOT_DIR"
    cp "$ROOT"/firmware-samples/small/SCCP41* "$ROOT"/firmware-samples/small/*41*.sbn "$ROOT_DIR"
    local i
    for i in $(seq 0 $(($1 - 1))); do
        printf '<device><loadInformation>%s</loadInformation><vendorConfig>%s</vendorConfig></device>\n' \
            SCCP41.9-4-2SR3-1S '<peerFirmwareSharing>1</peerFirmwareSharing>' \
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
    wait_for 10 grep -q 'File:' "$BATS_TEST_TMPDIR/$1.said"
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
