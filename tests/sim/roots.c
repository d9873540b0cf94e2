/* roots.c - who fetches from the server, and how much is broadcast. See inspect.h. */
#include "tests/sim/inspect.h"

#include <stdlib.h>
#include <string.h>

static struct rooted *rooted(struct invariants *v, uint32_t h)
{
    struct rooted *vacant = NULL;
    for (size_t i = 0; i < ROOTED_FILES; i++) {
        if (v->rooted[i].roots && v->rooted[i].h == h)
            return &v->rooted[i];
        if (!v->rooted[i].roots && !vacant)
            vacant = &v->rooted[i];
    }
    if (!vacant)
        abort(); /* one load has fewer files */
    *vacant = (struct rooted){.h = h};
    return vacant;
}

static uint32_t fetches_as_root(const struct sim *s, size_t i)
{
    const struct pfs *p = sim_pfs(s, i);
    bool root = sim_alive(s, i) && p->current >= 0 &&
                (p->state == PFS_ROOT_WAIT || p->state == PFS_ROOT_FETCH);
    return root ? p->files[p->current].h : 0;
}

void count_root(struct invariants *v, const struct sim *s, size_t i)
{
    struct seen *me = &v->seen[i];
    uint32_t h = fetches_as_root(s, i);
    if (me->root_of == h)
        return;
    if (me->root_of)
        rooted(v, me->root_of)->roots--;
    me->root_of = h;
    if (h)
        rooted(v, h)->roots++;
}

/* A peer that was silent, or sent what did not check, is not used again for that file, not even as
 * its root (pfs.h): who found another so has a tree of its own. */
static bool avoid(const struct sim *s, size_t a, size_t b)
{
    return pfs_is_bad(sim_pfs(s, a), sim_ip(s, (uint32_t)b)) ||
           pfs_is_bad(sim_pfs(s, b), sim_ip(s, (uint32_t)a));
}

/* The other one; those that died without a word no longer count. */
static long rival_of(struct invariants *v, const struct sim *s, size_t i)
{
    long rival = -1;
    uint32_t h = v->seen[i].root_of;
    for (size_t n = 0; n < v->phones; n++) {
        if (n == i || v->seen[n].root_of != h)
            continue;
        count_root(v, s, n);
        if (v->seen[n].root_of == h && !avoid(s, i, n))
            rival = (long)n;
    }
    return rival;
}

bool one_root(struct invariants *v, struct sim *s, size_t i)
{
    uint32_t h = v->seen[i].root_of;
    if (!h)
        return true;
    bool settled = sim_now(s) > v->calm + SETTLE;
    long rival = settled && rooted(v, h)->roots > 1 ? rival_of(v, s, i) : -1;
    if (rival < 0)
        return true;
    const struct pfs *p = sim_pfs(s, i);
    return broken(v, sim_now(s), (long)i, rival, -1, "phones %zu and %ld are both root of %s", i,
                  rival, p->files[p->current].name);
}

bool few_fetches(struct invariants *v, struct sim *s, size_t i)
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

bool few_broadcasts(struct invariants *v, struct sim *s, size_t i)
{
    if (sim_counts(s).broadcasts <= v->limits.broadcasts)
        return true;
    return broken(v, sim_now(s), (long)i, -1, -1, "%llu broadcasts of %zu phones; at most %llu",
                  (unsigned long long)sim_counts(s).broadcasts, v->phones,
                  (unsigned long long)v->limits.broadcasts);
}
