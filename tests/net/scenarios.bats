#!/usr/bin/env bats
# The library of scenarios, run as a user runs it. The witness of what happened is the TFTP server's
# log, the files on the flash, the configuration that was served; the verdicts are the program's.

load common

setup() {
    setup_world
    ALL=$BATS_FILE_TMPDIR/all
    SCENARIOS=$ROOT/tests/scenarios
}

names() {
    (cd "$SCENARIOS" && printf '%s\n' *.fleet.yml) | sed 's/\.fleet\.yml$//'
}

# How often the server sent a firmware file that matches: sent SCENARIO/VARIANT PATTERN
sent() {
    grep -cE ": sent .*/tftproot/$2 to " "$ALL/$1/tftp.log" || true
}

# To how many different phones.
takers() {
    sed -nE "s|.*: sent .*/tftproot/$2 to (.*)|\1|p" "$ALL/$1/tftp.log" | sort -u | wc -l
}

phone_log() { # SCENARIO/VARIANT NUMBER
    local logs=("$ALL/$1"/logs/SEP*.log)
    echo "${logs[$2 - 1]}"
}

# lane DIR NAME...: runs these; its words are DIR.said.
lane() {
    local dir=$1 status=0
    mkdir -p "$dir"
    "$FLEET" scenarios --out "$dir/out" "${@:2}" > "$dir.said" 2>&1 3>&- || status=$?
    cp -r "$dir/out"/*/ "$ALL"
    cat "$dir.said"
    return "$status"
}

# library DIR NAME...: runs these on both cores, as they are small fleets. Status 0: all passed.
library() {
    local dir=$1 half=$(($# / 2)) lanes=() pid worst=0
    shift
    lane "$dir.0" "${@:1:half}" &
    lanes+=($!)
    if [ $# -gt "$half" ]; then
        lane "$dir.1" "${@:half + 1}" &
        lanes+=($!)
    fi
    for pid in "${lanes[@]}"; do
        wait "$pid" || worst=$?
    done
    return "$worst"
}

@test "every scenario of the library passes" {
    local all
    mapfile -t all < <(names)
    mkdir -p "$ALL"
    library "$ALL" "${all[@]}"
    [ "$(cat "$ALL".*.said | grep -c '^passed ')" -eq "${#all[@]}" ]
    [ "$(cat "$ALL".*/out/junit.xml | grep -c '<testcase')" -eq "${#all[@]}" ]
}

@test "the server's log bears the verdicts out: who took what, and how often" {
    local apps='apps[0-9]+\..*\.sbn'
    [ "$(sent four-phones/traditional "$apps") $(sent four-phones/pfs "$apps")" = "4 1" ]
    [ "$(sent gain-36/traditional "$apps") $(sent gain-36/pfs "$apps")" = "36 1" ]
    [ "$(sent mixed-models "$apps") $(takers mixed-models 'apps41.*')" = "3 2" ]
    [ "$(sent two-subnets "$apps")" -eq 2 ]
    [ "$(sent pfs-off "$apps") $(takers pfs-off "$apps")" = "4 4" ]
    [ "$(sent late-joiner "$apps")" -eq 1 ]
    [ "$(sent up-down-up 'apps41.9-4-2ES26.sbn') $(sent up-down-up 'apps41.9-4-2ES9.sbn')" = "2 1" ]
    [ "$(sent load-server-silent/silent "$apps") $(sent load-server-silent/none "$apps")" = "0 2" ]
    [ "$(sent cscus67416/affected "$apps") $(sent cscus67416/healthy "$apps")" = "2 1" ]
    [ "$(takers cscud66570/affected "$apps") $(sent cscud66570/healthy "$apps")" = "3 1" ]
    [ "$(sent csctb49726/affected 'apps42.*') $(sent csctb49726/healthy 'apps42.*')" = "3 2" ]
}

# How many pages of that variant have no row for peer firmware sharing.
without_row() {
    grep -L '<PeerFirmwareSharing>' "$ALL/cscui49910/$1"/pages/*.xml | wc -l
}

@test "configurations, pages, logs and flashes bear them out as well" {
    local log
    grep -q 'Auth Fail' "$(phone_log csctg96408/affected 1)"
    [ "$(grep -c 'Auth Fail' "$(phone_log csctg96408/healthy 1)")" -eq 0 ]
    [ "$(without_row affected)" -eq 1 ]
    [ "$(without_row healthy)" -eq 0 ]
    for log in "$ALL"/load-missing/index/logs/*.log; do
        grep -q 'File not found' "$log"
    done
    [ "$(find "$ALL/bad-signature/damaged/flash" -name apps41.9-4-2ES26.sbn | wc -l)" -eq 0 ]
    [ "$(find "$ALL/bad-signature/sound/flash" -path '*/SEP*' -name apps41.9-4-2ES26.sbn | wc -l)" -eq 3 ]
}

# without BUG: a bug's symptom is expected of phones that do not have its quirk.
without() {
    local file=$SCENARIOS/$1.fleet.yml quirk options=() status=0
    while read -r quirk; do
        options+=(--set "$quirk=[]")
    done < <(sed -nE 's/^ +(phones\[[0-9]+\]\.quirks):.*/\1/p' "$file")
    [ "${#options[@]}" -gt 0 ]
    "$FLEET" run -f "$file" --variant affected "${options[@]}" --out "$OUT.$1" 3>&- > "$OUT.$1.said" \
        2>&1 || status=$?
    echo "exit $status" >> "$OUT.$1.said"
}

# missed BUG PHRASE...: that run has failed, and each of the phrases is an expectation not met.
missed() {
    local said=$OUT.$1.said phrase
    cat "$said"
    grep -qx 'exit 1' "$said"
    for phrase in "${@:2}"; do
        grep -qE "FAILED (affected )?$phrase" "$said"
    done
}

@test "without its quirk, the symptom of each bug is not there, and its expectation fails" {
    local half bug # two at a time
    for half in 'cscus67416 csctg96408 cscud66570 cscui49910' 'csctb49726 cscso40251 cscsh98792'; do
        for bug in $half; do without "$bug"; done &
    done
    wait
    missed cscus67416 sessions peers_used server_fetches_per_file
    missed csctg96408 reboots log
    missed cscud66570 sharing sessions server_fetches_per_file
    missed cscui49910 page
    missed csctb49726 sharing
    missed cscso40251 sharing
    missed cscsh98792 sharing running
}

@test "the gravest of several is the exit status" {
    # exit 1: one of several runs failed, though others passed or were inconclusive
    run "$FLEET" scenarios --set expect.sharing=0 --set expect.faithful=false --out "$OUT" pfs-off mixed-models 3>&-
    echo "$output"
    [ "$status" -eq 1 ]
    grep -q '^passed  *pfs-off' <<< "$output"
    grep -q '^failed  *mixed-models' <<< "$output"
}

@test "what is inconclusive is run once more, and is no failure" {
    run "$FLEET" scenarios --set clock=free --speed 1000 --junit "$BATS_TEST_TMPDIR/junit.xml" --out "$OUT" \
        pfs-off 3>&-
    echo "$output"
    [ "$status" -eq 5 ]
    [ "$(jq -r .verdict "$OUT"/pfs-off{,.inconclusive}/summary.json | xargs)" = "inconclusive inconclusive" ]
    [ "$(grep -c 'pfs-off: inconclusive, so it is run once more' <<< "$output")" -eq 1 ]
    [ "$(grep -c '^INCONCLUSIVE' <<< "$output")" -eq 2 ]
    grep -q '^inconclusive  *pfs-off' <<< "$output"
    xmllint --noout --schema "$ROOT/tests/docs/junit.xsd" "$BATS_TEST_TMPDIR/junit.xml"
    grep -q 'failures="0" errors="1"' "$BATS_TEST_TMPDIR/junit.xml"
}

@test "names, patterns and a list; what is unknown is refused with what there is" {
    # exit 2: no such scenario, or no such variant
    run "$FLEET" scenarios --list
    [ "$status" -eq 0 ]
    [ "$(wc -l <<< "$output")" -eq "$(names | wc -l)" ]
    [ "$(grep -cvE '^[a-z0-9-]+ +[^ ].+' <<< "$output")" -eq 0 ]
    run "$FLEET" scenarios --list 'gain-*'
    [ "$(wc -l <<< "$output")" -eq 3 ]
    run "$FLEET" scenarios gain-5
    [ "$status" -eq 2 ]
    [[ $output == "fleet: no scenario gain-5; there are:"*cscus67416* ]]
    run "$FLEET" run -f "$SCENARIOS/cscus67416.fleet.yml" --variant sick
    [ "$status" -eq 2 ]
    [[ $output == *"no such one, only affected healthy"* ]]
}
