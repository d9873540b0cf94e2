#!/bin/bash
# Runs the harnesses of this directory, one per decoder. Wants them built: make FUZZ=1 fuzzers
#
#   tests/fuzz/run.sh check [NAME...]   every committed input, then RUNS random ones; as TAP
#   tests/fuzz/run.sh long [NAME...]    FUZZ_SECONDS (600) each, FUZZ_JOBS (all cores) at once
#   tests/fuzz/run.sh merge [NAME...]   adds to the committed inputs the fewest of those that long
#                                       runs have made up and that reach more of the code
#
# An input that breaks something is kept under .build/fuzz/found; the command that repeats it is
# printed. What long runs learn is kept under .build/fuzz/corpus, and the next one begins with it.
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 3

bin=.build/fuzz/tests/fuzz
seeds=tests/fuzz/corpus
learnt=.build/fuzz/corpus
found=.build/fuzz/found
seconds=${FUZZ_SECONDS:-600}
jobs=${FUZZ_JOBS:-$(nproc)}

# Longest input made up, in bytes; random inputs of a check, worth a second or three
# (half a minute at most, on a busy machine).
declare -A longest=([udp]=512 [tcp]=2048 [tftp]=2048 [http]=2048 [envelope]=1536
    [loads]=1024 [sbn]=2048 [cnf]=1024 [fleet]=1024 [phone]=512 [dhcp]=1024 [frame]=600 [sccp]=1024)
declare -A runs=([udp]=200000 [tcp]=30000 [tftp]=100000 [http]=100000
    [envelope]=100000 [loads]=150000 [sbn]=300000 [cnf]=20000 [fleet]=8000 [phone]=1500 [dhcp]=8000
    [frame]=50000 [sccp]=3000)

say() { printf 'fuzz: %s\n' "$*" >&2; }

# fuzz NAME LOG ARGUMENT...
fuzz() {
    local name=$1 log=$2
    shift 2
    mkdir -p "$found" "$learnt/$name" "$(dirname "$log")"
    "$bin/fuzz_$name" -max_len="${longest[$name]}" -timeout=20 -rss_limit_mb=1024 \
        -print_final_stats=1 -artifact_prefix="$found/$name-" "$@" >"$log" 2>&1
}

# The last thing a log says that went wrong, and how to see it again.
blame() {
    local name=$1 log=$2 input
    grep -m 3 -E 'does not hold|ERROR: |runtime error|SUMMARY' "$log"
    input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
    printf 'log: %s\n' "$log"
    [[ -z $input ]] || printf 'repeat: %s/fuzz_%s %s\n' "$bin" "$name" "$input"
}

check() {
    local n=0 name log bad=0 scratch=.build/fuzz/scratch
    printf '1..%d\n' $#
    for name; do
        n=$((n + 1)) log=.build/fuzz/log/check-$name.log
        rm -rf "$scratch" && mkdir -p "$scratch" # the first directory is where news are written
        if fuzz "$name" "$log" -seed=1 -runs="${runs[$name]}" -max_total_time=30 "$scratch" \
            "$seeds/$name"; then
            printf 'ok %d - %s: %s\n' "$n" "$name" "$(grep '^Done' "$log")"
        else
            bad=1
            printf 'not ok %d - %s\n' "$n" "$name"
            blame "$name" "$log" | sed 's/^/# /'
        fi
    done
    return $bad
}

# One decoder for its time.
long_one() {
    local name=$1 log=.build/fuzz/log/long-$1.log
    if fuzz "$name" "$log" -max_total_time="$seconds" "$learnt/$name" "$seeds/$name"; then
        printf '%s: nothing found; %s\n' "$name" "$(grep '^Done' "$log")"
    else
        printf '%s: FOUND\n' "$name"
        blame "$name" "$log"
        return 1
    fi
}

long() {
    local name bad=0
    say "$# harnesses, $seconds s each, $jobs at once"
    trap 'trap - TERM; kill 0' INT TERM # what runs in the background does not hear Ctrl-C
    for name; do
        while [[ $(jobs -rp | wc -l) -ge $jobs ]]; do
            wait -n || bad=1
        done
        long_one "$name" &
    done
    while [[ -n $(jobs -p) ]]; do
        wait -n || bad=1
    done
    return $bad
}

merge() {
    local name
    for name; do
        fuzz "$name" ".build/fuzz/log/merge-$name.log" -set_cover_merge=1 -use_counters=0 \
            "$seeds/$name" "$learnt/$name" || blame "$name" ".build/fuzz/log/merge-$name.log"
    done
    du -sb "$seeds"/*
}

what=${1:-}
shift
case $what in
check | long | merge) ;;
*)
    say 'takes check, long or merge, then names'
    exit 2
    ;;
esac
[[ $# -gt 0 ]] || set -- udp tcp tftp http envelope loads sbn cnf fleet phone dhcp frame sccp
for name; do
    [[ -n ${longest[$name]:-} ]] && continue
    say "no such harness: $name; there are: ${!longest[*]}"
    exit 2
done
"$what" "$@"
