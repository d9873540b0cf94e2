#!/bin/bash
# Which lines of the phone's core the unit tests and the simulator reach. Prints a row per file and
# the uncovered lines; the pages are in .build/cov/report.
#
#   tests/coverage.sh [SEEDS]     seeds of the simulator's sweep, default 300
set -euo pipefail
cd "$(dirname "$0")/.."

make -s -j"$(nproc)" all # the samples, by the plain generator
make -s -j"$(nproc)" COV=1 unit-tests .build/cov/sim
find .build/cov -name '*.gcda' -delete

for test in tests/unit/*/test_*.c tests/unit/*/*/test_*.c; do
    ".build/cov/${test%.c}" >/dev/null 2>&1 || echo "$test failed" >&2
done
.build/cov/sim --sweep "${1:-300}" >/dev/null || echo "the simulator failed" >&2

core=()
for source in emu/*.c emu/core/*.c; do
    core+=(--filter "$source\$")
done
mkdir -p .build/cov/report
gcovr --root . --object-directory .build/cov "${core[@]}" --html-details .build/cov/report/index.html \
    --txt --exclude-unreachable-branches .build/cov
