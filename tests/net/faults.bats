#!/usr/bin/env bats
# Faults done for real: each against a witness that did not do it - the kernel's process states,
# link flags and queues, the server's log, packets that pass or do not, digests of the flashes.

bats_require_minimum_version 1.5.0
load common

setup() {
    setup_world
    WAN='wan: {delay: 10ms, rate: 10mbit}'
}

# faults COUNT FAULT...: a fleet of so many phones, and what is done to it.
faults() {
    fleet_file "$1" "$WAN" 'faults:'
    printf '  - {%s}\n' "${@:2}"
}

# A whole run, after which every flash that was upgraded holds the server's files, byte by byte.
run_compared() {
    run_whole "$@"
    local name
    firmware_in "$(awk '/^firmware:/ {print $2}' "$FILE")"
    for name in $(jq -r '.per_phone[] | select(.upgraded) | .name' "$OUT/summary.json"); do
        holds_firmware "$OUT/flash/$name"
    done
}

# events FILTER: of events.jsonl, one line each.
events() {
    jq -c "$1" "$OUT/events.jsonl"
}

# At a speed by which what the kernel is told can be foretold.
up() {
    "$FLEET" up -q -f "$FILE" --speed 20 --out "$OUT" 3>&-
}

# The process of phone NUMBER, by its slot.
phone_pid() {
    local pid
    for pid in $(marked fleet-phone); do
        ! tr '\0' ' ' < "/proc/$pid/cmdline" | grep -q -- "--slot $(($1 - 1)) " || echo "$pid"
    done
}

state_is() {
    [ "$(awk '/^State:/ {print $2}' "/proc/$(phone_pid "$1")/status")" = "$2" ]
}

gone() {
    [ ! -e "/proc/$1" ]
}

ps_state() {
    [ "$(ctl ps --json | jq -r ".[$1 - 1].state")" = "$2" ]
}

pings() {
    ctl exec 1 ping -c 1 -W 1 172.31.255.2 > "$BATS_TEST_TMPDIR/ping"
}

@test "what does not go together is refused with its place, before anything is created" {
    faults 3 'at: 1s, phone: 4, do: kill' > "$FILE"
    run "$FLEET" run -q -f "$FILE" --out "$OUT"
    [ "$status" -eq 2 ]
    [[ "$output" == *"t.fleet.yml:10:21: faults[0].phone: no phone of this fleet is meant by '4'"* ]]
    faults 3 'at: 1s, phone: 1, do: kill, rate: 1mbit' 'at: 1s, do: freeze' > "$FILE"
    run "$FLEET" run -q -f "$FILE" --out "$OUT"
    [ "$status" -eq 2 ]
    [[ "$output" == *"t.fleet.yml:10:40: faults[0].rate: kill takes none"* ]]
    [[ "$output" == *"t.fleet.yml:11:5: faults[1].phone: freeze needs to know which"* ]]
    [ ! -e "$OUT" ]
}

@test "lab, phones: freeze, unplug, slow, kill, restart and mend, by the kernel's own word" {
    fleet_file 4 "$WAN" > "$FILE"
    up
    ctl phone 1 freeze
    wait_for 5 state_is 1 T
    ps_state 1 frozen
    ctl phone 1 mend
    wait_for 5 state_is 1 S

    [[ "$(ctl exec site ip -o link show p2)" == *"state UP"* ]]
    ctl phone 10.106.0.17 unplug
    [[ "$(ctl exec site ip -o link show p2)" == *"state DOWN"* ]]
    [[ "$(ctl exec 2 ip -o link show eth0)" == *"NO-CARRIER"* ]]
    ps_state 2 unplugged
    ctl phone 2 mend
    [[ "$(ctl exec site ip -o link show p2)" == *"state UP"* ]]

    ctl phone SEP02760A6A0012 slow rate=64kbit # at speed 20
    [[ "$(ctl exec 3 tc qdisc show dev eth0)" == *"tbf"*"rate 1280Kbit"* ]]
    [[ "$(ctl exec 4 tc qdisc show dev eth0)" != *"tbf"* ]]
    ctl phone 3 mend
    [[ "$(ctl exec 3 tc qdisc show dev eth0)" != *"tbf"* ]]

    pid=$(phone_pid 4)
    ctl phone 4 kill
    wait_for 5 gone "$pid"
    ps_state 4 killed
    run ctl phone 4 kill
    [ "$status" -eq 2 ]
    [[ "$output" == *"not done, it is off"* ]]
    ctl phone 4 join
    [ "$(phone_pid 4)" -ne "$pid" ]
    pid=$(phone_pid 3)
    ctl phone 3 restart
    wait_for 5 gone "$pid"
    wait_for 5 phone_pid 3

    [ "$(events 'select(.event == "fault") | .do' | tr -d '"' | xargs)" = \
        "freeze mend unplug mend slow mend kill join restart" ]
    run ctl phone 9 kill
    [ "$status" -eq 2 ]
    [[ "$output" == *"no phone of this fleet is meant by '9'"* ]]
    run ctl phone 1 melt
    [ "$status" -eq 2 ]
    [[ "$output" == *"phone melt: phone takes one of these: kill, freeze, "* ]]
    run ctl phone 1 kill now
    [ "$status" -eq 2 ]
    [[ "$output" == *"settings are given as KEY=VALUE, such as for=5s"* ]]
    ctl phone all kill
    run ctl phone random:2 kill
    [ "$status" -eq 2 ]
    [[ "$output" == *"nobody is meant right now"* ]]
    [ "$(events 'select(.event == "fault-missed") | .selector + ": " + .why' | tail -n 1)" = \
        '"random:2: nobody is meant right now"' ]
    ctl down
}

@test "lab, server and WAN: killed and new, cut, lossy, slower and restored" {
    fleet_file 2 "$WAN" > "$FILE"
    up
    ctl exec 1 ping -c 1 -W 2 10.106.0.1 > /dev/null || skip "needs ping"
    first=$(marked dnsmasq)
    ctl server kill
    [ -z "$(marked dnsmasq)" ]
    run ctl server kill
    [ "$status" -ne 0 ]
    [[ "$output" == *"server-kill: not done, it is off"* ]]
    ctl server restart
    [ -n "$(marked dnsmasq)" ] && [ "$(marked dnsmasq)" != "$first" ]
    [ "$(grep -c 'TFTP root is' "$OUT/tftp.log")" -eq 2 ]

    wait_for 5 pings
    ctl wan cut
    run ! pings
    ctl wan restore
    wait_for 5 pings
    ctl wan loss=100%
    run ! pings
    ctl wan loss=0%
    ctl wan delay=2s # one way; 100 ms at speed 20
    wait_for 5 pings
    awk -F'time=' '/time=/ {exit !($2 + 0 >= 200)}' "$BATS_TEST_TMPDIR/ping"
    ctl wan cut for=10s
    run ! pings
    wait_for 5 grep -q '"fault-lifted","do":"wan-cut"' "$OUT/events.jsonl"
    wait_for 5 pings
    run ctl wan melt
    [ "$status" -eq 2 ]
    [ "$(events 'select(.event == "fault" and .phone) | .do' | wc -l)" -eq 0 ]
    ctl down
}

# A lab whose output directory has a name that JSON has to escape.
awkward_lab() {
    OUT=$BATS_TEST_TMPDIR/$'o"d\\d'
    up
    wait_for 10 booted 3
}

resets() {
    [ "$(grep -c '"do":"reset"' "$OUT/events.jsonl")" -eq "$1" ]
}

booted() {
    [ "$(jq -r 'select(.event == "boot") | .phone' "$OUT/events.jsonl" | sort -u | wc -l)" -eq "$1" ]
}

# refused ORDER...: it is, with exit code 2; its answer is in $output.
refused() {
    run ctl "$@"
    [ "$status" -eq 2 ]
}

@test "lab: an order that fails says why, and who was not set is not reset" {
    fleet_file 3 > "$FILE"
    awkward_lab
    # one of three: a folder stands where its file should be
    rm "$OUT/tftproot/SEP02760A6A0011.cnf.xml"
    mkdir -p "$OUT/tftproot/SEP02760A6A0011.cnf.xml/full"
    ctl phone all set peerFirmwareSharing=false reset=all > "$BATS_TEST_TMPDIR/answer"
    grep -qx 'set: SEP02760A6A0010 SEP02760A6A0012; not done to SEP02760A6A0011: cannot replace .*directory' \
        "$BATS_TEST_TMPDIR/answer"
    wait_for 10 resets 2
    [ -z "$(jq 'select(.do == "reset" and .phone == "SEP02760A6A0011")' "$OUT/events.jsonl")" ]

    mv "$OUT/tftproot" "$OUT/elsewhere"
    for how in 'load=SCCP41.9-4-2SR1-1S reset=all' 'peerFirmwareSharing=true reset=0.5' \
        'loadServer=10.9.8.7 reset=all' 'load=SCCP41.9-4-2SR1-1S'; do
        # shellcheck disable=SC2086 # words
        refused phone all set $how
        [[ "$output" == "fleet: set all: not done, cannot open the TFTP root "*"/tftproot: No such file or directory" ]]
    done
    refused server restart
    [[ "$output" == "fleet: server-restart: not done, the TFTP server did not start: "*"tftproot"* ]]
    refused wan loss=5%
    [[ "$output" == "fleet: wan-loss: this lab has no WAN"* ]]
    refused wan cut for=1s
    [[ "$output" == "fleet: wan-cut: this lab has no WAN"* ]]
    resets 2
    jq -r 'select(.event == "fault-missed" and .do == "set") | .why' "$OUT/events.jsonl" |
        grep -qxF "cannot open the TFTP root $OUT/tftproot: No such file or directory"
    mv "$OUT/elsewhere" "$OUT/tftproot"
    ctl server restart
    ctl down
}

@test "lab: a deed that is none is answered with those of its command, in its words" {
    local none='takes one of these:' wan='cut, loss=, delay=, rate=, restore'
    for word in explode kill server-kill wan-cut cut=5 ''; do
        refused wan "$word"
        [ "$output" = "fleet: wan $word: wan $none $wan" ]
    done
    for word in explode loss=5% cut restore= server-kill; do
        refused server "$word"
        [ "$output" = "fleet: server $word: server $none kill, restart" ]
    done
    for word in explode wan-cut server-kill rate=5 slow=1kbit; do
        refused phone 1 "$word"
        [[ "$output" == "fleet: phone $word: phone $none kill, freeze, "*", set, reset" ]]
        [[ "${output#*"$none"}" != *wan* && "${output#*"$none"}" != *server* ]]
    done
    refused wan loss=5
    [[ "$output" == "wan loss=5: loss takes a share of packets"* ]]
    refused wan loss
    [ "$output" = "wan loss: loss: wan-loss needs it" ]
    refused phone 1 slow
    [[ "$output" == "phone 1 slow: rate: slow needs it" ]]
}

@test "lab: an order is the file's fault, word for word; nothing leaks however often" {
    faults 4 'at: 0s, phone: 2, do: slow, rate: 56kbit, for: 1h' > "$FILE"
    up
    wait_for 5 seen fault
    ctl phone 2 slow rate=56kbit for=1h
    [ "$(events 'select(.event == "fault") | del(.t)' | sort -u | wc -l)" -eq 1 ]
    [ "$(events 'select(.event == "fault")' | wc -l)" -eq 2 ]
    keeper=$(pgrep -f -x "$FLEET up -q -f $FILE --out $OUT" | while read -r pid; do
        [ "$(awk '/^NSpid:/ {print $NF}' "/proc/$pid/status")" -ne 1 ] || echo "$pid"
    done)
    count() {
        find "/proc/$keeper/fd" -mindepth 1 | wc -l
    }
    all_there() {
        [ "$(marked fleet-phone | wc -l)" -eq 4 ] && [ "$(count)" -eq "$before" ]
    }
    before=$(count)
    for _ in 1 2 3 4 5 6; do
        ctl phone all restart
        ctl phone random:2 kill for=1s within=1s
        ctl server restart
    done
    wait_for 10 all_there
    ctl down
}

@test "a phone that dies by itself while it is frozen or unplugged is a failure, not on purpose" {
    faults 5 'at: 1s, phone: 3, do: freeze, for: 60s' 'at: 1s, phone: 4, do: unplug' > "$FILE"
    struck() {
        [ "$(events 'select(.event == "fault")' | wc -l)" -eq 2 ]
    }
    start "$FLEET" run -q -f "$FILE" --out "$OUT" --speed 10
    wait_for 20 struck
    kill -9 "$(phone_pid 3)" "$(phone_pid 4)"
    finish
    cat "$SAID"
    [ "$status" -eq 1 ]
    jq -e '.phones == {total: 5, upgraded: 3, failed: 2, killed: 0, frozen: 0, unplugged: 0}' \
        "$OUT/summary.json"
    jq -e '[.per_phone[] | select(.state == "failed").status_text] ==
        ["process died: signal 9", "process died: signal 9"]' "$OUT/summary.json"
}

@test "root killed: another is found, the rest upgrade, and the dead one is no failure" {
    faults 6 'at: 0s, phone: root, do: kill' > "$FILE" # waits until there is one
    echo 'expect: {upgraded: all}' >> "$FILE"
    run_compared --speed 10
    dead=$(events 'select(.event == "fault") | .phone' | tr -d '"')
    [ "$(wc -w <<< "$dead")" -eq 1 ]
    when=$(events 'select(.event == "fault") | .t')
    # it had confirmed itself before, and was heard of no more
    events "select(.event == \"root\" and .phone == \"$dead\" and .t <= $when)" | grep -q .
    [ "$(events "select(.phone == \"$dead\" and .t > $when)" | wc -l)" -eq 0 ]
    jq -e '.phones == {total: 6, upgraded: 5, failed: 0, killed: 1, frozen: 0, unplugged: 0}' \
        "$OUT/summary.json"
    grep -A 1 "name=\"$dead" "$OUT/junit.xml" | grep -q '<skipped message="killed on purpose"/>'
    grep -q 'skipped="1"' "$OUT/junit.xml"
}

@test "parents that serve a flipped byte are refused, and every phone ends with the right bytes" {
    faults 6 'at: 0s, phone: root, do: corrupt' > "$FILE"
    run_compared
    bad=$(events 'select(.event == "fault") | .phone' | tr -d '"')
    ip=$(jq -r ".per_phone[] | select(.name == \"$bad\") | .ip" "$OUT/summary.json")
    when=$(events 'select(.event == "fault") | .t')
    events "select(.event == \"refused\" and .from == \"$ip\" and .t > $when)" | grep -q .
    [ "$(events "select(.event == \"refused\" and .from != \"$ip\")" | wc -l)" -eq 0 ]
    [ "$(events "select(.event == \"fetched\" and .from == \"$ip\" and .t > $when)" | wc -l)" -eq 0 ]
    jq -e '.phones.upgraded == 6' "$OUT/summary.json"
}

@test "late, restarted, frozen and unplugged phones come through; server and WAN, too" {
    faults 8 'at: 40s, phone: 3, do: join' \
        'at: 16s, phone: "random:2", do: restart, within: 20s' \
        'at: 0s, phone: parents, do: freeze, for: 4s' \
        'at: 20s, phone: CP-7961G, do: unplug, for: 2s' \
        'at: 14s, do: server-kill, for: 6s' 'at: 30s, do: wan-cut, for: 5s' \
        'at: 60s, phone: 5, do: unplug' > "$FILE"
    echo 'expect: {upgraded: all}' >> "$FILE"
    run_compared --speed 10
    jq -e '.phones.upgraded == 7 and .phones.unplugged == 1' "$OUT/summary.json"
    # who joins late is silent until then
    own='select(.phone == "SEP02760A6A0012" and (.event | startswith("fault") | not)) | .t'
    [ "$(events "$own" | head -1 | cut -d. -f1)" -ge 40 ]
    for phone in $(events 'select(.do == "restart") | .phone' | tr -d '"'); do
        [ "$(events "select(.phone == \"$phone\" and .event == \"boot\")" | wc -l)" -ge 2 ]
    done
    # those frozen were parents at that moment, by what their children had said
    events 'select(.event == "fault" and .do == "freeze")' | grep -q .
    jq -se '(map(select(.do == "freeze" and .event == "fault"))) as $frozen |
            ($frozen | map(.phone)) - map(select(.event == "child" and .t < $frozen[-1].t) | .phone)
            | length == 0' "$OUT/events.jsonl"
    # nobody moves while frozen, for four seconds
    jq -se 'map(select(.event == "fault" and .do == "freeze")) as $f |
            [.[] | . as $e | select($e.event | startswith("fault") | not) |
             select(any($f[]; .phone == $e.phone and $e.t > .t + 0.1 and $e.t < .t + 3.9))]
            | length == 0' "$OUT/events.jsonl"
    [ "$(grep -c 'TFTP root is' "$OUT/tftp.log")" -eq 2 ]
    [ "$(events 'select(.event == "fault-lifted" and .do == "unplug")' | wc -l)" -eq 8 ]
    # a time in which a phone is kept from its timers is not the host's lateness
    jq -e '.fidelity.timer_lateness_ms.max < 3500' "$OUT/summary.json"
}

@test "a root that never comes is an event and a warning; the others do not wait for it" {
    faults 2 'at: 1s, phone: root, do: kill' 'at: 2s, phone: 1, do: kill' > "$FILE"
    run "$FLEET" run -q -f "$FILE" --mode traditional --speed 50 --out "$OUT"
    has_verdict
    [[ "$output" == *"warning: kill root at 61."*" s: not done, nobody was found in 60 s"* ]]
    events 'select(.event == "fault-missed" and .selector == "root" and (.phone | not))' | grep -q .
    jq -e '.phones.killed == 1 and .phones.upgraded == 1' "$OUT/summary.json"
}

@test "compare does the same to both modes" {
    faults 6 'at: 5s, phone: "random:2", do: kill, within: 20s' 'at: 3s, do: wan-loss, loss: 0.1%' \
        > "$FILE"
    local status=0
    "$FLEET" compare -q -f "$FILE" --speed 20 --out "$OUT" || status=$?
    has_verdict
    jq -e '.pfs.phones.killed == 2 and .traditional.phones.killed == 2' "$OUT/compare.json"
    done_in() {
        jq -c 'select(.event == "fault") | {phone, do, t: (.t | floor)}' "$OUT/$1/events.jsonl"
    }
    [ "$(done_in pfs | wc -l)" -eq 3 ]
    diff <(done_in pfs) <(done_in traditional)
}

@test "kill -9 of the launcher amid faults leaves nothing" {
    faults 8 'at: 1s, phone: 1, do: freeze' 'at: 1s, phone: 2, do: unplug' \
        'at: 1s, phone: 3, do: kill' 'at: 1s, phone: 4, do: slow, rate: 8kbit' \
        'at: 1s, do: server-kill' 'at: 1s, phone: 5, do: restart' 'at: 1s, do: wan-cut' > "$FILE"
    remember_host
    start "$FLEET" run -q -f "$FILE" --out "$OUT"
    wait_for 20 grep -q wan-cut "$OUT/events.jsonl"
    wait_for 5 state_is 1 T
    remember_namespaces
    [ -s "$BATS_TEST_TMPDIR/namespaces" ]
    kill -9 "$LAUNCHER"
    finish
    nothing_left
}

# dnsmasq repeats a lost block after two real seconds, whatever the speed: small files.
@test "5 % loss on the WAN, 20 of 200 phones killed at random moments: all others upgrade" {
    "$ROOT/.build/mkfirmware" --key "$ROOT/firmware-samples/test-key.pem" --scale 200 \
        --out "$BATS_TEST_TMPDIR/firmware" 'SCCP41.9-4-2SR[13]-1S' > /dev/null
    WAN='wan: {delay: 5ms, rate: 10mbit, loss: 5%}'
    faults 200 'at: 5s, phone: "random:20", do: kill, within: 75s' |
        sed "s|^firmware:.*|firmware: $BATS_TEST_TMPDIR/firmware|" > "$FILE"
    echo 'expect: {upgraded: all}' >> "$FILE"
    run_compared --speed 4 --timeout 5m
    jq -e '.phones == {total: 200, upgraded: 180, failed: 0, killed: 20, frozen: 0, unplugged: 0}' \
        "$OUT/summary.json"
    [ "$(events 'select(.do == "kill") | .phone' | sort -u | wc -l)" -eq 20 ]
}

idle_twice() {
    [ "$(grep -c '"event":"idle"' "$OUT/events.jsonl" 2> /dev/null)" = 2 ]
}

# Stopped from outside, as a busy host does it to a phone: its record still says idle.
@test "a phone that is slow to hear of its reset is waited for" {
    fleet_file 2 "faults:" "  - {at: 160s, phone: 1, do: reset}" > "$BATS_TEST_TMPDIR/r.fleet.yml"
    start "$FLEET" run -q -f "$BATS_TEST_TMPDIR/r.fleet.yml" --out "$OUT"
    wait_for 30 idle_twice
    for pid in $(marked fleet-phone); do
        kill -STOP "$pid"
    done
    wait_for 30 grep -q '"do":"reset"' "$OUT/events.jsonl"
    sleep 0.5 # ten looks of the keeper
    for pid in $(marked fleet-phone); do
        kill -CONT "$pid"
    done
    finish
    [ "$(grep -c 'SEP02760A6A0010","event":"idle"' "$OUT/events.jsonl")" -eq 2 ]
}
