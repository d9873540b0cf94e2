#!/bin/bash
# Proof that the invariants bite: each row breaks the phones' core in one place, and the simulator
# has to find it, name the invariant, and find the same again when it replays the seed. As TAP.
#
#   tests/sim/mutants.sh [NAME...]      all rows, or these
#
# Wants a built simulator: make .build/sim. Only what is changed is compiled anew.
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 3

out=.build/mutants
seeds=${SEEDS:-400}
mkdir -p "$out" || exit 3

# name ; sources, of emu/core or of the room named ; sed program, which may have semicolons ; arguments of the sweep ; invariants, any
# of which may name it. The program must change every source, or the row fails: it has moved on.
table() {
    sed 's/^ *//; /^#/d; /^$/d' <<'ROWS'
    # trees
    third-child     ; parent.c  ; s/^        if (s->below.slots.i..state == SLOT_FREE)$/        if (true)/ ; --kind late ; children
    asks-its-child  ; child.c place.c share.c ; s/^    parent_drop_waiting(s, why ==/    (void)(why ==/; s/^        if (s->want.losses++ </        if (s->below.slots[0].state >= SLOT_WAITING)\n            pfs_set_state(s, PFS_YIELD, NEVER), join_begin(s, s->below.slots[0].ip);\n        else if (s->want.losses++ </; s/ || ip == s->parent.link.ip) {/) {/ ; --kind parent-of-part ; cycle
    slot-not-freed  ; parent.c  ; s/s->below.slots\[i\].state != SLOT_FREE && s->below.slots\[i\].deadline <.*)$/false)/ ; --kind crash ; agree
    # elections and the server
    deaf-root       ; elect.c   ; s/if (f && f->rooted)$/if (f \&\& f->rooted \&\& !m)/ ; --kind split ; one-root fetches
    no-yield        ; elect.c   ; s/bool open = s->state == PFS_LISTENING || (s->state == PFS_CLAIM .*/bool open = false;/; s/bool open = s->state == PFS_LISTENING || s->state == PFS_CLAIM;/bool open = false;/ ; ; fetches one-root broadcasts
    claims-for-ever ; elect.c   ; s/if (s->want.turn.ads == PFS_ADS) {/if (s->want.turn.ads > 250) {/ ; ; broadcasts ends one-root
    # what outlives what it speaks of, and patience that counts time alone
    outlives-file   ; child.c elect.c parent.c pfs.c ; s/^    p->has = holds;/    p->has = holds > p->has ? holds : p->has;/; s/s->want.turn = (struct pfs_turn){0};/s->want.turn = (struct pfs_turn){.fetched = s->want.turn.fetched};/; s/if (s->state == PFS_ROOT_FETCH)$/if (s->state == PFS_ROOT_FETCH || s->state == PFS_ROOT_WAIT)/; s/^    s->want = (struct pfs_want){0};/    s->want = (struct pfs_want){.turn.fetched = s->want.turn.fetched};/ ; --kind lines ; flow fetches
    quick-lines     ; worth.c   ; s/lesser(gives . 2, PFS_DRIP)/PFS_CRAWL/ ; --kind lines ; flow
    believes-drips  ; worth.c   ; s/return shows >= .* >> doubles &&/return true \&\&/ ; --kind drips-129 ; soon ends
    believes-long   ; worth.c   ; s/ && s->kit->now - w->since <= most;/ \&\& most;/ ; --kind drips-600 ; soon ends
    blames-parents  ; worth.c   ; s/^    blame_for_all(s, .*/    (void)blame_for_all;/ ; --kind stalls-200 ; soon ends fetches
    # slots: promises that hold or starve, patience without an end or a memory
    promise-holds   ; parent.c  ; s/return s->state == PFS_SERVE && /&s->below.promises[0].until <= s->kit->now \&\& / ; --kind spoofed-10 ; soon ends
    promise-starves ; place.c   ; s/^    if (parent_slot_for(s, ip) && .*/    struct pfs_promise *kept = \&s->below.promises[PFS_PROMISES - 1];\n    if (kept->until <= s->kit->now \&\& (kept->until = s->kit->now + PFS_LINK_TIMEOUT) \&\& parent_slot_for(s, ip)) {/ ; --kind spoofed-50 ; fetches soon ends
    ten-minutes     ; blame.c   ; s/return blame_nobody_patience(s, c->file) >> halves;/return PFS_SERVE_LIMIT >> halves;/ ; --kind holder ; soon ends fetches
    forgets-wasters ; blame.c   ; s/^    blame(s, &(struct pfs_bad){.ip = c->ip, .child = .*/    (void)alive;/ ; --kind holders ; soon fetches ends
    ever-again      ; blame.c   ; s/^    return b && (forms || twice .*/    (void)twice;\n    return b \&\& forms;/ ; --kind holders ; soon fetches ends
    forgets-leavers ; parent.c  ; s/^        blame_leaver(s, c);/        (void)c;/ ; --kind returners ; soon fetches ends
    blames-the-root ; join.c    ; s/^    } else if (m->type == WIRE_REDIRECT && blame_shuns(s, m->ip)) {/    } else if (m->type == WIRE_REDIRECT \&\& !m->ip) {/ ; --kind holders ; fetches soon
    # addresses
    keeps-its-lease ; dhcp.c    ; s/^    return now >= l->end      ? lose(.*/    return now >= l->end      ? (set_state(d, DHCP_REBINDING, NEVER), DHCP_MORE)/ ; --kind dhcp-leases ; lease
    never-renews    ; dhcp.c    ; s/^    set_state(d, DHCP_BOUND, d->lease.renew);/    set_state(d, DHCP_BOUND, d->lease.end);/ ; --kind dhcp-refused ; fetches broadcasts ends
    believes-server ; dhcp.c    ; s/^    if (d->state != DHCP_PROBING || .*/    if (frame || len ||/ ; --kind dhcp-taken ; address
    asks-no-more    ; dhcp.c    ; s/^        result = in_vain(d);$/&\n        if (result == DHCP_SILENT) {\n            set_state(d, DHCP_SELECTING, NEVER);\n            return result;\n        }/ ; --kind dhcp-short ; ends
    one-server      ; servers.c ; s/^    if (result != TRANSFER_TIMED_OUT .*/    if (result || server || next)/ ; --kind dhcp-servers ; ends
    # call managers
    believes-for-ever ; station.c ; s/if (s->missed == STATION_MISSED) {/if (false) {/ ; --kind cm-dies ; known registers
    says-its-old-load ; say.c   ; s/snprintf(msg.load, .*/snprintf(msg.load, sizeof msg.load, "SCCP41.9-4-2SR1-1S");/ ; --kind cm ; known registers
    tries-one-round ; station.c ; s/station_try(s, s->retry + .*/station_try(s, 86400 * USEC_SEC);/ ; --kind cm-rejects ; registers
    forgets-nobody  ; sccp/registrar.c ; s/return interval \* 21 .*/return interval * 2880;/ ; --kind cm-wan-cut ; registers once-only known
    # files
    all-authentic   ; auth.c    ; s/^    if (strcmp(env.file_name, name) != 0)$/    return NULL;\n&/ ; --kind wan-flipped ; identical
    one-file-short  ; upgrade.c ; s/p->file < (int)p->list.count)/p->file + 1 < (int)p->list.count)/ ; ; whole-load
    # ends
    asks-for-ever   ; join.c    ; s/if (++s->want.turn.tries < PFS_JOIN_TRIES)/if (++s->want.turn.tries)/ ; --kind root-waiting ; ends
    gives-up        ; pfs.c     ; s/^    s->owner->fetch(s->owner_arg, pfs_current(s)->name);/    if (as == PFS_ROOT_FETCH) &/ ; --kind wan-flipped ; ends
    stays-open      ; life.c    ; s/^    share_close(&p->pfs);$// ; ; quiet
    timer-spins     ; share.c   ; s/s->alive_at = s->kit->now + PFS_ALIVE;/s->alive_at = s->kit->now;/ ; ; spin
    another-life    ; elect.c   ; s/^    f->strength = s->kit->ops->random(s->kit->ctx)/    static unsigned lives;\n    f->strength = (++lives ^ s->kit->ops->random(s->kit->ctx))/ ; --twice ; trace
ROWS
}

# Builds the simulator with the row's sources changed. What is wrong with that is printed.
build() {
    local sources=$2 program=$3 dir=$out/$1 source path
    rm -rf "$dir" && mkdir -p "$dir" || return 1
    for source in $sources; do
        path=emu/core/$source
        [[ $source == */* ]] && path=emu/$source
        sed "$program" "$path" >"$dir/${source##*/}" || return 1
        if cmp -s "$path" "$dir/${source##*/}"; then
            echo "$path is not changed by: $program"
            return 1
        fi
    done
    # What is changed comes before the archive, which then has nothing to add of its own. Phones do
    # not look at themselves here (emu/core/check.h): it is the simulator that has to find it.
    "${CC:-cc}" -std=gnu17 -D_GNU_SOURCE -DNDEBUG -I. -O1 -w -o "$dir/sim" "$dir"/*.c emu/core/check.c \
        "${objects[@]}" .build/libcore.a -lexpat -lhttp_parser -lhogweed -lnettle -lgmp -lm
}

# The seed and the invariant of a sweep's first report.
first_breach() {
    sed -n 's/^seed \([0-9]*\) breaks "\([a-z-]*\)".*/\1 \2/p' "$1" | head -n 1
}

# Sweeps until the row is caught by an invariant it names, and replays that.
catch() {
    local dir=$out/$1 arguments=$2 expected=" $3 " seed invariant again
    # shellcheck disable=SC2086 # arguments are words
    "$dir/sim" --sweep "$seeds" --stop $arguments >"$dir/sweep" 2>&1
    read -r seed invariant < <(first_breach "$dir/sweep")
    if [[ -z ${seed:-} ]]; then
        echo "not caught by $seeds seeds"
        tail -n 3 "$dir/sweep"
        return 1
    fi
    if [[ $expected != *" $invariant "* ]]; then
        echo "caught by \"$invariant\", at seed $seed"
        return 1
    fi
    # shellcheck disable=SC2086
    "$dir/sim" --replay "$seed" $arguments >"$dir/replay" 2>&1
    again=$(first_breach "$dir/replay")
    if [[ $again != "$seed $invariant" ]]; then
        echo "seed $seed breaks \"$invariant\", its replay \"$again\""
        return 1
    fi
    caught="$invariant at seed $seed"
}

trim() { sed 's/^ *//; s/ *$//' <<<"$1"; }

objects=()
for source in tests/sim/*.c emu/sim/*.c; do
    [[ $source == */predict.c ]] || objects+=(".build/${source%.c}.o")
done

rows=()
while IFS= read -r row; do
    name=$(trim "${row%%;*}")
    [[ $# -eq 0 || " $* " == *" $name "* ]] && rows+=("$row")
done < <(table)

number=0 failed=0
echo "1..${#rows[@]}"
for row in "${rows[@]}"; do
    number=$((number + 1)) caught=
    name=$(trim "${row%%;*}")
    expected=$(trim "${row##*;}")
    rest=${row#*;} rest=${rest%;*}
    sources=$(trim "${rest%%;*}")
    arguments=$(trim "${rest##*;}")
    program=${rest#*;} program=$(trim "${program%;*}")
    if why=$(build "$name" "$sources" "$program" 2>&1) && catch "$name" "$arguments" "$expected" \
        >"$out/$name/why"; then
        echo "ok $number - $name is caught: $caught"
    else
        echo "not ok $number - $name should break: $expected"
        { echo "$why" && cat "$out/$name/why" 2>/dev/null; } | sed 's/^/# /'
        failed=1
    fi
done
exit "$failed"
