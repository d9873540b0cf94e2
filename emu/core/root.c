/* root.c - see root.h. */
#include "emu/core/root.h"

#include <string.h>

struct pfs_root *root_known(struct pfs *s, uint32_t h)
{
    for (int i = 0; i < PFS_KNOWN; i++)
        if (s->election.known[i].ip != 0 && s->election.known[i].h == h)
            return &s->election.known[i];
    return NULL;
}

void root_forget(struct pfs *s, uint32_t h)
{
    struct pfs_root *r = root_known(s, h);
    if (r)
        *r = (struct pfs_root){0};
}

bool root_is(struct pfs *s, uint32_t ip)
{
    const struct pfs_root *r = root_known(s, pfs_current(s)->h);
    return !r || r->ip == ip;
}

bool root_stronger(const struct pfs_root *r, const struct pfs_root *than)
{
    if (r->confirmed != than->confirmed)
        return r->confirmed;
    return r->strength != than->strength ? r->strength > than->strength : r->xid > than->xid;
}

/* The time at which a tentative claim with this many ads behind it will be confirmed. */
static usec confirmation(usec now, unsigned ad)
{
    return now + (PFS_ADS + 1 - ad) * PFS_TICK;
}

struct pfs_root root_heard(const struct pfs *s, uint32_t ip, const struct wire_msg *m)
{
    return (struct pfs_root){
        .h = m->h, .ip = ip, .xid = m->xid, .strength = m->strength, .confirmed = m->confirmed,
        .confirmed_at = m->confirmed ? s->kit->now : confirmation(s->kit->now, m->ad)};
}

void root_keep(struct pfs *s, const struct pfs_root *heard)
{
    struct pfs_root *r = root_known(s, heard->h);
    for (int i = 0; !r && i < PFS_KNOWN; i++)
        if (s->election.known[i].ip == 0)
            r = &s->election.known[i];
    if (!r) { /* full: the place of the oldest */
        struct pfs_root *known = s->election.known;
        memmove(known, known + 1, sizeof *known * (PFS_KNOWN - 1));
        r = &known[PFS_KNOWN - 1];
    }
    *r = *heard;
}

void root_remember(struct pfs *s, uint32_t ip, const struct wire_msg *m)
{
    const struct pfs_root *r = root_known(s, m->h), heard = root_heard(s, ip, m);
    if (!r || r->ip == ip || root_stronger(&heard, r))
        root_keep(s, &heard);
}

void root_forget_others(struct pfs *s, const struct pfs_file *f)
{
    for (int i = 0; i < PFS_KNOWN; i++)
        if (!f || s->election.known[i].h != f->h)
            s->election.known[i] = (struct pfs_root){0};
}
