#!/usr/bin/env bats
# What the README and the documents beside the code name, exists.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    mapfile -t documents < <(git ls-files '*.md')
    .build/fleet --help >"$BATS_TEST_TMPDIR/help"
}

verbs() {
    sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' "$BATS_TEST_TMPDIR/help"
}

@test "commands" {
    local verb
    verbs >"$BATS_TEST_TMPDIR/verbs"
    # after the script's name, and in the table's rows that list several
    { grep -ohE 'run-fleet\.sh [a-z]+' "${documents[@]}" | cut -d' ' -f2
        grep -ohE '^\| `\./run-fleet\.sh [^|]*\|' README.md | grep -oE ', `[a-z]+`' | tr -d ', `'
    } | sort -u >"$BATS_TEST_TMPDIR/named"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/named")" -gt 8 ]
    run grep -vxFf "$BATS_TEST_TMPDIR/verbs" "$BATS_TEST_TMPDIR/named"
    echo "no such commands: $output"
    [ -z "$output" ]
    while read -r verb; do
        echo "not in the README: $verb"
        grep -qx "$verb" "$BATS_TEST_TMPDIR/named" || [ "$verb" = demo ]
    done <"$BATS_TEST_TMPDIR/verbs"
}

@test "options" {
    local option
    # those of the script itself and of the commands of others that are shown
    grep -oE -- '--[a-z-]+' run-fleet.sh >"$BATS_TEST_TMPDIR/options"
    { cat "$BATS_TEST_TMPDIR/help"
        .build/fleet-phone --help # it tells what phones make of files
    } | grep -oE -- '--[a-z-]+' >>"$BATS_TEST_TMPDIR/options"
    for option in $(grep -v '^ *\(docker\|    --cap\|    --device\|    --security\)' README.md |
        sed 's/--cap-add[^|`]*//g; s/--security-opt[^|`]*//g; s/--device[^|`]*//g; s/`--privileged`//g' |
        grep -oE -- '(^|[ `(])--[a-z][a-z-]+' | tr -d ' `(' | sort -u); do
        echo "$option"
        grep -qx -- "$option" "$BATS_TEST_TMPDIR/options"
    done
}

@test "the tables of expectations, faults and quirks have the program's words" {
    local heading words
    .build/fleet schema >"$BATS_TEST_TMPDIR/schema"
    while read -r heading words; do
        diff <(sed -n "/^| $heading |/,/^$/p" README.md | tail -n +3 | cut -d'|' -f2 | grep -oE '[a-z_-]+' | sort) \
            <(jq -r "$words" "$BATS_TEST_TMPDIR/schema" | sort)
    done <<'END'
kind .properties.expect.properties | keys[]
`do` .properties.faults.items.properties.do.enum[]
quirk [.properties.phones.items.properties.quirks | .. | .enum? // empty | .[]] | unique[]
END
}

@test "targets of make" {
    local target
    [ "$(grep -ohE '(`|^)make [a-z]+' "${documents[@]}" | sort -u | wc -l)" -gt 5 ]
    while read -r target; do
        echo "$target"
        grep -qE "^$target:" Makefile firmware-samples/samples.mk
    done < <(grep -ohE '(`|^)make [a-z]+' "${documents[@]}" | cut -d' ' -f2 | sort -u)
}

@test "files" {
    local document link
    for document in "${documents[@]}"; do
        while read -r link; do
            echo "$document: $link"
            [ -e "$(dirname "$document")/$link" ]
        done < <(grep -oE '\]\([^)#:]+' "$document" | cut -c 3-)
    done
}

@test "fleet files that stand in the README are accepted" {
    local n=0 file
    make -s .build/tests/fleetread
    awk -v dir="$BATS_TEST_TMPDIR" '/^```yaml/ { on = 1; n++; next } /^```/ { on = 0 }
        on { print > (dir "/" n ".fleet.yml") }' README.md
    for file in "$BATS_TEST_TMPDIR"/*.fleet.yml; do
        # what shows one key only is put to the least of fleets
        grep -q '^phones:' "$file" || echo 'phones: [{model: CP-7961G, count: 30}]' >>"$file"
        grep -q '^wan:' "$file" || echo 'wan: {delay: 75ms}' >>"$file"
        .build/tests/fleetread "$PWD" "$file" | tee "$BATS_TEST_TMPDIR/verdict"
        grep -q '^accepted' "$BATS_TEST_TMPDIR/verdict"
        n=$((n + 1))
    done
    [ "$n" -ge 2 ]
}
