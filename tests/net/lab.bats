#!/usr/bin/env bats
# The interactive lab: up, ps, logs, exec, capture, down.

bats_require_minimum_version 1.5.0
load common

setup() {
    setup_world
    fleet_file 4 > "$FILE"
    fleet_file 4 | sed "s/^name: .*/name: $LAB-b/" > "$BATS_TEST_TMPDIR/b.fleet.yml"
}

up() {
    "$FLEET" up -q -f "$BATS_TEST_TMPDIR/${1:-t}.fleet.yml" --out "$OUT${1:-}" 3>&-
}

all_idle() {
    [ "$(ctl ps --json | jq 'map(select(.state == "idle")) | length')" -eq 4 ]
}

captured_ping() {
    tshark -r "$BATS_TEST_TMPDIR/c.pcapng" -Y icmp 2> /dev/null | grep -q 'Echo (ping) request'
}

@test "up returns with the phones running, down leaves nothing" {
    remember_host
    up
    [ "$(marked fleet-phone | wc -l)" -eq 4 ]
    remember_namespaces
    run ctl down
    [ "$status" -eq 0 ]
    [ -z "$(marked fleet-phone fleet-wan dnsmasq)" ]
    nothing_left
    [ ! -e "$OUT/tftproot" ]
}

@test "up does not hold its caller's output open" {
    timeout 20 bash -c "'$FLEET' up -q -f '$BATS_TEST_TMPDIR/t.fleet.yml' --out '$OUT' 2>&1 3>&- | cat"
    ctl down
}

# The files that the lab's processes have open which end in one of those names.
held() {
    local pid
    for pid in $(marked "${PROGRAMS[@]}"); do
        find "/proc/$pid/fd" -lname "*$1" -printf '%p %l\n'
    done
}

@test "a lab keeps nothing of its caller's open: terminal, files, pipes" {
    mkfifo "$BATS_TEST_TMPDIR/pipe-of-caller"
    : > "$BATS_TEST_TMPDIR/file-of-caller"
    exec 7<> "$BATS_TEST_TMPDIR/pipe-of-caller" # so that nobody waits for the other end
    up < "$BATS_TEST_TMPDIR/pipe-of-caller" 9>> "$BATS_TEST_TMPDIR/file-of-caller" \
        12< "$BATS_TEST_TMPDIR/pipe-of-caller"
    exec 7>&-
    [ "$(marked fleet | wc -l)" -eq 2 ]
    [ -z "$(held -of-caller)" ]
    ctl down
    script -qec "'$FLEET' up -q -f '$BATS_TEST_TMPDIR/t.fleet.yml' --out '$OUT'" /dev/null \
        < /dev/null 3>&- > "$BATS_TEST_TMPDIR/terminal"
    [ "$(marked fleet | wc -l)" -eq 2 ]
    [ -z "$(held '/dev/pts/*')" ]
    ctl ps --json | jq -e 'length == 4'
    ctl down
}

@test "ps: a row per phone, as a table and as JSON" {
    up
    run ctl ps
    [ "${#lines[@]}" -eq 5 ]
    [[ "${lines[0]}" == "#  NAME"* ]]
    [[ "${lines[1]}" == *"SEP"*"CP-7961G"*"10.106."* ]]
    ctl ps --json | jq -e 'length == 4 and (map(.number) == [1, 2, 3, 4]) and
        all(.[]; (.children | type) == "array" and (.icon | type) == "boolean")'
    ctl down
}

@test "a lab lives on after the upgrade" {
    up
    wait_for 60 all_idle
    ctl ps --json | jq -e 'all(.[]; .running == "SCCP41.9-4-2SR3-1S")'
    ctl down
}

@test "a phone keeps nothing of a connection that has ended, however long its lab lives" {
    up
    wait_for 60 all_idle
    ctl exec 2 nstat -asz TcpPassiveOpens TcpActiveOpens | awk '/^Tcp/ {n += $2} END {exit n == 0}'
    for phone in 1 2 3 4; do
        [ -z "$(ctl exec "$phone" ip tcp_metrics show)" ]
    done
    ctl down
}

@test "exec: inside a phone, the site and the server; the command's exit code" {
    # exit 2: a lab that does not know the phone, or to which the fault cannot be done
    up
    address=$(ctl ps --json | jq -r '.[1].address')
    for phone in 2 "$address" "$(ctl ps --json | jq -r '.[1].name')"; do
        run ctl exec "$phone" ip -4 -o address show dev eth0
        [ "$status" -eq 0 ]
        [[ "$output" == *"$address/16"* ]]
    done
    ctl exec site ip -o link show br0
    ctl exec server ip -4 -o address show dev wan0 | grep -q 172.31.255.2
    run ctl exec 1 sh -c 'exit 7'
    [ "$status" -eq 7 ]
    run -127 ctl exec 1 /no/such/program
    run ctl exec 9 true
    [ "$status" -eq 2 ]
    [[ "$output" == *"no such target"*": 9"* ]]
    ctl down
}

@test "logs: the console of a phone; follow ends with the lab" {
    up
    wait_for 20 grep -q . "$OUT"/logs/*10.log
    ctl logs 1 > "$BATS_TEST_TMPDIR/log"
    head -c 40 "$OUT/logs/$(ctl ps --json | jq -r '.[0].name').log" | cmp -n 40 - "$BATS_TEST_TMPDIR/log"
    run ctl logs nobody
    [ "$status" -eq 2 ]
    ctl logs --follow 1 > "$BATS_TEST_TMPDIR/followed" 3>&- &
    follower=$!
    wait_for 10 test -s "$BATS_TEST_TMPDIR/followed"
    ctl down
    wait "$follower"
    cmp "$BATS_TEST_TMPDIR/followed" "$OUT/logs/SEP02760A6A0010.log"
}

@test "capture writes what passes on the bridge" {
    command -v tshark > /dev/null || skip "needs tshark"
    up
    "$FLEET" capture --lab "$LAB" site -w "$BATS_TEST_TMPDIR/c.pcapng" 3>&- 2> /dev/null &
    capture=$!
    wait_for 10 test -s "$BATS_TEST_TMPDIR/c.pcapng"
    ctl exec 1 ping -c 1 -W 2 10.106.0.1 > /dev/null || skip "needs ping"
    wait_for 10 captured_ping
    kill -INT "$capture"
    wait "$capture"
    captured_ping
    ctl down
}

@test "a second lab of the same name is refused and harms nothing" {
    # exit 2: a lab of that name runs already
    up
    OUT=$BATS_TEST_TMPDIR/second
    run up
    [ "$status" -eq 2 ]
    [[ "$output" == *"a lab called $LAB runs already"* ]]
    [ "$(ctl ps --json | jq length)" -eq 4 ]
    ctl down
}

@test "labs of different names live side by side with the same addresses" {
    up
    up b
    [ "$(ctl ps --json | jq -r '.[0].address')" = \
        "$("$FLEET" ps --lab "$LAB-b" --json | jq -r '.[0].address')" ]
    "$FLEET" down --lab "$LAB-b"
    [ "$(ctl ps --json | jq length)" -eq 4 ]
    ctl down
}

@test "verbs without a lab say so" {
    # exit 2: no lab was begun here, or several were, where none is named
    run ctl ps
    [ "$status" -eq 2 ]
    [[ "$output" == *"run"* ]]
}

@test "an ordinary user cannot steer a lab" {
    up
    knock='use Socket; socket(S, AF_UNIX, SOCK_SEQPACKET, 0);
        connect(S, pack_sockaddr_un("\0run-fleet/$ARGV[0]")) or die "cannot connect: $!";
        print(defined(send(S, "down", 0)) && defined(recv(S, $a, 99, 0)) && length($a)
            ? "answered" : "refused")'
    run setpriv --reuid 65534 --regid 65534 --clear-groups perl -e "$knock" "$LAB"
    [ "$output" = refused ]
    [ "$(ctl ps --json | jq length)" -eq 4 ]
    ctl down
}
