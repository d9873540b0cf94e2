#!/usr/bin/env bats
# Firmware files as they really are, written by mkload.py, which shares nothing with the generator or
# with the phone: what lint says of them, and what phones make of them in a run.

load common

setup() {
    MAKE="python3 $BATS_TEST_DIRNAME/mkload.py"
    FILE=$BATS_TEST_TMPDIR/t.fleet.yml
    WHERE=$BATS_TEST_TMPDIR/root
    mkdir "$WHERE"
}

# third WORD...: a load SCCP41.9-9-9S whose cnu41 is written so.
third() {
    local part names=
    for part in jar41sccp cnu41 apps41 dsp41 cvm41sccp; do
        names+="$part.9-9-9X.sbn\\r\\n"
        [ "$part" = cnu41 ] || [ -e "$WHERE/$part.9-9-9X.sbn" ] ||
            $MAKE "$WHERE" archive "$part.9-9-9X.sbn"
    done
    $MAKE "$WHERE" archive cnu41.9-9-9X.sbn "$@"
    $MAKE "$WHERE" list SCCP41.9-9-9S.loads "# by another writer\\r\\n\\r\\n$names"
    fleet "CP-7961G, count: 2, load: SCCP41.9-9-9S, running: SCCP41.9-4-2SR1-1S" pfs
}

# second LOAD LIST FILE...: a load of a 7940 or 7960, its list written so.
second() {
    local file
    for file in "${@:3}"; do
        $MAKE "$WHERE" image "$file"
    done
    $MAKE "$WHERE" list "$1.loads" "$2"
}

fleet() { # PHONES MODE
    {
        echo "name: loads"
        echo "mode: $2"
        echo "firmware: $WHERE"
        echo "key: $ROOT/firmware-samples/test-key.pub.pem"
        [ "$2" = traditional ] || echo "enterprise: {peerFirmwareSharing: true}"
        echo "phones: [{model: ${1//;/\}, \{model: }}]"
    } > "$FILE"
}

# finds NAME [TEXT]: that one error and no other; without a name, nothing.
finds() {
    local status=0
    "$FLEET" lint -f "$FILE" --json > "$BATS_TEST_TMPDIR/found" || status=$?
    cat "$BATS_TEST_TMPDIR/found"
    jq -e --arg name "${1:-}" --arg text "${2:-}" '
        if $name == "" then .findings == []
        else (.findings | length) == 1 and .findings[0].name == $name and
            (.findings[0].text | contains($text)) end' "$BATS_TEST_TMPDIR/found"
    [ "$status" -eq $(($# > 0)) ]
}

# Every phone of the run ends so: that status text, or "" for the new load.
ends_in() {
    setup_world
    run_fleet --speed 20
    if [ -z "$1" ]; then
        jq -e '.phones.upgraded == .phones.total' "$OUT/summary.json"
    else
        jq -e '.phones.failed == .phones.total' "$OUT/summary.json"
        [ "$(grep -h '"event":"failed"' "$OUT/events.jsonl" | jq -r .text | sort -u)" = "$1" ]
    fi
}

@test "records without a name: taken wherever they stand, as raw images alone" {
    local words
    for words in raw raw-last raw-only "raw raw deleted raw-last"; do
        # shellcheck disable=SC2086 # words they are
        third $words
        finds
    done
    for words in nameless-0 nameless-1 nameless-7 "raw nameless-7" raw-at-1 raw-at-584 \
        raw-at-99999; do
        # shellcheck disable=SC2086
        third $words
        finds file-broken 'Checksum Error): archive name outside the name table'
    done
}

@test "records without a name: phones upgrade to them by PFS" {
    third raw pad-1
    ends_in ""
    cmp "$WHERE/cnu41.9-9-9X.sbn" "$(find "$OUT/flash" -name cnu41.9-9-9X.sbn | head -n 1)"
}

@test "padding: up to three bytes after the last content; short or longer is refused" {
    local words
    for words in pad-1 pad-2 pad-3 "raw pad-3" "raw-only pad-1"; do
        # shellcheck disable=SC2086
        third $words
        finds
    done
    for words in pad-4 pad-100 short-1 short-3 "raw short-1"; do
        # shellcheck disable=SC2086
        third $words
        finds file-broken 'Checksum Error): archive content is not as long as its records say'
    done
}

@test "padding: phones refuse what is short, as lint foretells" {
    third raw short-1
    finds file-broken 'Checksum Error'
    ends_in "Checksum Error"
}

LA='LA_VERSION=PAS31234\n'

@test "7940 and 7960: the list with LF alone, both protocols, in either place" {
    second P00309000100 "P00309000100.sbn\\nP00309000100.sb2\\n$LA" P00309000100.{sbn,sb2}
    second P0S3-8-99-00 "P003-8-99-00.sbn\\nP0S3-8-99-00.sb2\\n$LA" P003-8-99-00.sbn P0S3-8-99-00.sb2
    second P003-8-98-00 "P003-8-98-00.sbn\\nP003-8-98-00.sb2 \\n$LA" P003-8-98-00.{sbn,sb2}
    second P00309000200 "# with CRs\\r\\n\\r\\nP00309000200.sb2\\r\\nP00309000200.sbn\\r\\n" \
        P00309000200.{sbn,sb2}
    fleet "CP-7960G, load: P00309000100, running: P00308000500; CP-7940G, load: P0S3-8-99-00,
        running: P00308000500; CP-7960G, load: P003-8-98-00, running: P0S3-8-99-00; CP-7940G,
        load: P00309000200, running: P0S3-8-99-00" traditional
    finds
    [ "$(stat -c %s "$WHERE/P00309000100.loads")" -eq $((364 + 54)) ]
}

@test "7940 and 7960: a run upgrades both, which ask in the order of their list" {
    second P00309000100 "P00309000100.sbn\\nP00309000100.sb2\\n$LA" P00309000100.{sbn,sb2}
    second P0S3-8-99-00 "P003-8-99-00.sbn\\nP0S3-8-99-00.sb2\\n$LA" P003-8-99-00.sbn P0S3-8-99-00.sb2
    fleet "CP-7960G, load: P00309000100, running: P00308000500; CP-7940G, load: P0S3-8-99-00,
        running: P00308000500" traditional
    ends_in ""
    [ "$(sed -n 's|.*: sent .*/tftproot/\(P[^ ]*\) to .*|\1|p' "$OUT/tftp.log" | grep -c .)" -eq 6 ]
    asked() { # by the server's own log
        sed -n 's|.*: sent .*/tftproot/\(P[^ ]*\) to .*|\1|p' "$OUT/tftp.log" | grep -xF "$@"
    }
    [ "$(asked -e P00309000100.loads -e P00309000100.sbn -e P00309000100.sb2 | tr '\n' ' ')" = \
        "P00309000100.loads P00309000100.sbn P00309000100.sb2 " ]
    [ "$(asked -e P0S3-8-99-00.loads -e P003-8-99-00.sbn -e P0S3-8-99-00.sb2 | tr '\n' ' ')" = \
        "P0S3-8-99-00.loads P003-8-99-00.sbn P0S3-8-99-00.sb2 " ]
    [ "$(grep -c LA_VERSION "$OUT/tftp.log")" -eq 0 ]
}

@test "a list with LF alone is refused where it is cut, mixed, or has lost its CRs" {
    local text
    while read -r text why; do
        second P00309000100 "$text" P00309000100.{sbn,sb2}
        fleet "CP-7960G, load: P00309000100, running: P00308000500" traditional
        finds loads-malformed "Load ID incorrect): $why"
    done <<'END'
P00309000100.sbn\nP00309000100.sb2\n lines of the list end in LF alone, but
P00309000100.sbn\nP00309000100.sb2\nLA_VERS the last line of the list has no end
P00309000100.sbn\r\nP00309000100.sb2\nLA_VERSION=1\n lines of the list end in CRLF, others in LF
LA_VERSION=1\n the list names no file
END
    third raw
    $MAKE "$WHERE" list SCCP41.9-9-9S.loads 'jar41sccp.9-9-9X.sbn\ncnu41.9-9-9X.sbn\n'
    finds loads-malformed 'lines of the list end in LF alone'
}

@test "images are no archives, and archives no images: each by its name" {
    third raw
    $MAKE "$WHERE" image dsp41.9-9-9X.sbn
    finds file-broken 'Checksum Error): not an archive of the form'
    second P00309000100 "P00309000100.sbn\\nP00309000100.sb2\\n$LA" P00309000100.sb2
    $MAKE "$WHERE" archive P00309000100.sbn short-1
    fleet "CP-7960G, load: P00309000100, running: P00308000500" traditional
    finds
}

@test "the second reader takes what the generator writes, cnu* with their raw image" {
    local dir file
    for dir in small real old; do
        for file in "$ROOT/firmware-samples/$dir"/*41*.sbn; do
            case ${file##*/} in
            cnu*) [[ "$($MAKE read "$file")" =~ ^4\ 1\ [01]$ ]] ;;
            *) [ "$($MAKE read "$file")" = "3 0 0" ] ;;
            esac
        done
    done
    $MAKE read "$ROOT/firmware-samples/real/cnu41.9-4-2ES26.sbn" | grep -qx '4 1 1' # padded
    $MAKE read "$ROOT/firmware-samples/real/cnu41.9-4-2ES9.sbn" | grep -qx '4 1 0'
}

# refused NAME TEXT: lint says so, and neither a run nor a plan makes anything.
refused() {
    local verb status
    finds "$@"
    for verb in run plan compare; do
        status=0
        "$FLEET" "$verb" -q -f "$FILE" --wan rate=10mbit --out "$BATS_TEST_TMPDIR/none" \
            > /dev/null 2> "$BATS_TEST_TMPDIR/said" || status=$?
        [ "$status" -eq 2 ]
        grep -qF "$2" "$BATS_TEST_TMPDIR/said"
        [ ! -e "$BATS_TEST_TMPDIR/none" ]
    done
}

@test "limits: what is beyond one is refused before anything is made, as the emulator's own" {
    local name a
    third raw
    $MAKE "$WHERE" list SCCP41.9-9-9S.loads '1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n8\r\n9\r\n'
    refused beyond-limit 'the list names more than 8 files, a limit of the emulator'
    printf -v name '%064d' 1
    $MAKE "$WHERE" list SCCP41.9-9-9S.loads "$name\\r\\n"
    refused beyond-limit 'longer than 63 characters, a limit of the emulator'
    third raw
    truncate -s $((64 * 1024 * 1024 + 1)) "$WHERE/dsp41.9-9-9X.sbn"
    refused beyond-limit 'it has more than 64 MiB, a limit of the emulator'
    truncate -s 5T "$WHERE/dsp41.9-9-9X.sbn"
    refused beyond-limit 'it has more than 64 MiB, a limit of the emulator'
    rm "$WHERE/dsp41.9-9-9X.sbn"
    third raw
    sed -i 's/load: SCCP/mac: 00:1B:54:C1:22:33, &/' "$FILE"
    printf '<device><!--%0*d--></device>' $((1024 * 1024)) 0 > "$WHERE/SEP001B54C12233.cnf.xml"
    refused beyond-limit 'the file has more than 1024 KiB, a limit of the emulator'
    printf -v a '%058d' 1
    printf '<device><loadInformation>%s</loadInformation></device>' "$a" \
        > "$WHERE/SEP001B54C12233.cnf.xml"
    "$FLEET" lint -f "$FILE" | grep 'load name is longer than 57 characters, a limit of the emulator'
}

@test "limits: what just keeps to them is taken" {
    local name
    printf -v name 'jar%060d' 1
    $MAKE "$WHERE" archive "$name"
    $MAKE "$WHERE" list SCCP41.9-9-9S.loads "$name\\r\\n"
    fleet "CP-7961G, count: 1, load: SCCP41.9-9-9S, running: SCCP41.9-4-2SR1-1S" traditional
    finds # of a file whose name has no ending, phones look at the envelope
    printf oops > "$WHERE/$name"
    finds file-broken 'Auth Fail): does not begin with a signed envelope'
    rm "$WHERE/$name"
    printf -v name 'jar%056d.sbn' 1
    [ "${#name}" -eq 63 ]
    $MAKE "$WHERE" archive "$name"
    $MAKE "$WHERE" list SCCP41.9-9-9S.loads "$name\\r\\n"
    finds
    ends_in ""
}

@test "limits: a load whose name is too long to be asked for is told" {
    local name
    third raw
    printf -v name 'SCCP41.%051d' 1
    [ "${#name}" -eq 58 ]
    $MAKE "$WHERE" list "$name.loads" 'jar41sccp.9-9-9X.sbn\r\n'
    "$FLEET" lint -f "$FILE" --json | jq -e --arg place "/root/$name.loads" '
        (.findings | length) == 1 and (.findings[0] | .name == "load-name-too-long" and
        .severity == "warning" and (.place | endswith($place)) and
        (.text | endswith("longer than 57 characters, a limit of the emulator")))'
    fleet "CP-7961G, load: $name" traditional
    run "$FLEET" lint -f "$FILE"
    [ "$status" -eq 2 ]
    [[ "$output" == *"takes a load's name without .loads, up to 57 characters"* ]]
}

@test "limits: a component beyond 65,535 blocks passes, in a run and in a plan" {
    second P00309000100 "P00309000100.sbn\\nP00309000100.sb2\\n$LA" P00309000100.sbn
    $MAKE "$WHERE" image P00309000100.sb2 $((65536 * 512 + 100))
    fleet "CP-7960G, load: P00309000100, running: P00308000500" traditional
    finds
    "$FLEET" plan -q -f "$FILE" --phones 1 --mode traditional --wan rate=1gbit \
        --out "$BATS_TEST_TMPDIR/plan"
    jq -e '.. | .upgraded? // empty | . == 1' "$BATS_TEST_TMPDIR/plan/plan.json"
    ends_in ""
    cmp "$WHERE/P00309000100.sb2" "$OUT"/flash/SEP*/P00309000100.sb2
}
