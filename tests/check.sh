#!/bin/bash
# Every test there is, each of them speaking TAP; the last line counts. `make check` calls it.
#
#   tests/check.sh            all steps
#   tests/check.sh STEP...    some of: unit san sim fuzz static samples docs net
set -u -o pipefail
cd "$(dirname "$0")/.." || exit 3
shopt -s nullglob

out=.build/check
rm -rf "$out" && mkdir -p "$out" || exit 3
passed=0 failed=0 skipped=0

# Counts a TAP file's results and shows those that did not pass. A program that failed, yet
# blamed no test of its own, counts as one failure.
count() {
    local tap=$1 rc=$2 bad
    bad=$(grep '^not ok' "$tap" | grep -civ '# skip') # cmocka's word for skipped is "not ok # SKIP"
    skipped=$((skipped + $(grep -ciE '^(not )?ok.*# skip' "$tap")))
    passed=$((passed + $(grep -c '^ok' "$tap") - $(grep -ci '^ok.*# skip' "$tap")))
    if [[ $rc -ne 0 && $bad -eq 0 ]]; then
        bad=1
        printf '%s: ended with %d without blaming a test\n' "$tap" "$rc"
        tail -n 20 "$tap"
    fi
    failed=$((failed + bad))
    grep -A 12 '^not ok' "$tap" | grep -vi '^not ok.*# skip'
    grep -iE '^(not )?ok.*# skip' "$tap"
    return 0
}

# A command that is one test of its own.
single() {
    local name=$1 log=$out/$1.log
    shift
    if "$@" >"$log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'not ok %s: %s\n' "$name" "$*"
        tail -n 30 "$log"
    fi
}

units() {
    local label=$1 dir=$2 test tap
    for test in tests/unit/test_*.c; do
        test=$(basename "$test" .c)
        tap=$out/$label-$test.tap
        CMOCKA_MESSAGE_OUTPUT=TAP timeout 300 "$dir/tests/unit/$test" >"$tap" 2>&1
        count "$tap" $?
    done
}

bats_run() {
    local tap
    tap=$out/$(basename "$1" .bats).tap
    timeout 1800 bats --tap "$1" >"$tap" 2>&1
    echo $? >"$tap.rc"
}

bats_count() {
    local file tap
    for file in "$@"; do
        tap=$out/$(basename "$file" .bats).tap
        count "$tap" "$(<"$tap.rc")"
    done
}

# bats_files LANES FILE...: so many at a time. $beside, if set, is a job of its own.
bats_files() {
    local lanes=$1 file pids=()
    shift
    for file in "$@"; do
        while (($(jobs -rp | grep -vcxF "${beside:-none}") >= lanes)); do
            wait -n
        done
        bats_run "$file" &
        pids+=($!)
    done
    wait "${pids[@]}"
    bats_count "$@"
}

step_unit() {
    single build make -j"$(nproc)" all unit-tests
    units unit .build
}

step_san() {
    single build-san make -j"$(nproc)" SAN=1 all unit-tests
    units san .build/san
}

step_sim() {
    single build-sim make -j"$(nproc)" .build/sim
    local tap=$out/sim.tap
    tests/sim/check.sh >"$tap" 2>&1
    count "$tap" $?
    grep 'fresh seeds' -A 1 "$tap"
    tests/sim/mutants.sh >"$out/mutants.tap" 2>&1
    count "$out/mutants.tap" $?
}

step_fuzz() {
    single build-fuzz make -j"$(nproc)" FUZZ=1 fuzzers
    local tap=$out/fuzz.tap
    tests/fuzz/run.sh check >"$tap" 2>&1
    count "$tap" $?
}

step_static() { bats_files 1 tests/static/*.bats; }
step_samples() { single samples make samples-check; }
step_docs() { bats_files 2 tests/docs/*.bats; }

# Tests that wait more than they work go two at a time; not those whose clocks must be right at a
# high speed. One that does nothing but wait, for minutes, begins first and goes beside them all.
step_net() {
    local alone=(tests/net/{agree,faults,hostile,proof,scenarios}.bats) long=tests/net/real.bats
    local others beside
    mapfile -t others < <(printf '%s\n' tests/net/*.bats |
        grep -vxFf <(printf '%s\n' "$long" "${alone[@]}"))
    bats_run "$long" &
    beside=$!
    bats_files 2 "${others[@]}"
    bats_files 1 "${alone[@]}"
    wait "$beside"
    bats_count "$long"
}

[[ $# -gt 0 ]] || set -- unit san sim fuzz static samples docs net
for step in "$@"; do
    printf '== %s\n' "$step"
    "step_$step"
done
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[[ $failed -eq 0 ]]
