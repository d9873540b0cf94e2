#!/usr/bin/env bats
# The planner against the real parts, in small; `make agree` is the whole table.

load common

@test "8 and 48 phones in namespaces take the time that the planner foretells, and fetch as often" {
    remember_host
    run env KEEP="$BATS_TEST_TMPDIR/kept" FLEET="$FLEET" TRIES=4 "$ROOT/tests/agree.sh" 8 48
    echo "$output"
    [ "$status" -ne 3 ] || skip "no faithful run on this machine now: it is busy"
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
    run env FLEET="$stub" MODES=pfs TRIES=4 "$ROOT/tests/agree.sh" 8
    echo "$output"
    [ "$status" -ne 3 ] || skip "no faithful run on this machine now: it is busy"
    [ "$status" -eq 1 ]
    [[ $output == *TIMES-DIFFER* ]]
}

# told SECONDS...: what agree.sh makes of runs that take so long, one after the other, where 100 s
# are foretold; $RUNS: how many it has made.
told() {
    printf '%s\n' "$@" > "$BATS_TEST_TMPDIR/seconds"
    cat > "$BATS_TEST_TMPDIR/fleet" <<-'END'
	#!/bin/bash
	cd "${0%/*}"
	if [ "$1" = plan ]; then
	    echo '{"points": [{"phones": 8, "mode": "pfs", "emulated_s": 100, "server_fetches": 1,
	        "fetches": {"a": 1}, "wan_bytes_down": 1, "wan_bytes_up": 1, "broadcasts": 1,
	        "tree_depth": 1}]}'
	else
	    echo '{"verdict": "passed", "fidelity": {"faithful": true}, "server": {"fetches": {"a": 1}},
	        "hierarchies": [], "wan": {"bytes_down": 1, "bytes_up": 1}, "speed": 20,
	        "lan": {"udp4051_broadcasts": 1}, "time": {"emulated_s": '"$(head -n 1 seconds)"'}}'
	    sed -i 1d seconds
	fi
	END
    chmod 755 "$BATS_TEST_TMPDIR/fleet"
    run env FLEET="$BATS_TEST_TMPDIR/fleet" MODES=pfs "$ROOT/tests/agree.sh" 8
    echo "$output"
    RUNS=$(($# - $(wc -l < "$BATS_TEST_TMPDIR/seconds")))
}

@test "a run that was held up is made once more, and no more; one that is too fast is not" {
    told 110 101 100
    [ "$status $RUNS" = "0 2" ]
    told 110 106 100
    [ "$status $RUNS" = "1 2" ]
    [[ $output == *TIMES-DIFFER* ]]
    told 90 100
    [ "$status $RUNS" = "1 1" ]
}
