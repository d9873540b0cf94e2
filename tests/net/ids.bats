#!/usr/bin/env bats
# Phones as users of their own: what they can do to each other and to what they share, hosts where
# locked memory or user ids are scarce, and what `check` and a run say of limits. Witnesses: /proc,
# programs that act as a phone's user, rings made by another program.

load common

setup() {
    setup_world
    # where everybody may go, so that it is the phones' rights that keep them out
    DIR=$(mktemp -d "/tmp/ids-test.$$.XXXXXX")
    chmod 755 "$DIR"
    OUT=$DIR/out
    fleet_file 6 'expect: {faithful: {wanted: false}}' > "$FILE"
    HARDLINKS=$(sysctl -n fs.protected_hardlinks)
}

teardown() {
    teardown_world
    [ -z "${HOLDER:-}" ] || kill "$HOLDER" || true
    [ -z "${DIR:-}" ] || rm -rf "$DIR"
    [ "$(sysctl -n fs.protected_hardlinks)" = "${HARDLINKS:-$(sysctl -n fs.protected_hardlinks)}" ] ||
        sysctl -qw fs.protected_hardlinks="$HARDLINKS"
}

# limited KIB COMMAND...: as root of a container: so much locked memory, and it cannot be raised.
limited() {
    local bytes=$(($1 * 1024))
    shift
    setpriv --bounding-set -sys_resource --inh-caps -all prlimit --memlock="$bytes:$bytes" "$@"
}

# A kernel that charges rings to their user: 128 KiB hold no 40 of them.
need_charge() {
    make -s -C "$ROOT" .build/tests/rings
    [ "$(limited 128 "$ROOT/.build/tests/rings" 64999 40)" -lt 40 ] ||
        skip "this kernel does not charge rings to locked memory"
}

# mapped LINES COMMAND...: as root of a user namespace that has these ids, as a container has.
mapped() {
    local lines=$1 go=$BATS_TEST_TMPDIR/go pid
    shift
    rm -f "$go"
    mkfifo "$go"
    setpriv --clear-groups unshare -U -n -p -f -m -- sh -c 'read -r _ < "$0" &&
        mount -t proc proc /proc && ip link set lo up && exec "$@"' "$go" "$@" 3>&- &
    pid=$!
    wait_for 10 sh -c '[ "$(readlink /proc/'"$pid"'/ns/user)" != "$(readlink /proc/self/ns/user)" ]'
    printf '%b\n' "$lines" | dd bs=4096 status=none of="/proc/$pid/uid_map"
    printf '%b\n' "$lines" | dd bs=4096 status=none of="/proc/$pid/gid_map"
    echo > "$go"
    wait "$pid"
}

user_of() {
    sed -n 's/^Uid:\t\([0-9]*\)\t\1\t\1\t\1$/\1/p' "/proc/$1/status"
}

# as ID COMMAND...: as a phone's user would, without its namespaces.
as() {
    setpriv --reuid "$1" --regid "$1" --clear-groups --inh-caps -all "${@:2}"
}

# denied ID COMMAND...: fails for that user.
denied() {
    ! as "$@" 2> /dev/null
}

upgraded() {
    jq -e --argjson n "$1" '.phones.upgraded == $n' "$OUT/summary.json"
}

@test "each phone is a user of its own, that nobody else is" {
    local pid id
    "$FLEET" up -q -f "$FILE" --out "$OUT"
    for pid in $(marked fleet-phone); do
        user_of "$pid"
    done | sort -u > "$BATS_TEST_TMPDIR/ids"
    [ "$(wc -l < "$BATS_TEST_TMPDIR/ids")" -eq 6 ]
    while read -r id; do
        [ "$id" -gt 1000 ]
        ! getent passwd "$id"
        ! getent group "$id"
        awk -F: -v id="$id" 'id >= $2 && id < $2 + $3 {exit 1}' /etc/subuid /etc/subgid
    done < "$BATS_TEST_TMPDIR/ids"
    ctl down
    [ -z "$(find "$OUT" ! -user "$(id -u)")" ] # who called owns what is left, to read and remove
    [ -z "$(find "$OUT" -type f ! -perm -444)" ]
}

@test "a phone can neither signal another nor look into it" {
    local first second
    "$FLEET" up -q -f "$FILE" --out "$OUT"
    read -r first second _ <<< "$(marked fleet-phone | tr '\n' ' ')"
    as "$(user_of "$first")" sh -c 'kill -0 "$1"' sh "$first"
    run as "$(user_of "$first")" sh -c 'kill -0 "$1"' sh "$second"
    [ "$status" -ne 0 ]
    [[ "$output" == *"not permitted"* ]]
    as "$(user_of "$first")" cat "/proc/$first/environ" > /dev/null
    run as "$(user_of "$first")" cat "/proc/$second/environ"
    [ "$status" -ne 0 ]
    ctl down
}

@test "a phone's user can write into its own flash, and alter nothing that phones share" {
    local pid id name file
    "$FLEET" up -q -f "$FILE" --out "$OUT"
    wait_for 60 sh -c '[ "$(find "$1" -path "*/SEP*" -name "*.sbn" -type l | wc -l)" -ge 6 ]' sh "$OUT/flash"
    pid=$(marked fleet-phone | head -n 1)
    id=$(user_of "$pid")
    name=$(tr '\0' '\n' < "/proc/$pid/cmdline" | sed -n '/^--name$/{n;p;}')
    as "$id" touch "$OUT/flash/$name/.probe"
    (cd "$OUT/flash/.store" && sha256sum -- *@*) > "$BATS_TEST_TMPDIR/before"
    [ -s "$BATS_TEST_TMPDIR/before" ]
    for file in "$OUT"/flash/.store/*@* "$OUT/flash/$name"/*.sbn "$OUT/logs/$name.log" "$OUT/events.jsonl"; do
        denied "$id" sh -c 'echo x >> "$1"' sh "$file"
        denied "$id" chmod 666 "$file"
    done
    for file in "$OUT"/flash/.store/*; do
        denied "$id" rm -f "$file"
        denied "$id" mv "$file" "$OUT/flash/.store/new"
    done
    denied "$id" touch "$OUT/flash/.store/new"
    for file in "$OUT"/flash/SEP*; do
        [ "$file" = "$OUT/flash/$name" ] || denied "$id" touch "$file/new"
    done
    (cd "$OUT/flash/.store" && sha256sum --quiet -c "$BATS_TEST_TMPDIR/before")
    ctl down
}

@test "contents are shared, and stand there once, whether hard links are protected or not" {
    local protected
    for protected in 1 0; do
        [ "$protected" = "$HARDLINKS" ] || sysctl -qw fs.protected_hardlinks=$protected ||
            skip "fs.protected_hardlinks cannot be set here"
        run_fleet
        upgraded 6
        [ "$(stat -c %i "$OUT"/flash/SEP*/SCCP41.9-4-2SR3-1S.loads | sort -u | wc -l)" -eq 1 ]
        [ "$(stat -c %i "$OUT"/flash/SEP*/*.sbn | sort -u | wc -l)" -eq 5 ]
        [ "$(find "$OUT"/flash -name '*.sbn' -type f | wc -l)" -eq 30 ]
        [ ! -e "$OUT/flash/.store" ]
    done
}

@test "where one user id carries ten phones, forty run: by ids of their own, or shared evenly" {
    need_charge
    fleet_file 40 'expect: {faithful: {wanted: false}}' > "$FILE"
    # exit 3: the host carries no fleet of that size: one of its limits is too low
    run limited 128 "$FLEET" run -q -f "$FILE" --out "$OUT" --ids 70000-70002
    echo "$output"
    [ "$status" -eq 3 ]
    [[ "$output" == *"lacks locked memory: 131072 of the 172032 bytes that 14 phones of one user id take"* ]]
    [[ "$output" == *"enough for 30 phones, not 40"*"--ids"* ]]
    [[ "$output" == *"largest fleet that this host carries as it is: 30 phones"* ]]
    [ ! -e "$OUT" ]
    limited 128 "$FLEET" run -q -f "$FILE" --out "$OUT" --ids 70000-70003
    upgraded 40
    limited 128 "$FLEET" run -q -f "$FILE" --out "$OUT"
    upgraded 40
}

@test "what a run says would fit does fit, and one more does not" {
    need_charge
    local most
    fleet_file 40 'expect: {faithful: {wanted: false}}' > "$FILE"
    run limited 100 "$FLEET" run -q -f "$FILE" --out "$OUT" --ids 70010-70011
    most=$(sed -n 's/.*as it is: \([0-9]*\) phones/\1/p' <<< "$output")
    [ "$most" -ge 10 ]
    limited 100 "$FLEET" run -q -f "$FILE" --out "$OUT" --ids 70010-70011 --phones "CP-7961G=$most"
    upgraded "$most"
    run limited 100 "$FLEET" check --ids 70010-70011 --phones $((most + 1))
    [ "$status" -eq 3 ]
    run prlimit --nofile=160:160 setpriv --bounding-set -sys_resource --inh-caps -all \
        "$FLEET" run -q -f "$FILE" --out "$OUT"
    echo "$output"
    [ "$status" -eq 3 ]
    [[ "$output" == *"lacks open files: 160 of the 224 needed, and raising it was refused"* ]]
    most=$(sed -n 's/.*as it is: \([0-9]*\) phones/\1/p' <<< "$output")
    prlimit --nofile=160:160 setpriv --bounding-set -sys_resource --inh-caps -all \
        "$FLEET" run -q -f "$FILE" --out "$OUT" --phones "CP-7961G=$most"
    upgraded "$most"
}

# few N COMMAND...: as root of a container: so many processes for each user, and no more.
few() {
    setpriv --bounding-set -sys_resource --inh-caps -all prlimit --nproc="$1:$1" "${@:2}"
}

@test "where one user may have few processes, phones run by ids of their own, or as many as fit" {
    # not too few: whatever runs here as nobody counts, too
    fleet_file 60 'expect: {faithful: {wanted: false}}' > "$FILE"
    run few 25 "$FLEET" run -q -f "$FILE" --out "$OUT" --ids 70040-70041
    echo "$output"
    [ "$status" -eq 3 ]
    [[ "$output" == *"lacks processes: 25 of the 30 needed, and raising it was refused"*"enough for 50 phones, not 60"*"--ids"*"ulimit -Hu"* ]]
    [[ "$output" == *"largest fleet that this host carries as it is: 50 phones"* ]]
    [ ! -e "$OUT" ]
    few 25 "$FLEET" run -q -f "$FILE" --out "$OUT" --ids 70040-70041 --phones CP-7961G=50
    upgraded 50
    few 25 "$FLEET" run -q -f "$FILE" --out "$OUT"
    upgraded 60
    "$FLEET" check --phones 60 --ids 70040-70040 | grep 'ok *processes *[0-9a-z]'
}

@test "where one phone is too many for a user, more users are no remedy" {
    need_charge
    run limited 0 "$FLEET" check --phones 6
    [ "$status" -eq 3 ]
    [[ "$output" == *"MISSING  locked memory "*"(0 phones)"*"-> a higher hard limit (ulimit -Hl)"* ]]
    [[ "$output" != *"more user ids"* ]]
}

@test "a phone that is killed and started anew gets its ring, though its id carries only one" {
    need_charge
    fleet_file 6 'faults: [{at: 3s, phone: 2, do: restart}, {at: 5s, phone: 4, do: restart}]' \
        'expect: {faithful: {wanted: false}}' > "$FILE"
    limited 12 "$FLEET" run -q -f "$FILE" --out "$OUT" --ids 70020-70025
    upgraded 6
    [ "$(grep -c '"event":"boot"' "$OUT/events.jsonl")" -gt 12 ]
}

@test "rings that another user has made, such as nobody, leave no phone without" {
    need_charge
    limited 128 "$ROOT/.build/tests/rings" 65534 40 hold > "$BATS_TEST_TMPDIR/held" 3>&- &
    HOLDER=$!
    wait_for 10 test -s "$BATS_TEST_TMPDIR/held"
    limited 128 "$FLEET" run -q -f "$FILE" --out "$OUT"
    upgraded 6
}

@test "in a user namespace of few ids phones take those; of one, that one" {
    local status=0
    mapped '0 0 1\n100000 100000 6' "$FLEET" run -q -f "$FILE" --out "$OUT"
    upgraded 6
    [ "$(stat -c %i "$OUT"/flash/SEP*/*.sbn | sort -u | wc -l)" -eq 5 ]
    mapped '0 0 1' "$FLEET" run -q -f "$FILE" --out "$OUT"
    upgraded 6
    [ "$(stat -c %i "$OUT"/flash/SEP*/*.sbn | sort -u | wc -l)" -eq 5 ]
    mapped '0 0 1' "$FLEET" check > "$BATS_TEST_TMPDIR/check"
    grep '^advice *user ids *0 alone: phones can signal each other' "$BATS_TEST_TMPDIR/check"
    mapped '0 0 65536' "$FLEET" check --phones 100 > "$BATS_TEST_TMPDIR/check"
    grep '^ok *user ids *61184 to 61283, one each' "$BATS_TEST_TMPDIR/check"
    mapped '0 0 65536' "$FLEET" check --phones 100 --ids 70000-70099 2> "$BATS_TEST_TMPDIR/said" || status=$?
    [ "$status" -eq 2 ]
    grep -- '--ids 70000-70099: 70000 is not one of this user namespace' "$BATS_TEST_TMPDIR/said"
}

# tells SIZE...: under limited 128 with one id, check with these words is refused for want of memory.
tells() {
    run limited 128 "$FLEET" check --ids 70030-70030 "$@"
    echo "$*: $output"
    [ "$status" -eq 3 ]
    [[ "$output" == *"MISSING  locked memory  131072 of the 491520 bytes"*"(10 phones)"* ]]
    [[ "$output" == *"This host cannot run 40 phones yet"* ]]
}

@test "check measures by the size asked for: a number, phones by model, a fleet file, a variant" {
    need_charge
    fleet_file 40 'variants: {small: {phones: [{model: CP-7961G, count: 3}]}, whole: {seed: 8}}' > "$FILE"
    tells --phones 40
    tells --phones CP-7961G=30,CP-7970G=10
    tells -f "$FILE"
    tells -f "$FILE" --variant whole
    limited 128 "$FLEET" check --ids 70030-70030 -f "$FILE" --variant small | grep -x "This host can run 3 phones."
    limited 128 "$FLEET" check --ids 70030-70030 --phones 10 --json | jq -e '.able and .phones == 10'
    run limited 128 "$FLEET" check --ids 70030-70030 --phones 11 --json
    jq -e '.able == false and .phones == 11 and
        ([.checks[] | select(.verdict == "MISSING") | .name] == ["locked memory"])' <<< "$output"
    run "$FLEET" check --phones 1001
    [ "$status" -eq 2 ]
}

@test "sysctls that cannot be written are told, not promised; and nothing is made" {
    [ "$(sysctl -n net.core.netdev_max_backlog 2> /dev/null || echo 16384)" -lt 16384 ] ||
        skip "this host's backlog is raised already, or not to be seen from this network namespace"
    fleet_file 600 > "$FILE"
    run unshare -m --propagation private sh -ec 'mount --bind /proc/sys /proc/sys
        mount -o remount,bind,ro /proc/sys; exec "$@"' sh "$FLEET" run -q -f "$FILE" --out "$OUT"
    echo "$output"
    [ "$status" -eq 3 ]
    [[ "$output" == *"lacks backlog: "*" of the 16384 needed, and raising it was refused: Read-only file system: enough for 500 phones"* ]]
    [ ! -e "$OUT" ]
    "$FLEET" check --phones 600 | grep '^ok *backlog .* raised to 16384 for a run (writing it was tried)'
}
