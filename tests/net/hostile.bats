#!/usr/bin/env bats
# A LAN with a peer on it that means harm (tests/net/hostile.c): every phone finishes all the same,
# with the true files, soon enough, and without growing. The witnesses are the files themselves,
# the TFTP server's log, and what the kernel says of the phones' processes and sockets.

load common

PHONES=8
SPEED=40
HERE=10.106.200 # the hostile addresses
HOSTILE=$BATS_TEST_DIRNAME/../../.build/tests/hostile
PROGRAMS+=(hostile)

setup_file() {
    [ "$(id -u)" = 0 ] || return 0
    make -s -C "$BATS_TEST_DIRNAME/../.." .build/tests/hostile
}

# A time or number of the headers, in emulated milliseconds if it is a time.
constant() {
    sed -nE "s/^#define $1 +\(([0-9]+) \* USEC_SEC\).*/\1000/p
             s/^#define $1 +\(([0-9]+) \* USEC_MS\).*/\1/p
             s/^#define $1 +([0-9]+).*/\1/p" "$ROOT"/emu/core/{pfs,worth}.h "$ROOT"/emu/shell/tcp.h |
        head -n 1
}

all_upgraded() {
    [ "$(ctl ps --json | jq 'map(select(.state == "idle" and
        .running == "SCCP41.9-4-2SR3-1S")) | length')" -eq "$PHONES" ]
}

# The largest, over all phones: KiB of private memory, open descriptors, TCP sockets of any state.
usage() {
    local pid
    for pid in "$@"; do
        echo "$(awk '/^Private/ {n += $2} END {print n}' "/proc/$pid/smaps_rollup")" \
            "$(find "/proc/$pid/fd" -mindepth 1 | wc -l)" \
            "$(($(wc -l < "/proc/$pid/net/tcp") - 1))"
    done
}

upgraded_while_measured() {
    # shellcheck disable=SC2086 # a list of pids
    usage $PIDS >> "$OUT.usage"
    all_upgraded
}

largest() {
    awk -v c="$1" '$c > n {n = $c} END {print n + 0}' "$OUT.usage"
}

# upgrade ROLE FILES ADDRESSES: a fleet, and that peer beside it, which is there before the phones
# are switched on. $END: emulated milliseconds from then until the last one ran its new load, but for
# those in which the machine stood still. $SAID: what the peer has done.
upgrade() {
    local tell=true peer i
    mkdir -p "${OUT%/*}"
    touch "$OUT.said"
    fleet_file "$PHONES" "faults: [{at: 24h, phone: all, do: join}]" |
        sed "s/^speed: .*/speed: $SPEED/" > "$OUT.fleet.yml"
    "$FLEET" up -q -f "$OUT.fleet.yml" --out "$OUT" 3>&-
    for i in $(seq "$3"); do
        tell+="; ip address add $HERE.$i/16 dev br0"
    done
    ctl exec site bash -c "$tell; exec '$HOSTILE' $1 $2 $HERE.1 $3 10.106.255.255 \
        '$ROOT/firmware-samples/small' $SPEED" > "$OUT.said" 3>&- &
    peer=$!
    wait_for 60 grep -qx ready "$OUT.said"
    ctl phone all join > "$OUT.joined"
    PIDS=$(marked fleet-phone)
    [ "$(wc -w <<< "$PIDS")" -eq "$PHONES" ]
    wait_for 60 upgraded_while_measured
    kill -TERM "$(marked hostile)"
    wait "$peer"
    SAID=$(tail -n 1 "$OUT.said")
    echo "$1: $SAID"
    ctl down
    END=$(jq -s '(map(select(.event == "idle" and .load == "SCCP41.9-4-2SR3-1S").t) | max) -
                 (map(select(.event == "boot").t) | min) | . * 1000 | floor' "$OUT/events.jsonl")
    END=$((END - $(did pauses) * SPEED))
    echo "ended at $END ms, largest: $(largest 1) KiB, $(largest 2) descriptors, $(largest 3) sockets"
}

# The same fleet in peace, once for all tests.
healthy() {
    local file=$BATS_FILE_TMPDIR/healthy
    if [ ! -e "$file" ]; then
        OUT=$BATS_FILE_TMPDIR/peace upgrade nobody 0 1
        OUT=$BATS_FILE_TMPDIR/peace
        echo "$END $(largest 1) $(largest 2) $(largest 3)" > "$file"
        OUT=$BATS_TEST_TMPDIR/out
    fi
    cat "$file"
}

# Every phone's flash holds the files that the generator made.
true_files() {
    (cd "$ROOT/firmware-samples/small" &&
        sha256sum SCCP41.9-4-2SR3-1S.loads ./*41*9-4-2ES26.sbn) > "$BATS_TEST_TMPDIR/digests"
    [ "$(wc -l < "$BATS_TEST_TMPDIR/digests")" -eq 6 ]
    [ "$(find "$OUT/flash" -mindepth 1 -maxdepth 1 -name 'SEP*' | wc -l)" -eq "$PHONES" ]
    local dir
    for dir in "$OUT"/flash/SEP*/; do
        (cd "$dir" && sha256sum --quiet -c "$BATS_TEST_TMPDIR/digests")
    done
}

# Fetches of the file that the server sent most often.
most_fetched() {
    sed -n 's|.*: sent .*/tftproot/\([^ ]*\) to .*|\1|p' "$OUT/tftp.log" |
        grep -v 'cnf\.xml$' | sort | uniq -c | sort -rn | awk 'NR == 1 {print $1}'
}

did() { # WORD: the number behind it in what the peer said
    sed -E "s/.*\b$1 ([0-9]+).*/\1/" <<< "$SAID"
}

# withstands ROLE FILES ADDRESSES COST FETCHES DID AT_LEAST: the fleet finishes with the true files
# no later than COST ms of emulated time after half as much again as in peace; the server sends no
# file more than FETCHES times; nobody goes to the server for want of peers; the peer did its part.
withstands() {
    local peace private descriptors sockets
    healthy > /dev/null
    read -r peace private descriptors sockets < "$BATS_FILE_TMPDIR/healthy"
    upgrade "$1" "$2" "$3"
    true_files
    [ "$END" -le $((peace * 3 / 2 + $4)) ]
    [ "$(most_fetched)" -le "$5" ]
    ! grep -q '"event":"fallback"' "$OUT/events.jsonl"
    [ "$(did "$6")" -ge "$7" ]
    # 64 KiB to receive into for each connection of the table; its descriptors; in the kernel also
    # callers that have not been accepted yet (BACKLOG), and those whose end it waits for.
    local table=24
    [ "$(largest 1)" -le $((private + 64 * table + 512)) ]
    [ "$(largest 2)" -le $((descriptors + table)) ]
    [ "$(largest 3)" -le $((sockets + 2 * table + 16)) ]
}

# What one turn costs that ends in an unanswered JOIN, with the election after it.
silence() {
    echo $(($(constant PFS_JOIN_TRIES) * $(constant PFS_JOIN_TIMEOUT) + 4000))
}

@test "claims the most and never answers: one turn, and a tree around an honest root" {
    withstands silent 0 1 "$(silence)" 2 joins "$PHONES"
}

@test "so from 32 addresses: no more than from one" {
    withstands silent 0 32 "$(silence)" 2 claims 1000
}

@test "refuses everybody, sends everybody astray" {
    withstands refuse 0 1 $((6 * 4000 * 2)) 2 joins "$PHONES"
    rm -rf "$OUT"*
    withstands astray 1 1 $((4 * $(silence) + 4000)) 3 joins "$PHONES"
}

@test "says at JOIN that it is busy, for ever" {
    withstands busy 1 1 $((64 * 3 * $(constant PFS_JOIN_TIMEOUT) / 2)) 2 joins 64
}

@test "accepts, and says no word to who connects" {
    withstands mute 0 1 $((6 * 4 * ($(constant PFS_LINK_TIMEOUT) + 4000))) 3 accepts 1
}

# What it costs more than its time until all have found out about a root.
found_out() {
    echo $((3 * $(constant PFS_ASK_SPREAD) + 4000 + 15000))
}

@test "accepts, and seems to have ever more of the file" {
    withstands drip 1 1 $(($(constant PFS_PATIENCE) + $(found_out))) 2 accepts 1
    # every phone has asked the server, for a block that is no fetch
    [ "$(grep -c 'TFTP probe' "$OUT"/logs/SEP*.log | grep -vc ':0$')" -eq "$PHONES" ]
    [ "$(grep -c 'error 0 cancelled' "$OUT/tftp.log")" -ge "$PHONES" ]
}

@test "accepts and stalls: alive for ever without progress, before DATA and in the middle of it" {
    withstands stall 1 1 $(($(constant PFS_STALL) + $(found_out) + 10000)) 2 accepts 1
    rm -rf "$OUT"*
    withstands half 1 1 $(($(constant PFS_STALL) + 4000 + 100000)) 2 accepts 1
}

@test "serves a wrong file: wrong bytes, wrong digest, too few bytes" {
    local role
    for role in wrong digest short; do
        withstands "$role" 0 1 $((6 * 4000 * 2)) 3 connects 1
        rm -rf "$OUT"*
    done
}

@test "serves without end" {
    withstands endless 1 1 "$(constant PFS_SERVE_LIMIT)" 2 connects 1
}

@test "says that the server has it not" {
    withstands failed 0 1 $((6 * 4000 * 2)) 3 connects 1
}

@test "replays claims of files gone by, and serves by old announcements" {
    withstands replay 0 2 $((6 * 4000 * 2)) 2 claims 100
}

@test "sends garbage, and what is nearly a message" {
    withstands datagrams 0 2 $((2 * $(silence))) 2 datagrams 10000
    rm -rf "$OUT"*
    withstands streams 0 2 4000 2 connects 1000
}

@test "opens thousands of connections: mute, half open, asking without a promise" {
    local role
    for role in calls half-calls hello; do
        withstands "$role" 0 8 4000 2 connects 2000
        rm -rf "$OUT"*
    done
}

# Places that it was given, by the phones' word.
places() {
    grep -c "\"event\":\"child\".*\"child\":\"$HERE\\." "$OUT/events.jsonl" || true
}

# bounded ROLE ADDRESSES: the fleet finishes with the true files within twice the time that it takes
# in peace, and the server sends no file more than twice. Patience belongs to an address: a second one
# may come when that with the first has ended.
bounded() {
    local peace patience=$(($(constant PFS_DONE) + $(constant PFS_LEVELS) * 1000))
    healthy > /dev/null
    read -r peace _ < "$BATS_FILE_TMPDIR/healthy"
    upgrade "$1" 0 "$2"
    true_files
    echo "$(most_fetched) fetches of a file, $(places) places taken, peace took $peace ms"
    [ "$END" -le $((peace * 2 + ($2 - 1) * patience)) ]
    [ "$(most_fetched)" -le 2 ]
}

# bounded_below ROLE: as a child from one address, and from two.
bounded_below() {
    bounded "$1" 1
    [ "$(places)" -ge 1 ]
    rm -rf "$OUT"*
    bounded "$1" 2
    [ "$(places)" -ge 2 ]
}

@test "takes every place that it is given, and is never done" {
    bounded_below hold
}

@test "so with its window shut" {
    bounded_below shut
}

@test "leaves its places before anybody loses patience, and comes again" {
    bounded_below again
}

@test "asks in the names of 200 addresses at which nobody is, 2, 10 and 50 times a second" {
    local rate
    for rate in 2 10 50; do
        bounded joins-$rate 1
        [ "$(did datagrams)" -ge $((rate * 40)) ]
        [ "$(places)" -eq 0 ]
        rm -rf "$OUT"*
    done
}

# Each answer takes a place in the kernel's table of neighbours, which has 1,024 for all.
@test "connects in the names of 60,000 addresses at which nobody is" {
    bounded syns 1
    [ "$(did datagrams)" -ge 10000 ] # of as many addresses
}
