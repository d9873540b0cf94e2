/* trees.c - who is whose parent: children, cycles, both ends of a link. See inspect.h. */
#include "tests/sim/inspect.h"

long parent_of(const struct sim *s, size_t i)
{
    const struct pfs *p = sim_pfs(s, i);
    bool child = sim_alive(s, i) && p->state == PFS_CHILD && p->parent.link.state == LINK_OPEN;
    return child ? sim_node_of(s, p->parent.link.ip) : -1;
}

static bool has_child(const struct sim *s, size_t parent, size_t child)
{
    const struct pfs *p = sim_pfs(s, parent);
    for (int k = 0; k < 2 && sim_alive(s, parent); k++)
        if (p->below.slots[k].state >= SLOT_WAITING &&
            sim_node_of(s, p->below.slots[k].ip) == (long)child)
            return true;
    return false;
}

/* Also while the child still waits for the first word, and when it no longer needs one. */
static bool has_parent(const struct sim *s, size_t child, size_t parent)
{
    const struct pfs *p = sim_pfs(s, child);
    return sim_alive(s, child) && p->parent.link.state == LINK_OPEN &&
           sim_node_of(s, p->parent.link.ip) == (long)parent;
}

/* A slot that goes to another phone without having been free has lost the first one's link. */
static bool no_slot_taken_over(struct invariants *v, struct sim *s, size_t i)
{
    const struct pfs *p = sim_pfs(s, i);
    for (int k = 0; k < 2; k++) {
        uint32_t had = v->seen[i].slot[k], has = p->below.slots[k].state ? p->below.slots[k].ip : 0;
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
bool two_children(struct invariants *v, struct sim *s, size_t i)
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
    return broken(v, sim_now(s), (long)i, p, -1,
                  "%u phones call phone %ld their parent, for %.1f s", parent->below, p,
                  (double)(sim_now(s) - parent->crowded) / 1e6);
}

/* Along links of which both ends know. */
bool no_cycle(struct invariants *v, struct sim *s, size_t i)
{
    size_t at = i;
    for (size_t steps = 0; steps <= v->phones; steps++) {
        long p = parent_of(s, at);
        if (p < 0 || !has_child(s, (size_t)p, at))
            return true;
        at = (size_t)p;
        if (at == i)
            return broken(v, sim_now(s), (long)i, parent_of(s, i), -1,
                          "phone %zu is below itself, %zu links away", i, steps + 1);
    }
    return true; /* a cycle that it hangs on, not its own: its members find it */
}

bool ends_agree(struct invariants *v, struct sim *s, size_t i)
{
    usec now = sim_now(s);
    const struct pfs *p = sim_pfs(s, i);
    struct seen *me = &v->seen[i];
    mark(&me->alone[0], me->up >= 0 && !has_child(s, (size_t)me->up, i), now);
    if (too_long(v, now, me->alone[0], NEWS))
        return broken(v, now, (long)i, me->up, -1,
                      "phone %zu has called phone %ld its parent for %.1f s, which has no such "
                      "child", i, me->up, (double)(now - me->alone[0]) / 1e6);
    for (int k = 0; k < 2; k++) {
        const struct pfs_slot *slot = &p->below.slots[k];
        long c = slot->state >= SLOT_WAITING ? sim_node_of(s, slot->ip) : -1;
        mark(&me->alone[1 + k], c >= 0 && !has_parent(s, (size_t)c, i), now);
        if (too_long(v, now, me->alone[1 + k], NEWS))
            return broken(v, now, (long)i, c, -1,
                          "phone %zu has called phone %ld its child for %.1f s, which has no such "
                          "parent", i, c, (double)(now - me->alone[1 + k]) / 1e6);
    }
    return true;
}
