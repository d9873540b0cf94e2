/* invariant.c - the invariants, one row each. See invariant.h. */
#include "tests/sim/invariant.h"

#include "tests/sim/node.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAMAGE_SAMPLE USEC_SEC /* how often it is asked whether the fleet is damaged */
#define ROOTED_FILES  (2 * PFS_FILES)

/* What a phone was after its latest event. */
struct seen {
    enum pfs_state state;
    long up;                  /* the phone that it calls its parent, or -1 */
    uint32_t slot[2];         /* whom its slots are for: IPs, 0: free */
    uint32_t root_of;         /* hierarchy that it is confirmed root of and still fetches; 0 */
    unsigned below;           /* phones that call it their parent */
    usec crowded;             /* since when there are too many of those; NEVER */
    usec alone[3];            /* since when its parent, its children do not agree; NEVER */
};

/* A hierarchy with a root that still fetches. */
struct rooted {
    uint32_t h;
    unsigned roots;
    usec rivals;              /* since when there are more than one; NEVER */
};

struct invariants {
    struct limits limits;
    struct breach breach;
    struct seen *seen;
    size_t phones;
    struct rooted rooted[ROOTED_FILES];
    usec calm;                /* the fleet was last seen damaged */
    usec sample;
    bool changed;             /* the event has changed the phone's state or links */
};

/* ---- looking ------------------------------------------------------------------------- */

static usec later(usec a, usec b)
{
    return a > b ? a : b;
}

/* Longer than the bound, of time in which nothing was damaged. */
static bool too_long(const struct invariants *v, usec now, usec since, usec bound)
{
    return since != NEVER && now > later(since, v->calm) + bound;
}

static void mark(usec *since, bool wrong, usec now)
{
    *since = !wrong ? NEVER : *since == NEVER ? now : *since;
}

/* The phone that phone i takes its file from, or waits for; -1. One that holds its file needs no
 * parent any more, and does not look after it. */
static long parent_of(const struct sim *s, size_t i)
{
    const struct pfs *p = sim_pfs(s, i);
    bool child = sim_alive(s, i) && p->state == PFS_CHILD && p->parent.state == LINK_OPEN;
    return child ? sim_node_of(s, p->parent.ip) : -1;
}

static bool has_child(const struct sim *s, size_t parent, size_t child)
{
    const struct pfs *p = sim_pfs(s, parent);
    for (int k = 0; k < 2 && sim_alive(s, parent); k++)
        if (p->slots[k].state >= SLOT_WAITING &&
            sim_node_of(s, p->slots[k].ip) == (long)child)
            return true;
    return false;
}

/* Also while the child still waits for the first word, and when it no longer needs one. */
static bool has_parent(const struct sim *s, size_t child, size_t parent)
{
    const struct pfs *p = sim_pfs(s, child);
    return sim_alive(s, child) && p->parent.state == LINK_OPEN &&
           sim_node_of(s, p->parent.ip) == (long)parent;
}

/* The first breach stays. */
__attribute__((format(printf, 6, 7))) static bool broken(struct invariants *v, usec at, long a,
                                                         long b, long c, const char *format, ...)
{
    struct breach *breach = &v->breach;
    const long phones[] = {a, b, c};
    breach->at = at;
    for (size_t i = 0; i < 3; i++)
        if (phones[i] >= 0)
            breach->phones[breach->count++] = phones[i];
    va_list args;
    va_start(args, format);
    vsnprintf(breach->text, sizeof breach->text, format, args);
    va_end(args);
    return false;
}

static double seconds(usec t)
{
    return (double)t / USEC_SEC;
}

/* ---- trees --------------------------------------------------------------------------- */

/* A slot that goes to another phone without having been free has lost the first one's link. */
static bool no_slot_taken_over(struct invariants *v, struct sim *s, size_t i)
{
    const struct pfs *p = sim_pfs(s, i);
    for (int k = 0; k < 2; k++) {
        uint32_t had = v->seen[i].slot[k], has = p->slots[k].state ? p->slots[k].ip : 0;
        if (had && has && had != has)
            return broken(v, sim_now(s), (long)i, sim_node_of(s, had), sim_node_of(s, has),
                          "phone %zu gives the place of child %ld, not let go, to %ld", i,
                          sim_node_of(s, had), sim_node_of(s, has));
    }
    return true;
}

/* Those that died without a word no longer count. */
static void recount(struct invariants *v, const struct sim *s, size_t parent)
{
    v->seen[parent].below = 0;
    for (size_t i = 0; i < v->phones; i++) {
        if (v->seen[i].up == (long)parent && !sim_alive(s, i))
            v->seen[i].up = -1;
        v->seen[parent].below += v->seen[i].up == (long)parent;
    }
}

/* Seen from below: whoever calls a phone its parent counts, whatever that phone says. */
static bool two_children(struct invariants *v, struct sim *s, size_t i)
{
    if (!no_slot_taken_over(v, s, i))
        return false;
    long p = v->seen[i].up;
    if (p < 0)
        return true;
    struct seen *parent = &v->seen[p];
    if (parent->below > 2)
        recount(v, s, (size_t)p);
    mark(&parent->crowded, parent->below > 2, sim_now(s));
    if (!too_long(v, sim_now(s), parent->crowded, NEWS))
        return true;
    return broken(v, sim_now(s), (long)i, p, -1, "%u phones call phone %ld their parent, for %.1f s",
                  parent->below, p, seconds(sim_now(s) - parent->crowded));
}

/* Along links of which both ends know. */
static bool no_cycle(struct invariants *v, struct sim *s, size_t i)
{
    size_t at = i;
    for (size_t steps = 0; steps <= v->phones; steps++) {
        long p = parent_of(s, at);
        if (p < 0 || !has_child(s, (size_t)p, at))
            return true;
        at = (size_t)p;
        if (at == i)
            return broken(v, sim_now(s), (long)i, parent_of(s, i), parent_of(s, (size_t)parent_of(s, i)),
                          "phone %zu is below itself, %zu links away", i, steps + 1);
    }
    return true; /* a cycle that it hangs on, not its own: its members find it */
}

static bool ends_agree(struct invariants *v, struct sim *s, size_t i)
{
    usec now = sim_now(s);
    const struct pfs *p = sim_pfs(s, i);
    struct seen *me = &v->seen[i];
    mark(&me->alone[0], me->up >= 0 && !has_child(s, (size_t)me->up, i), now);
    if (too_long(v, now, me->alone[0], NEWS))
        return broken(v, now, (long)i, me->up, -1,
                      "phone %zu has called phone %ld its parent for %.1f s, which has no such child",
                      i, me->up, seconds(now - me->alone[0]));
    for (int k = 0; k < 2; k++) {
        long c = p->slots[k].state >= SLOT_WAITING ? sim_node_of(s, p->slots[k].ip) : -1;
        mark(&me->alone[1 + k], c >= 0 && !has_parent(s, (size_t)c, i), now);
        if (too_long(v, now, me->alone[1 + k], NEWS))
            return broken(v, now, (long)i, c, -1,
                          "phone %zu has called phone %ld its child for %.1f s, which has no such "
                          "parent", i, c, seconds(now - me->alone[1 + k]));
    }
    return true;
}

/* ---- roots and the server ------------------------------------------------------------ */

static struct rooted *rooted(struct invariants *v, uint32_t h)
{
    struct rooted *free = NULL;
    for (size_t i = 0; i < ROOTED_FILES; i++) {
        if (v->rooted[i].roots && v->rooted[i].h == h)
            return &v->rooted[i];
        if (!v->rooted[i].roots && !free)
            free = &v->rooted[i];
    }
    if (!free)
        abort(); /* one load has fewer files */
    *free = (struct rooted){.h = h, .rivals = NEVER};
    return free;
}

static uint32_t fetches_as_root(const struct sim *s, size_t i)
{
    const struct pfs *p = sim_pfs(s, i);
    bool root = sim_alive(s, i) && p->current >= 0 &&
                (p->state == PFS_ROOT_WAIT || p->state == PFS_ROOT_FETCH);
    return root ? p->files[p->current].h : 0;
}

static void count_root(struct invariants *v, size_t i, uint32_t h)
{
    struct seen *me = &v->seen[i];
    if (me->root_of == h)
        return;
    if (me->root_of)
        rooted(v, me->root_of)->roots--;
    me->root_of = h;
    if (h)
        rooted(v, h)->roots++;
}

/* The other one; those that died without a word no longer count. */
static long rival_of(struct invariants *v, const struct sim *s, size_t i)
{
    long rival = -1;
    uint32_t h = v->seen[i].root_of;
    for (size_t n = 0; n < v->phones; n++) {
        if (n == i || v->seen[n].root_of != h)
            continue;
        if (fetches_as_root(s, n) == h)
            rival = (long)n;
        else
            count_root(v, n, 0);
    }
    return rival;
}

static bool one_root(struct invariants *v, struct sim *s, size_t i)
{
    uint32_t h = v->seen[i].root_of;
    if (!h)
        return true;
    struct rooted *r = rooted(v, h);
    long rival = r->roots > 1 ? rival_of(v, s, i) : -1;
    mark(&r->rivals, rival >= 0, sim_now(s));
    if (rival < 0 || sim_now(s) <= v->calm + SETTLE)
        return true;
    const struct pfs *p = sim_pfs(s, i);
    return broken(v, sim_now(s), (long)i, rival, -1, "phones %zu and %ld are both root of %s", i,
                  rival, p->files[p->current].name);
}

static bool few_fetches(struct invariants *v, struct sim *s, size_t i)
{
    size_t count;
    const struct sim_file *f = sim_files(s, &count);
    for (size_t n = 0; n < count; n++)
        if (f[n].fetches > v->limits.fetches && !strstr(f[n].name, ".cnf.xml"))
            return broken(v, sim_now(s), (long)i, -1, -1,
                          "the server has sent %s %u times; the faults explain %u", f[n].name,
                          f[n].fetches, v->limits.fetches);
    return true;
}

uint64_t invariants_broadcasts(size_t phones, unsigned turns)
{
    return (PFS_ADS + 2) * PFS_FILES * (4 + (uint64_t)phones + turns);
}

static bool few_broadcasts(struct invariants *v, struct sim *s, size_t i)
{
    if (sim_counts(s).broadcasts <= v->limits.broadcasts)
        return true;
    return broken(v, sim_now(s), (long)i, -1, -1, "%llu broadcasts of %zu phones; at most %llu",
                  (unsigned long long)sim_counts(s).broadcasts, v->phones,
                  (unsigned long long)v->limits.broadcasts);
}

/* ---- how it ends --------------------------------------------------------------------- */

/* Who is in no upgrade holds nothing open. */
static bool quiet(struct invariants *v, struct sim *s, size_t i)
{
    enum phone_state state = (enum phone_state)sim_status(s, i)->state;
    const struct node *n = &s->nodes[i];
    if (state == PHONE_UPGRADE || !sim_alive(s, i))
        return true;
    size_t conns = sim_open_conns(s, i);
    if (!conns && !n->listening && !n->downloading)
        return true;
    return broken(v, sim_now(s), (long)i, -1, -1, "phone %zu is %s and has %zu connections%s%s", i,
                  phone_state_names[state], conns, n->listening ? ", port 4051" : "",
                  n->downloading ? ", a download" : "");
}

/* One that waits to be switched on by a fault that did not come is not in an upgrade. */
static bool is_busy(const struct sim *s, size_t i)
{
    const struct phone_status *st = sim_status(s, i);
    bool off = st->state == PHONE_READY && i + s->o.late >= s->o.phones;
    return sim_alive(s, i) && !off && st->state != PHONE_IDLE && st->state != PHONE_FAILED;
}

static bool all_end(struct invariants *v, struct sim *s, size_t i)
{
    const struct phone_status *st = sim_status(s, i);
    if (is_busy(s, i))
        return broken(v, sim_now(s), (long)i, parent_of(s, i), -1,
                      "phone %zu is still busy (%s, %s) %.0f s after the last fault", i,
                      phone_state_names[st->state], pfs_state_names[sim_pfs(s, i)->state],
                      seconds(sim_now(s) - v->calm));
    if (!sim_alive(s, i) || (st->state == PHONE_IDLE && st->upgraded) || st->state == PHONE_READY)
        return true;
    if (st->state == PHONE_FAILED && st->status_text[0] && v->limits.excused)
        return true;
    return broken(v, sim_now(s), (long)i, -1, -1, "phone %zu ended %s, saying \"%s\" of \"%s\"", i,
                  phone_state_names[st->state], st->status_text, st->status_file);
}

/* ---- the table ----------------------------------------------------------------------- */

enum when {
    AT_STEP,     /* after every event */
    AT_CHANGE,   /* after one that changed the phone's state or links */
    AT_END,      /* of each phone, when all is over */
    AT_REPORT,   /* whoever finds it says so */
};

static const struct invariant {
    const char *name, *promise;
    enum when when;
    bool (*holds)(struct invariants *v, struct sim *s, size_t phone);
} table[] = {
    {"children", "a phone has at most two children", AT_STEP, two_children},
    {"cycle", "no phone is below itself", AT_CHANGE, no_cycle},
    {"agree", "parent and child agree, but for as long as news may take", AT_STEP, ends_agree},
    {"one-root", "once settled, a file has one root that fetches it", AT_STEP, one_root},
    {"fetches", "the server sends a file once, and again where a fault explains it", AT_CHANGE,
     few_fetches},
    {"broadcasts", "broadcasts are near linear in the number of phones", AT_STEP, few_broadcasts},
    {"quiet", "a phone outside an upgrade holds nothing open", AT_STEP, quiet},
    {"ends", "every phone ends upgraded in time, or says why not where a fault explains it",
     AT_END, all_end},
    {"identical", "a visible file is authenticated and identical with the server's", AT_REPORT,
     NULL},
    {"whole-load", "a phone boots from whole loads only", AT_REPORT, NULL},
    {"spin", "a timer that has run moves on", AT_REPORT, NULL},
    {"trace", "the same seed gives the same run", AT_REPORT, NULL},
};
#define ROWS (sizeof table / sizeof *table)

static void look(struct invariants *v, struct sim *s, size_t phone, enum when when)
{
    for (size_t i = 0; i < ROWS && !v->breach.invariant; i++)
        if (table[i].when == when && !table[i].holds(v, s, phone)) {
            v->breach.invariant = table[i].name;
            v->breach.promise = table[i].promise;
        }
}

/* ---- what is seen of a phone --------------------------------------------------------- */

/* What the checks below want to know before the event is remembered. */
static void see_parent(struct invariants *v, const struct sim *s, size_t i)
{
    struct seen *me = &v->seen[i];
    long up = parent_of(s, i);
    v->changed = up != me->up || sim_pfs(s, i)->state != me->state;
    if (up == me->up)
        return;
    me->alone[0] = NEVER;
    if (me->up >= 0 && v->seen[me->up].below)
        v->seen[me->up].below--;
    if (up >= 0)
        v->seen[up].below++;
    me->up = up;
}

static void remember(struct invariants *v, const struct sim *s, size_t i)
{
    const struct pfs *p = sim_pfs(s, i);
    struct seen *me = &v->seen[i];
    me->state = p->state;
    for (int k = 0; k < 2; k++)
        me->slot[k] = p->slots[k].state ? p->slots[k].ip : 0;
}

void invariants_step(struct invariants *v, struct sim *s, size_t phone)
{
    if (sim_now(s) >= v->sample) {
        v->sample = sim_now(s) + DAMAGE_SAMPLE;
        if (sim_damaged(s))
            v->calm = sim_now(s);
    }
    const struct pfs *p = sim_pfs(s, phone);
    see_parent(v, s, phone);
    for (int k = 0; k < 2; k++) {
        uint32_t has = p->slots[k].state ? p->slots[k].ip : 0;
        if (has != v->seen[phone].slot[k]) {
            v->changed = true;
            v->seen[phone].alone[1 + k] = NEVER;
        }
    }
    count_root(v, phone, fetches_as_root(s, phone));
    look(v, s, phone, AT_STEP);
    if (v->changed)
        look(v, s, phone, AT_CHANGE);
    remember(v, s, phone);
}

void invariants_blow(struct invariants *v, usec at)
{
    v->calm = later(v->calm, at);
}

void invariants_report(struct invariants *v, usec at, long phone, const char *invariant,
                       const char *text)
{
    for (size_t i = 0; i < ROWS && !v->breach.invariant; i++)
        if (strcmp(table[i].name, invariant) == 0) {
            broken(v, at, phone, -1, -1, "%s", text);
            v->breach.invariant = table[i].name;
            v->breach.promise = table[i].promise;
        }
}

void invariants_end(struct invariants *v, struct sim *s)
{
    for (size_t i = 0; i < v->phones; i++)
        look(v, s, i, AT_END);
}

/* ---- how long it may take ------------------------------------------------------------ */

bool invariants_busy(const struct sim *s)
{
    bool busy = false;
    for (size_t i = 0; i < sim_phones(s) && !busy; i++)
        busy = is_busy(s, i);
    return busy;
}

/* Of TFTP's waits together, with their random quarter. */
static usec tftp_patience(void)
{
    usec sum = 0;
    for (int i = 0; i < TFTP_TRIES; i++)
        sum += TFTP_TIMEOUT << i < TFTP_TIMEOUT_MAX ? TFTP_TIMEOUT << i : TFTP_TIMEOUT_MAX;
    return sum + sum / 4;
}

/* A file's way from the server to its root, block by block, and down the tree. */
static usec journey(const struct sim *s, size_t bytes)
{
    usec levels = 1, round_trip = 2 * s->o.wan_delay + 2 * SIM_LAN_DELAY;
    while (sim_phones(s) >> levels)
        levels++;
    if (s->o.wan_bps)
        round_trip += (TFTP_BLOCK + 100) * 8 * USEC_SEC / s->o.wan_bps;
    usec to_two_children = 2 * bytes * 8 * USEC_SEC / s->o.port_bps;
    return (bytes / TFTP_BLOCK + 1) * round_trip + levels * (to_two_children + PFS_TICK);
}

/* What the faults have left hanging is let go of within the longest patience of the protocol, and
 * the last of it may be a phone that only then asks the server. From there on: a boot, the
 * configuration, and for each file an election, the wait for the tree, a turn lost to a peer that
 * is gone (found by its silence, or by JOINs without answer), and the journey; and the boot into
 * the load. */
usec invariants_patience(const struct sim *s)
{
    const usec election = PFS_LISTEN + PFS_LISTEN_SPREAD + (PFS_ADS + 1) * PFS_TICK;
    const usec turn = election + PFS_JOIN_SPREAD + PFS_JOIN_TRIES * PFS_JOIN_TIMEOUT + PFS_SILENCE;
    usec sum = PFS_SERVE_LIMIT + tftp_patience() + s->o.boot_spread +
               2 * (PHONE_BOOT_TIME + PHONE_BOOT_SPREAD + tftp_patience());
    size_t count;
    const struct sim_file *f = sim_files(s, &count);
    for (size_t i = 0; i < count; i++)
        if (f[i].fetches && !strstr(f[i].name, ".cnf.xml"))
            sum += PFS_ROOT_WAITING + 2 * turn + 2 * journey(s, f[i].len);
    return sum;
}

/* ---- making, asking ------------------------------------------------------------------ */

struct invariants *invariants_new(size_t phones, const struct limits *limits)
{
    struct invariants *v = calloc(1, sizeof *v);
    if (!v || !(v->seen = calloc(phones, sizeof *v->seen)))
        abort();
    v->phones = phones;
    v->limits = *limits;
    for (size_t i = 0; i < phones; i++)
        v->seen[i] = (struct seen){.up = -1, .crowded = NEVER, .alone = {NEVER, NEVER, NEVER}};
    return v;
}

void invariants_free(struct invariants *v)
{
    free(v->seen);
    free(v);
}

const struct breach *invariants_breach(const struct invariants *v)
{
    return &v->breach;
}
