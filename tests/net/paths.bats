#!/usr/bin/env bats
# Paths of any bytes: a fleet runs in a directory, from firmware and into a directory for results
# that are called so, and what it writes is read by programs of other people. Bash's $'...' makes
# the names; a name that a kernel would refuse is no case.

load common

setup() {
    setup_world
    FLEET_NAMES=(
        'site, floor 2'       # dnsmasq cuts --tftp-root at a comma
        $'two\nlines'         # of a description, a log, a terminal
        $'a byte \xff'        # no UTF-8: JSON, XML
        "it's \"so\""         # quotes
        $'\033[31m,\t\x7f'    # what a terminal obeys
        '-r $HOME %s \ #1: *' # a shell, a format, an option, a comment
        '<a href="x">&amp;'   # mark-up
    )
}

# in_place NAME: a working directory of that name, with firmware beside the fleet file.
in_place() {
    mkdir -p -- "$BATS_TEST_TMPDIR/w/$1"
    cd -- "$BATS_TEST_TMPDIR/w/$1"
    cp -r "$ROOT/firmware-samples/small" "./tree $1"
    fleet_file 1 'expect: {faithful: false}' | sed 's/^speed: .*/speed: 100/; /^firmware/d' > t.fleet.yml
}

own() {
    unshare -n "$FLEET" "$@" 3>&-
}

# is_text FILE...: UTF-8 without control characters but line feeds and tabs.
is_text() {
    /usr/bin/python3 - "$@" <<-'END'
	import sys
	for name in sys.argv[1:]:
	    text = open(name, "rb").read().decode()
	    bad = [c for c in text if (c < " " and c not in "\n\t") or "\x7f" <= c <= "\x9f"]
	    assert not bad, (name, bad)
	END
}

is_json() {
    /usr/bin/python3 -c 'import json, sys; json.load(open(sys.argv[1], encoding="utf-8"))' "$1"
}

@test "a run is green wherever it stands, reads and writes, whatever the names" {
    for name in "${FLEET_NAMES[@]}"; do
        in_place "$name"
        echo "in $PWD"
        own run -f t.fleet.yml --set "firmware=./tree $name" --out "./out $name" --capture \
            --junit "./j $name" > said 2> told
        is_text said told
        [ "$(grep -c '^in ' said)" -eq 1 ]
        is_json "./out $name/summary.json"
        [ "$(jq -r .verdict "./out $name/summary.json")" = passed ]
        while IFS= read -r line; do
            echo "$line" | jq -e . > /dev/null
        done < "./out $name/events.jsonl"
        xmllint --noout - < "./j $name"
        xmllint --noout - < "./out $name/report.html"
        # the server's own log: all that a phone takes, each once
        jq -e '.server.fetches | to_entries | length == 9 and all(.[]; .value >= 1)' \
            "./out $name/summary.json" || jq .server "./out $name/summary.json"
        tshark -r - < "./out $name/site.pcapng" 2> /dev/null | grep -q TFTP
        cd "$BATS_TEST_TMPDIR"
    done
}

@test "two modes, GitHub's lines and a plan: whatever the names" {
    for name in "${FLEET_NAMES[@]:0:3}"; do
        in_place "$name"
        sed -i '/^expect/d' t.fleet.yml
        printf '%s\n' 'expect:' '  faithful: false' \
            '  log: {phones: 1, count: 9, matches: "none, 50 % \e\n::x::"}' >> t.fleet.yml
        GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY="$PWD/step $name" \
            own compare -f t.fleet.yml --set "firmware=./tree $name" --out "./out $name" \
            > said 2> told && return 1
        is_text said told "step $name"
        [ "$(grep -c '^::error title=fleet .*50 %25 \\x1b\\x0a::x::' said)" -eq 2 ]
        [ "$(grep -c '^::' said)" -eq 2 ]
        is_json "./out $name/compare.json"
        jq -e '[.pfs, .traditional] | all(.expectations[] | select(.name == "log") |
            .passed == false and (.detail | contains("50 % \u001b\n::x::")))' "./out $name/compare.json"
        own plan -f t.fleet.yml --set "firmware=./tree $name" --wan delay=5ms --phones 2,4 \
            --out "./plan $name" > said 2> told
        is_text said told
        is_json "./plan $name/plan.json"
        jq -e 'all(.points[]; .upgraded == .phones)' "./plan $name/plan.json"
        xmllint --noout - < "./plan $name/plan.html"
        cd "$BATS_TEST_TMPDIR"
    done
}

@test "lint and a plan on paper lose no finding, whatever the names" {
    for name in "${FLEET_NAMES[@]}"; do
        in_place "$name"
        echo '<device>' > "./tree $name/SEP02760A6A0010.cnf.xml"
        echo '<device/>' > "./tree $name/sep02760a6a0010.cnf.xml"
        echo x > "./tree $name/of no use, $name"
        own lint -f t.fleet.yml --set "firmware=./tree $name" --json > found.json && return 1
        is_json found.json
        [ "$(jq -r '.findings | map(.name) | sort | join(" ")' found.json)" = \
            'config-malformed config-twice' ]
        jq -e 'all(.findings[]; .place | endswith("SEP02760A6A0010.cnf.xml") or
            endswith("sep02760a6a0010.cnf.xml"))' found.json
        own lint -f t.fleet.yml --set "firmware=./tree $name" > said 2> told && return 1
        is_text said told
        [ "$(wc -l < said)" -eq 5 ]
        own run --dry-run -f t.fleet.yml --set "firmware=./tree $name" --json > plan.json 2> told
        is_json plan.json
        is_text told
        own run --dry-run -f t.fleet.yml --set "firmware=./tree $name" > said
        is_text said
        cd "$BATS_TEST_TMPDIR"
    done
}

@test "a lab and its verbs, whatever the names" {
    for name in "${FLEET_NAMES[@]:0:3}"; do
        in_place "$name"
        "$FLEET" up -f t.fleet.yml --set "firmware=./tree $name" --out "./out $name" > said 2> told 3>&-
        is_text said told
        (cd -P . && wait_for 20 grep -q . "./out $name"/logs/*10.log)
        ctl logs 1 > log
        [ -s log ]
        ctl phone 1 reset > said 2> told
        timeout -s INT 5 "$FLEET" capture --lab "$LAB" site -w "./c $name" 3>&- 2> told || true
        tshark -r - < "./c $name" > /dev/null 2>&1
        "$FLEET" down --lab "$LAB" > said 2> told
        is_text said told
        is_text "./out $name/lab.log"
        cd "$BATS_TEST_TMPDIR"
    done
}

@test "what cannot be is refused before anything is made: a path that is too long, or none" {
    # exit 2: an output directory that cannot be made, holds other files, or is in use
    long=$(printf 'x%.0s' {1..200})
    mkdir "$BATS_TEST_TMPDIR/l" && cd "$BATS_TEST_TMPDIR/l"
    fleet_file 1 > t.fleet.yml
    path=.
    for _ in {1..20}; do path+=/$long; done
    run own run -q -f t.fleet.yml --out "$path"
    [ "$status" -eq 2 ]
    [[ $output == "fleet: the path for results has "*" bytes, and 3840 are the most"*"--out" ]]
    [ "$(ls -A)" = t.fleet.yml ]
    # as deep as results may lie, they do
    len=$((3840 - ${#PWD} - 1))
    path=
    while [ ${#path} -lt $((len - 201)) ]; do path+=$long/; done
    path+=$(printf '%*s' $((len - ${#path})) '' | tr ' ' y)
    own run -q -f t.fleet.yml --set expect.faithful=false --out "$path"
    (cd -P -- "${path%/*}" && jq -e '.phones.upgraded == 1' ./y*/summary.json)
    # and one longer they do not
    run own run -q -f t.fleet.yml --out "${path}y"
    [ "$status" -eq 2 ]
    # firmware of which no file could be named
    mkdir -p "$long" && (
        cd "$long" && for _ in {1..19}; do mkdir -p "$long" && cd -P "$long" || exit; done
        cp "$ROOT"/firmware-samples/small/* .
    )
    path=$long
    for _ in {1..18}; do path+=/$long; done
    run own run -q -f t.fleet.yml --set "firmware=$path" --out here
    [ "$status" -eq 2 ]
    [[ $output == *"firmware: its path has "*" bytes, and 3839 are the most"* ]]
    [ ! -e here ]
    # a working directory that is gone
    mkdir gone && cd gone && rmdir ../gone
    run own run -q -f ../l/t.fleet.yml --phones CP-7961G=1
    [ "$status" -eq 2 ]
}

@test "a byte that YAML cannot hold is named, with its line, and with what to do" {
    # exit 2: a fleet file that cannot be read, or several where none is named
    mkdir "$BATS_TEST_TMPDIR/y" && cd "$BATS_TEST_TMPDIR/y"
    for byte in ff e9 01 1b; do
        { fleet_file 1 && printf "key: 'a%b.pem'\n" "\\x$byte"; } > t.fleet.yml
        run own run -q -f t.fleet.yml --out out
        [ "$status" -eq 2 ]
        [[ $output == "t.fleet.yml:9:8: byte 0x${byte^^} is no text in UTF-8"*"--set"* ]]
        [ ! -e out ]
    done
}
