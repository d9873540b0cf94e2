/* flows.c - what bytes flow, and who gives up on them all the same. See inspect.h. */
#include "tests/sim/inspect.h"

/* A parent's patience outlives the news of what is above it, a child's those of its silence. */
#define ABOVE (PFS_STALL / 2)
#define BELOW PFS_SILENCE

/* Whether a byte of a file has come to its flash lately. */
static bool moved(const struct sim *s, long i, usec lately)
{
    usec at = s->nodes[i].moved;
    return at && sim_now(s) <= at + lately;
}

/* The phone from which on something flows down to i, or -1. */
static long flows_above(const struct sim *s, size_t i, long up)
{
    if (moved(s, (long)i, ABOVE))
        return (long)i;
    for (size_t steps = 0; up >= 0 && steps < sim_phones(s); steps++) {
        if (moved(s, up, ABOVE))
            return up;
        up = parent_of(s, (size_t)up);
    }
    return -1;
}

/* A phone at or below c to which something flows, or -1. */
static long flows_below(const struct sim *s, long c)
{
    for (size_t i = 0; i < sim_phones(s); i++) {
        long up = (long)i;
        for (size_t steps = 0; up >= 0 && up != c && steps < sim_phones(s); steps++)
            up = parent_of(s, (size_t)up);
        if (up == c && moved(s, (long)i, BELOW))
            return (long)i;
    }
    return -1;
}

static bool keeps_its_parent(struct invariants *v, struct sim *s, size_t i)
{
    const struct seen *me = &v->seen[i];
    const struct pfs *p = sim_pfs(s, i);
    bool waits = p->state == PFS_CHILD && p->current == me->file;
    bool over = p->state == PFS_OFF || me->file < 0 || p->files[me->file].held;
    if (me->was_up < 0 || me->state != PFS_CHILD || waits || over)
        return true;
    long at = flows_above(s, i, me->was_up);
    return at < 0 || broken(v, sim_now(s), (long)i, me->was_up, at,
                            "phone %zu gives phone %ld up, while bytes come to phone %ld", i,
                            me->was_up, at);
}

static bool keeps_its_child(struct invariants *v, struct sim *s, size_t i, int k)
{
    const struct pfs *p = sim_pfs(s, i);
    bool leaves = v->seen[i].state == PFS_SERVE && p->state != PFS_SERVE;
    uint32_t had = v->seen[i].slot[k], has = p->below.slots[k].state ? p->below.slots[k].ip : 0;
    long c = had && (had != has || leaves) ? sim_node_of(s, had) : -1;
    const struct link *theirs = c < 0 ? NULL : &sim_pfs(s, (size_t)c)->parent.link;
    if (!theirs || theirs->state != LINK_OPEN || sim_node_of(s, theirs->ip) != (long)i)
        return true;
    long at = flows_below(s, c);
    return at < 0 || broken(v, sim_now(s), (long)i, c, at,
                            "phone %zu %s phone %ld, while bytes come to phone %ld", i,
                            leaves ? "goes on without" : "lets go of", c, at);
}

bool flows(struct invariants *v, struct sim *s, size_t i)
{
    if (!v->limits.exact)
        return true;
    bool timer = s->doing == EV_WAKE;
    return keeps_its_parent(v, s, i) &&
           (!timer || (keeps_its_child(v, s, i, 0) && keeps_its_child(v, s, i, 1)));
}
