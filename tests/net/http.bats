#!/usr/bin/env bats
# Phones that ask by HTTP before they ask by TFTP: the HTTP server's own log, and tshark on the wire,
# against what the fleet says of itself.

bats_require_minimum_version 1.5.0
load common

setup() {
    setup_world
    command -v nginx > /dev/null || skip "no nginx here; ./run-fleet.sh --install-packages http"
}

# What the HTTP server's log says was sent, as an object of file and count.
by_http() {
    sed -n 's|.*nginx-http\[[0-9]*\]: sent \(.*\) to [0-9.]* (.*|\1|p' "$1" | sort | uniq -c |
        jq -Rn '[inputs | capture("^ *(?<n>[0-9]+) (?<f>.*)")] | map({(.f): (.n | tonumber)}) | add'
}

# How often the phones' logs have those words.
logged() {
    cat "$OUT"/logs/*.log | grep -c -- "$1" || true
}

# The flashes hold the server's files, byte by byte; sizes come from the firmware's own folder.
assert_same_as_server() {
    local out=$1 name
    firmware_in "$ROOT/firmware-samples/small"
    for name in $(jq -r '.per_phone[].name' "$out/summary.json"); do
        holds_firmware "$out/flash/$name"
    done
}

# http_is OUT FETCHES: all went by HTTP, and its server's log says so.
all_by_http() {
    diff <(by_http "$1/tftp.log" | jq -S .) <(jq -S .server.fetches "$1/summary.json")
    jq -e '.server.http.fetches == ([.server.fetches[]] | add) and
           .server.http.bytes == .server.bytes' "$1/summary.json"
    [ "$(grep -c 'dnsmasq-tftp.*sent' "$1/tftp.log")" -eq 0 ]
    local bytes
    bytes=$(sed -n 's|.*nginx-http\[[0-9]*\]: sent .* (\([0-9]*\) bytes)$|\1|p' "$1/tftp.log" |
        paste -sd+ | bc)
    [ "$(jq .server.bytes "$1/summary.json")" -eq "$bytes" ]
}

@test "24 phones upgrade by HTTP in both modes; the server's own log counts the same" {
    fleet_file 24 'mode: both' 'http: on' 'wan: {delay: 75ms, rate: 1536kbit}' \
        'expect: {upgraded: all}' > "$FILE"
    "$FLEET" run -q -f "$FILE" --out "$OUT" || [ $? -eq 5 ]
    local mode
    for mode in traditional pfs; do
        jq -e '.phones.upgraded == 24' "$OUT/$mode/summary.json"
        all_by_http "$OUT/$mode"
        assert_same_as_server "$OUT/$mode"
    done
    [ "$(jq .server.firmware_fetches "$OUT/traditional/summary.json")" -eq $((24 * 6)) ]
    [ "$(jq .server.firmware_fetches "$OUT/pfs/summary.json")" -lt $((24 * 6 / 4)) ]
}

@test "without a WAN as well, as a dry run foretold; tshark finds no malformed frame or request" {
    command -v tshark > /dev/null || skip "no tshark here"
    fleet_file 4 'mode: traditional' 'http: on' 'expect: {upgraded: all}' > "$FILE"
    run_whole --capture
    all_by_http "$OUT"
    "$FLEET" run --dry-run --json -f "$FILE" > "$BATS_TEST_TMPDIR/dry"
    diff <(jq -S .fetches "$BATS_TEST_TMPDIR/dry") <(by_http "$OUT/tftp.log" | jq -S .)
    local wire=$OUT/site.pcapng
    [ -z "$(tshark -r "$wire" -d tcp.port==6970,http -Y _ws.malformed 2> "$OUT/tshark")" ]
    tshark -r "$wire" -d tcp.port==6970,http -Y http.response.code==200 -T fields \
        -e http.response.code 2>> "$OUT/tshark" > "$OUT/answers"
    [ "$(wc -l < "$OUT/answers")" -eq "$(jq .server.http.fetches "$OUT/summary.json")" ]
    tshark -r "$wire" -d tcp.port==6970,http -Y http.request -T fields -e http.request.method \
        -e http.request.version -e http.host -e http.connection 2>> "$OUT/tshark" |
        sort -u > "$OUT/requests"
    [ "$(cat "$OUT/requests")" = $'GET\tHTTP/1.1\t172.31.255.2:6970\tclose' ]
}

@test "a file's size is known at once: the screen counts per cent of what the server sends" {
    fleet_file 1 'mode: traditional' 'http: on' 'wan: {delay: 75ms, rate: 256kbit}' \
        'expect: {upgraded: all}' > "$FILE"
    run_whole
    jq -se '[.[] | select(.event == "screen" and .percent > 0 and .percent < 100)] | length > 3' \
        "$OUT/events.jsonl"
    jq -se '[.[] | select(.event == "fetched") | .from] | unique == ["http"]' "$OUT/events.jsonl"
}

# The same server, of which the port is shut.
@test "a server without HTTP costs each phone one refused connection a life, and TFTP does the rest" {
    fleet_file 6 'http: on' 'faults: [{at: 40s, phone: 1, do: restart}]' > "$FILE"
    sed -i 's/^speed: .*/speed: 5/' "$FILE"
    "$FLEET" up -q -f "$FILE" --out "$OUT" 3>&- &
    local up=$!
    wait_for 20 killed_nginx
    wait "$up"
    wait_for 60 all_idle
    "$FLEET" down "$LAB" > /dev/null 2>&1 || true
    # two lives each, at least: before the upgrade and after it
    [ "$(logged 'HTTP .*: Connection refused, asks by TFTP')" -ge 6 ]
    [ "$(logged 'HTTP .*: Connection refused, asks by TFTP')" -eq \
        "$(jq -s '[.[] | select(.event == "boot")] | length' "$OUT/events.jsonl")" ]
    [ "$(by_http "$OUT/tftp.log")" = null ]
}

killed_nginx() {
    local pid
    for pid in $(marked nginx); do
        kill -9 "$pid"
        return
    done
    return 1
}

all_idle() {
    [ "$(ctl ps --json | jq '[.[] | select(.state == "idle")] | length')" -eq 6 ]
}

@test "nginx that dies in the middle: phones begin anew by TFTP, and all upgrade" {
    fleet_file 4 'mode: traditional' 'http: on' 'wan: {delay: 5ms, rate: 2mbit}' |
        sed 's/^speed: .*/speed: 10/; s|samples/small|samples/real|' > "$FILE"
    echo 'expect: {upgraded: all, faithful: {wanted: false}}' >> "$FILE"
    "$FLEET" run -q -f "$FILE" --out "$OUT" 3>&- &
    local run=$! rc=0
    wait_for 60 in_the_middle
    killed_nginx
    wait "$run" || rc=$?
    [ "$rc" -eq 0 ]
    [ "$(logged 'broke off after')" -gt 0 ]
    jq -e '.phones.upgraded == 4 and .server.http.fetches > 0 and
           .server.http.fetches < ([.server.fetches[]] | add)' "$OUT/summary.json"
    diff <(by_http "$OUT/tftp.log" | jq '[.[]] | add') <(jq .server.http.fetches "$OUT/summary.json")
}

# Of its first large file a phone has a part.
in_the_middle() {
    grep -q '"percent":[2-4][0-9],' "$OUT/events.jsonl" 2> /dev/null
}

# A server of ill will, at the address of one of the lab's: after it TFTP serves the phone.
@test "endless heads and bodies, wrong lengths, slow bytes, silence: each told, and TFTP does it" {
    command -v python3 > /dev/null || skip "no python3 here"
    mkdir "$BATS_TEST_TMPDIR/root"
    ln -s "$ROOT"/firmware-samples/small/*41*9-4-2SR3* "$ROOT"/firmware-samples/small/*41*ES26* \
        "$BATS_TEST_TMPDIR/root"
    printf '%s\n' "name: $LAB" "speed: 20" "http: on" "firmware: $BATS_TEST_TMPDIR/root" \
        "key: $ROOT/firmware-samples/test-key.pub.pem" "mode: traditional" \
        "tftp: {engine: external, address: 10.9.9.9}" \
        "phones: [{model: CP-7961G, count: 1, mac: 00:1B:54:C1:22:33, running: SCCP41.9-4-2SR1-1S}]" \
        "expect: {faithful: {wanted: false}}" > "$FILE"
    echo "<device><loadInformation>SCCP41.9-4-2SR3-1S</loadInformation></device>" \
        > "$BATS_TEST_TMPDIR/root/SEP001B54C12233.cnf.xml"
    export FLEET FILE OUT ROOT BATS_TEST_TMPDIR
    local how
    for how in head body length slow silent; do
        export how
        rm -rf "$OUT"
        # shellcheck disable=SC2016 # expanded in there
        run timeout 120 unshare -n bash -c '
            cd "$BATS_TEST_TMPDIR"
            ip link set lo up
            ip link add host0 type veth peer name host1
            ip address add 10.9.9.9/24 dev host0
            ip link set host0 up
            dnsmasq --conf-file=/dev/null --keep-in-foreground --port=0 --enable-tftp \
                --tftp-root="$PWD/root" --no-resolv --no-hosts --pid-file --user=root \
                --log-facility=- 2> dnsmasq.log &
            a=$!
            python3 "$ROOT/tests/net/illhttp.py" "$how" &
            b=$!
            trap "kill $a $b" EXIT
            for i in $(seq 400); do
                grep -q "TFTP root" dnsmasq.log && ss -ltn | grep -q ":6970 " && break
                sleep 0.05
            done
            "$FLEET" run -q -f "$FILE" --out "$OUT"'
        echo "$how: $output"
        jq -e '.phones.upgraded == 1' "$OUT/summary.json"
        case $how in
        head) [ "$(logged 'HTTP CTL.*too many header bytes seen; overflow detected, asks by TFTP')" -gt 0 ] ;;
        body) [ "$(logged 'HTTP .*sbn: it has more than 64 MiB')" -gt 0 ] ;;
        length) [ "$(logged 'HTTP .*cnf.xml: stream ended at an unexpected time')" -gt 0 ] ;;
        slow) [ "$(logged 'HTTP .*: too slow')" -gt 0 ] ;;
        silent) [ "$(logged 'HTTP CTL.*: no whole head in time, asks by TFTP')" -gt 0 ] ;;
        esac
    done
}
