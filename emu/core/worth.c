/* worth.c - see worth.h. */
#include "emu/core/worth.h"

#include "emu/core/blame.h"
#include "emu/core/root.h"
#include "emu/core/tftp.h"

#include <stdio.h>

static uint64_t lesser(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* By the time since we wait: so that all who do ask together, again and again. But not so soon that
 * nothing could be shown. */
static void next(struct pfs *s)
{
    struct pfs_worth *w = &s->want.worth;
    usec periods = (s->kit->now - w->since + PFS_PATIENCE / 2) / PFS_PATIENCE + 1;
    w->ask_at = w->since + periods * PFS_PATIENCE + kit_random(s->kit, PFS_ASK_SPREAD);
    w->from = s->kit->now;
    w->grown = 0;
}

void worth_begin(struct pfs *s)
{
    struct pfs_worth *w = &s->want.worth;
    const struct pfs_root *r = root_known(s, pfs_current(s)->h);
    uint32_t ip = r ? r->ip : s->parent.link.ip;
    s->parent.limit = NEVER;
    if (w->ip == ip && w->ask_at != NEVER)
        return; /* it has lost us, or we it, and time goes on */
    if (w->ip != ip)
        *w = (struct pfs_worth){.ip = ip, .since = s->kit->now, .drips = w->drips};
    next(s);
}

/* Bytes a second, on average since it was looked at last. */
static uint64_t shown(const struct pfs *s)
{
    const struct pfs_worth *w = &s->want.worth;
    return w->grown * USEC_SEC / (s->kit->now - w->from);
}

/* Beside a server that gives so much. */
static bool is_worth(const struct pfs *s, uint64_t shows, uint64_t gives)
{
    const struct pfs_worth *w = &s->want.worth;
    unsigned doubles = (unsigned)lesser(w->drips, PFS_ATTEMPTS);
    uint64_t largest = (uint64_t)PFS_LARGEST << doubles;
    usec most = PFS_PATIENCE + largest * USEC_SEC / lesser(gives, 4 * PFS_DRIP);
    return shows >= lesser(gives / 2, PFS_DRIP) >> doubles && s->kit->now - w->since <= most;
}

/* It costs a little more: until the others have found out as well. */
static void find_out(struct pfs *s, const char *why)
{
    struct pfs_worth *w = &s->want.worth;
    char text[IP_TEXT];
    kit_tell(s->kit, LOG_WRN, "XID%08X waits for %s in vain: %s", s->kit->id->xid,
             kit_ip_text(w->ip, text), why);
    blame_for_all(s, blame_shuns(s, w->ip) ? s->parent.link.ip : w->ip);
    w->drips++;
    w->ask_at = NEVER;
    s->parent.stalled_at = NEVER;
    s->parent.limit = s->kit->now + 2 * PFS_ASK_SPREAD;
}

void worth_sampled(struct pfs *s, usec took)
{
    const struct pfs_worth *w = &s->want.worth;
    if (s->state != PFS_CHILD || s->parent.announced || w->ask_at != NEVER ||
        s->parent.limit != NEVER)
        return; /* asked for the sake of a root that is gone, or has the file now */
    usec wait = took ? lesser(took, USEC_SEC * TFTP_BLOCK / PFS_SLOWEST) : 1;
    uint64_t gives = USEC_SEC * TFTP_BLOCK / wait;
    uint64_t shows = shown(s);
    if (is_worth(s, shows, gives)) {
        next(s);
        return;
    }
    char why[80];
    snprintf(why, sizeof why, "%llu bytes/s, the server gives %llu", shows + 0ull, gives + 0ull);
    find_out(s, why);
}

usec worth_deadline(const struct pfs *s)
{
    const struct pfs_parent *p = &s->parent;
    return p->announced ? NEVER : lesser(p->stalled_at, s->want.worth.ask_at);
}

void worth_timer(struct pfs *s)
{
    struct pfs_worth *w = &s->want.worth;
    if (s->parent.stalled_at <= s->kit->now) {
        find_out(s, "no progress");
        return;
    }
    if (is_worth(s, shown(s), UINT64_MAX)) {
        next(s);
        return;
    }
    w->ask_at = NEVER;
    s->owner->sample(s->owner_arg, pfs_current(s)->name);
}

void worth_ended(struct pfs *s)
{
    if (!blame_shuns(s, s->want.worth.ip))
        blame_parent(s, s->parent.link.ip);
}
