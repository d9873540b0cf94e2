/* blame.c - see blame.h. */
#include "emu/core/blame.h"

#include "emu/core/root.h"

#include <assert.h>

#define ALL_FILES UINT32_MAX

static_assert(PFS_FILES < 32, "a bit for each file");
static_assert(2 * (PFS_ATTEMPTS + 1) < PFS_BAD, "more places than a file's turns can fill");

static uint32_t bit(int file)
{
    return file < 0 ? 0 : 1u << file;
}

static unsigned weight(const struct pfs_bad *b)
{
    return (unsigned)(__builtin_popcount(b->parent) + __builtin_popcount(b->child) +
                      __builtin_popcount(b->left));
}

static const struct pfs_bad *find(const struct pfs *s, uint32_t ip)
{
    for (int i = 0; i < PFS_BAD; i++)
        if (s->blame.bad[i].ip == ip)
            return &s->blame.bad[i];
    return NULL;
}

/* The one with the least against it; free ones have nothing. NULL: each is wanted. */
static const struct pfs_bad *least(const struct pfs *s)
{
    const struct pfs_bad *least = NULL;
    for (int i = 0; i < PFS_BAD; i++) {
        const struct pfs_bad *b = &s->blame.bad[i];
        bool wanted = b->parent & bit(s->current) && b->parent != ALL_FILES;
        if (!wanted && (!least || weight(b) < weight(least)))
            least = b;
    }
    return least;
}

static void blame(struct pfs *s, const struct pfs_bad *more)
{
    const struct pfs_bad *known = find(s, more->ip), *place = known ? known : least(s);
    if (!place)
        return;
    struct pfs_bad *b = &s->blame.bad[place - s->blame.bad];
    if (!known)
        *b = (struct pfs_bad){.ip = more->ip};
    b->parent |= more->parent;
    b->child |= more->child;
    b->left |= more->left;
}

bool blame_shuns(const struct pfs *s, uint32_t ip)
{
    const struct pfs_bad *b = find(s, ip);
    return b && b->parent & bit(s->current);
}

void blame_parent(struct pfs *s, uint32_t ip)
{
    blame(s, &(struct pfs_bad){.ip = ip, .parent = bit(s->current)});
    s->blame.wary = true;
    root_forget_others(s, pfs_current(s));
}

void blame_for_all(struct pfs *s, uint32_t ip)
{
    blame(s, &(struct pfs_bad){.ip = ip, .parent = ALL_FILES});
    s->blame.wary = true;
    root_forget_others(s, pfs_current(s));
}

void blame_child(struct pfs *s, const struct pfs_slot *c)
{
    bool alive = s->kit->now - c->heard_at < PFS_SILENCE;
    blame(s, &(struct pfs_bad){.ip = c->ip, .child = alive ? ALL_FILES : bit(c->file)});
}

void blame_leaver(struct pfs *s, const struct pfs_slot *c)
{
    const struct pfs_bad *b = find(s, c->ip);
    if (b && b->left & bit(c->file))
        blame_child(s, c);
    else
        blame(s, &(struct pfs_bad){.ip = c->ip, .left = bit(c->file)});
}

bool blame_bars(const struct pfs *s, uint32_t ip, int file)
{
    const struct pfs_bad *b = find(s, ip);
    bool forms = s->state == PFS_ROOT_WAIT && file == s->current;
    bool twice = b && b->child & (b->child - 1);
    return b && (forms || twice || b->child & bit(file));
}

usec blame_nobody_patience(const struct pfs *s, int file)
{
    unsigned depth = s->files[file].depth;
    return PFS_DONE + (depth < PFS_LEVELS ? (PFS_LEVELS - depth) * PFS_DONE_LEVEL : 0);
}

usec blame_patience(const struct pfs *s, const struct pfs_slot *c)
{
    const struct pfs_bad *b = find(s, c->ip);
    b = b ? b : least(s);
    unsigned halves = b && weight(b) < PFS_HALVES ? weight(b) : PFS_HALVES;
    return blame_nobody_patience(s, c->file) >> halves;
}
