#!/bin/bash
# Every test there is, each of them speaking TAP; the last line counts. `make check` calls it.
#
#   tests/check.sh            all steps, beside each other where one does not disturb the other
#   tests/check.sh STEP...    one after another, some of: unit san sim mutants fuzz static samples
#                             docs net, and fleet: of net, one small fleet from end to end
#
# What a program has said lies in .build/check/NAME.tap, how long it took in .build/check/times.
set -u -o pipefail
cd "$(dirname "$0")/.." || exit 3
shopt -s nullglob globstar

out=.build/check
rm -rf "$out" && mkdir -p "$out" || exit 3

# Results of that kind (ok, not ok), but for what was skipped: cmocka says "not ok # SKIP".
results() {
    grep -h "^$1" "${@:2}" | grep -iv '# skip'
}

skipped() {
    grep -hiE '^(not )?ok.*# skip' "$@"
}

# tap NAME COMMAND...: shows what did not pass as soon as the program has ended. One that failed, yet
# blamed no test of its own, has a failure of its own.
tap() {
    local name=$1 tap=$out/$1.tap rc=0 last began=$SECONDS
    shift
    "$@" >"$tap" 2>&1 || rc=$?
    printf '%4d s  %s\n' $((SECONDS - began)) "$name" >>"$out/times"
    if [[ $rc -ne 0 && -z $(results 'not ok' "$tap") ]]; then
        last=$(tail -n 20 "$tap")
        printf '\nnot ok - ended with %d without blaming a test\n%s\n' "$rc" "${last//ok /# ok }" >>"$tap"
    fi
    { awk '/^(not )?ok/ {bad = /^not/ && tolower($0) !~ /# skip/; n = 0} bad && n++ < 20' "$tap" &&
        skipped "$tap"; } | sed "s/^/$name: /"
}

# A command that is one test of its own.
single() {
    tap "$1" single_tap "$@"
}

single_tap() {
    local name=$1 log=$out/$1.log
    shift
    if "$@" >"$log" 2>&1; then
        printf 'ok - %s\n' "$name"
    else
        printf 'not ok - %s: %s\n' "$name" "$*"
        tail -n 20 "$log" | sed 's/^/# /'
    fi
}

# lanes MOST CALL WORD...: calls it with each of the words, so many at a time.
lanes() (
    most=$1 call=$2
    shift 2
    for word; do
        while (($(jobs -rp | wc -l) >= most)); do
            wait -n
        done
        "$call" "$word" &
    done
    wait
)

build() { single "build${1:+-$1}" make -j"$(nproc)" "${@:2}"; }
unit() { CMOCKA_MESSAGE_OUTPUT=TAP tap "$(basename "$1" .c)" timeout 300 ".build/${1%.c}"; }
san() { CMOCKA_MESSAGE_OUTPUT=TAP tap "san-$(basename "$1" .c)" timeout 300 ".build/san/${1%.c}"; }
bats_file() { tap "$(basename "$1" .bats)" timeout 1800 bats --tap "$1"; }

step_unit() {
    build '' all unit-tests test-tools
    lanes 2 unit tests/unit/**/test_*.c
}

step_san() {
    build san SAN=1 all unit-tests
    lanes 2 san tests/unit/**/test_*.c
}

step_sim() {
    build sim .build/sim
    tap sim tests/sim/check.sh
    grep 'fresh seeds' -A 1 "$out/sim.tap"
}

step_mutants() {
    build mutants .build/sim
    tap mutants tests/sim/mutants.sh
}

step_fuzz() {
    build fuzz FUZZ=1 fuzzers
    tap fuzz tests/fuzz/run.sh check
}

step_static() { bats_file tests/static/static.bats; }
step_samples() { single samples make samples-check; }
step_docs() { lanes 4 bats_file tests/docs/*.bats; }

step_net() { lanes 5 bats_file "${nets[@]}"; }

step_fleet() {
    build '' all
    tap fleet bats --tap --filter 'byte by byte$' tests/net/run.bats
}

# Tests in namespaces wait more than they work, and what they say does not depend on what else runs
# here: they go beside each other, the longest first.
nets=(tests/net/{odd,hostile,full,proof,faults,scenarios,ids,real,agree,loads,paths,kill,own,run}.bats)
mapfile -t -O "${#nets[@]}" nets < <(printf '%s\n' tests/net/*.bats |
    grep -vxFf <(printf '%s\n' "${nets[@]}"))

# Steps that only work fill the time of the tests that wait.
everything() {
    local beside
    steps unit samples san
    lanes 2 steps sim static fuzz mutants &
    beside=$!
    lanes 5 bats_file "${nets[@]}" tests/docs/*.bats
    wait "$beside"
}

steps() {
    local step
    for step; do
        declare -F "step_$step" >/dev/null || { echo "no such step: $step" && exit 2; }
        printf '== %s\n' "$step"
        "step_$step"
    done
}

if [[ $# -gt 0 ]]; then
    steps "$@"
else
    everything
fi
failed=$(results 'not ok' "$out"/*.tap | wc -l)
printf '%d passed, %d failed, %d skipped\n' "$(results ok "$out"/*.tap | wc -l)" "$failed" \
    "$(skipped "$out"/*.tap | wc -l)"
[[ $failed -eq 0 ]]
