/* roots.c - who fetches from the server, and how much is broadcast. See inspect.h. */
#include "tests/sim/inspect.h"

#include "emu/core/blame.h"
#include "emu/core/loads.h"

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
    return blame_shuns(sim_pfs(s, a), sim_ip(s, (uint32_t)b)) ||
           blame_shuns(sim_pfs(s, b), sim_ip(s, (uint32_t)a));
}

static unsigned subnet_of(const struct sim *s, size_t i)
{
    return s->o.groups[s->nodes[i].group].subnet;
}

/* The other one; those that died without a word no longer count. */
static long rival_of(struct invariants *v, const struct sim *s, size_t i)
{
    long rival = -1;
    uint32_t h = v->seen[i].root_of;
    for (size_t n = 0; n < v->phones; n++) {
        if (n == i || v->seen[n].root_of != h || subnet_of(s, n) != subnet_of(s, i))
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

/* ---- how often ------------------------------------------------------------------------ */

static bool of_load(const struct sim *s, const char *load, const struct sim_file *f)
{
    struct loads list = {0};
    char index[NAME_MAX_LEN];
    size_t count;
    const struct sim_file *files = sim_files(s, &count);
    loads_index_name(load, index);
    for (size_t i = 0; i < count; i++)
        if (strcmp(files[i].name, index) == 0)
            loads_parse(files[i].data, files[i].len, &list);
    bool lists = strcmp(f->name, index) == 0;
    for (size_t i = 0; i < list.count; i++)
        lists |= strcmp(list.file[i], f->name) == 0;
    return lists;
}

/* Hierarchies that want the file: models and subnets, each once. */
static unsigned hierarchies_of(const struct sim *s, const struct sim_file *f)
{
    unsigned count = 0;
    for (size_t i = 0; i < s->o.group_count; i++) {
        const struct sim_group *g = s->o.groups;
        bool again = false;
        for (size_t k = 0; k < i; k++)
            again |= strcmp(g[k].model, g[i].model) == 0 && g[k].subnet == g[i].subnet &&
                     of_load(s, g[k].load, f);
        count += !again && of_load(s, g[i].load, f);
    }
    return count;
}

static unsigned wanted(struct invariants *v, const struct sim *s, size_t file)
{
    size_t count;
    const struct sim_file *f = sim_files(s, &count);
    if (!v->limits.exact)
        return v->limits.fetches;
    if (!v->wanted && !(v->wanted = calloc(count, sizeof *v->wanted)))
        abort();
    if (!v->wanted[file])
        v->wanted[file] = hierarchies_of(s, &f[file]);
    return v->wanted[file];
}

bool few_fetches(struct invariants *v, struct sim *s, size_t i)
{
    size_t count;
    const struct sim_file *f = sim_files(s, &count);
    for (size_t n = 0; n < count; n++)
        if (f[n].firmware && f[n].fetches && f[n].fetches > wanted(v, s, n))
            return broken(v, sim_now(s), (long)i, -1, -1,
                          "the server has sent %s %u times; the faults explain %u", f[n].name,
                          f[n].fetches, wanted(v, s, n));
    return true;
}

bool once_each(struct invariants *v, struct sim *s, size_t i)
{
    size_t count;
    const struct sim_file *f = sim_files(s, &count);
    for (size_t n = 0; n < count && i == 0 && v->limits.exact; n++)
        if (f[n].firmware && f[n].fetches != wanted(v, s, n))
            return broken(v, sim_now(s), -1, -1, -1,
                          "the server has sent %s %u times, for %u hierarchies", f[n].name,
                          f[n].fetches, wanted(v, s, n));
    return true;
}

/* ---- broadcasts ----------------------------------------------------------------------- */

uint64_t invariants_broadcasts(size_t phones, unsigned turns)
{
    return (PFS_ADS + 2) * PFS_FILES * (4 + (uint64_t)phones + turns);
}

bool few_broadcasts(struct invariants *v, struct sim *s, size_t i)
{
    uint64_t reminders = sim_now(s) / PFS_AD_INTERVAL * s->o.group_count;
    if (sim_counts(s).broadcasts <= v->limits.broadcasts + reminders)
        return true;
    return broken(v, sim_now(s), (long)i, -1, -1, "%llu broadcasts of %zu phones; at most %llu",
                  (unsigned long long)sim_counts(s).broadcasts, v->phones,
                  (unsigned long long)v->limits.broadcasts);
}
