#!/usr/bin/env bash
# Cycles a fleet between two loads for as long as told, and shows that nothing grows.
#
#   SOAK_MINUTES=30 SOAK_PHONES=200 SOAK_SPEED=4 SOAK_OUT=DIR tests/soak.sh
#
# One lab lives through all of it. A cycle gives every phone the other load and resets the fleet;
# while the files travel, a few phones lose their power and come back as new processes. Once all run
# the new load, a row is taken from the kernel's own books:
#
#   phone_fds     descriptors of all phones          keeper_fds  those of the keeper
#   phone_kib     private memory of all phones       keeper_kib  that of the keeper
#   namespaces    the phones' network namespaces     slab_kib    kernel memory of this host that
#   processes     of the fleet                                   cannot be reclaimed
#
# Slopes are least squares over the rows after the first quarter, as a share of the mean an hour.
# Counts must not grow at all from that row to the last; memory by no more than SOAK_GROWTH percent
# over the whole time. Exit code 1 when one does, 2 when there are too few rows to tell.
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=${SOAK_MINUTES:-30} phones=${SOAK_PHONES:-200} speed=${SOAK_SPEED:-4}
growth=${SOAK_GROWTH:-5} restarts=5 least=12
for name in minutes phones speed growth; do
    if ! [[ ${!name} =~ ^[1-9][0-9]{0,5}$ ]]; then
        echo "soak: SOAK_${name^^}=${!name} is no whole number from 1 on" >&2
        exit 2
    fi
done
((phones > restarts)) || restarts=$phones
old=SCCP41.9-4-2SR1-1S new=SCCP41.9-4-2SR3-1S
out=${SOAK_OUT:-$(mktemp -d)}
lab=soak-$$
fleet=./run-fleet.sh
mkdir -p "$out"

cat >"$out/soak.fleet.yml" <<END
name: $lab
callmanager: {engine: none}
speed: $speed
firmware: $PWD/firmware-samples/small
wan: {delay: 5ms, rate: 20mbit}
enterprise: {peerFirmwareSharing: true}
phones: [{model: CP-7961G, count: $phones, running: $old, load: $new}]
END

ctl() { local verb=$1; shift; "$fleet" "$verb" --lab "$lab" "$@"; }
down() { ctl down >/dev/null 2>&1 || true; }
trap down EXIT

# Pids of the lab's processes of a name (the phones' first argument, or the command).
pids() {
    local environ
    for environ in /proc/[0-9]*/environ; do
        grep -qzxF "SOAK_MARK=$lab" "$environ" 2>/dev/null || continue
        environ=${environ%/environ}
        if tr '\0' ' ' <"$environ/cmdline" 2>/dev/null | grep -q "^$1 "; then
            echo "${environ#/proc/}"
        fi
    done
}

descriptors() { local pid n=0 fds; for pid; do fds=(/proc/"$pid"/fd/*); n=$((n + ${#fds[@]})); done; echo "$n"; }
private_kib() {
    local pid
    for pid; do cat "/proc/$pid/smaps_rollup"; done | awk '/^Private/ {n += $2} END {print n + 0}'
}
namespaces() { readlink "${@/%//ns/net}" | sort -u | wc -l; }

running() { # how many idle phones run a load
    ctl ps --json | jq --arg load "$1" 'map(select(.state == "idle" and .running == $load)) | length'
}
wait_running() {
    local patience=$((SECONDS + 600))
    while [[ $(running "$1") -lt $phones ]]; do
        kill -0 "$keeper" || exit 1 # the lab is gone
        if ((SECONDS > patience)); then
            echo "soak: after 600 s only $(running "$1") of $phones phones run $1" >&2
            exit 1
        fi
        sleep 1
    done
}

columns=(phone_fds keeper_fds phone_kib keeper_kib namespaces slab_kib processes)
row() {
    local pids
    mapfile -t pids < <(pids fleet-phone)
    printf '%s,%d,%s' "$SECONDS" "$1" "$(descriptors "${pids[@]}")"
    printf ',%s' "$(descriptors "$keeper")" "$(private_kib "${pids[@]}")" "$(private_kib "$keeper")" \
        "$(namespaces "${pids[@]/#//proc/}")" "$(awk '/^SUnreclaim/ {print $2}' /proc/meminfo)" "$(pids '[^ ]*' | wc -l)"
    printf '\n'
}

SOAK_MARK=$lab "$fleet" up -q -f "$out/soak.fleet.yml" --out "$out/lab"
# The keeper is the parent of the phones.
keeper=$(awk '/^PPid/ {print $2}' "/proc/$(pids fleet-phone | head -n 1)/status")
wait_running "$new"

csv=$out/soak.csv
(IFS=,; echo "seconds,cycle,${columns[*]}") >"$csv"
SECONDS=0 cycle=0
load=$new
while ((SECONDS < minutes * 60)); do
    cycle=$((cycle + 1))
    [[ $load == "$new" ]] && load=$old || load=$new
    ctl phone all set "load=$load" >/dev/null
    ctl phone all reset >/dev/null
    sleep 2
    ctl phone "random:$restarts" restart >/dev/null
    wait_running "$load"
    sleep 1 # io_uring lets go of its memory a little later
    row "$cycle" | tee -a "$csv"
done

awk -F, -v growth="$growth" -v least="$least" '
    NR == 1 { for (i = 3; i <= NF; i++) name[i] = $i; columns = NF; next }
    { rows++; t[rows] = $1; for (i = 3; i <= NF; i++) v[rows, i] = $i }
    END {
        first = int(rows / 4) + 1
        printf "%-12s %12s %12s %12s %14s\n", "", "first", "last", "mean", "slope %/hour"
        for (i = 3; i <= columns; i++) {
            n = sx = sy = sxx = sxy = 0
            for (r = first; r <= rows; r++) {
                n++; sx += t[r]; sy += v[r, i]; sxx += t[r] ^ 2; sxy += t[r] * v[r, i]
            }
            spread = n * sxx - sx ^ 2
            slope = spread > 0 ? (n * sxy - sx * sy) / spread : 0
            mean = sy / n
            printf "%-12s %12d %12d %12.1f %14.3f\n", name[i], v[first, i], v[rows, i], mean,
                mean ? 100 * 3600 * slope / mean : 0
            memory = name[i] ~ /kib/
            risen = memory ? slope * (t[rows] - t[first]) : v[rows, i] - v[first, i]
            if (rows >= least && risen > (memory ? growth / 100 * mean : 0)) {
                printf "soak: %s grows\n", name[i]
                bad = 1
            }
        }
        printf "%d cycles of %d phones in %d s; rows in %s\n", rows, '"$phones"', t[rows], "'"$csv"'"
        if (rows < least)
            printf "soak: too few cycles to judge by; %d would do: more SOAK_MINUTES\n", least
        exit rows < least ? 2 : bad
    }' "$csv"
