#!/usr/bin/env bats
# The verb plan: what it writes, what must be true of any fleet it foretells, and what it refuses.
# It needs no root and makes no world.

bats_require_minimum_version 1.5.0

setup() {
    root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    fleet=$root/.build/fleet
    cd "$BATS_TEST_TMPDIR"
}

# Writes t.fleet.yml: two models behind a line that has room for them all, and the lines given.
fleet_file() {
    {
        printf '%s\n' 'name: plan-test' "firmware: $root/firmware-samples/small" \
            'enterprise: {peerFirmwareSharing: true}' 'wan: {delay: 75ms, rate: 10mbit}' \
            'phones: [{model: CP-7961G, count: 3}, {model: CP-7970G, count: 1}]' "$@"
    } >t.fleet.yml
}

# column MODE NAME: its values, a size each.
column() {
    awk -F, -v mode="$1" -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
        $at["mode"] == mode { print $at[name] }' out/plan.csv
}

refused() {
    run "$fleet" plan "${@:2}"
    echo "exit $status: $output"
    [ "$status" -eq 2 ]
    [[ $output == *"$1"* ]]
    [ ! -e .fleet ]
    [ ! -e out ]
}

@test "a plan leaves a page, a picture, a CSV and JSON that say what they are" {
    fleet_file
    run "$fleet" plan -f t.fleet.yml --phones 8..128 --points 3 --out out
    [ "$status" -eq 0 ]
    [[ $output == *"predicted by simulation"*"10000 kbit/s"*"SCCP41.9-4-2SR3-1S"* ]]
    local file
    for file in plan.html plan.svg plan.csv plan.json; do
        grep -q "predicted by simulation" "out/$file"
    done
    [ "$(wc -l <out/plan.csv)" -eq 7 ]
    [ "$(awk -F, '{ print NF }' out/plan.csv | sort -u)" = 20 ]
    [ "$(column pfs phones | xargs)" = "8 32 128" ]
    [ "$(column traditional phones | xargs)" = "8 32 128" ]
    [ "$(column pfs upgraded | xargs)" = "8 32 128" ]
    [ "$(jq '.points | length' out/plan.json)" -eq 6 ]
}

@test "by PFS the server gives each model's files once, whatever the size" {
    fleet_file
    "$fleet" plan -f t.fleet.yml --phones 8,80,800 --mode pfs --out out -q
    [ "$(column pfs server_fetches | xargs)" = "12 12 12" ]
    [ "$(jq '[.points[].fetches[]] | unique | .[]' out/plan.json)" = 1 ]
    [ "$(column traditional phones)" = "" ]
    local depth
    mapfile -t depth < <(column pfs tree_depth)
    [ "${depth[0]}" -lt "${depth[1]}" ] && [ "${depth[1]}" -lt "${depth[2]}" ]
}

# real DELAY RATE: minutes that a plan gives 8 phones with a load of real size; each file once.
real() {
    fleet_file
    sed -i 's/, {model: CP-7970G.*}//' t.fleet.yml
    "$fleet" plan -f t.fleet.yml --phones 8 --mode pfs --set firmware="$root/firmware-samples/real" \
        --wan "delay=$1,rate=$2" --out out -q
    [ "$(column pfs upgraded)" = 8 ] && [ "$(column pfs server_fetches)" = 6 ] &&
        column pfs emulated_s | awk '{printf "%.0f\n", $1 / 60}'
}

@test "a load of real size: 42 minutes in the documents' case, and the slowest lines end as well" {
    [ "$(real 75ms 1536kbit)" = 42 ]
    [ "$(real 5ms 10mbit)" -lt 6 ]
    [ "$(real 300ms 64kbit)" -gt 170 ]
    [ "$(real 600ms 64kbit)" -gt 330 ]
}

@test "traditional fetches are six a phone, and the WAN's bytes grow as the phones do" {
    fleet_file
    "$fleet" plan -f t.fleet.yml --phones 8,80,800 --mode traditional --out out -q
    [ "$(column traditional server_fetches | xargs)" = "48 480 4800" ]
    local bytes
    mapfile -t bytes < <(column traditional wan_bytes_down)
    # within 1 % of ten times as much
    [ $((bytes[1] * 1000 / bytes[0])) -ge 9900 ] && [ $((bytes[1] * 1000 / bytes[0])) -le 10100 ]
    [ $((bytes[2] * 1000 / bytes[1])) -ge 9900 ] && [ $((bytes[2] * 1000 / bytes[1])) -le 10100 ]
}

@test "the same plan twice is the same, but for the processor's time" {
    fleet_file
    "$fleet" plan -f t.fleet.yml --phones 8,48 --wan delay=20ms,rate=512kbit,loss=2% --out out -q
    sed 's/,[^,]*$//' out/plan.csv >first
    "$fleet" plan -f t.fleet.yml --phones 8,48 --wan delay=20ms,rate=512kbit,loss=2% --out out -q
    diff first <(sed 's/,[^,]*$//' out/plan.csv)
    "$fleet" plan -f t.fleet.yml --phones 8,48 --wan delay=20ms,rate=512kbit,loss=2% --out out \
        -q --seed 2
    run ! diff -q first <(sed 's/,[^,]*$//' out/plan.csv)
}

@test "switched on one after another, the last phone sets the pace" {
    fleet_file 'boot: rate' 'boot_rate: 0.5'
    "$fleet" plan -f t.fleet.yml --phones 100 --mode traditional --out out -q
    local seconds
    seconds=$(column traditional emulated_s)
    [ "${seconds%.*}" -gt 198 ]
}

@test "phones that ask for their addresses take so much longer, and a small pool leaves some without" {
    local at=() more
    for more in 'addresses: static' 'addresses: dhcp'; do
        fleet_file "$more"
        rm -rf out
        "$fleet" plan -f t.fleet.yml --phones 12,200 --mode pfs --out out -q
        [ "$(column pfs upgraded | xargs)" = "12 200" ]
        at+=("$(column pfs emulated_s | xargs)")
    done
    echo "${at[@]}"
    # two boots, each with an offer to wait for and a probe, 1.75 s together
    awk -v a="${at[0]}" -v b="${at[1]}" 'BEGIN {
        split(a, x); split(b, y)
        for (i in x) if (y[i] - x[i] < 2 || y[i] - x[i] > 6) exit 1 }'
    fleet_file 'addresses: dhcp' 'dhcp: {pool: 9}'
    rm -rf out
    "$fleet" plan -f t.fleet.yml --phones 12 --mode pfs --out out -q
    [ "$(column pfs upgraded)" = 9 ]
    [ "$(column pfs failed)" = 3 ]
}

@test "a line that is too narrow leaves phones without their load, and the plan says so" {
    fleet_file
    run "$fleet" plan -f t.fleet.yml --phones 400 --mode traditional --wan delay=75ms,rate=64kbit \
        --out out
    [ "$status" -eq 0 ]
    [[ $output == *"gave up"* ]]
    [ "$(column traditional upgraded)" -lt 400 ]
    [ "$(column traditional finished)" = yes ]
    [ "$(column traditional wan_frames_dropped)" -gt 0 ]
}

@test "phones of the second generation are planned as well" {
    fleet_file
    "$fleet" plan -f t.fleet.yml --phones CP-7940G=1 --phones 20 --out out -q
    [ "$(column pfs upgraded)" -eq 20 ]
    [ "$(column pfs server_fetches)" = "$(column traditional server_fetches)" ]
}

@test "JSON is what is left in plan.json" {
    fleet_file
    "$fleet" plan -f t.fleet.yml --phones 8 --out out --json >said
    diff said out/plan.json
    [ "$(jq -r .source said)" = "predicted by simulation" ]
}

@test "what cannot be planned is refused with a reason" {
    fleet_file
    refused "a range goes upwards" -f t.fleet.yml --phones 100..10 --out out
    refused "from 1 to 100000" -f t.fleet.yml --phones 0 --out out
    refused "from 1 to 100000" -f t.fleet.yml --phones 8,many --out out
    refused "for a range" -f t.fleet.yml --phones 8 --points 3 --out out
    refused "the fleet has none" -f t.fleet.yml --phones 8 --wan none --out out
    refused "takes pfs, traditional or both" -f t.fleet.yml --phones 8 --mode fast --out out
    refused "cannot read" -f none.fleet.yml --phones 8 --out out
    refused "no SCCP41.9-9S.loads" -f t.fleet.yml --phones 8 --set phones[0].load=SCCP41.9-9S \
        --out out
    run "$fleet" run --points 4
    [ "$status" -eq 2 ]
}

@test "a plan that takes too long ends with 4 and leaves no simulation running" {
    # exit 4: a plan was not at its end when its timeout was
    fleet_file
    run "$fleet" plan -f t.fleet.yml --phones 100000 --timeout 1s --out out
    [ "$status" -eq 4 ]
    [[ $output == *"timed out"* ]]
    run ! pgrep -P $$ -x fleet-sim
}

# foretells PHONES... : all of them, in both modes, within a time that no endless loop keeps.
foretells() {
    fleet_file
    sed -i "s|^phones: .*|phones: [$1]|" t.fleet.yml
    timeout 60 "$fleet" plan -q -f t.fleet.yml --phones 6 --out out "${@:2}"
}

@test "phones with quirks, after a factory reset, and in a boot loop are foretold" {
    foretells '{model: CP-7961G, quirks: skips-authentication}, {model: CP-7961G, factory_reset: true}'
    [ "$(column traditional upgraded) $(column pfs upgraded)" = "6 6" ]
    # the factory load's index and files for each, and then the index of the load that is configured
    [ "$(column traditional server_fetches)" -eq $((3 * 6 + 3 * 7)) ]
    foretells '{model: CP-7961G, quirks: ignores-peers}'
    [ "$(column traditional server_fetches) $(column pfs server_fetches)" = "36 36" ]
    foretells '{model: CP-7961G, running: SCCP41.8-3-2S, load: SCCP41.9-4-2SR3-1S}' \
        --set "firmware=$root/firmware-samples/old"
    [ "$(column traditional upgraded) $(column pfs upgraded)" = "0 0" ]
}
