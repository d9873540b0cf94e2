#!/usr/bin/env bats
# The README is short, and leads on; what it, the manual pages and the documents beside the code name,
# exists.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    mapfile -t documents < <(git ls-files '*.md' '*.scd')
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
    { cat run-fleet.sh "$BATS_TEST_TMPDIR/help"
        .build/fleet-phone --help
        .build/mkfirmware --help
        echo --wire-table # of fleet-phone, for tests
        echo --rm --cap-add --device --security-opt --privileged # Docker's
    } | grep -oE -- '--[a-z-]+' >"$BATS_TEST_TMPDIR/options"
    grep -ohE -- '(^|[ `(*=">])--[a-z][a-z-]+' "${documents[@]}" | grep -oE -- '--[a-z-]+' |
        sort -u >"$BATS_TEST_TMPDIR/named"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/named")" -gt 30 ]
    while read -r option; do
        echo "$option"
        grep -qx -- "$option" "$BATS_TEST_TMPDIR/options"
    done <"$BATS_TEST_TMPDIR/named"
}

@test "targets of make" {
    local target
    [ "$(grep -ohE '(`|^)make [a-z-]+' "${documents[@]}" | sort -u | wc -l)" -gt 5 ]
    while read -r target; do
        echo "$target"
        grep -qE "^$target:" Makefile firmware-samples/samples.mk
    done < <(grep -ohE '(`|^)make [a-z-]+' "${documents[@]}" | cut -d' ' -f2 | sort -u)
}

@test "files: what is linked, and what is named by its path" {
    local document path
    for document in "${documents[@]}"; do
        while read -r path; do
            echo "$document: $path"
            [ -e "$(dirname "$document")/$path" ]
        done < <(grep -oE '\]\([^)#:]+' "$document" | cut -c 3-)
        while read -r path; do
            echo "$document: $path"
            [ -e "$path" ]
        done < <(grep -oP '(?<![\w./-])(emu|netns|tests|firmware-samples)/[\w./-]*\w' "$document")
    done
}

@test "fleet files that stand in the documents are accepted" {
    local n=0 file
    make -s .build/tests/fleetread
    # In a manual page blocks have no word that tells what they hold: how they begin does.
    awk -v dir="$BATS_TEST_TMPDIR" '
        /^```/ { on = !on; fleet = on && /^```yaml/; first = on && FILENAME ~ /scd$/; n += fleet; next }
        first { fleet = /^(# yaml-language-server|[a-z]+:)/; n += fleet; first = 0 }
        fleet { print > (dir "/" n ".fleet.yml") }' "${documents[@]}"
    for file in "$BATS_TEST_TMPDIR"/*.fleet.yml; do
        cat "$file"
        # what shows one key only is put to the least of fleets
        grep -q '^phones:' "$file" || echo 'phones: [{model: CP-7961G, count: 30}]' >>"$file"
        grep -qE '^wan:|uplink' "$file" || echo 'wan: {delay: 75ms}' >>"$file"
        .build/tests/fleetread "$PWD" "$file" | tee "$BATS_TEST_TMPDIR/verdict"
        grep -q '^accepted' "$BATS_TEST_TMPDIR/verdict"
        n=$((n + 1))
    done
    [ "$n" -ge 9 ]
}

@test "the README is one page" {
    [ "$(wc -c <README.md)" -le 14336 ]
}

# The row of the README's last table that a reader with that question would take, and what then stands in
# one of the files that it names.
@test "a rule is two hops away" {
    local row rule file found
    while IFS='|' read -r row rule; do
        found=
        while read -r file; do
            grep -q "$rule" "$file" && found=$file
        done < <(sed -n '/^## Where things stand/,/^## /p' README.md | grep "^|.*$row" |
            grep -oE '\]\([^)]+' | cut -c 3-)
        echo "$row: ${found:-nowhere}: $rule"
        [ "$found" ]
    done <<'END'
strength|confirmation sets the bit above
lost parents|a lost parent sends its children back to the root
rate|is sent: size \* 8 / rate
whom `phones` picks|^Who is meant by
fetches are counted|^ \* A fetch is
END
}
