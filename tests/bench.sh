#!/usr/bin/env bash
# The figures of README.md beside: launch, teardown, memory, and what they are compared with.
#
# Every figure comes from the run's own summary.json; the launch is set beside the same namespaces
# and links made by a shell script with iproute2, in the same minute on the same machine, because
# absolute times differ from machine to machine.
#
# Then what a clock that waits costs: the processor time of the same fleet with its clock held and
# free, one after the other at a speed that both can keep, and how fast it is when it may (auto).
#
#   tests/bench.sh [N...]      fleet sizes, default 100 300
#   CLOCK="48 300 600"         sizes for the clock; "" for none
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- 100 300

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Milliseconds that iproute2 needs for the same number of namespaces on a bridge. All of it
# lives in a mount and network namespace of its own and goes with it.
# shellcheck disable=SC2016 # the inner shell expands it
by_script() {
    unshare --net --mount bash -euc '
        mount -t tmpfs none /run
        mkdir -p /run/netns
        ip link add br0 type bridge
        ip link set br0 up
        start=$(date +%s%N)
        for i in $(seq "$1"); do
            ip netns add "n$i"
            ip link add "p$i" type veth peer name eth0 netns "n$i"
            ip link set "p$i" master br0 up
            ip -n "n$i" addr add "10.106.$((i / 250)).$((i % 250 + 1))/16" dev eth0
            ip -n "n$i" link set eth0 up
        done
        echo $((($(date +%s%N) - start) / 1000000))' - "$1"
}

printf '%8s %14s %12s %16s %18s %14s %12s\n' phones 'ready ms' 'ms/phone' 'iproute2 ms' \
    'iproute2 / fleet' 'teardown ms' 'KiB/phone'
for n; do
    ./run-fleet.sh run --phones "CP-7961G=$n" --mode pfs --speed 2 --set expect.upgraded=all \
        --set wan.rate=100mbit --out "$work/$n" -q >"$work/$n.txt" || cat "$work/$n.txt" >&2
    script=$(by_script "$n")
    jq -r --argjson script "$script" --argjson n "$n" '
        [$n, .launch.phones_ready_ms, (.launch.phones_ready_ms / $n), $script,
         ($script / .launch.phones_ready_ms), .launch.teardown_ms, (.memory.per_phone_kib | round)] | @tsv' \
        "$work/$n/summary.json" |
        while IFS=$'\t' read -r phones ready each other ratio down kib; do
            printf '%8d %14d %12.2f %16d %18.1f %14d %12d\n' \
                "$phones" "$ready" "$each" "$other" "$ratio" "$down" "$kib"
        done
done

# CPU seconds, user and system, of a run of N phones at SPEED with more options; its exit code may be
# 5. What it says lies in $work/clock.json.
cpu_of() {
    local n=$1 speed=$2 TIMEFORMAT='%U %S'
    shift 2
    { time ./run-fleet.sh run --phones "CP-7961G=$n" --mode pfs --speed "$speed" -q --json \
        --wan delay=75ms,rate=100mbit --out "$work/clock-$n" "$@" >"$work/clock.json" 2>"$work/clock.txt" || true; } \
        2>&1 | awk '{print $1 + $2}'
}

printf '\n%8s %6s %10s %10s %12s %14s\n' phones speed 'held, CPU s' 'free, CPU s' 'held / free' 'auto: speed'
for n in ${CLOCK-48 300 600}; do
    speed=$((1200 / n > 1 ? 1200 / n : 1))
    held=$(cpu_of "$n" "$speed")
    free=$(cpu_of "$n" "$speed" --set clock=free)
    cpu_of "$n" auto >"$work/auto"
    awk -v n="$n" -v k="$speed" -v h="$held" -v f="$free" \
        -v auto="$(jq .clock.effective_speed "$work/clock.json")" \
        'BEGIN {printf "%8d %6d %10.1f %10.1f %12.2f %14.1f\n", n, k, h, f, h / f, auto}'
done
