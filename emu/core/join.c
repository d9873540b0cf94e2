/* join.c - see join.h. */
#include "emu/core/join.h"

#include "emu/core/blame.h"
#include "emu/core/child.h"
#include "emu/core/root.h"

#include <string.h>

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
    kit_tell(s->kit, LOG_WRN, "XID%08X no answer from %s", s->kit->id->xid,
             kit_ip_text(target, text));
    blame_parent(s, target);
    pfs_turn_over(s, OVER_FAILED, root_is(s, target), "no answer to JOIN");
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
        pfs_turn_over(s, OVER_FAILED, root_is(s, turn->target), "refused by the root");
}

bool join_awaits(struct pfs *s, uint32_t ip, const struct wire_msg *m)
{
    return s->state == PFS_JOIN && ip == s->want.turn.target && m->h == pfs_current(s)->h;
}

void join_answered(struct pfs *s, uint32_t ip, const struct wire_msg *m)
{
    if (++s->want.turn.hops > PFS_JOIN_HOPS) {
        blame_parent(s, ip); /* a tree of a thousand phones is not that deep */
        pfs_turn_over(s, OVER_FAILED, true, "lost its way in the tree");
    } else if (m->type == WIRE_ACCEPT) {
        pfs_current(s)->depth = m->depth < UINT8_MAX ? (uint8_t)(m->depth + 1) : UINT8_MAX;
        child_link(s, ip);
    } else if (m->type == WIRE_REDIRECT && usable(s, m->ip)) {
        walk_to(s, m->ip);
    } else if (m->type == WIRE_REDIRECT && blame_shuns(s, m->ip)) {
        join_later(s); /* it has another child, or will have let go of that one */
    } else if (m->type == WIRE_REDIRECT) {
        pfs_turn_over(s, OVER_FAILED, false, "sent to a peer that is no use");
    } else {
        refused(s, m);
    }
}
