#!/usr/bin/env bats
# The planner against the real parts, in small; `make agree` is the whole table.

load common

@test "8 and 48 phones in namespaces take the time that the planner foretells, and fetch as often" {
    remember_host
    run env KEEP="$BATS_TEST_TMPDIR/kept" FLEET="$FLEET" "$ROOT/tests/agree.sh" 8 48
    echo "$output"
    [ "$status" -eq 0 ]
    [ "$(grep -c ' agree$' <<<"$output")" -eq 4 ]
    nothing_left
}

@test "a planner that is wrong is found out" {
    # foretold for another line than the one that the run has
    stub=$BATS_TEST_TMPDIR/fleet
    printf '#!/bin/bash\n[[ $1 == plan ]] && set -- "$@" --wan delay=75ms,rate=128kbit\nexec %q "$@"\n' \
        "$FLEET" >"$stub"
    chmod 755 "$stub"
    run env FLEET="$stub" MODES=pfs "$ROOT/tests/agree.sh" 8
    echo "$output"
    [ "$status" -eq 1 ]
    [[ $output == *TIMES-DIFFER* ]]
}
