/* hierarchy.c - forests from parent links. Per model, subnet and file: up[] holds each phone's
 * parent, first[] and next[] its children and siblings, and a walk without recursion writes the
 * nodes. */
#include "netns/judge/hierarchy.h"

#include <errno.h>
#include <stdlib.h>

#define ABSENT (-3) /* in up[]: the phone has no part in this file */

/* ---- most children at one time ------------------------------------------------------ */

/* One child of one phone, for one file. */
struct bond {
    const char *file;
    int32_t child;
};

struct bonds {
    struct bond *items;
    size_t count, room;
};

static bool bond_add(struct bonds *b, struct bond bond)
{
    if (b->count == b->room) {
        size_t room = b->room ? b->room * 2 : 4;
        struct bond *items = reallocarray(b->items, room, sizeof *items);
        if (!items)
            return false;
        b->items = items;
        b->room = room;
    }
    b->items[b->count++] = bond;
    return true;
}

static void bond_drop(struct bonds *b, struct bond bond)
{
    for (size_t i = 0; i < b->count; i++)
        if (b->items[i].file == bond.file && b->items[i].child == bond.child) {
            b->items[i] = b->items[--b->count];
            return;
        }
}

/* Children, each counted once however many files it waits for. */
static unsigned bond_children(const struct bonds *b)
{
    unsigned children = 0;
    for (size_t i = 0; i < b->count; i++) {
        size_t seen = 0;
        while (b->items[seen].child != b->items[i].child)
            seen++;
        children += seen == i;
    }
    return children;
}

int hierarchy_peaks(const struct plan *plan, const struct eventlog *log, unsigned *peaks)
{
    struct bonds *bonds = calloc(plan->count + 1, sizeof *bonds);
    int err = bonds ? 0 : -ENOMEM;
    for (size_t i = 0; !err && i < log->count; i++) {
        const struct eventlog_line *line = &log->lines[i];
        struct bonds *b = &bonds[line->phone];
        struct bond bond = {line->file, line->peer};
        if (line->event == EVENT_BOOT || line->event == EVENT_REBOOT)
            b->count = 0; /* a phone that crashed said no child-gone */
        else if (line->event == EVENT_CHILD_GONE)
            bond_drop(b, bond);
        else if (line->event == EVENT_CHILD && !bond_add(b, bond))
            err = -ENOMEM;
        unsigned children = bond_children(b);
        if (children > peaks[line->phone])
            peaks[line->phone] = children;
    }
    for (size_t i = 0; bonds && i < plan->count; i++)
        free(bonds[i].items);
    free(bonds);
    return err;
}

/* ---- forests ------------------------------------------------------------------------ */

/* Whose forest it is: phones that can share. */
struct kin {
    const struct phone_model *model;
    unsigned subnet;
};

struct forest {
    const struct plan *plan;
    const struct eventlog *log;
    const bool *sharing;
    const unsigned *peaks;
    int32_t *up, *first, *next, *slot; /* plan->count of each */
    struct hierarchy *list;
    size_t count;
};

static struct kin kin_of(const struct forest *f, uint32_t phone)
{
    return (struct kin){f->plan->phones[phone].model, f->plan->phones[phone].subnet};
}

static bool same_kin(struct kin a, struct kin b)
{
    return a.model == b.model && a.subnet == b.subnet;
}

/* The last fetch of each phone counts. */
static void read_links(struct forest *f, struct kin kin, const char *file)
{
    for (size_t i = 0; i < f->plan->count; i++)
        f->up[i] = ABSENT;
    for (size_t i = 0; i < f->log->count; i++) {
        const struct eventlog_line *line = &f->log->lines[i];
        if (line->event == EVENT_FETCHED && line->file == file &&
            same_kin(kin_of(f, line->phone), kin))
            f->up[line->phone] = line->peer;
    }
    for (size_t i = 0; i < f->plan->count; i++)
        if (f->up[i] == EVENTLOG_SERVER && !f->sharing[i])
            f->up[i] = ABSENT;
    for (size_t i = 0; i < f->plan->count; i++)
        if (f->up[i] >= 0 && f->up[f->up[i]] == ABSENT)
            f->up[f->up[i]] = EVENTLOG_OTHER; /* had the file from before */
}

/* Makes a root of phone i where its line of parents leads back to it. */
static void cut_ring(struct forest *f, int32_t i)
{
    size_t steps = 0;
    for (int32_t p = f->up[i]; p >= 0 && steps < f->plan->count; p = f->up[p], steps++)
        if (p == i) {
            f->up[i] = EVENTLOG_OTHER;
            return;
        }
}

static void list_children(struct forest *f)
{
    for (size_t i = 0; i < f->plan->count; i++)
        f->first[i] = f->next[i] = -1;
    for (int32_t i = (int32_t)f->plan->count - 1; i >= 0; i--)
        if (f->up[i] >= 0) {
            f->next[i] = f->first[f->up[i]];
            f->first[f->up[i]] = i;
        }
}

/* The next phone of a walk from parents to children below root, or -1 at its end. */
static int32_t walk(const struct forest *f, int32_t root, int32_t at)
{
    if (f->first[at] >= 0)
        return f->first[at];
    while (at != root && f->next[at] < 0)
        at = f->up[at];
    return at == root ? -1 : f->next[at];
}

static int add_hierarchy(struct forest *f, struct kin kin, const char *file, int32_t root)
{
    struct hierarchy *list = reallocarray(f->list, f->count + 1, sizeof *list);
    if (!list)
        return -ENOMEM;
    f->list = list;
    struct hierarchy h = {.model = kin.model, .subnet = kin.subnet, .file = file,
                          .root = f->plan->phones[root].name};
    for (int32_t i = root; i >= 0; i = walk(f, root, i))
        h.members++;
    h.nodes = calloc(h.members, sizeof *h.nodes);
    if (!h.nodes)
        return -ENOMEM;
    uint32_t n = 0;
    for (int32_t i = root; i >= 0; i = walk(f, root, i), n++) {
        int32_t parent = i == root ? -1 : f->slot[f->up[i]];
        uint32_t depth = parent < 0 ? 1 : h.nodes[parent].depth + 1;
        f->slot[i] = (int32_t)n;
        h.nodes[n] = (struct hierarchy_node){(uint32_t)i, parent, depth};
        h.depth = depth > h.depth ? depth : h.depth;
        h.max_children = f->peaks[i] > h.max_children ? f->peaks[i] : h.max_children;
    }
    list[f->count++] = h;
    return 0;
}

static int add_forest(struct forest *f, struct kin kin, const char *file)
{
    int err = 0;
    read_links(f, kin, file);
    for (size_t i = 0; i < f->plan->count; i++)
        cut_ring(f, (int32_t)i);
    list_children(f);
    for (size_t i = 0; !err && i < f->plan->count; i++)
        if (f->up[i] == EVENTLOG_SERVER || f->up[i] == EVENTLOG_OTHER)
            err = add_hierarchy(f, kin, file, (int32_t)i);
    return err;
}

/* Whether an earlier line has led to their forest of this file. */
static bool met_before(const struct forest *f, struct kin kin, const char *file)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->list[i].file == file &&
            same_kin((struct kin){f->list[i].model, f->list[i].subnet}, kin))
            return true;
    return false;
}

static int add_forests(struct forest *f)
{
    int err = 0;
    for (size_t i = 0; !err && i < f->log->count; i++) {
        const struct eventlog_line *line = &f->log->lines[i];
        struct kin kin = kin_of(f, line->phone);
        bool peer = line->peer >= 0 || f->sharing[line->phone];
        if (line->event == EVENT_FETCHED && peer && !met_before(f, kin, line->file))
            err = add_forest(f, kin, line->file);
    }
    return err;
}

int hierarchy_make(const struct plan *plan, const struct eventlog *log, const bool *sharing,
                   const unsigned *peaks, struct hierarchy **out, size_t *count)
{
    size_t n = plan->count;
    struct forest f = {.plan = plan, .log = log, .sharing = sharing, .peaks = peaks};
    int32_t *arrays = calloc(4 * n + 1, sizeof *arrays);
    int err = arrays ? 0 : -ENOMEM;
    if (!err) {
        f.up = arrays;
        f.first = arrays + n;
        f.next = arrays + 2 * n;
        f.slot = arrays + 3 * n;
        err = add_forests(&f);
    }
    free(arrays);
    if (err)
        hierarchy_free(f.list, f.count);
    *out = err ? NULL : f.list;
    *count = err ? 0 : f.count;
    return err;
}

void hierarchy_free(struct hierarchy *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(list[i].nodes);
    free(list);
}
