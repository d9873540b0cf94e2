/* doubt.c - claims that count only when their sender has answered. See pfs.h.
 *
 * A claimer in doubt is asked for a place by JOIN. ACCEPT, REDIRECT and "no slot free now" come
 * from a phone that takes part; nothing else counts. A doubt lasts as long as one JOIN may take,
 * and its place in the table is not given to another claimer within a tick: whoever floods the
 * LAN with claims sees so many JOINs, and does not push out those that were asked before.
 */
#include "emu/pfs.h"

#include "emu/root.h"

#include <string.h>

static struct pfs_doubt *doubt_of(struct pfs *s, uint32_t ip, uint32_t h)
{
    for (int i = 0; i < PFS_DOUBTS; i++)
        if (s->doubts[i].root.ip == ip && s->doubts[i].root.h == h)
            return &s->doubts[i];
    return NULL;
}

/* A free one, or the oldest. */
static struct pfs_doubt *place(struct pfs *s)
{
    struct pfs_doubt *oldest = &s->doubts[0];
    for (int i = 0; i < PFS_DOUBTS; i++) {
        struct pfs_doubt *d = &s->doubts[i];
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

void doubt_answered(struct pfs *s, uint32_t ip, const struct wire_msg *m)
{
    struct pfs_doubt *d = doubt_of(s, ip, m->h);
    bool takes_part = m->type != WIRE_REFUSE || m->reason == REASON_BUSY;
    if (!d || !takes_part || s->kit->now > d->asked_at + PFS_JOIN_TIMEOUT)
        return;
    struct pfs_root root = d->root;
    *d = (struct pfs_doubt){0};
    elect_believe(s, &root);
}
