#!/usr/bin/env bats
# The fleet file's JSON Schema: that it is one, that the copy for editors is the program's own, and
# that other people's validator says of a file what the parser says.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
}

@test "netns/fleet.schema.json is what the program prints (else: make schema)" {
    .build/fleet schema | diff netns/fleet.schema.json -
}

@test "of every single value it is known how it looks" {
    jq -e '[.. | objects | select(.type == "string" or .enum)] | length > 10' netns/fleet.schema.json
    run grep -n "any single value" netns/fleet.schema.json
    [ -z "$output" ]
}

@test "the bundled fleet files name it to editors, and the path is right" {
    local file schema
    for file in netns/*.fleet.yml tests/scenarios/*.fleet.yml; do
        [ -e "$file" ] || continue
        schema=$(sed -n '1s/^# yaml-language-server: \$schema=//p' "$file")
        [ "$(realpath "$(dirname "$file")/$schema")" = "$PWD/netns/fleet.schema.json" ]
    done
}

@test "it and the parser accept the same files: of the tests, of ours, and made for every key" {
    local file
    make -s .build/tests/fleetread
    for file in tests/unit/netns/*/test_*.c; do # each reads its texts, and keeps them
        grep -q fleet_bench.h "$file" || continue
        file=.build/${file%.c}
        make -s "$file"
        FLEET_BENCH_KEEP=$BATS_TEST_TMPDIR "$file" >/dev/null 2>&1
    done
    cp netns/*.fleet.yml "$BATS_TEST_TMPDIR"
    [ ! -d tests/scenarios ] || cp tests/scenarios/*.fleet.yml "$BATS_TEST_TMPDIR"
    /usr/bin/python3 tests/docs/schema_agrees.py netns/fleet.schema.json "$PWD" .build/tests/fleetread \
        "$BATS_TEST_TMPDIR"
}
