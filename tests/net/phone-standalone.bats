#!/usr/bin/env bats
# One phone without a launcher: its command line, its flash in the working directory, its end.

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
PHONE=${PHONE:-$ROOT/.build/fleet-phone}
SAMPLES=$ROOT/firmware-samples/small
NEW=SCCP41.9-4-2SR3-1S

setup() {
    [ -x "$PHONE" ] || skip "needs a build: $PHONE"
    cd "$BATS_TEST_TMPDIR" || return
}

# usage MESSAGE ARGUMENT...: refused with exit code 2 and exactly that message.
usage() {
    local message=$1 status=0
    shift
    "$PHONE" "$@" > out 2> err < /dev/null || status=$?
    [ "$status" = 2 ]
    [ "$(cat err)" = "fleet-phone: $message" ] || { cat err; return 1; }
}

@test "every bad value is refused by name" {
    usage "--name is needed (see --help)"
    usage "--name SEP12: takes SEP and 12 hexadecimal digits in capitals" --name SEP12
    usage "--name SEP0010aabbccdd: takes SEP and 12 hexadecimal digits in capitals" \
        --name SEP0010aabbccdd
    usage "--model CP-1: takes a model of the list in --help" --model CP-1
    usage "--speed 0: takes a whole number from 1 to 1000" --speed 0
    usage "--speed 1001: takes a whole number from 1 to 1000" --speed 1001
    usage "--speed 1x: takes a whole number from 1 to 1000" --speed 1x
    usage "--seed -1: takes a whole number below 2^64" --seed -1
    usage "--tftp 1.2.3: takes an IPv4 address" --tftp 1.2.3
    usage "--log-fd 77: takes an open descriptor" --log-fd 77
    usage "--flash-fd 0: takes an open directory" --flash-fd 0
    usage "--authentication no: takes signature or structure" --authentication no
    usage "--quirks none: takes quirks of the list in --help, with commas" --quirks none
    usage "--quirks pfs-disabled,bulk-misses: takes quirks of the list in --help, with commas" \
        --quirks pfs-disabled,bulk-misses
    usage "--factory-reset 1: takes yes or no" --factory-reset 1
    usage "stray: only options are accepted" stray
    local address
    for address in 10.0.0.1 10.0.0.1/7 10.0.0.1/31 10.0.0/24 10.0.0.1/; do
        usage "--address $address: takes an IPv4 address with a prefix length from 8 to 30, as in 10.106.0.10/16, or dhcp" \
            --address "$address"
    done
}

@test "a signature without a key, and a key that is none" {
    local identity=(--name SEP0010AABB0001 --model CP-7961G --address 10.0.0.1/8 --tftp 10.0.0.2
        --running OLD)
    usage "--authentication signature needs --key-fd" "${identity[@]}" --authentication signature
    usage "--key-fd 5: takes the PEM of an RSA key (PKCS#1), public or private" \
        "${identity[@]}" --key-fd 5 5< /etc/hostname
}

@test "help names every model and quirk, and the wire table is printed" {
    "$PHONE" --help | grep -q CP-7971G-GE
    "$PHONE" --help | grep -q skips-authentication
    [ "$("$PHONE" --help | grep -c bulk-misses)" = 0 ] # the launcher's affair
    "$PHONE" --wire-table | grep -q CLAIM
}

# Files of real size take long enough for a download to be seen.
REAL=$ROOT/firmware-samples/real

# In a network namespace of its own, with a TFTP server on the phone's second neighbour address.
lab() {
    [ "$(id -u)" = 0 ] || skip "needs root: it makes a namespace"
    command -v dnsmasq > /dev/null || skip "needs dnsmasq (package dnsmasq-base)"
    mkdir -p root flash
    cp "$SAMPLES"/*41*.{loads,sbn} root/
    printf '<device><loadInformation>%s</loadInformation></device>\n' "$NEW" \
        > root/SEP0010AABB0001.cnf.xml
    cat > lab.sh <<LAB
set -eu
ip link set lo up
ip address add 10.106.0.1/16 brd + dev lo
ip address add 10.106.0.10/16 dev lo
dnsmasq -k --conf-file=/dev/null --pid-file= --port=0 --user=root --log-facility=$PWD/dnsmasq.log \
    --enable-tftp --tftp-root=$PWD/root &
server=\$!
pid=
trap 'kill \$server \$pid 2> /dev/null || true' EXIT
phone() {
    (cd flash && exec "$PHONE" --name SEP0010AABB0001 --model CP-7961G --address 10.106.0.10/16 \
        --tftp 10.106.0.1 --running OLD --speed 20 --key-fd 5 --events-fd 6 "\$@" \
        5< "$ROOT/firmware-samples/test-key.pub.pem" 6>> ../events > ../log 2> ../err) &
    pid=\$!
}
wait_for() {
    local deadline=\$((SECONDS + 20))
    until "\$@"; do
        [ \$SECONDS -lt \$deadline ] || { echo "waited in vain for: \$*"; cat err log events; exit 1; }
        sleep 0.02
    done
}
stop() { kill \$1 \$pid; wait \$pid || true; }
seen() { grep -q "\"event\":\"\$1\",\"load\":\"\$2\"" events; }
LAB
    : > events
    cat >> lab.sh
    unshare -n bash lab.sh
}

@test "a phone upgrades alone, and boots the new load the next time" {
    lab <<LAB
phone
wait_for seen idle $NEW
stop -TERM
: > events
phone
wait_for seen idle $NEW
seen boot $NEW
stop -TERM
LAB
    [ "$(cat flash/.active)" = "$NEW" ]
    local file count=0
    for file in flash/*; do
        cmp "$file" "$SAMPLES/${file##*/}"
        [ "$(stat -L -c %a "$file")" = 444 ]
        count=$((count + 1))
    done
    [ "$count" = 6 ]
    [ "$(grep -c "sent .*sbn to" dnsmasq.log)" = 5 ]
}

@test "a phone killed in mid-download keeps its old load, and starts again" {
    lab <<LAB
cp "$REAL"/*41*.9-4-2ES26.sbn root/
phone
wait_for test -s flash/.download
stop -KILL
! ls flash/* 2> /dev/null || cmp flash/$NEW.loads "$SAMPLES/$NEW.loads"
test ! -e flash/.active
phone
wait_for seen idle $NEW
stop -TERM
LAB
    [ ! -e flash/.download ]
}

@test "after a factory reset a phone starts anew, also when it is killed in between" {
    mkdir -p root
    cp "$SAMPLES/term61.default.loads" root/
    lab <<LAB
cp "$REAL"/*41*.9-4-2ES26.sbn root/
phone --factory-reset yes
wait_for test -s flash/.download
stop -KILL
head -n 1 events | grep -q '"event":"boot","load":""'
phone --factory-reset yes
wait_for seen idle $NEW
stop -TERM
seen boot term61.default
: > events
phone --factory-reset yes
wait_for seen idle $NEW
head -n 1 events | grep -q '"event":"boot","load":"$NEW"'
stop -TERM
LAB
    [ "$(cat flash/.active)" = "$NEW" ]
    [ "$(grep -c "sent .*$NEW.loads to" dnsmasq.log)" = 1 ] # of the second load only the index
    [ "$(grep -c "sent .*/jar41sccp.*sbn to" dnsmasq.log)" -le 2 ]
}

@test "a phone that skips authentication boots for ever from a bad file, and keeps it to itself" {
    lab <<LAB
cp "$ROOT"/firmware-samples/bad/*41*.{loads,sbn} root/
printf '<device><loadInformation>SCCP41.corrupt-body</loadInformation></device>\n' \
    > root/SEP0010AABB0001.cnf.xml
failed() { [ \$(grep -c '"event":"failed","text":"Auth Fail","file":"apps41.corrupt-body.sbn"' events) -ge \$1 ]; }
phone --quirks skips-authentication
wait_for failed 1
stop -KILL
: > events
phone --quirks skips-authentication
wait_for failed 2
head -n 1 events | grep -q '"event":"boot","load":"SCCP41.corrupt-body"'
! grep -q '"event":"config"' events
stop -TERM
LAB
    cmp flash/apps41.corrupt-body.sbn "$ROOT/firmware-samples/bad/apps41.corrupt-body.sbn"
    [ -z "$(ls flash/.store)" ]
}

@test "two phones do not share a working directory, nor an address that is not there" {
    lab <<LAB
phone
wait_for seen boot OLD
status=0
(cd flash && timeout 10 "$PHONE" --name SEP0010AABB0002 --model CP-7961G --address 10.106.0.10/16 \
    --tftp 10.106.0.1 --running OLD 2> ../err2) || status=\$?
test \$status = 3
grep -q "is the flash of another running phone" err2
status=0
timeout 10 "$PHONE" --name SEP0010AABB0002 --model CP-7961G --address 10.107.0.11/16 \
    --tftp 10.106.0.1 --running OLD 2> err2 || status=\$?
test \$status = 3
grep -q "no interface here has that address" err2
stop -TERM
LAB
}
