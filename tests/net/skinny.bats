#!/usr/bin/env bats
# Wireshark's dissector as witness of SCCP: it was written by others, from other sources.

load common

setup() {
    cd "$ROOT" || return
    make -s .build/tests/skinny
    command -v tshark text2pcap >/dev/null || skip "no tshark"
}

# The frames of a file, as the dissector sees them: FIELD...
seen() { # HEX [FIELD...]
    local file=$1
    shift
    text2pcap -q -T 2000,2000 "$file" "$BATS_TEST_TMPDIR/pcap" 2>/dev/null
    tshark -r "$BATS_TEST_TMPDIR/pcap" -T fields "${@/#/-e}" 2>/dev/null
}

@test "every message of the table, in each version, has its name and is nowhere malformed" {
    local version
    .build/fleet-phone --sccp-table | sed -n '/^| [0-9a-f]\{4\} /{s/[| ]\+/ /g;p}' |
        while read -r id name _; do printf '%d %s\n%d %s\n' "0x$id" "$name" "0x$id" "$name"; done \
            >"$BATS_TEST_TMPDIR/table"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/table")" -gt 90 ]
    for version in 0 11 15 17 19 22; do
        .build/tests/skinny "$version" >"$BATS_TEST_TMPDIR/hex"
        seen "$BATS_TEST_TMPDIR/hex" skinny.messageId _ws.col.Info | sed 's/\t/ /; s/ *$//' \
            >"$BATS_TEST_TMPDIR/names"
        diff "$BATS_TEST_TMPDIR/table" "$BATS_TEST_TMPDIR/names"
        run tshark -r "$BATS_TEST_TMPDIR/pcap" -Y '_ws.malformed || _ws.expert'
        echo "$output"
        [ "$(grep -c Skinny <<<"$output" || true)" -eq 0 ]
        [ "$(tshark -r "$BATS_TEST_TMPDIR/pcap" -Y "skinny.hdr_version == $version" 2>/dev/null |
            wc -l)" -eq "$(wc -l <"$BATS_TEST_TMPDIR/table")" ]
    done
}

@test "the dissector does find what is cut off" {
    .build/tests/skinny 22 | sed -n '/ 81 00 00 00/{p;q}' | sed 's/^000000 18 00/000000 0c 00/' |
        cut -d' ' -f1-21 >"$BATS_TEST_TMPDIR/hex"
    seen "$BATS_TEST_TMPDIR/hex" _ws.col.Info | grep -q Malformed
}
