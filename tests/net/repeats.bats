#!/usr/bin/env bats
# Findings that repeat: told once with a count and an example, whole in JSON, and counted all; for a
# root of a size that is met, in seconds.

bats_require_minimum_version 1.5.0

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    FLEET=${FLEET:-$ROOT/.build/fleet}
    LOAD=SCCP41.9-4-2SR3-1S
    mkdir root
    cp "$ROOT"/firmware-samples/small/*41*{9-4-2SR3,ES26}* root/
}

# The fleet file: so many phones, and further lines.
phones() {
    local count=$1
    shift
    {
        echo "name: repeats"
        echo "firmware: root"
        echo "key: $ROOT/firmware-samples/test-key.pub.pem"
        echo "enterprise: {peerFirmwareSharing: true}"
        echo "phones: [{model: CP-7961G, count: $count, mac: 00:1B:54:00:00:00}]"
        printf '%s\n' "$@"
    } > t.fleet.yml
}

# Configuration files of their own for phones FROM to BEFORE, with this text.
own() { # FROM BEFORE TEXT
    awk -v from="$1" -v before="$2" -v text="$3" 'BEGIN {
        for (i = from; i < before; i++) {
            file = sprintf("root/SEP001B54%06X.cnf.xml", i)
            print text > file
            close(file)
        }
    }'
}

lint() {
    status=0
    "$FLEET" lint -f t.fleet.yml "$@" > said 2> errors || status=$?
    cat said errors
    [ ! -s errors ]
}

@test "a mistake in 200 files is told once, with how many more there are" {
    phones 200
    own 0 200 "<device><loadInformation>gone</loadInformation></device>"
    lint
    [ "$status" -eq 1 ]
    [ "$(grep -c '\[config-load-missing\]$' said)" -eq 1 ]
    grep -qx '    \.\.\. and 199 more like it: all with --json' said
    tail -n 1 said | grep -qx '200 errors, 1 warnings'
    lint --json
    [ "$(jq '[.findings[] | select(.name == "config-load-missing")] | length' said)" -eq 200 ]
    [ "$(jq '[.findings[].place] | unique | length' said)" -eq 201 ]
    jq -e '.errors == 200 and .warnings == 1' said
}

@test "each cause has its own example; a few are told each" {
    phones 12
    own 0 2 "<device><loadInformation>gone</loadInformation></device>"
    own 2 7 "<device><loadInformation></loadInformation></device>"
    own 7 12 "<device><loadInformation>$LOAD</device>"
    lint
    [ "$(grep -c '\[config-load-missing\]$' said)" -eq 2 ]
    [ "$(grep -c '\[no-load-named\]$' said)" -eq 1 ]
    [ "$(grep -c '\[config-malformed\]$' said)" -eq 1 ]
    [ "$(grep -c '^    \.\.\. and 4 more like it' said)" -eq 2 ]
    # what they are examples of stands right above
    grep -B 2 'and 4 more' said | grep -q '\[no-load-named\]$'
}

@test "each remedy and each count stand by their own example, whatever lies between" {
    phones 8
    own 0 8 "<device><loadInformation>gone</loadInformation></device>"
    own 100 104 "<device/>"
    lint
    [ "$(grep -c 'more like it' said)" -eq 2 ]
    awk '/ and 7 more/ { if (two !~ /config-load-missing/) exit 1 }
         / and 3 more/ { if (two !~ /config-of-no-phone/) exit 1 }
         { two = one; one = $0 }' said
}

@test "run tells them the same way before it begins" {
    phones 200
    own 0 200 "<device><loadInformation>$LOAD</loadInformation></device>"
    run "$FLEET" run --dry-run -f t.fleet.yml --set 'phones[0].load=SCCP41.none'
    [ "$status" -eq 2 ]
    own 0 200 "<device><loadInformation></loadInformation></device>"
    run --separate-stderr "$FLEET" run --dry-run -f t.fleet.yml
    [ "$status" -eq 0 ]
    [ "$(grep -c 'it names no load' <<< "$stderr")" -eq 1 ]
    [[ "$stderr" == *"... and 199 more like it: all with lint --json"* ]]
}

@test "20,000 files and 1,000 phones" {
    phones 1000 "lan: {subnet: 10.0.0.0/16}"
    own 0 20000 "<device><loadInformation>gone</loadInformation></device>"
    lint --json
    jq -e '.errors == 1000 and (.findings | length) == 20001' said
    lint
    [ "$(wc -l < said)" -lt 20 ]
}
