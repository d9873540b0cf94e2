#!/usr/bin/env bats
# TFTP servers of odd manners (oddserver.py), and files of more than 65,535 blocks from real ones. The
# witnesses are the server's own words, the files on the flash, and what JSON and XML readers read.

bats_require_minimum_version 1.5.0
load common

PHONE=${PHONE:-$ROOT/.build/fleet-phone}
SAMPLES=$ROOT/firmware-samples/small
NEW=SCCP41.9-4-2SR3-1S
ODD=$BATS_TEST_DIRNAME/oddserver.py

setup() {
    setup_world
    [ -x "$PHONE" ] || skip "needs a build: $PHONE"
    command -v python3 > /dev/null || skip "needs python3"
    cd "$BATS_TEST_TMPDIR" || return
    mkdir -p root flash
    cp "$SAMPLES/$NEW.loads" "$SAMPLES"/*41*.9-4-2ES26.sbn root/
    printf '<device><loadInformation>%s</loadInformation></device>\n' "$NEW" \
        > root/SEP0010AABB0001.cnf.xml
}

# What a phone alone in a network namespace runs against, before the test's own words.
ALONE='
set -eu
ip link set lo up
ip address add 10.106.0.1/16 brd + dev lo
ip address add 10.106.0.10/16 dev lo
: > events
pids=
trap "kill \$pids 2> /dev/null || true" EXIT
odd() { python3 "$ODD" 10.106.0.1 root "$1" > served 2> odd.err & pids="$pids $!"; wait_for grep -q ready served; }
phone() {
    (cd flash && exec "$PHONE" --name SEP0010AABB0001 --model CP-7961G --address 10.106.0.10/16 \
        --tftp 10.106.0.1 --running OLD --speed 20 --key-fd 5 --events-fd 6 "$@" \
        5< "$ROOT/firmware-samples/test-key.pub.pem" 6>> ../events > ../log 2> ../err) &
    pid=$! pids="$pids $!"
}
wait_for() {
    local deadline=$((SECONDS + 60))
    until "$@"; do
        [ $SECONDS -lt $deadline ] || { echo "waited in vain for: $*"; cat err log events served odd.err; exit 1; }
        sleep 0.02
    done
}
stop() { kill -TERM $pid; wait $pid || true; }
seen() { grep -q "\"event\":\"$1\"" events; }
'

# lab RULES: one phone against that server, until it idles or has failed.
lab() {
    rm -rf flash && mkdir flash
    export ODD PHONE ROOT
    unshare -n bash -c "$ALONE"'
        odd "$1"
        phone
        ended() { seen idle || seen failed; }
        wait_for ended
        stop' sh "$1"
}

upgraded() {
    local file
    grep -q '"event":"idle","load":"'$NEW'"' events || { cat events log served; return 1; }
    for file in root/*41*; do
        cmp "$file" "flash/${file#root/}"
    done
}

# So often the server was asked for files that fit.
asked() {
    grep -c "^asked $1" served || true
}

@test "trust lists: whatever a server says of them, a phone that has none goes on" {
    local rules
    for rules in \
        '[{"file": "CTL*", "do": "error", "code": 2, "text": "access violation"},
          {"file": "ITLSEP*", "do": "error", "code": 0, "text": "no"},
          {"file": "ITLFile*", "do": "error", "code": 3}]' \
        '[{"file": "*.tlv", "do": "silent"}]' \
        '[{"file": "CTL*", "do": "oack"}, {"file": "ITLSEP*", "do": "garbage"},
          {"file": "ITLFile*", "do": "error", "code": 777, "text": "?"}]' \
        '[{"file": "CTL*", "do": "error", "code": 8}, {"file": "ITLSEP*", "do": "error", "code": 1}]'; do
        lab "$rules"
        upgraded
        [ "$(asked 'CTLSEP0010AABB0001.tlv')" -ge 1 ]
        [ "$(asked 'ITLSEP0010AABB0001.tlv')" -ge 1 ]
        [ "$(asked 'ITLFile.tlv')" -ge 1 ]
        [ "$(asked ".*tlv")" -le 12 ] # of two boots
        [ "$(asked 'SEP0010AABB0001.cnf.xml')" -eq 2 ] # before and after the upgrade
    done
}

@test "an acknowledgement of options never asked for is refused with code 8, too long blocks with 4" {
    lab '[{"file": "SEP*", "do": "oack"}]'
    grep -q '"event":"failed","text":"TFTP error","file":"SEP0010AABB0001.cnf.xml","server":"an acknowledgement of options (OACK)"' events
    [ "$(grep -c '^heard-error 8 SEP' served)" -eq 1 ]
    lab '[{"file": "jar41*", "do": "large"}]'
    grep -q '"text":"TFTP error","file":"jar41sccp.9-4-2ES26.sbn","server":"a block of more than 512 bytes"' events
    [ "$(grep -c '^heard-error 4 jar41' served)" -eq 1 ]
    lab '[{"file": "*.loads", "do": "garbage"}]'
    [ "$(grep -c '^heard-error 4 SCCP41' served)" -eq 1 ]
}

@test "a transfer that the server ends in the middle is begun anew, whatever it says" {
    lab '[{"file": "SEP*", "do": "error", "code": 0, "times": 2},
          {"file": "jar41*", "block": 3, "do": "error", "code": 0, "text": "out of memory", "times": 3},
          {"file": "cnu41*", "block": 2, "do": "error", "code": 1, "text": "gone", "times": 1},
          {"file": "dsp41*", "block": 4, "do": "silent", "times": 1},
          {"file": "cvm41*", "do": "error", "code": 3, "text": "full", "times": 4}]'
    upgraded
    [ "$(asked jar41)" -eq 4 ]
    [ "$(asked cnu41)" -eq 2 ]
    [ "$(asked cvm41)" -eq 5 ]
    [ "$(grep -c 'WRN .*: error 0 "out of memory"' log)" -eq 3 ]
    lab '[{"file": "jar41*", "block": 3, "do": "error", "code": 0, "text": "out of memory"}]'
    grep -q '"text":"TFTP error","file":"jar41sccp.9-4-2ES26.sbn","server":"error 0 \\"out of memory\\""' events
    [ "$(asked jar41)" -eq 4 ]
    [ -z "$(ls flash/.active 2> /dev/null)" ]
}

# ---- files of more than 65,535 blocks ------------------------------------------------------------

# Of 33.5 MiB and a bit; a phone that skips authentication writes whatever has come.
large() {
    head -c 35127303 /dev/urandom > root/jar41sccp.9-4-2ES26.sbn
}

# wraps SERVER: that server, started in the namespace, passes it whole.
wraps() {
    rm -rf flash && mkdir flash
    export ODD PHONE ROOT
    unshare -n bash -c "$ALONE$1"'
        phone --quirks skips-authentication
        arrived() { grep -q "\"event\":\"fetched\",\"file\":\"jar41sccp" events; }
        wait_for arrived
        stop'
    cmp root/jar41sccp.9-4-2ES26.sbn flash/jar41sccp.9-4-2ES26.sbn
}

@test "block numbers come round: dnsmasq" {
    command -v dnsmasq > /dev/null || skip "needs dnsmasq (package dnsmasq-base)"
    large
    wraps '
        dnsmasq -k --conf-file=/dev/null --pid-file= --port=0 --user=root --enable-tftp \
            --log-facility=$PWD/dnsmasq.log --tftp-root=$PWD/root &
        pids="$pids $!"'
    [ "$(grep -c 'sent .*/jar41sccp' dnsmasq.log)" -eq 1 ]
}

@test "block numbers come round to 0 or to 1 at the odd server" {
    large
    local n
    for n in 0 1; do
        wraps "
            odd '[{\"wrap\": $n}]'"
        grep -q '^sent jar41sccp.* 35127303$' served
        [ "$(asked jar41)" -eq 1 ]
    done
}
