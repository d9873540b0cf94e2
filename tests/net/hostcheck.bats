#!/usr/bin/env bats
# Hosts and containers that lack something: `check` names it with its remedy, a run refuses to
# start, and with what the manual asks of a container a fleet runs.

load common

setup() {
    setup_world
    fleet_file 2 > "$FILE"
}

# lacks NAME REMEDY COMMAND...: under COMMAND, `check` and a run miss just that one thing.
lacks() {
    local name=$1 remedy=$2
    shift 2
    run "$@" "$FLEET" check
    echo "check: $status: $output"
    [ "$status" -eq 3 ]
    [ "$(grep -c '^MISSING' <<< "$output")" -eq 1 ]
    grep -A 1 "^MISSING *$name " <<< "$output" | grep -F -- "$remedy"
    [[ "$output" == *"This host cannot run a fleet yet"* ]]
    "$@" "$FLEET" check --json > "$BATS_TEST_TMPDIR/check.json" || true
    jq -e --arg name "$name" --arg remedy "$remedy" '.able == false and
        [.checks[] | select(.verdict == "MISSING")] ==
        [.checks[] | select(.name == $name and (.remedy | contains($remedy)))]' "$BATS_TEST_TMPDIR/check.json"
    run "$@" "$FLEET" run -q -f "$FILE" --out "$OUT"
    echo "run: $status: $output"
    [ "$status" -eq 3 ]
    [[ "$output" == *"this host lacks $name: "*"$remedy"* ]]
    [ ! -e "$OUT" ]
}

# A mount namespace in which the shell commands $1 have been run first.
mounted() {
    unshare -m --propagation private sh -ec "$1"'; shift; exec "$@"' sh "$@"
}

# The capabilities that Docker gives by default, and those of the manual's command.
DOCKER=chown,dac_override,fsetid,fowner,mknod,net_raw,setgid,setuid,setfcap,setpcap,net_bind_service,sys_chroot,kill,audit_write
asked() {
    sed -n '/^# IN CONTAINERS/,/^# /p' "$ROOT/netns/run-fleet.1.scd" | grep -oP -- '--cap-add \K[A-Z_]+' |
        tr 'A-Z\n' 'a-z,' | sed 's/,$//'
}

# "-all,+chown,...": Docker's and those.
container() {
    tr -d '\n' <<< "-all,+$DOCKER,$(asked)" | sed 's/,\([a-z]\)/,+\1/g'
}

@test "io_uring forbidden by a seccomp filter, as Docker's does" {
    # exit 3: the host lacks something that a fleet needs: a capability, a device, a system call
    make -s -C "$ROOT" .build/tests/deny
    lacks io_uring "--security-opt seccomp=unconfined" "$ROOT/.build/tests/deny" 425
    [ "$status" -eq 3 ]
    [[ "$output" == *"forbidden by a seccomp filter"* ]]
}

@test "no /dev/net/tun" {
    lacks TUN/TAP "--device /dev/net/tun" mounted 'mount -t tmpfs none /dev/net'
}

@test "without each of the capabilities of a container's command it is named" {
    local cap
    [ "$(asked | tr ',' '\n' | wc -l)" -ge 2 ]
    for cap in $(asked | tr ',' ' '); do
        run setpriv --bounding-set "-$cap" --inh-caps -all "$FLEET" check
        [ "$status" -eq 3 ]
        [[ "$output" == *"MISSING  root "*"root without cap_$cap"*"--cap-add for each of these"* ]]
    done
    lacks root "--cap-add" setpriv --bounding-set -dac_read_search --inh-caps -all
}

@test "no dnsmasq" {
    # exit 3: a program is missing that a fleet needs
    lacks dnsmasq "sudo apt-get install dnsmasq-base" mounted \
        'for d in /usr/bin /usr/sbin /usr/local/bin /usr/local/sbin; do
            if [ -e $d/dnsmasq ]; then mount --bind /dev/null $d/dnsmasq; fi
        done'
    [ "$status" -eq 3 ]
}

@test "with the manual's capabilities and nothing else of root's, a fleet runs" {
    local status=0
    setpriv --bounding-set "$(container)" --inh-caps -all "$FLEET" check | grep "This host can run a fleet"
    # a container's /proc/sys cannot be written
    mounted 'mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys' \
        setpriv --bounding-set "$(container)" --inh-caps -all "$FLEET" run -q -f "$FILE" --out "$OUT" || status=$?
    has_verdict
    [ "$(jq .phones.upgraded "$OUT/summary.json")" -eq 2 ]
}
