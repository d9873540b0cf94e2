#!/usr/bin/env bats
# The completion that the launcher prints, in a real bash: what is offered for a line, as bash
# hands it over, against what the program itself says in its help and by what it takes.

bats_require_minimum_version 1.5.0

setup() {
    cd "$BATS_TEST_DIRNAME/../.."
    fleet=$PWD/.build/fleet
    "$fleet" completion >"$BATS_TEST_TMPDIR/completion"
}

# What is offered at the end of the line, one word each, sorted. Words are split as bash does it:
# = and : are words of their own.
offered() {
    bash --norc -c '
        source "$1"
        COMP_LINE=$2 COMP_POINT=${#2}
        read -ra COMP_WORDS <<<"$(sed "s/[=:]/ & /g" <<<"$2")"
        [[ $2 == *" " ]] && COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        COMPREPLY=()
        "$(complete -p run-fleet.sh | sed "s/.*-F \([^ ]*\).*/\1/")"
        printf "%s\n" "${COMPREPLY[@]}"' sh "$BATS_TEST_TMPDIR/completion" "$1" | sort
}

# offers LINE WORDS: exactly these.
offers() {
    diff <(offered "$1") <(tr ' ' '\n' <<<"$2" | sort)
}

verbs() {
    "$fleet" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

@test "it is sound bash" {
    shellcheck --shell=bash "$BATS_TEST_TMPDIR/completion"
}

@test "every verb of the help, and no other" {
    [ "$(verbs | wc -l)" -gt 12 ]
    diff <(offered 'run-fleet.sh ') <((verbs && echo help) | sort)
    offers 'run-fleet.sh com' 'compare completion'
}

@test "of every verb those options that it takes, and no other" {
    local verb option value offered said
    "$fleet" --help | grep -oE '^ +(-[a-zA-Z], )?--[a-z-]+(=[^ ]+)?' | grep -oE -- '--.*' |
        grep -v -- '--help\|--usage\|--version' >"$BATS_TEST_TMPDIR/options"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/options")" -gt 15 ]
    for verb in $(verbs); do
        offered=$'\n'$(offered "run-fleet.sh $verb --")$'\n'
        while IFS='=' read -r option value; do
            # the program judges an option before it counts the arguments, of which these are too many
            said=$("$fleet" "$verb" "$option${value:+=a=1}" surplus surplus </dev/null 2>&1) && return 1
            echo "$verb $option: $said"
            if [[ $said == *"$option does not go with $verb"* ]]; then
                [[ $offered != *$'\n'"$option"$'\n'* ]]
            else
                [[ $offered == *$'\n'"$option"$'\n'* ]]
            fi
        done <"$BATS_TEST_TMPDIR/options"
    done
}

@test "values that the fleet file's tables know" {
    offers 'run-fleet.sh run --mode ' "$(jq -r '.properties.mode.enum | join(" ")' netns/fleet.schema.json)"
    offers 'run-fleet.sh run --mode=tr' traditional
    offers 'run-fleet.sh run --wan delay=75ms,lo' '75ms,loss='
    offers 'run-fleet.sh run --phones CP-797' 'CP-7970G= CP-7971G-GE= CP-7975G='
    offers 'run-fleet.sh run --phones CP-7961G=4,CP-7970' '4,CP-7970G='
    offers 'run-fleet.sh run --set phones[0].co' 'phones[0].count='
    offers 'run-fleet.sh run --set=wan.d' 'wan.delay='
    offers 'run-fleet.sh run --speed ' auto
    offers 'run-fleet.sh run --seed ' ''
}

@test "--set is offered every path of the fleet file that holds a single value" {
    local path
    offered 'run-fleet.sh run --set ' | sed 's/=$//' >"$BATS_TEST_TMPDIR/paths"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/paths")" -gt 20 ]
    while read -r path; do # what is no path would be called an unknown key
        status=0
        output=$("$fleet" plan -f - --set "$path=" 2>&1 \
            <<<'{phones: [{model: CP-7961G}], faults: [{do: kill}], set: [{phones: all}]}') || status=$?
        echo "$path: $output"
        [ "$status" -eq 2 ]
        [[ $output != *"unknown key"* && $output != *"leads through"* && $output != *"no such"* ]]
    done <"$BATS_TEST_TMPDIR/paths"
}

@test "files, directories and commands" {
    cd "$BATS_TEST_TMPDIR"
    mkdir -p a/deep && touch a/one.fleet.yml
    offers 'run-fleet.sh run -f a/' 'a/deep a/one.fleet.yml'
    offers 'run-fleet.sh run --file=a/o' 'a/one.fleet.yml'
    offers 'run-fleet.sh run --out a/' 'a/deep'
    offered 'run-fleet.sh exec 3 ba' | grep -qx bash
    offers 'run-fleet.sh exec 3 cat a/d' 'a/deep'
    offers 'run-fleet.sh exec 3 ip -' ''
}

@test "faults, each with the settings that it takes" {
    local deed setting
    offers 'run-fleet.sh phone all fr' freeze
    offers 'run-fleet.sh wan ' 'cut restore loss= delay= rate='
    offers 'run-fleet.sh wan loss=5% ' 'for= loss='
    offers 'run-fleet.sh server ' 'kill restart'
    offers 'run-fleet.sh server kill ' 'for='
    offers 'run-fleet.sh server restart ' ''
    [ "$(offered 'run-fleet.sh phone all ' | wc -l)" -gt 9 ]
    for deed in $(offered 'run-fleet.sh phone all '); do
        for setting in for within rate loss delay load; do
            # one that it does not take is refused before a lab is looked for
            run "$fleet" phone --lab "none-$$" 1 "$deed" "$setting=1"
            if offered "run-fleet.sh phone all $deed " | grep -qx "$setting="; then
                [[ $output != *"$setting: $deed takes none"* ]]
            else
                [[ $output == *"$setting: $deed takes none"* || $output == *"$setting takes "* ]]
            fi
        done
    done
}

@test "selectors, models and labs" {
    offered 'run-fleet.sh phone ' >"$BATS_TEST_TMPDIR/offered"
    grep -qx root "$BATS_TEST_TMPDIR/offered"
    grep -qx CP-7975G "$BATS_TEST_TMPDIR/offered"
    offers 'run-fleet.sh capture si' site
    /usr/bin/python3 -c 'import signal, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.bind("\0run-fleet/completed-" + sys.argv[1])
s.listen()
print(flush=True)
signal.alarm(20)
signal.pause()' "$$" 3>&- >"$BATS_TEST_TMPDIR/bound" &
    local listener=$!
    until [ -s "$BATS_TEST_TMPDIR/bound" ]; do sleep 0.05; done
    offers "run-fleet.sh down completed-" "completed-$$"
    offers "run-fleet.sh ps --lab completed-" "completed-$$"
    kill "$listener"
}

@test "scenarios and variants" {
    offers 'run-fleet.sh scenarios csc' "$("$fleet" scenarios --list | cut -d' ' -f1 | grep ^csc | xargs)"
    diff <(offered 'run-fleet.sh scenarios pfs-off --') <(offered 'run-fleet.sh scenarios --')
    offers 'run-fleet.sh scenarios pfs-off --mo' '' # it takes none
    offers 'run-fleet.sh scenarios pfs-off --sp' --speed
    offers 'run-fleet.sh phone 3 kill --la' --lab
    offers 'run-fleet.sh wan --lab x loss=5% ' 'for= loss='
    offers 'run-fleet.sh exec 3 ip --la' ''
    offers 'run-fleet.sh exec 3 --la' --lab
    local file=tests/scenarios/cscus67416.fleet.yml
    offers "run-fleet.sh run -f $file --variant " 'affected healthy'
    offers "run-fleet.sh run -f $file --variant=h" healthy
    offers 'run-fleet.sh run --variant ' ''
    offers 'run-fleet.sh run --set expect.dep' \
        'expect.depth= expect.depth.count= expect.depth.file= expect.depth.mode= expect.depth.model='
}

@test "the functions name no verb that does not exist" {
    local verb
    for verb in $(sed -nE '/^ +[a-z]+:[0-9*]/s/\).*//p' netns/completion.bash | grep -oE '[a-z]+:' | tr -d :); do
        verbs | grep -qx "$verb"
    done
}
