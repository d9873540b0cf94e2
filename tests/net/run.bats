#!/usr/bin/env bats
# One run: its end, its files, its ways to fail, and what its processes may do.

load common

setup() {
    setup_world
    fleet_file 6 > "$FILE"
}

fleet() {
    "$FLEET" run -q -f "$FILE" --out "$OUT" "$@"
}

start_run() {
    start "$FLEET" run -q -f "$FILE" --out "$OUT" "$@"
    wait_for 20 seen boot
}

run_upgraded() {
    run_whole "$@"
    jq -e '.phones.upgraded == .phones.total' "$OUT/summary.json"
}

phones() {
    marked fleet-phone
}

@test "a small fleet upgrades; every phone's flash is the server's, byte by byte" {
    remember_host
    run_upgraded
    for dir in "$OUT"/flash/SEP*/; do
        [ -f "$dir/SCCP41.9-4-2SR3-1S.loads" ]
        for file in "$dir"/*.loads "$dir"/*.sbn; do
            cmp "$file" "$ROOT/firmware-samples/small/${file##*/}"
        done
    done
    [ "$(find "$OUT/logs" -name 'SEP*.log' -size +0 | wc -l)" -eq 6 ]
    nothing_left
}

@test "content is on the disk once, and the work files are gone" {
    run_upgraded
    [ ! -e "$OUT/tftproot" ]
    [ ! -e "$OUT/flash/.store" ]
    [ -f "$ROOT/firmware-samples/small/SCCP41.9-4-2SR3-1S.loads" ]
    [ "$(stat -c %i "$OUT"/flash/SEP*/SCCP41.9-4-2SR3-1S.loads | sort -u | wc -l)" -eq 1 ]
}

@test "the output directory may lie where the phones' user cannot go" {
    mkdir -m 700 "$BATS_TEST_TMPDIR/closed"
    OUT=$BATS_TEST_TMPDIR/closed/out
    run_upgraded
}

@test "a second run replaces the first one's files" {
    run_upgraded
    touch "$OUT/flash/SEP0000000000AA" "$OUT/notes.txt"
    run_upgraded
    [ ! -e "$OUT/flash/SEP0000000000AA" ]
    [ -e "$OUT/notes.txt" ]
}

@test "directories of somebody else's are refused, not removed" {
    mkdir -p "$OUT/flash"
    touch "$OUT/flash/precious"
    run fleet
    [ "$status" -eq 2 ]
    [[ "$output" == *"$OUT"*"not of an earlier run"* ]]
    [ -e "$OUT/flash/precious" ]
}

@test "phones: own namespaces, a user each, no capability, no new privileges" {
    start_run --wan delay=300ms,rate=256kbit
    [ "$(phones | wc -l)" -eq 6 ]
    for pid in $(phones); do
        grep -qP '^Uid:\t(6[5-9]|[7-9]\d)(\d{3})\t\1\2\t\1\2\t\1\2$' "/proc/$pid/status"
        [ "$(sed -n 's/^Uid://p' "/proc/$pid/status")" = "$(sed -n 's/^Gid://p' "/proc/$pid/status")" ]
        [ "$(grep -cP '^Cap(Inh|Prm|Eff|Bnd|Amb):\t0+$' "/proc/$pid/status")" -eq 5 ]
        grep -qP '^NoNewPrivs:\t1$' "/proc/$pid/status"
        readlink "/proc/$pid/ns/net"
    done | sort -u > "$BATS_TEST_TMPDIR/namespaces"
    [ "$(wc -l < "$BATS_TEST_TMPDIR/namespaces")" -eq 6 ]
    [ "$(grep -cxF "$(readlink /proc/self/ns/net)" "$BATS_TEST_TMPDIR/namespaces")" -eq 0 ]
    kill -INT "$LAUNCHER"
    finish
}

@test "SIGINT takes all down: exit code 130, a message, nothing left" {
    # exit 130: SIGINT ended the run, which took everything down
    remember_host
    start_run --wan delay=300ms,rate=256kbit
    remember_namespaces
    kill -INT "$LAUNCHER"
    finish
    [ "$status" -eq 130 ]
    grep -q "stopped by SIGINT" "$SAID"
    nothing_left
}

@test "SIGTERM takes all down: exit code 143" {
    # exit 143: SIGTERM ended the run, which took everything down
    remember_host
    start_run --wan delay=300ms,rate=256kbit
    remember_namespaces
    kill -TERM "$LAUNCHER"
    finish
    [ "$status" -eq 143 ]
    nothing_left
}

@test "SIGQUIT takes all down: exit code 131" {
    # exit 131: SIGQUIT ended the run, which took everything down
    remember_host
    start_run --wan delay=300ms,rate=256kbit
    remember_namespaces
    kill -QUIT "$LAUNCHER"
    finish
    [ "$status" -eq 131 ]
    grep -q "stopped by SIGQUIT" "$SAID"
    nothing_left
}

@test "SIGHUP takes all down: exit code 129, its own name in the message" {
    # exit 129: SIGHUP ended the run, which took everything down
    remember_host
    start_run --wan delay=300ms,rate=256kbit
    remember_namespaces
    kill -HUP "$LAUNCHER"
    finish
    [ "$status" -eq 129 ]
    grep -q "stopped by SIGHUP" "$SAID"
    nothing_left
}

@test "an interrupted run shows no verdict of an earlier one" {
    phones_run() {
        [ "$(phones | wc -l)" -eq 6 ]
    }
    run_upgraded
    start "$FLEET" run -q -f "$FILE" --out "$OUT" --wan rate=256kbit
    wait_for 20 phones_run
    for file in summary.json junit.xml report.html; do
        [ ! -e "$OUT/$file" ]
    done
    kill -INT "$LAUNCHER"
    finish
    [ ! -e "$OUT/summary.json" ]
}

@test "a directory in use is refused and left as it is; kill -9 of its run frees it" {
    start_run --wan delay=300ms,rate=256kbit
    run fleet
    [ "$status" -eq 2 ]
    [[ "$output" == *"$OUT is in use by another run"* ]]
    [ -e "$OUT/tftproot" ] && [ -s "$OUT/events.jsonl" ]
    [ "$(phones | wc -l)" -eq 6 ]
    kill -9 "$LAUNCHER"
    finish
    wait_for 5 flock -n "$OUT" true
    run_upgraded
}

@test "a lab's directory is refused to a run, as long as the lab is up" {
    fleet_file 2 > "$BATS_TEST_TMPDIR/lab.fleet.yml"
    "$FLEET" up -q -f "$BATS_TEST_TMPDIR/lab.fleet.yml" --out "$OUT" 3>&-
    run fleet
    [ "$status" -eq 2 ]
    [[ "$output" == *"$OUT is in use by another run"* ]]
    "$FLEET" down "$LAB"
    run_upgraded
}

@test "a phone that its own configuration sends to another load is not upgraded" {
    # exit 1: an expectation of the file was not met
    mkdir "$BATS_TEST_TMPDIR/root"
    cp "$ROOT"/firmware-samples/small/* "$BATS_TEST_TMPDIR/root/"
    fleet_file 2 "expect: {upgraded: all}" |
        sed "s|^firmware:.*|firmware: $BATS_TEST_TMPDIR/root|" > "$FILE"
    run fleet
    stray=$(jq -r '.per_phone[1].name' "$OUT/summary.json")
    echo '<device><loadInformation>SCCP41.9-4-2SR1-1S</loadInformation></device>' \
        > "$BATS_TEST_TMPDIR/root/$stray.cnf.xml"
    run fleet
    [ "$status" -eq 1 ]
    [ "$(jq .phones.upgraded "$OUT/summary.json")" -eq 1 ]
    jq -r '.expectations[] | select(.name == "upgraded") | .detail' "$OUT/summary.json" |
        grep -F "$stray runs SCCP41.9-4-2SR1-1S, not SCCP41.9-4-2SR3-1S"
}

@test "the timeout ends the run: exit code 4" {
    # exit 4: the run was not at its end when its timeout was
    remember_host
    run fleet --speed 1 --timeout 2s
    echo "$output"
    [ "$status" -eq 4 ]
    nothing_left
}

@test "the server's death ends the run: exit code 3, a message, nothing left" {
    # exit 3: the TFTP server ended in the middle of the run
    remember_host
    start_run --wan delay=300ms,rate=256kbit
    remember_namespaces
    kill -9 "$(marked dnsmasq)"
    finish
    [ "$status" -eq 3 ]
    grep -q dnsmasq "$SAID"
    nothing_left
}

@test "a phone's death is its own: the others finish, the run fails" {
    # exit 1: a phone gave up or died, and no fault of the file did it
    start_run --wan delay=75ms,rate=1536kbit
    victim=$(phones | tail -1)
    kill -9 "$victim"
    finish
    cat "$SAID"
    [ "$status" -eq 1 ]
    [ "$(jq .phones.failed "$OUT/summary.json")" -eq 1 ]
    [ "$(jq .phones.upgraded "$OUT/summary.json")" -eq 5 ]
}

# Of the capture, by tshark, which also computes every checksum.
frames() {
    tshark -r "$OUT/site.pcapng" -o udp.check_checksum:TRUE -o tcp.check_checksum:TRUE \
        -Y "$1" 2> /dev/null | wc -l
}

# Files that tftp.log and the capture say were sent, each as often as that.
sent_by_log() {
    sed -nE 's|.* sent .*/([^/]+) to .*|\1|p' "$OUT/tftp.log" | sort
}

asked_in_capture() {
    tshark -r "$OUT/site.pcapng" -Y 'tftp.opcode == 1' -T fields -e tftp.source_file 2> /dev/null |
        sort
}

@test "a capture is whole, and its frames are as on a wire" {
    command -v tshark > /dev/null || skip "needs tshark"
    run_upgraded --capture
    [ "$(sent_by_log | wc -l)" -gt 0 ]
    # Every file that was sent has been asked for in the capture: what it lacks stands on the left.
    [ "$(comm -23 <(sent_by_log) <(asked_in_capture) | wc -l)" -eq 0 ]
    [ "$(frames 'udp.port == 69 || tcp.port == 4051')" -gt 0 ]
    # Where a checksum comes to 0 the kernel writes the other form of it, as for UDP, which tshark calls bad.
    [ "$(frames 'udp.checksum.status == "Bad" ||
        (tcp.checksum.status == "Bad" && tcp.checksum != 0xffff)')" -eq 0 ]
    [ "$(frames 'udp.checksum.status == "Good"')" -gt 0 ]
    [ "$(frames 'tcp.checksum.status == "Good"')" -gt 0 ]
    [ "$(frames 'frame.len > 1514')" -eq 0 ]
    [ "$(frames 'eth.type == 0x88b5')" -eq 1 ] # the mark, and nothing behind it
}

@test "capture of the site: peers on port 4051 only, the server by TFTP only" {
    command -v tshark > /dev/null || skip "needs tshark"
    run_upgraded --capture
    [ "$(frames 'tcp.port == 4051')" -gt 0 ]
    [ "$(frames 'udp.port == 4051')" -gt 0 ]
    [ "$(frames 'ip && !(ip.addr == 172.31.255.2) && !(tcp.port == 4051 || udp.port == 4051)')" -eq 0 ]
    [ "$(frames 'ip.addr == 172.31.255.2 && !udp && !icmp')" -eq 0 ]
}

@test "capture in traditional mode: nothing on port 4051" {
    command -v tshark > /dev/null || skip "needs tshark"
    run_upgraded --capture --mode traditional
    [ "$(tshark -r "$OUT/site.pcapng" -Y 'ip.addr == 172.31.255.2' 2> /dev/null | wc -l)" -gt 0 ]
    [ "$(tshark -r "$OUT/site.pcapng" -Y 'tcp.port == 4051 || udp.port == 4051' 2> /dev/null |
        wc -l)" -eq 0 ]
}
