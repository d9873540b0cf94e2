#!/usr/bin/env bats
# What phones log of their sharing, as a log server has it: rsyslog's parser, and tshark's.

load common

setup() {
    setup_world
    cd "$BATS_TEST_TMPDIR" || return
}

# The lines of sharing that a phone's own log has: without level and time. Those of which there can
# be no other sender are enough.
own_lines() {
    sed -nE 's/^[A-Z]{3} [0-9:.]+ (DLoad: (UT:|@@@HROOT).*)$/\1/p' "$1"
}

@test "rsyslog takes each line of a root, under its device name, in the form of RFC 3164" {
    command -v rsyslogd > /dev/null || skip "no rsyslog here"
    mkdir root
    ln -s "$ROOT"/firmware-samples/small/*41*9-4-2SR3* "$ROOT"/firmware-samples/small/*41*ES26* root
    local mac
    for mac in 001B54C12233 001B54C12234 001B54C12235; do
        echo "<device><vendorConfig><peerFirmwareSharing>1</peerFirmwareSharing>" \
            "<logServer>10.9.9.9</logServer></vendorConfig>" \
            "<loadInformation>SCCP41.9-4-2SR3-1S</loadInformation></device>" > "root/SEP$mac.cnf.xml"
    done
    printf '%s\n' "name: $LAB" "speed: 10" "firmware: root" \
        "key: $ROOT/firmware-samples/test-key.pub.pem" "tftp: {engine: external, address: 10.9.9.9}" \
        "phones: [{model: CP-7961G, count: 3, mac: 00:1B:54:C1:22:33, running: SCCP41.9-4-2SR1-1S}]" \
        "expect: {upgraded: all, faithful: {wanted: false}}" > "$FILE"
    cat > rsyslog.conf << END
module(load="imudp")
input(type="imudp" address="10.9.9.9" port="514")
template(name="line" type="string" string="%syslogfacility-text% %syslogseverity% %timestamp% %hostname% %syslogtag%%msg%\n")
action(type="omfile" file="$BATS_TEST_TMPDIR/lines" template="line")
END
    export FLEET FILE OUT
    # shellcheck disable=SC2016 # expanded in there
    run timeout 120 unshare -n bash -c '
        ip link set lo up
        ip link add host0 type veth peer name host1
        ip address add 10.9.9.9/24 dev host0
        ip link set host0 up
        dnsmasq --conf-file=/dev/null --keep-in-foreground --port=0 --enable-tftp \
            --tftp-root="$PWD/root" --no-resolv --no-hosts --pid-file --user=root \
            --log-facility=- 2> dnsmasq.log &
        a=$!
        rsyslogd -n -f rsyslog.conf -i "$PWD/pid" > rsyslog.out 2>&1 &
        b=$!
        for i in $(seq 200); do
            grep -q "TFTP root" dnsmasq.log && ss -lun | grep -q 10.9.9.9:514 && break
            sleep 0.05
        done
        "$FLEET" run -q -f "$FILE" --out "$OUT" --wan delay=20ms,rate=10mbit
        code=$?
        kill $a $b
        wait
        exit $code'
    echo "$output"
    [ "$status" -eq 0 ]
    local log name total=0 line='^local7 [4-7] Jan  1 00:0[0-9]:[0-9]{2} SEP[0-9A-F]{12} DLoad: '
    for log in "$OUT"/logs/SEP*.log; do
        name=$(basename "$log" .log)
        diff <(own_lines "$log") <(sed -nE "s/^.* $name (DLoad: (UT:|@@@HROOT).*)\$/\1/p" lines)
        total=$((total + $(own_lines "$log" | wc -l)))
    done
    [ "$total" -gt 0 ]
    [ "$(grep -vcE "$line" lines)" -eq 0 ]
}

@test "logserver of the fleet file: the port it names, no malformed frame, as many as are logged" {
    command -v tshark > /dev/null || skip "no tshark here"
    fleet_file 12 'mode: pfs' 'logserver: 172.31.255.2:1514' 'wan: {delay: 20ms, rate: 10mbit}' \
        'expect: {upgraded: all}' > "$FILE"
    run_whole --capture
    local wire=$OUT/site.pcapng
    [ -z "$(tshark -r "$wire" -d udp.port==1514,syslog -Y _ws.malformed 2> tshark.err)" ]
    tshark -r "$wire" -d udp.port==1514,syslog -Y 'udp.dstport == 1514 and not icmp' -T fields \
        -e ip.dst -e syslog.facility -e syslog.level -e syslog.msg 2>> tshark.err > frames
    [ "$(cut -f 1 frames | sort -u)" = 172.31.255.2 ]
    cut -f 2 frames | sort | uniq -c; grep -vP "\t23\t" frames | head -3 | cat -A
    [ "$(cut -f 2 frames | sort -u)" = 23 ]
    diff <(cat "$OUT"/logs/*.log | grep -oE 'DLoad: (UT:|@@@HROOT).*' | sort) \
        <(grep -oE 'DLoad: (UT:|@@@HROOT).*' frames | sort)
    [ "$(grep -c 'UT:Confirmed root' frames)" -ge 6 ]
}
