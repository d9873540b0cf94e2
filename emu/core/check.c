/* check.c - see check.h. */
#include "emu/core/check.h"

#include "emu/core/phone-private.h"

#include <assert.h>

/* The file that it is at, and how much of it is here. */
static void check_want(const struct pfs *s)
{
    const struct pfs_want *w = &s->want;
    assert(s->file_count <= PFS_FILES);
    assert(s->current >= -1 && s->current < s->file_count);
    assert(s->current >= 0 || s->state <= PFS_OPENING);
    assert(w->part.received <= w->part.size && w->part.size <= PFS_FILE_MAX);
    assert(w->attempts <= PFS_ATTEMPTS + PFS_ATTEMPTS / 4 + 1); /* a root's failure counts more */
    assert(w->turn.hops <= PFS_JOIN_HOPS);
    assert(s->over.how == OVER_NOT);
}

/* Who is root of it, and who holds it. */
static void check_claim(const struct pfs *s)
{
    bool roots = s->state == PFS_ROOT_WAIT || s->state == PFS_ROOT_FETCH;
    assert(!roots || s->files[s->current].rooted);
    assert(s->state != PFS_SERVE || s->files[s->current].held);
}

/* A parent is there while one is needed, and may be until those below are done. */
static void check_parent(const struct pfs *s)
{
    enum link_state link = s->parent.link.state;
    assert(s->parent.link.conn == CONN_PARENT);
    assert(s->state != PFS_LINK || link != LINK_CLOSED);
    assert(s->state != PFS_CHILD || link == LINK_OPEN);
    assert(s->state == PFS_LINK || s->state == PFS_CHILD || s->state == PFS_SERVE ||
           link == LINK_CLOSED);
}

/* Bytes reach a child only of a file that is held; and only a phone without children that wait
 * looks for a parent: so no cycle can form. */
static void check_child(const struct pfs *s, const struct pfs_slot *c)
{
    bool looks = s->state == PFS_LISTENING || s->state == PFS_YIELD || s->state == PFS_JOIN;
    assert((c->state != SLOT_FREE) == (c->link.state == LINK_OPEN));
    if (c->state == SLOT_FREE)
        return;
    assert(c->file < s->file_count && c->ip != 0 && c->ip != s->kit->id->ip);
    assert(c->state == SLOT_WAITING || s->files[c->file].held);
    assert(!looks || s->files[c->file].held);
}

static void check_below(const struct pfs *s)
{
    const struct pfs_slot *c = s->below.slots;
    for (int i = 0; i < 2; i++) {
        assert(c[i].link.conn == CONN_CHILD0 + i);
        check_child(s, &c[i]);
    }
    assert(c[0].state == SLOT_FREE || c[1].state == SLOT_FREE || c[0].ip != c[1].ip);
}

/* It has an address while its client holds a lease, and does nothing but boot without one. */
static void check_address(const struct phone *p)
{
    const struct dhcp *d = &p->dhcp;
    bool bound = d->state == DHCP_BOUND || d->state == DHCP_RENEWING || d->state == DHCP_REBINDING;
    if (!p->id.dhcp) {
        assert(d->state == DHCP_OFF);
        return;
    }
    assert(bound == (p->id.ip != 0) && (!bound || p->id.ip == d->lease.address.ip));
    assert(bound || p->status.state == PHONE_READY || p->status.state == PHONE_BOOT);
    assert(d->tries == 0 || !bound);
}

/* Its call manager is told only of a phone that has come up. */
static void check_station(const struct phone *p)
{
    const struct station *s = &p->station;
    enum phone_state state = (enum phone_state)p->status.state;
    assert((s->state == STATION_REGISTERED) == p->status.registered);
    assert(s->state == STATION_OFF || (state != PHONE_READY && state != PHONE_BOOT));
    assert((s->state >= STATION_REGISTERING) ==
           (s->link[s->mine].state == MANAGERLINK_OPEN));
    assert(s->state == STATION_REGISTERED || s->state == STATION_LEAVING ||
           s->link[1 - s->mine].state == MANAGERLINK_CLOSED);
    assert(s->state == STATION_OFF || s->current < s->count);
}

/* Who is silent has nothing to send, and believes nobody. */
static void check_discovery(const struct discovery *d)
{
    for (int i = 0; i < DISCOVERY_COUNT; i++) {
        bool silent = d->by[i].state == SPEAKER_SILENT;
        assert(silent == (d->by[i].at == NEVER));
        assert(!silent || (d->by[i].until == 0 && d->by[i].sent == 0));
    }
}

void check_phone(const struct phone *p)
{
    check_address(p);
    enum phone_state state = (enum phone_state)p->status.state;
    assert(state == PHONE_UPGRADE || p->pfs.state == PFS_OFF);
    assert(state == PHONE_UPGRADE || state == PHONE_CONFIG || fetch_idle(&p->fetch));
    assert(state == PHONE_CONFIG || !p->parser);
    assert(!p->advance && !p->hopeless);
    check_station(p);
    check_discovery(&p->discovery);
    check_want(&p->pfs);
    check_claim(&p->pfs);
    check_parent(&p->pfs);
    check_below(&p->pfs);
}
