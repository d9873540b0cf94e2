#!/usr/bin/env bats
# Disks that are full: whatever the room, a run either has no verdict and says what it lacks, or its
# files are whole. The disks are file systems in memory, in mounts that only the test sees.

bats_require_minimum_version 1.5.0
load common

setup() {
    setup_world
    DISK=$BATS_TEST_TMPDIR/disk
    KEPT=$BATS_TEST_TMPDIR/kept
    mkdir "$DISK"
}

# on_disk SIZE COMMAND...: with a disk of that size at $DISK, of which what is left in the end is
# copied to $KEPT. Other options of the mount may follow the size, by commas.
on_disk() {
    rm -rf "$KEPT"
    # shellcheck disable=SC2016 # of the shell inside
    unshare -m --propagation private bash -c 'mount -t tmpfs -o "size=$1" disk "$2" || exit 99
        cd "$2" && "${@:4}"
        code=$?
        cd / && cp -a "$2" "$3" || exit 98
        exit "$code"' sh "$1" "$DISK" "$KEPT" "${@:2}"
}

# The run of $FILE on a disk of that size.
run_on() {
    run on_disk "$1" "$FLEET" run -q -f "$FILE" --out "$DISK/out" "${@:2}"
}

# Every line of a file is ended.
ended() {
    [ ! -s "$1" ] || [ -z "$(tail -c 1 "$1")" ]
}

# That the files of a run that has passed are whole, by themselves and by each other.
whole() {
    local file out=$KEPT/out
    for file in "$out"/tftp.log "$out"/events.jsonl "$out"/logs/*.log; do
        [ -s "$file" ] && ended "$file"
    done
    jq -s -e 'map(select(.event == "idle")) | map(.phone) | unique | length == 8' "$out/events.jsonl"
    for file in "$out"/pages/*.xml; do
        [[ "$(tail -n 1 "$file")" == "</"*">" ]]
    done
    [ "$(jq '[.server.fetches[]] | add' "$out/summary.json")" -eq "$(grep -c ' sent .*/tftproot/' "$out/tftp.log")" ]
    [ "$(jq -cS '.server.fetches' "$out/summary.json")" = "$(cat "$BATS_TEST_TMPDIR/fetches")" ]
    for file in "$out"/flash/SEP*; do
        (cd "$ROOT/firmware-samples/small" && sha256sum SCCP41.9-4-2SR3-1S.loads ./*41*9-4-2ES26.sbn) |
            (cd "$file" && sha256sum --quiet -c -)
    done
}

# That a run on too small a disk has said so, and left no verdict.
refused() {
    [ "$1" -eq 3 ]
    [[ "$2" == *"No space left on device"* ]]
    [ ! -e "$KEPT/out/summary.json" ] && [ ! -e "$KEPT/out/junit.xml" ]
    [[ "$2" != *PASSED* ]]
}

eight() {
    fleet_file 8 'expect: {faithful: false}' | sed 's/^speed:.*/speed: 30/' > "$FILE"
    run_on 64m
    [ "$status" -eq 0 ]
    jq -cS .server.fetches "$KEPT/out/summary.json" > "$BATS_TEST_TMPDIR/fetches"
}

@test "whatever the room, a run's files are whole, or it has no verdict and says why" {
    local size refusals=0
    eight
    for size in 64k 128k 256k 384k 448k 512k 576k 640k 704k 768k 832k 896k 1m 1200k 1600k 2m; do
        run_on "$size"
        echo "$size: exit $status: $output"
        if [ "$status" -eq 0 ]; then
            whole
        else
            refused "$status" "$output"
            refusals=$((refusals + 1))
        fi
    done
    [ "$refusals" -ge 3 ]
    whole # 2m suffices
}

@test "the same where inodes are what lacks, in the other mode, and with a capture" {
    local how refusals=0
    eight
    for how in 16m,nr_inodes=60 16m,nr_inodes=75 16m,nr_inodes=90; do
        run_on "$how"
        echo "$how: exit $status: $output"
        [ "$status" -eq 0 ] && whole || refused "$status" "$output"
    done
    for how in 512k 1m 64m; do
        run_on "$how" --mode traditional
        echo "$how: exit $status: $output"
        [ "$status" -eq 0 ] || refused "$status" "$output"
    done
    [ "$status" -eq 0 ]
    for how in 512k 1m 2m 3m; do
        run_on "$how" --capture
        echo "$how: exit $status: $output"
        [ "$status" -eq 0 ] || [ "$status" -eq 3 ]
        [ "$status" -eq 0 ] || refusals=$((refusals + 1))
        [ "$status" -eq 3 ] || tshark -r "$KEPT/out/site.pcapng" > "$BATS_TEST_TMPDIR/frames" 2>&1
        run ! grep -q 'cut short' "$BATS_TEST_TMPDIR/frames"
    done
    [ "$refusals" -ge 1 ]
}

@test "a limit on the size of files is no less than a full disk" {
    # exit 3: not all that the run writes could be written: a full disk
    local kib
    eight
    for kib in 1 8 64; do
        # shellcheck disable=SC2016 # of the shell inside
        run on_disk 64m bash -c 'ulimit -f "$1"; exec "${@:2}"' sh "$kib" "$FLEET" run -q -f "$FILE" \
            --out "$DISK/out"
        echo "$kib KiB a file: exit $status: $output"
        [ "$status" -eq 3 ]
        [[ "$output" == *": File too large"* ]]
        [ ! -e "$KEPT/out/summary.json" ]
    done
}

@test "a lab on a full disk goes on, and says so to who takes it down" {
    eight
    # shellcheck disable=SC2016 # of the shell inside
    run on_disk 512k bash -c '"$1" up -q -f "$2" --out "$3/out" 3>&- || exit 97
        deadline=$((SECONDS + 60))
        until [ "$("$1" ps --lab "$4" --json | jq "map(select(.state == \"idle\" or .state == \"failed\")) | length")" = 8 ]; do
            [ "$SECONDS" -lt "$deadline" ] || exit 96
            sleep 0.1
        done
        "$1" down --lab "$4"' sh "$FLEET" "$FILE" "$DISK" "$LAB"
    [ "$status" -eq 3 ]
    [[ "$output" == *"Took down the lab $LAB"*"not written whole: "*": No space left on device"* ]]
}
