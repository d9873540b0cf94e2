#!/usr/bin/env bats
# A TFTP root, or a TFTP server, of the user's own.

load common

setup() {
    setup_world
    cd "$BATS_TEST_TMPDIR" || return
    SMALL=$ROOT/firmware-samples/small
    OLD=SCCP41.9-4-2SR1-1S NEW=SCCP41.9-4-2SR3-1S
    mkdir root
    ln -s "$SMALL"/*41*9-4-2SR* "$SMALL"/*41*ES* "$SMALL"/*70*9-4-2SR* "$SMALL"/*70*ES* "$SMALL"/term61.* root/
}

# The fleet file: these phones, and further lines.
phones() {
    local groups=$1
    shift
    printf '%s\n' "name: $LAB" "speed: 30" "firmware: root" \
        "key: $ROOT/firmware-samples/test-key.pub.pem" "phones: [$groups]" "$@" > t.fleet.yml
}

own() { # MAC LOAD [ELEMENTS]
    echo "<device><vendorConfig>${3:-}</vendorConfig><loadInformation>$2</loadInformation></device>" \
        > "root/SEP$1.cnf.xml"
}

# What a log of dnsmasq's says was fetched, as an object of file and count.
sent() {
    sed -n 's|.*dnsmasq-tftp\[[0-9]*\]: sent .*/\([^/]*\) to .*|\1|p' "$1" | sort | uniq -c |
        jq -Rn '[inputs | capture("^ *(?<n>[0-9]+) (?<f>.*)")] | map({(.f): (.n | tonumber)}) | add'
}

# Whether a dry run, which needs no privilege and makes nothing, foretold what the log then shows.
foretold() {
    find . > before
    setpriv --bounding-set=-all "$FLEET" run --dry-run --json -f t.fleet.yml > "$BATS_TEST_TMPDIR.dry"
    find . | diff before -
    run_fleet
    diff <(jq -S .fetches "$BATS_TEST_TMPDIR.dry") <(sent "$OUT/tftp.log" | jq -S .)
}

@test "own SEP files and XMLDefault decide; a dry run foretold every fetch" {
    own 001B54C12233 "$NEW" '<peerFirmwareSharing>1</peerFirmwareSharing>'
    own 001B54C12234 "$NEW" '<peerFirmwareSharing>1</peerFirmwareSharing>'
    echo "<Default><loadInformation30018>$NEW</loadInformation30018></Default>" \
        > root/XMLDefault.cnf.xml
    phones "{model: CP-7961G, count: 4, mac: 00:1B:54:C1:22:33, running: $OLD}" \
        "expect: {upgraded: all, server_fetches_per_file: 1}"
    foretold
    jq -e '.phones.upgraded == 4 and .server.witness == "tftp.log"' "$OUT/summary.json"
    jq -e '[.per_phone[].pfs] == [true, true, false, false]' "$OUT/summary.json"
    [ "$(sent "$OUT/tftp.log" | jq '."XMLDefault.cnf.xml"')" -eq 4 ]
    [ "$(sent "$OUT/tftp.log" | jq ".\"$NEW.loads\"")" -eq 3 ] # one of two that share, and two
    jq -e '[.phones[].config] == ["own file", "own file", "XMLDefault", "XMLDefault"]' \
        "$BATS_TEST_TMPDIR.dry"
}

@test "asking for sharing keeps XMLDefault's load, at the start and by a change later" {
    echo "<Default><loadInformation30018>$OLD</loadInformation30018></Default>" \
        > root/XMLDefault.cnf.xml
    phones "{model: CP-7961G, count: 2}" "enterprise: {peerFirmwareSharing: true}" \
        "expect: {upgraded: all, server_fetches_per_file: 1}"
    foretold
    jq -e --arg old "$OLD" '[.per_phone[] | .running == $old and .pfs] | all' "$OUT/summary.json"
    run grep "sent .*$NEW" "$OUT/tftp.log"
    [ "$status" -eq 1 ]
    # XMLDefault names no load for a 7970: it keeps its own, whatever is changed
    phones "{model: CP-7961G, running: $NEW}, {model: CP-7970G, running: SCCP70.9-4-2SR1-1S}" \
        "mode: pfs" "set: [{phones: all, peerFirmwareSharing: true, at: settled, reset: all}]"
    run_fleet
    jq -e --arg old "$OLD" '[.per_phone[].running] == [$old, "SCCP70.9-4-2SR1-1S"]' \
        "$OUT/summary.json"
    jq -e '[.per_phone[].pfs] == [true, true]' "$OUT/summary.json"
    [ "$(sent "$OUT/tftp.log" | jq -c 'keys | map(select(test("SCCP70|^SEP")))')" = \
        '["SEP02760A6A0010.cnf.xml","SEP02760A6A0011.cnf.xml"]' ]
}

@test "a value that phones cannot use is logged, and the upgrade goes on" {
    own 001B54C12233 "$NEW" '<peerFirmwareSharing>on</peerFirmwareSharing>'
    own 001B54C12234 "$NEW" '<loadServer>10.0.0.256</loadServer>'
    own 001B54C12235 "$NEW" '<loadServer>tftp.example</loadServer>'
    phones "{model: CP-7961G, count: 3, mac: 00:1B:54:C1:22:33, running: $OLD}" \
        "mode: traditional" "expect: {upgraded: all}"
    foretold
    jq -e '.phones.upgraded == 3 and ([.per_phone[].pfs] | any | not)' "$OUT/summary.json"
    grep -q 'WRN .*33.cnf.xml: line 1, column 46: peerFirmwareSharing is neither 0 nor 1' \
        "$OUT/logs/SEP001B54C12233.log"
    grep -q 'WRN .*loadServer is not an IPv4 address' "$OUT/logs/SEP001B54C12234.log"
    grep -q 'WRN .*loadServer is a host name' "$OUT/logs/SEP001B54C12235.log"
}

@test "a SIP load of another model is refused by the phone, and one of its own is taken" {
    LC_ALL=C sed "s/SCCP42.9-4-2SR3-1S/SIP42.9-4-2SR3-10S/" "$SMALL/SCCP42.9-4-2SR3-1S.loads" \
        > root/SIP42.9-4-2SR3-10S.loads
    LC_ALL=C sed "s/$NEW/SIP41.9-4-2SR3-10S/" "$SMALL/$NEW.loads" > root/SIP41.9-4-2SR3-10S.loads
    own 001B54C12233 SIP42.9-4-2SR3-10S
    own 001B54C12234 SIP41.9-4-2SR3-10S
    phones "{model: CP-7961G, count: 2, mac: 00:1B:54:C1:22:33, running: SIP41.8-5-4S}" \
        "mode: traditional" "authentication: structure"
    foretold
    jq -e '[.per_phone[].status_text] == ["Load rejected HC", ""]' "$OUT/summary.json"
    jq -e '[.per_phone[].running] == ["SIP41.8-5-4S", "SIP41.9-4-2SR3-10S"]' "$OUT/summary.json"
}

@test "a dry run foretells models, phones without sharing, with nothing to do, and after a factory reset" {
    phones "{model: CP-7961G, count: 2},
        {model: CP-7961G, peerFirmwareSharing: false}, {model: CP-7941G},
        {model: CP-7961G, running: $NEW}, {model: CP-7970G, count: 2},
        {model: CP-7961G, factory_reset: true}" \
        "enterprise: {peerFirmwareSharing: true}"
    foretold
    "$FLEET" compare --dry-run --json -f t.fleet.yml |
        jq -e --arg f "$NEW.loads" '.traditional.fetches[$f] == 5 and .pfs.fetches[$f] == 3'
    # in a lab of its own call manager they are told to run what they run, until they are reset
    "$FLEET" up --dry-run -f t.fleet.yml > dry
    grep -q 'Phones 1 to 7 ask for:' dry
    "$FLEET" up --dry-run --set callmanager.engine=none -f t.fleet.yml > dry
    grep -q 'Phones 1 to 2 ask for:' dry
}

@test "files that the server lacks, or has damaged; the user's own stay as they are" {
    (cd root && sha256sum -- *) > sums
    phones "{model: CP-7961G, count: 2}, {model: CP-7970G}" \
        "tftp: {without: ['dsp41*'], damage: apps70.9-4-2ES26.sbn}"
    run_fleet
    jq -e '[.per_phone[].status_text] == ["File not found", "File not found", "Auth Fail"]' \
        "$OUT/summary.json"
    jq -e '[.per_phone[].status_file] ==
        ["dsp41.9-4-2ES26.sbn", "dsp41.9-4-2ES26.sbn", "apps70.9-4-2ES26.sbn"]' "$OUT/summary.json"
    (cd root && sha256sum --quiet -c ../sums)
    [ "$(find root -newer sums | wc -l)" -eq 0 ]
}

@test "a load server that answers is asked; one that does not is not fallen back from" {
    phones "{model: CP-7961G, count: 2, loadServer: 172.31.255.2}" \
        "enterprise: {peerFirmwareSharing: true, loadServer: 10.99.0.1}"
    run_fleet
    jq -e '.phones.upgraded == 2' "$OUT/summary.json"
    phones "{model: CP-7961G, count: 2}" \
        "enterprise: {peerFirmwareSharing: true, loadServer: 10.99.0.1}"
    run_fleet
    jq -e '[.per_phone[].status_text] == ["TFTP timeout", "TFTP timeout"]' "$OUT/summary.json"
    jq -e '.server.firmware_fetches == 0' "$OUT/summary.json"
    run grep -E '\.(loads|sbn)' "$OUT/tftp.log"
    [ "$status" -eq 1 ]
}

# ---- a server on the "host": a network namespace of its own, in which the launcher is started

# A server at 10.9.9.9, its log in dnsmasq.log; what the host has, before.
# shellcheck disable=SC2016 # for the other shell
HOST='
ip link set lo up
ip link add host0 type veth peer name host1
ip address add 10.9.9.9/24 dev host0
ip link set host0 up
dnsmasq --conf-file=/dev/null --keep-in-foreground --port=0 --enable-tftp --tftp-root="$PWD/root" \
    --tftp-no-blocksize --no-resolv --no-hosts --pid-file --user=root --log-facility=- \
    2> dnsmasq.log &
server=$!
trap "kill $server" EXIT
look() { ip -br link; ip -4 route; ip -4 address; sysctl net.ipv4.ip_forward; }
same() { look | diff before - > /dev/null; }
wait_same() { for i in $(seq 100); do same && return; sleep 0.05; done; look | diff before -; }
for i in $(seq 100); do grep -q "TFTP root" dnsmasq.log && break; sleep 0.05; done
look > before
'

@test "an external server is asked by its address; what it sent is seen on the line" {
    own 001B54C12233 "$NEW" '<peerFirmwareSharing>1</peerFirmwareSharing>'
    own 001B54C12234 "$NEW" '<peerFirmwareSharing>1</peerFirmwareSharing>'
    own 001B54C12235 "$NEW"
    phones "{model: CP-7961G, count: 3, mac: 00:1B:54:C1:22:33, running: $OLD}" \
        "tftp: {engine: external, address: 10.9.9.9}" \
        "expect: {upgraded: all, server_fetches_per_file: 1}"
    export FLEET OUT
    run unshare -n bash -c "$HOST"'
        "$FLEET" run -q -f t.fleet.yml --out "$OUT" --wan delay=20ms,rate=10mbit
        echo "code $?"
        wait_same && echo nothing left'
    echo "$output"
    [[ "$output" == *"code "[015]*"nothing left" ]]
    jq -e '.phones.upgraded == 3 and .server.witness == "capture"' "$OUT/summary.json"
    jq -e '[.expectations[] | select(.name != "faithful")] | all(.passed)' "$OUT/summary.json"
    # the server itself says the same
    diff <(sent dnsmasq.log | jq -S .) <(jq -S .server.fetches "$OUT/summary.json")
    local bytes=0 file size
    while read -r size file; do
        bytes=$((bytes + size * $(stat -L -c %s "root/$file")))
    done < <(sent dnsmasq.log | jq -r 'to_entries[] | "\(.value) \(.key)"')
    [ "$(jq .server.bytes "$OUT/summary.json")" -eq "$bytes" ]
}

@test "an external server: kill -9 leaves no link and no route; its death is not ours to order" {
    own 001B54C12233 "$NEW"
    phones "{model: CP-7961G, mac: 00:1B:54:C1:22:33}" "speed: 1" \
        "tftp: {engine: external, address: 10.9.9.9}"
    sed -i '/^speed: 30/d' t.fleet.yml
    export FLEET OUT
    run unshare -n bash -c "$HOST"'
        "$FLEET" run -q -f t.fleet.yml --out "$OUT" 2> /dev/null &
        for i in $(seq 100); do ip -4 route | grep -q fleet0 && break; sleep 0.05; done
        ip -4 route | grep "10.106.0.0/16 via 172.31.255.1 dev fleet0"
        ip -4 address show dev fleet0 | grep 172.31.255.2/30
        kill -9 $!
        wait_same && echo nothing left'
    echo "$output"
    [[ "$output" == *"10.106.0.0/16 via"*"172.31.255.2/30"*"nothing left" ]]
    echo 'faults: [{at: 1s, do: server-kill}]' >> t.fleet.yml
    run "$FLEET" run --dry-run -f t.fleet.yml
    [ "$status" -eq 2 ]
    [[ "$output" == *"t.fleet.yml:7:23: faults[0].do: an external server is not ours to kill" ]]
}

@test "a root with one load only: phones come to it from an earlier one" {
    root=$BATS_TEST_TMPDIR/alone
    mkdir "$root"
    cp "$SMALL"/SCCP41.9-4-2SR3-1S.loads "$SMALL"/*41*.9-4-2ES26.sbn "$root"
    cat > "$FILE" << EOF
firmware: $root
key: $ROOT/firmware-samples/test-key.pub.pem
mode: traditional
speed: 5
phones: [{model: CP-7961G}]
expect: {upgraded: all, faithful: {wanted: false}}
EOF
    "$FLEET" lint -f "$FILE"
    "$FLEET" run -q -f "$FILE" --out "$OUT"
    [ "$(grep -c ' sent .*41.*\.\(loads\|sbn\) to ' "$OUT/tftp.log")" -eq 6 ]
}
