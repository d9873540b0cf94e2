/* join.c - finding a place in the tree: both ends of the walk by unicast UDP. See pfs.h. */
#include "emu/pfs.h"

#include "emu/blame.h"
#include "emu/root.h"

#include <string.h>

/* ---- the joiner ---------------------------------------------------------------------- */

void join_ask(struct pfs *s, uint32_t ip, const struct pfs_file *f)
{
    struct wire_msg m = pfs_message(s, WIRE_JOIN, f->h);
    memccpy(m.model, s->kit->id->model->name, 0, sizeof m.model - 1);
    memcpy(m.file, f->name, sizeof m.file);
    pfs_unicast(s, ip, &m);
}

static void ask(struct pfs *s)
{
    join_ask(s, s->want.turn.target, pfs_current(s));
    pfs_set_state(s, PFS_JOIN, s->kit->now + PFS_JOIN_TIMEOUT);
}

static void walk_to(struct pfs *s, uint32_t target)
{
    s->want.turn.target = target;
    s->want.turn.tries = 0;
    struct event_line e;
    kit_event_begin(s->kit, &e, EVENT_JOIN);
    event_str(&e, "file", pfs_current(s)->name);
    event_ip(&e, "to", target);
    kit_event_end(s->kit, &e);
    ask(s);
}

void join_begin(struct pfs *s, uint32_t target)
{
    s->want.turn.hops = 0;
    walk_to(s, target);
}

/* No answer, or asked to ask again later. */
void join_timer(struct pfs *s)
{
    uint32_t target = s->want.turn.target;
    if (++s->want.turn.tries < PFS_JOIN_TRIES) {
        ask(s);
        return;
    }
    char text[IP_TEXT];
    kit_log(s->kit, LOG_WRN, "XID%08X no answer from %s", s->kit->id->xid, ip_text(target, text));
    blame_parent(s, target);
    pfs_again(s, root_is(s, target), "no answer to JOIN");
}

static bool usable(const struct pfs *s, uint32_t ip)
{
    return ip != 0 && ip != s->kit->id->ip && !blame_shuns(s, ip);
}

/* After half a timeout to three halves, so that those sent away do not come back together. */
void join_later(struct pfs *s)
{
    usec pause = PFS_JOIN_TIMEOUT / 2 + kit_random(s->kit, PFS_JOIN_TIMEOUT);
    pfs_set_state(s, PFS_JOIN, s->kit->now + pause);
    if (s->want.turn.tries > 0)
        s->want.turn.tries--;
}

static void refused(struct pfs *s, const struct wire_msg *m)
{
    struct pfs_turn *turn = &s->want.turn;
    if (m->reason == REASON_BUSY)
        join_later(s);
    else if (m->ip != turn->target && usable(s, m->ip))
        walk_to(s, m->ip);
    else
        pfs_again(s, root_is(s, turn->target), "refused by the root");
}

void join_answered(struct pfs *s, uint32_t ip, const struct wire_msg *m)
{
    if (s->state != PFS_JOIN || ip != s->want.turn.target || m->h != pfs_current(s)->h) {
        doubt_answered(s, ip, m);
        return;
    }
    if (++s->want.turn.hops > PFS_JOIN_HOPS) {
        blame_parent(s, ip); /* a tree of a thousand phones is not that deep */
        pfs_again(s, true, "lost its way in the tree");
    } else if (m->type == WIRE_ACCEPT) {
        pfs_current(s)->depth = m->depth < UINT8_MAX ? (uint8_t)(m->depth + 1) : UINT8_MAX;
        share_link(s, ip);
    } else if (m->type == WIRE_REDIRECT && usable(s, m->ip)) {
        walk_to(s, m->ip);
    } else if (m->type == WIRE_REDIRECT && blame_shuns(s, m->ip)) {
        join_later(s); /* it has another child, or will have let go of that one */
    } else if (m->type == WIRE_REDIRECT) {
        pfs_again(s, false, "sent to a peer that is no use");
    } else {
        refused(s, m);
    }
}

/* ---- the phone asked ----------------------------------------------------------------- */

bool join_is_member(const struct pfs *s, int i)
{
    if (s->files[i].held)
        return true;
    return i == s->current && (s->state == PFS_LINK || s->state == PFS_CHILD ||
                               s->state == PFS_ROOT_WAIT || s->state == PFS_ROOT_FETCH);
}

static void refuse(struct pfs *s, uint32_t ip, uint32_t h, enum wire_reason reason)
{
    const struct pfs_root *r = root_known(s, h);
    struct wire_msg m = pfs_message(s, WIRE_REFUSE, h);
    m.reason = (uint8_t)reason;
    m.ip = r && r->ip != ip ? r->ip : 0;
    pfs_unicast(s, ip, &m);
}

/* One for each address; in the place of the one that ends first. */
static void promise(struct pfs *s, uint32_t ip)
{
    struct pfs_promise *place = &s->promises[0];
    for (int i = 0; i < PFS_PROMISES && place->ip != ip; i++)
        if (s->promises[i].ip == ip || s->promises[i].until < place->until)
            place = &s->promises[i];
    *place = (struct pfs_promise){.ip = ip, .until = s->kit->now + PFS_LINK_TIMEOUT};
}

/* The child through which fewer joiners have passed, or NULL. One that is at a later file holds
 * the earlier ones: the order of files is the same for all. */
static struct pfs_slot *way_down(struct pfs *s, int file, uint32_t joiner)
{
    struct pfs_slot *best = NULL;
    for (int i = 0; i < 2; i++) {
        struct pfs_slot *c = &s->slots[i];
        bool fits = c->state != SLOT_FREE && c->file >= file && c->ip != joiner;
        if (fits && (!best || c->passed < best->passed))
            best = c;
    }
    return best;
}

void join_asked(struct pfs *s, uint32_t ip, const struct wire_msg *m)
{
    int i = pfs_find(s, m->h);
    bool ours = i >= 0 && strcmp(m->file, s->files[i].name) == 0 &&
                strcmp(m->model, s->kit->id->model->name) == 0;
    bool claiming = ours && i == s->current && s->state == PFS_CLAIM;
    if (!ours || !join_is_member(s, i) || ip == s->parent.link.ip) {
        refuse(s, ip, m->h, claiming ? REASON_BUSY : REASON_NOT_MEMBER);
        return;
    }
    if (parent_slot_for(s, ip) && !blame_bars(s, ip, i)) {
        promise(s, ip);
        struct wire_msg accept = pfs_message(s, WIRE_ACCEPT, m->h);
        accept.depth = s->files[i].depth;
        pfs_unicast(s, ip, &accept);
        return;
    }
    struct pfs_slot *child = way_down(s, i, ip);
    if (!child) {
        refuse(s, ip, m->h, REASON_BUSY);
        return;
    }
    child->passed++;
    struct wire_msg redirect = pfs_message(s, WIRE_REDIRECT, m->h);
    redirect.depth = s->files[i].depth;
    redirect.ip = child->ip;
    pfs_unicast(s, ip, &redirect);
}
