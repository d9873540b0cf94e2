/* invariant.c - the table of invariants, and when each is looked at. See invariant.h. */
#include "tests/sim/inspect.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAMAGE_SAMPLE USEC_SEC /* how often it is asked whether the fleet is damaged */

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
    {"one-root", "once settled, a file has one root that fetches it, of phones that use each other",
     AT_STEP, one_root},
    {"fetches", "the server sends a file once, and again where a fault explains it", AT_CHANGE,
     few_fetches},
    {"once", "without faults each hierarchy has had each of its files from the server once", AT_END,
     once_each},
    {"flow", "no time-out ends a link or a wait while bytes flow there", AT_STEP, flows},
    {"broadcasts", "broadcasts are near linear in the number of phones", AT_STEP, few_broadcasts},
    {"lease", "no interface has an address that no server grants it", AT_STEP, leased},
    {"lease", "no interface has an address that no server grants it", AT_END, leased},
    {"known", "who shows that he is registered is in that manager's list, with his load", AT_STEP,
     known_where_it_says},
    {"once-only", "no two managers have the same phone", AT_STEP, registered_once},
    {"registers", "with a call manager that works every phone ends registered, with its load",
     AT_END, all_register},
    {"quiet", "a phone outside an upgrade holds nothing open", AT_STEP, quiet},
    {"ends", "every phone ends upgraded in time, or says why not where a fault explains it",
     AT_END, all_end},
    {"address", "no two have one address at a time", AT_REPORT, NULL},
    {"identical", "a visible file is authenticated and identical with the server's", AT_REPORT,
     NULL},
    {"whole-load", "a phone boots from whole loads only", AT_REPORT, NULL},
    {"spin", "a timer that has run moves on", AT_REPORT, NULL},
    {"soon", "who means harm at most doubles the time, or costs what he may", AT_REPORT, NULL},
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

/* ---- for those who look ---------------------------------------------------------------- */

static usec later(usec a, usec b)
{
    return a > b ? a : b;
}

bool too_long(const struct invariants *v, usec now, usec since, usec bound)
{
    return since != NEVER && now > later(since, v->thawed) + bound;
}

void mark(usec *since, bool wrong, usec now)
{
    *since = !wrong ? NEVER : *since == NEVER ? now : *since;
}

/* The first breach stays. */
bool broken(struct invariants *v, usec at, long a, long b, long c, const char *format, ...)
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

/* ---- what is seen of a phone --------------------------------------------------------- */

/* What the checks below want to know before the event is remembered. */
static void see_parent(struct invariants *v, const struct sim *s, size_t i)
{
    struct seen *me = &v->seen[i];
    long up = parent_of(s, i);
    me->was_up = me->up;
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
    me->file = p->current;
    for (int k = 0; k < 2; k++)
        me->slot[k] = p->below.slots[k].state ? p->below.slots[k].ip : 0;
}

static void look_for_damage(struct invariants *v, const struct sim *s)
{
    usec now = sim_now(s);
    v->sample = now + DAMAGE_SAMPLE;
    if (sim_damaged(s))
        v->calm = now;
    if (s->o.damage.tcp_stall > 0) /* what was said comes up to a minute later */
        v->thawed = now;
    for (size_t i = 0; i < v->phones; i++)
        if (sim_alive(s, i))
            v->thawed = later(v->thawed, s->nodes[i].thaw < now ? s->nodes[i].thaw : now);
}

void invariants_step(struct invariants *v, struct sim *s, size_t phone)
{
    if (sim_now(s) >= v->sample)
        look_for_damage(v, s);
    const struct pfs *p = sim_pfs(s, phone);
    see_parent(v, s, phone);
    for (int k = 0; k < 2; k++) {
        uint32_t has = p->below.slots[k].state ? p->below.slots[k].ip : 0;
        if (has != v->seen[phone].slot[k]) {
            v->changed = true;
            v->seen[phone].alone[1 + k] = NEVER;
        }
    }
    count_root(v, s, phone);
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

/* ---- making, asking ------------------------------------------------------------------ */

struct invariants *invariants_new(size_t phones, const struct limits *limits)
{
    struct invariants *v = calloc(1, sizeof *v);
    if (!v || !(v->seen = calloc(phones, sizeof *v->seen)))
        abort();
    v->phones = phones;
    v->limits = *limits;
    for (size_t i = 0; i < phones; i++)
        v->seen[i] = (struct seen){.up = -1, .was_up = -1, .crowded = NEVER,
                                   .alone = {NEVER, NEVER, NEVER},
                                   .stray = NEVER, .twice = NEVER};
    return v;
}

void invariants_free(struct invariants *v)
{
    free(v->seen);
    free(v->wanted);
    free(v);
}

const struct breach *invariants_breach(const struct invariants *v)
{
    return &v->breach;
}
