# common.bash - what the namespace tests share.
#
# Every launcher started here carries a mark in its environment, which all its descendants
# inherit: so a test finds its own processes among whatever else runs on the host.

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
FLEET=${FLEET:-$ROOT/.build/fleet}
PROGRAMS=(fleet fleet-guard fleet-phone fleet-wan fleet-clock fleet-cm dnsmasq dumpcap)

setup_world() {
    [ "$(id -u)" = 0 ] || skip "needs root: it makes namespaces"
    [ -x "$FLEET" ] || skip "needs a build: $FLEET"
    export FLEET_TEST_MARK="$$-$BATS_TEST_NUMBER-$RANDOM"
    LAB=net-$$-$BATS_TEST_NUMBER
    FILE=$BATS_TEST_TMPDIR/t.fleet.yml
    OUT=$BATS_TEST_TMPDIR/out
}

# No test leaves anything running, however it failed. Only what carries the mark is ended.
teardown_world() {
    [ -n "${FLEET_TEST_MARK:-}" ] || return 0
    local pid
    for pid in $(marked "${PROGRAMS[@]}"); do
        kill -9 "$pid" 2> /dev/null || true
    done
}

# For files that need no more than this.
setup() { setup_world; }
teardown() { teardown_world; }

# Pids of living processes that carry the mark and run one of the programs named. One look at all
# processes: a host that is busy may have hundreds of them, and what is looked for may be gone soon.
marked() {
    local dir name first
    grep -lszxF "FLEET_TEST_MARK=$FLEET_TEST_MARK" /proc/[0-9]*/environ | while read -r dir; do
        dir=${dir%/environ}
        read -r name 2> /dev/null < "$dir/comm" || continue
        IFS= read -r -d '' first 2> /dev/null < "$dir/cmdline" || first=
        [ "$first" != fleet-phone ] || name=fleet-phone
        case " $* " in
        *" $name "*) echo "${dir#/proc/}" ;;
        esac
    done
}

# wait_for SECONDS COMMAND...: until it succeeds, or fails the test at the deadline.
wait_for() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        if [ "$SECONDS" -ge "$deadline" ]; then
            echo "never came true: $*" >&2
            return 1
        fi
        sleep 0.02
    done
}

# Somebody else's run has raised the host's limits: its guard lives, and the file is there. A guard
# of our own that stays shows among the processes.
limits_raised() {
    if [ -e /run/fleet-hostlimits ] && pgrep -x fleet-guard > /dev/null; then
        echo "limits raised"
    fi
}

# What a run could leave on the host.
host_state() {
    echo "links:" && ip -o link | sed 's/^[0-9]*: \([^:]*\):.*/\1/' | sort
    echo "mounts:" && sed 's/^[0-9]* [0-9]* //' /proc/self/mountinfo | sort
    echo "sysctls:" && sysctl net.ipv4.ip_forward kernel.pid_max
    limits_raised
    sysctl net.core.netdev_max_backlog net.ipv4.neigh.default.gc_thresh1 \
        net.ipv4.neigh.default.gc_thresh2 net.ipv4.neigh.default.gc_thresh3 | sed 's/^/limit /'
    limits_raised
    echo "processes:" && marked "${PROGRAMS[@]}"
    echo "labs:" && sed -n "s/.*@run-fleet\/$LAB/lab/p" /proc/net/unix # ours
}

remember_host() {
    host_state > "$BATS_TEST_TMPDIR/before"
    lsns -n -o NS > "$BATS_TEST_TMPDIR/namespaces-before"
    : > "$BATS_TEST_TMPDIR/namespaces"
}

# The namespaces that the run's processes are in now: to be called while it goes on. Only the
# latest: the kernel gives their numbers out again.
remember_namespaces() {
    local pid
    for pid in $(marked "${PROGRAMS[@]}"); do
        stat -L -c %i "/proc/$pid/ns/net" "/proc/$pid/ns/pid" "/proc/$pid/ns/mnt" 2> /dev/null
    done | sort -u | grep -vxFf <(tr -d ' ' < "$BATS_TEST_TMPDIR/namespaces-before") \
        > "$BATS_TEST_TMPDIR/namespaces"
    ticks > "$BATS_TEST_TMPDIR/remembered"
}

# Since boot, as /proc counts them; of a process, when it was started.
ticks() {
    if [ $# -eq 0 ]; then
        awk -v hz="$(getconf CLK_TCK)" '{printf "%d\n", $1 * hz}' /proc/uptime
    else
        sed 's/.*) //' "/proc/$1/stat" 2> /dev/null | cut -d' ' -f20
    fi
}

# Whether a process carries the mark of another test, or came after ours had been looked at: the
# kernel may have given its namespaces numbers that were ours.
of_somebody_else() {
    local mark
    mark=$(tr '\0' '\n' 2> /dev/null < "/proc/$1/environ" | sed -n 's/^FLEET_TEST_MARK=//p')
    [ -n "$mark" ] && [ "$mark" != "$FLEET_TEST_MARK" ] && return
    [ -z "$mark" ] && [ "$(ticks "$1")" -gt "$(< "$BATS_TEST_TMPDIR/remembered")" ]
}

host_as_before() {
    host_state > "$BATS_TEST_TMPDIR/after"
    # a run of somebody else may begin meanwhile: of namespaces, only our own must be gone
    lsns -n -o NS,PID | awk 'NR == FNR {ours[$1]; next} $1 in ours' "$BATS_TEST_TMPDIR/namespaces" - |
        while read -r ns pid; do
            of_somebody_else "$pid" || echo "$ns"
        done >> "$BATS_TEST_TMPDIR/after"
    host_diff > /dev/null
}

# The limits count only where nobody else had raised them, then and now.
host_diff() (
    cd "$BATS_TEST_TMPDIR" || return
    local ignored='^$'
    ! grep -qx "limits raised" before after || ignored='^limit'
    diff <(grep -v "$ignored" before) <(grep -v "$ignored" after)
)

# Fails with the difference unless the host is as remembered within five seconds.
nothing_left() {
    wait_for 5 host_as_before || {
        host_diff >&2
        return 1
    }
}

# start COMMAND...: in the background; $LAUNCHER is its pid, its words go to $SAID.
start() {
    SAID=$BATS_TEST_TMPDIR/said
    "$@" 3>&- > "$SAID" 2>&1 &
    LAUNCHER=$!
}

# Waits for what start() started; $status is its exit code.
finish() {
    status=0
    wait "$LAUNCHER" 2> /dev/null || status=$?
}

# fleet_file COUNT [LINE...]: a small fleet, or as the lines say; a lab of it upgrades as it boots.
fleet_file() {
    local count=$1
    shift
    cat <<-END
	name: $LAB
	callmanager: {engine: none}
	speed: auto
	seed: 7
	firmware: $ROOT/firmware-samples/small
	enterprise: {peerFirmwareSharing: true}
	phones: [{model: CP-7961G, count: $count, running: SCCP41.9-4-2SR1-1S, load: SCCP41.9-4-2SR3-1S}]
	END
    printf '%s\n' "$@"
}

# Whether the run in $OUT was: what an unfaithful one shows may say more of the host than of phones.
faithful() {
    jq -e .fidelity.faithful "$OUT/summary.json" > /dev/null
}

# Whether $status is a verdict: met, not met, or 5, inconclusive, as on a busy host.
has_verdict() {
    [ "$status" -le 1 ] || [ "$status" -eq 5 ]
}

# run_fleet [OPTION]...: the run of $FILE into $OUT; once more where it was inconclusive. Any verdict may
# pass. Whatever else a test wishes, it looks for.
run_fleet() {
    local status
    for _ in 1 2; do
        status=0
        "$FLEET" run -q -f "$FILE" --out "$OUT" "$@" || status=$?
        has_verdict || return
        [ "$status" -eq 5 ] || break
    done
}

# run_whole [OPTION]...: a run in which all was well, but for the clock.
run_whole() {
    run_fleet "$@"
    jq -e '[.expectations[] | select(.name != "faithful")] | all(.passed)' "$OUT/summary.json"
}

# The firmware files of which the server itself says that it has sent them, each time, of that output.
sent_files() {
    sed -n 's|.*: sent .*/tftproot/\([^ ]*\) to .*|\1|p' "$1/tftp.log" | grep -v 'cnf\.xml$'
}

# firmware_in DIR: the digests of the newest load of CP-7961G, as the generator wrote it there.
firmware_in() {
    (cd "$1" && sha256sum SCCP41.9-4-2SR3-1S.loads ./*41*9-4-2ES26.sbn) > "$BATS_TEST_TMPDIR/digests"
    [ "$(wc -l < "$BATS_TEST_TMPDIR/digests")" -eq 6 ]
}

# holds_firmware FLASH: it holds all of that, byte by byte.
holds_firmware() {
    (cd "$1" && sha256sum --quiet -c "$BATS_TEST_TMPDIR/digests")
}

# all_hold_firmware COUNT OUT: the flashes of so many phones do.
all_hold_firmware() {
    local dir count=0
    for dir in "$2"/flash/SEP*/; do
        holds_firmware "$dir"
        count=$((count + 1))
    done
    [ "$count" -eq "$1" ]
}

# ctl VERB [WORD]...: of the test's lab.
ctl() {
    "$FLEET" "$1" --lab "$LAB" "${@:2}"
}

# Whether an event of that name has been logged.
seen() {
    grep -q "\"event\":\"$1\"" "$OUT/events.jsonl" 2> /dev/null
}
