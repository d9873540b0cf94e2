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

# What a phone alone in a network namespace runs against, before the test's own words. At this speed it
# repeats a request after 400 ms: a server that a busy machine has held up so long is a rare one.
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
        --tftp 10.106.0.1 --running OLD --speed 10 --key-fd 5 --events-fd 6 "$@" \
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

# lab RULES [WORDS]: one phone against that server, until it idles or has failed, and the server has
# said the words.
lab() {
    rm -rf flash && mkdir flash
    export ODD PHONE ROOT
    unshare -n bash -c "$ALONE"'
        odd "$1"
        phone
        ended() { seen idle || seen failed; }
        wait_for ended
        wait_for grep -q "$2" served
        stop' sh "$1" "${2:-}"
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
    lab '[{"file": "SEP*", "do": "oack"}]' heard-error
    grep -q '"event":"failed","text":"TFTP error","file":"SEP0010AABB0001.cnf.xml","server":"an acknowledgement of options (OACK)"' events
    [ "$(grep -c '^heard-error 8 SEP' served)" -eq 1 ]
    lab '[{"file": "jar41*", "do": "large"}]' heard-error
    grep -q '"text":"TFTP error","file":"jar41sccp.9-4-2ES26.sbn","server":"a block of more than 512 bytes"' events
    [ "$(grep -c '^heard-error 4 jar41' served)" -eq 1 ]
    lab '[{"file": "*.loads", "do": "garbage"}]' heard-error
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

# ---- fleets --------------------------------------------------------------------------------------

# fleet COUNT RULES: phones that share, against that server behind a light WAN. Slower, where the
# machine is too busy for their clocks to be right.
fleet() {
    local i speed
    for i in $(seq "$1"); do
        printf '<device><loadInformation>%s</loadInformation><vendorConfig><peerFirmwareSharing>1</peerFirmwareSharing></vendorConfig></device>\n' \
            "$NEW" > "root/SEP001B54C1223$((i - 1)).cnf.xml"
    done
    cat > t.fleet.yml <<-END
	name: $LAB
	seed: 7
	firmware: $PWD/root
	tftp: {engine: external, address: 10.9.9.9}
	wan: {delay: 10ms, rate: 10mbit}
	phones: [{model: CP-7961G, count: $1, mac: 00:1B:54:C1:22:30, running: SCCP41.9-4-2SR1-1S}]
	END
    export FLEET OUT ODD
    for speed in 20 10 5; do
        fleet_at $speed "$2"
        ! faithful || break
    done
}

# fleet_at SPEED RULES: that fleet, once.
fleet_at() {
    unshare -n bash -c '
        ip link set lo up
        ip link add host0 type veth peer name host1
        ip address add 10.9.9.9/24 dev host0
        ip link set host0 up
        python3 "$ODD" 10.9.9.9 root "$2" > served 2> odd.err 3>&- &
        trap "kill $!" EXIT
        for i in $(seq 100); do grep -q ready served && break; sleep 0.05; done
        "$FLEET" run -q -f t.fleet.yml --speed "$1" --timeout 3000s --out "$OUT" || true' sh "$@"
}

summary() {
    jq -e "$1" "$OUT/summary.json" > /dev/null || { jq -c '.phones, .per_phone[]' "$OUT/summary.json"; cat served; return 1; }
}

# In events.jsonl, report and JUnit as well, each read by a reader of its kind.
told_everywhere() {
    jq -e -s --arg w "$1" 'map(select(.event == "failed" and .server == $w)) | length > 0' \
        "$OUT/events.jsonl" > /dev/null
    python3 - "$1" "$OUT" <<-'END'
	import sys, xml.etree.ElementTree as tree
	from html.parser import HTMLParser
	words, out = sys.argv[1:]
	junit = tree.parse(out + "/junit.xml")
	assert any(words in f.get("message") for f in junit.iter("failure")), "junit.xml"
	class Text(HTMLParser):
	    text = ""
	    def handle_data(self, data): self.text += data
	page = Text()
	page.feed(open(out + "/report.html").read())
	assert words in page.text, "report.html"
	END
}

@test "a root that the server alone refuses fails alone, in its words; one more root, no second fetch" {
    local rules
    for rules in '"do": "error", "code": 2, "text": "<Access> \"denied\" & \\ \u00e9\u0007 ]]>"' \
        '"block": 3, "do": "error", "code": 0, "text": "<Access> \"denied\" & \\ \u00e9\u0007 ]]>"'; do
        rm -rf "$OUT"
        fleet 6 "[{\"file\": \"jar41*\", \"stick\": true, $rules}]"
        summary '.phones.upgraded == 5 and .phones.failed == 1'
        summary '.server.fetches["jar41sccp.9-4-2ES26.sbn"] == 1'
        summary '[.per_phone[] | select(.state == "failed") | .status_text, .status_file] ==
            ["TFTP error", "jar41sccp.9-4-2ES26.sbn"]'
        summary '[.per_phone[] | select(.state == "failed").status_server | ltrimstr("error 2") |
            ltrimstr("error 0")] == [" \"<Access> \"denied\" & \\ .. ]]>\""]'
        told_everywhere "$(jq -r '.per_phone[] | select(.state == "failed").status_server' "$OUT/summary.json")"
    done
}

@test "a root to which the server is silent for good does not take its children with it" {
    fleet 6 '[{"file": "jar41*", "block": 2, "stick": true, "do": "silent"}]'
    summary '.phones.upgraded == 5 and .phones.failed == 1'
    summary '.server.fetches["jar41sccp.9-4-2ES26.sbn"] == 1'
    summary '[.per_phone[] | select(.state == "failed").status_text] == ["TFTP timeout"]'
    # nobody loses patience while the root tries: those who did so made it two fetches, now and then
    [ "$(grep -c '"why":"made no progress"' "$OUT/events.jsonl")" -eq 0 ]
}

@test "a server that refuses everybody: three roots, then each phone by itself" {
    local answer
    for answer in '"code": 0, "text": "overload"' '"code": 2, "text": "no"'; do
        rm -rf "$OUT"
        fleet 8 "[{\"file\": \"jar41*\", \"do\": \"error\", $answer}]"
        summary '.phones.failed == 8'
        [ "$(grep -c '"event":"failed"' "$OUT/events.jsonl")" -eq 8 ]
        [ "$(grep -c '"event":"root".*jar41' "$OUT/events.jsonl")" -le 4 ]
        [ "$(grep -c '"event":"fallback"' "$OUT/events.jsonl")" -ge 4 ]
        told_everywhere "$(jq -r '.per_phone[0].status_server' "$OUT/summary.json")"
    done
}

@test "a server that falls silent for good: three roots, then each phone by itself, in time" {
    fleet 8 '[{"file": "jar41*", "do": "silent"}]'
    summary '[.per_phone[].status_text] | unique == ["TFTP timeout"]'
    [ "$(grep -c '"event":"root".*jar41' "$OUT/events.jsonl")" -le 4 ]
    [ "$(grep -c '"event":"fallback"' "$OUT/events.jsonl")" -ge 4 ]
    summary '.time.emulated_s < 900' # of four waits of 155 s
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
