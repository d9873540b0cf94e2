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

# A server of somebody else's, in a network namespace as the launcher's own, for COMMAND...
external() {
    # shellcheck disable=SC2016 # of the shell inside
    unshare -n bash -c 'ip link set lo up && ip link add host0 type veth peer name host1 &&
        ip address add 10.9.9.9/24 dev host0 && ip link set host0 up || exit 95
        dnsmasq --conf-file=/dev/null --keep-in-foreground --port=0 --enable-tftp --tftp-root="$1" \
            --tftp-no-blocksize --no-resolv --no-hosts --pid-file --user=root --log-facility=- \
            2> "$2" 3>&- &
        trap "kill $!" EXIT
        for i in $(seq 100); do grep -qs "TFTP root" "$2" && break; sleep 0.05; done
        "${@:3}"' sh "$BATS_TEST_TMPDIR/root" "$BATS_TEST_TMPDIR/dnsmasq.log" "$@"
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
    [[ "$2" == *"No space left on device"* || ( -n ${THIN:-} && "$2" == *"Input/output error"* ) ]]
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

# sent LOG: what was fetched whole, and how often
sent() {
    sed -nE 's|.*: sent ([^ ]*/)?([^ /]+) to .*|\2|p' "$1" | sort | uniq -c
}

@test "the witness of an external server writes all that the server sent, or there is no verdict" {
    local size refusals=0
    mkdir "$BATS_TEST_TMPDIR/root"
    ln -s "$ROOT"/firmware-samples/small/*41* "$BATS_TEST_TMPDIR/root/"
    echo '<Default><loadInformation30018>SCCP41.9-4-2SR3-1S</loadInformation30018></Default>' \
        > "$BATS_TEST_TMPDIR/root/XMLDefault.cnf.xml"
    cat > "$FILE" << END
name: $LAB
speed: 30
firmware: $BATS_TEST_TMPDIR/root
key: $ROOT/firmware-samples/test-key.pub.pem
tftp: {engine: external, address: 10.9.9.9}
phones: [{model: CP-7961G, count: 8, running: SCCP41.9-4-2SR1-1S}]
expect: {upgraded: all, faithful: false}
END
    for size in 256k 512k 640k 704k 768k 832k 896k 1m 64m; do
        run external unshare -m --propagation private bash -c "$(declare -f on_disk)
            DISK=$DISK KEPT=$KEPT; on_disk $size '$FLEET' run -q -f '$FILE' --out '$DISK/out'"
        echo "$size: exit $status: $output"
        if [ "$status" -eq 3 ]; then
            refused "$status" "$output"
            refusals=$((refusals + 1))
            continue
        fi
        [ "$status" -eq 0 ]
        diff <(sent "$KEPT/out/tftp.log") <(sent "$BATS_TEST_TMPDIR/dnsmasq.log")
    done
    [ "$status" -eq 0 ] && [ "$refusals" -ge 2 ] # 64m suffices
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

@test "lab.log is a file like any other" {
    eight
    # the room is taken once all is quiet: what comes next is the line about who takes it down
    # shellcheck disable=SC2016 # of the shell inside
    run on_disk 16m bash -c '"$1" up -q -f "$2" --out "$3/out" 3>&- || exit 97
        deadline=$((SECONDS + 60))
        until [ "$("$1" ps --lab "$4" --json | jq "map(select(.state == \"idle\")) | length")" = 8 ]; do
            [ "$SECONDS" -lt "$deadline" ] || exit 96
            sleep 0.1
        done
        cat /dev/zero > "$3/filler" 2> /dev/null
        "$1" down --lab "$4"' sh "$FLEET" "$FILE" "$DISK" "$LAB"
    echo "exit $status: $output"
    [ "$status" -eq 3 ]
    [[ "$output" == *"not written whole: lab.log: No space left on device"* ]]
}

# ---- a disk that is found to be full when what was written is to stay -------------------

# on_thin ROOM COMMAND...: with a disk at $DISK that takes far more than the ROOM that there is below
# it: write() never fails there, but fsync() does, as on a network or with thin provisioning. What is
# left in the end is copied to $KEPT.
on_thin() {
    rm -rf "$KEPT" "$BATS_TEST_TMPDIR/below"
    mkdir "$BATS_TEST_TMPDIR/below"
    # shellcheck disable=SC2016 # of the shell inside
    unshare -m --propagation private bash -c 'mount -t tmpfs -o "size=$1" below "$2" &&
        truncate -s 256m "$2/image" && mkfs.ext4 -q -O ^has_journal -E nodiscard "$2/image" &&
        mount -o loop "$2/image" "$3" || exit 99
        cd "$3" && "${@:5}"
        code=$?
        cd / && cp -a "$3" "$4" || exit 98
        exit "$code"' sh "$1" "$BATS_TEST_TMPDIR/below" "$DISK" "$KEPT" "${@:2}"
}

needs_thin() {
    on_thin 1m true || skip "needs a loop device, and ext4"
}

@test "a disk that takes all, and keeps none of it: whole, or no verdict" {
    local room refusals=0
    needs_thin
    eight
    THIN=1
    for room in 400k 500k 600k 700k 800k 1m 16m; do
        run on_thin "$room" "$FLEET" run -q -f "$FILE" --out "$DISK/out"
        echo "$room: exit $status: $output"
        if [ "$status" -eq 0 ]; then
            whole
        else
            refused "$status" "$output"
            refusals=$((refusals + 1))
        fi
    done
    [ "$refusals" -ge 2 ]
    whole # 16m suffices
}

@test "a lab on such a disk says so to who takes it down, when all is written" {
    needs_thin
    eight
    # shellcheck disable=SC2016 # of the shell inside
    run on_thin 600k bash -c '"$1" up -q -f "$2" --out "$3/out" 3>&- || exit 97
        deadline=$((SECONDS + 60))
        until [ "$("$1" ps --lab "$4" --json | jq "map(select(.state == \"idle\")) | length")" = 8 ]; do
            [ "$SECONDS" -lt "$deadline" ] || exit 96
            sleep 0.1
        done
        "$1" down --lab "$4"' sh "$FLEET" "$FILE" "$DISK" "$LAB"
    echo "exit $status: $output"
    [ "$status" -eq 3 ]
    [[ "$output" == *"Took down the lab $LAB"*"not written whole: "*": "@(No space left on device|Input/output error)* ]]
}
