#!/usr/bin/env bash
# Does the planner tell the truth? The same fleet, files and WAN in namespaces (run) and in the
# simulator (plan): the emulated times have to be within LIMIT percent of each other, and every
# file has to be fetched from the server as often. WAN bytes, broadcasts and tree depth are shown.
#
#   tests/agree.sh [N...]      fleet sizes, default 8 48 200, five CP-7961G to each CP-7970G
#
#   WAN      delay=75ms,rate=1536kbit
#   MODES    "traditional pfs"
#   SPEED    auto
#   LIMIT    2
#   KEEP     a directory for what runs and plans leave
#
# 0 all agree, 1 some do not, 3 a run did not come to its end.
set -u -o pipefail
cd "$(dirname "$0")/.." || exit 3
[ $# -gt 0 ] || set -- 8 48 200
wan=${WAN:-delay=75ms,rate=1536kbit} modes=${MODES:-traditional pfs} limit=${LIMIT:-2}
fleet=${FLEET:-.build/fleet}

work=${KEEP:-$(mktemp -d)}
mkdir -p "$work" || exit 3
[ -n "${KEEP:-}" ] || trap 'rm -rf "$work"' EXIT
code=0

say() { printf 'agree: %s\n' "$*" >&2; }

# The fleet of that size, as both verbs are told of it.
phones() { echo "CP-7961G=$(($1 - ($1 + 3) / 6)),CP-7970G=$((($1 + 3) / 6))"; }

# run N MODE: leaves $work/run-N-MODE.json.
run() {
    local out=$work/run-$1-$2
    "$fleet" run -f netns/demo.fleet.yml --phones "$(phones "$1")" --wan "$wan" --mode "$2" \
        --speed "${SPEED:-auto}" --json --out "$out" >"$out.json" 2>"$out.said" && return 0
    say "$1 phones, $2: $(jq -r '.verdict' "$out.json")"
    return 1
}

plan() {
    "$fleet" plan -f netns/demo.fleet.yml --phones "$(phones "$1")" --phones "$1" --wan "$wan" \
        --mode "$2" --json --out "$work/plan-$1-$2" >"$work/plan-$1-$2.json"
}

# One line of the table from both JSONs; its last word is the verdict.
compare() {
    jq -rn --argjson limit "$limit" --slurpfile run "$work/run-$1-$2.json" \
        --slurpfile plan "$work/plan-$1-$2.json" '
        def firmware: with_entries(select(.key | endswith(".cnf.xml") | not));
        $run[0] as $r | $plan[0].points[0] as $p
        | ($r.server.fetches | firmware) as $fetched
        | (($p.emulated_s / $r.time.emulated_s - 1) * 100) as $off
        | [$p.phones, $p.mode, ($r.time.emulated_s * 10 | round / 10),
           ($p.emulated_s * 10 | round / 10), ($off * 100 | round / 100),
           ([$fetched[]] | add), $p.server_fetches, $r.wan.bytes_down, $p.wan_bytes_down,
           $r.wan.bytes_up, $p.wan_bytes_up, $r.lan.udp4051_broadcasts, $p.broadcasts,
           ([$r.hierarchies[].depth] | max // 0), $p.tree_depth,
           ($r.clock.effective_speed | round),
           if ($off | fabs) > $limit then "TIMES-DIFFER"
           elif $fetched != $p.fetches then "FETCHES-DIFFER" else "agree" end] | @tsv'
}

printf '%6s  %-11s  %21s  %7s  %11s  %21s  %19s  %11s  %9s  %5s\n' phones mode \
    'emulated s: run, plan' 'off, %' 'fetches' 'WAN bytes down' 'WAN bytes up' broadcasts depth \
    speed
for n; do
    for mode in $modes; do
        if ! run "$n" "$mode" || ! plan "$n" "$mode"; then
            printf '%6d  %-11s  the run did not come to its end\n' "$n" "$mode"
            code=3
            continue
        fi
        read -ra row < <(compare "$n" "$mode")
        printf '%6d  %-11s  %10s %10s  %7s  %5s %5s  %10s %10s  %9s %9s  %5s %5s  %4s %4s  %5s  %s\n' \
            "${row[@]}"
        [ "${row[16]}" = agree ] || [ "$code" != 0 ] || code=1
    done
done
exit "$code"
