/* doubt.c - see doubt.h. */
#include "emu/core/doubt.h"

#include "emu/core/join.h"
#include "emu/core/root.h"

static struct pfs_doubt *doubt_of(struct pfs *s, uint32_t ip, uint32_t h)
{
    for (int i = 0; i < PFS_DOUBTS; i++)
        if (s->election.doubts[i].root.ip == ip && s->election.doubts[i].root.h == h)
            return &s->election.doubts[i];
    return NULL;
}

/* A free one, or the oldest. */
static struct pfs_doubt *place(struct pfs *s)
{
    struct pfs_doubt *oldest = &s->election.doubts[0];
    for (int i = 0; i < PFS_DOUBTS; i++) {
        struct pfs_doubt *d = &s->election.doubts[i];
        if (d->root.ip == 0)
            return d;
        if (d->asked_at < oldest->asked_at)
            oldest = d;
    }
    return oldest;
}

void doubt_ask(struct pfs *s, uint32_t ip, const struct wire_msg *claim)
{
    int file = pfs_find(s, claim->h);
    struct pfs_doubt *d = doubt_of(s, ip, claim->h);
    if (!d)
        d = place(s);
    /* Ads come a tick apart, and may come a little early. */
    if (d->root.ip != 0 && s->kit->now < d->asked_at + PFS_TICK * 3 / 4)
        return;
    *d = (struct pfs_doubt){.root = root_heard(s, ip, claim), .asked_at = s->kit->now};
    join_ask(s, ip, &s->files[file]);
}

bool doubt_answered(struct pfs *s, uint32_t ip, const struct wire_msg *m, struct pfs_root *out)
{
    struct pfs_doubt *d = doubt_of(s, ip, m->h);
    bool takes_part = m->type != WIRE_REFUSE || m->reason == REASON_BUSY;
    if (!d || !takes_part || s->kit->now > d->asked_at + PFS_JOIN_TIMEOUT)
        return false;
    *out = d->root;
    *d = (struct pfs_doubt){0};
    return true;
}
