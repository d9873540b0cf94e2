#!/usr/bin/env bats
# The manual pages: that they are sound, and say of commands, options, keys, faults and exit codes
# neither less nor more than the program's own tables.

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    fleet=$PWD/.build/fleet
    page=netns/run-fleet.1.scd
    format=netns/fleet.5.scd
}

# The entries *NAME* of one section of a page, with their heading's path before them.
entries() {
    awk -v section="# $2" '
        /^# / { on = $0 == section; prefix = "" }
        on && /^## / { prefix = $2 "." }
        on && /^[*]/ { gsub(/[*]/, ""); print prefix $0 }' "$1"
}

# The rows of the table whose first heading is that, cells by tabs.
rows() {
    awk -v heading="[[ *$2*" '
        /^[[]/ { on = $0 == heading }
        /^#/ { on = 0 }
        !on { next }
        function flush() { if (row != "") print row; row = "" }
        /^[[|]./ { flush(); row = substr($0, 4); next }
        /^:/ { row = row "\t" substr($0, 4); next }
        { flush() }
        END { flush() }' "$1" | tail -n +2
}

@test "both pages are made, and sound to another reader" {
    local name
    make -s man
    for name in run-fleet.1 fleet.5; do
        # scdoc leaves empty paragraphs, long lines and a title as the command is written
        run bash -c 'mandoc -Tlint -W style "$1" | grep -v "PP empty\|PP after\|longer than 80\|lower case"' \
            sh ".build/man/$name"
        [ -z "$output" ]
        [ "$(mandoc -Tutf8 ".build/man/$name" | wc -l)" -gt 100 ]
    done
}

@test "its commands are the program's" {
    diff <(entries "$page" COMMANDS | sed 's/^[A-Za-z]*\.//; s/ .*//' | sort) \
        <( ("$fleet" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'; echo help) | sort)
}

@test "its options are the program's" {
    # "  -f, --file=FILE" of the help is "-f, --file FILE" of the page
    diff <(entries "$page" OPTIONS | grep -oE -- '--?[a-zA-Z?][a-z-]*' | sort) \
        <( ("$fleet" --help | grep -oE '^ +(-[a-zA-Z?], )?--[a-z-]+' | grep -oE -- '--?[a-zA-Z?][a-z-]*'
            echo -h) | sort)
}

@test "its environment is what the sources ask for" {
    diff <(entries "$page" ENVIRONMENT | sort) \
        <( (grep -ohE 'getenv\("[A-Z_]+"\)' netns/*.c netns/*/*.c | grep -oE '[A-Z_]+' | grep -vx PATH
            grep -ohE '\$\{FLEET_[A-Z]+' run-fleet.sh | tr -d '${') | sort -u)
}

@test "the keys of the fleet file are the parser's" {
    jq -r 'def keys($p): (.anyOf // [.])[] |
        (.properties // {} | to_entries[] | ($p + .key) as $q | $q, (.value | keys($q + "."))),
        (.items // empty | keys(($p | rtrimstr(".")) + "[].")),
        (.additionalProperties | objects | keys($p + "NAME."));
        keys("")' <("$fleet" schema) | sed -E 's/^(expect)\.[a-z_]+(\[\])?\./\1.KIND./; /^expect\.[a-z_]+$/d' |
        sort -u >"$BATS_TEST_TMPDIR/keys"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/keys")" -gt 60 ]
    diff <(entries "$format" KEYS | sort) "$BATS_TEST_TMPDIR/keys"
}

@test "the kinds of expectations are the parser's, each with its settings" {
    local kind main settings
    "$fleet" schema | jq -r '.properties.expect.properties | to_entries[] | .key as $kind |
        ([.value | .. | .properties? // empty | keys] | add | unique |
            map(select(. != "mode" and . != "phone")) | join(" ")) as $settings |
        ([.value.anyOf[] | .items // empty | (.anyOf // [.])[] | has("properties") | not] | any) as $single |
        "\($kind) \($single): \($settings)"' | sort >"$BATS_TEST_TMPDIR/kinds"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/kinds")" -gt 15 ]
    while IFS=$'\037' read -r kind main _ settings; do
        settings=$(tr -s ', ' '\n' <<<"${main/#-/} $settings" | grep . | sort | xargs)
        echo "${kind//\*/} $([ "$main" = - ] && echo false || echo true): $settings"
    done < <(rows "$format" kind | tr '\t' '\037') | sort | diff - "$BATS_TEST_TMPDIR/kinds"
}

@test "the quirks are the parser's, and each scenario of a bug has those that name it" {
    local file bug quirk
    rows "$format" quirk | tr -d '*' >"$BATS_TEST_TMPDIR/quirks"
    diff <(cut -f 1 "$BATS_TEST_TMPDIR/quirks" | sort) \
        <("$fleet" schema | jq -r '.. | .quirks? // empty | .. | .enum? // empty | .[]' | sort -u)
    for file in tests/scenarios/csc*.fleet.yml; do
        bug=$(basename "$file" .fleet.yml)
        for quirk in $(sed -n 's/.*quirks: \[\(.*\)\]/\1/p' "$file" | tr -d , | sort -u); do
            echo "$bug: $quirk"
            grep -qi "^$quirk	.*$bug" "$BATS_TEST_TMPDIR/quirks"
        done
    done
}

@test "each key's entry names every word that it takes" {
    local path word
    jq -r 'def words($p): (.anyOf // [.])[] |
        (.enum // [] | .[] | strings | [$p, .] | @tsv),
        (.properties // {} | to_entries[] | .key as $k | .value | words($p + "." + $k)),
        (.items // empty | words($p + "[]")),
        (.additionalProperties | objects | words($p + ".NAME"));
        words("")' <("$fleet" schema) | sed -E 's/^\.(expect)\.[a-z_]+(\[\])?\./.\1.KIND./; s/\[\]\t/\t/' | sort -u |
        # the words of a switch, and those that have a table of their own
        grep -vP '\t(on|off|yes|no)$|\.do\t|\.quirks\t|KIND\.model\t|\.expect\.[a-z_]+(\[\])?\t' \
            >"$BATS_TEST_TMPDIR/words"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/words")" -gt 20 ]
    while IFS=$'\t' read -r path word; do
        echo "${path#.}: $word"
        awk -v want="${path#.}" '
            /^# / { prefix = "" }
            /^## / { prefix = $2 "." }
            /^[*][a-zA-Z_]+[*]$/ { gsub(/[*]/, ""); on = prefix $0 == want; next }
            /^[^\t]/ { on = 0 }
            on' "$format" | grep -qF "*$word*"
    done <"$BATS_TEST_TMPDIR/words"
}

@test "the faults are the parser's, each with the settings that it needs and may have" {
    local word needs may expected said
    rows "$format" "do" >"$BATS_TEST_TMPDIR/faults"
    diff <(cut -f 1 "$BATS_TEST_TMPDIR/faults" | tr -d '*' | sort) \
        <("$fleet" schema | jq -r '.properties.faults.items.properties.do.enum[]' | sort)
    "$fleet" completion >"$BATS_TEST_TMPDIR/completion"
    while IFS=$'\037' read -r word _ needs may; do
        word=${word//\*/}
        echo "$word: needs $needs; may have $may"
        expected=$(sed -n "s/^_fleet_settings\[$word\]=//p" "$BATS_TEST_TMPDIR/completion" | tr -d "'=")
        diff <(tr -s ', ' '[\n*]' <<<"$needs,$may" | grep -v '^phone$' | grep . | sort) \
            <(tr ' ' '\n' <<<"$expected" | grep . | sort)
        if [[ $needs == *phone* ]]; then
            run "$fleet" phone --lab "none-$$" 1 "$word"
            needs=${needs//phone/}
        else
            run "$fleet" "${word%%-*}" --lab "none-$$" "${word#*-}"
        fi
        said=$(sed -n "s/.* \([a-z]*\): $word needs it$/\1/p" <<<"$output" | sort | xargs)
        [ "$said" = "$(tr ',' ' ' <<<"$needs" | xargs)" ]
    done < <(tr '\t' '\037' <"$BATS_TEST_TMPDIR/faults") # tabs in a row would count as one
}

@test "exit codes: the page's groups are the words of --help" {
    diff <(rows "$page" Status | sed -n 's/^\*\([^*]*\)\*\t\*\(.*\)\*$/\1 \2/p') \
        <("$fleet" --help | tr '\n' ' ' | sed 's/.*Exit codes: //; s/\. *$//; s/; /\n/g' |
            sed 's/  */ /g' | grep .)
}

@test "exit codes: for every row there is a test that names it and asserts it" {
    local code text
    rows "$page" Status | grep '^[0-9]' >"$BATS_TEST_TMPDIR/rows"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/rows")" -gt 25 ]
    while IFS=$'\t' read -r code text; do
        echo "exit $code: $text"
        awk -v mark="# exit $code: $text" -v asserted="(-eq|expect) $code([^0-9]|\$)" '
            FNR == 1 || /^@test/ { named = sure = 0 }
            index($0, mark) { named = 1 }
            $0 ~ asserted { sure = 1 }
            named && sure { found = 1 }
            END { exit !found }' tests/net/*.bats
    done <"$BATS_TEST_TMPDIR/rows"
    # and no test names a row that is not there
    run bash -c 'grep -hoE "# exit [0-9]+: .*" tests/net/*.bats | sed "s/# exit //; s/: /\t/" | grep -vxFf "$1"' \
        sh "$BATS_TEST_TMPDIR/rows"
    [ -z "$output" ]
}

@test "the configuration file of fleet(5) is one that a phone takes" {
    sed -n '/^<device>/,/^<\/device>/p' "$format" > "$BATS_TEST_TMPDIR/SEP02760A6A0010.cnf.xml"
    [ -s "$BATS_TEST_TMPDIR/SEP02760A6A0010.cnf.xml" ]
    .build/fleet-phone --inspect "$BATS_TEST_TMPDIR/SEP02760A6A0010.cnf.xml" > "$BATS_TEST_TMPDIR/said"
    jq -s -e '.[0].ok == 1 and (map(select(.warns)) == []) and
        (map(select(.load)) | .[0].load == "SCCP41.9-4-2SR3-1S" and .[0].pfs == 1)' "$BATS_TEST_TMPDIR/said"
}
