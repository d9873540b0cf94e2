/* share.c - see share.h. */
#include "emu/core/share.h"

#include "emu/core/blame.h"
#include "emu/core/child.h"
#include "emu/core/doubt.h"
#include "emu/core/elect.h"
#include "emu/core/join.h"
#include "emu/core/lobby.h"
#include "emu/core/parent.h"
#include "emu/core/place.h"
#include "emu/core/root.h"

/* ---- what has become of a turn ------------------------------------------------------- */

/* The next turn, after one that ended without the file: to the root, or to an election. */
static void next_turn(struct pfs *s, bool root_lost)
{
    if (root_lost)
        root_forget(s, pfs_current(s)->h);
    pfs_current(s)->depth = 1; /* unless a parent is found */
    elect_begin(s);
}

/* No peer is to be had. Many may give up together: spread what then goes to the server. */
static void fall_back(struct pfs *s, const char *why)
{
    struct pfs_file *f = pfs_current(s);
    f->depth = 1;
    s->want.turn = (struct pfs_turn){0};
    struct event_line e;
    kit_event_begin(s->kit, &e, EVENT_FALLBACK);
    event_str(&e, "file", f->name);
    event_str(&e, "why", why);
    kit_event_end(s->kit, &e);
    kit_tell(s->kit, LOG_WRN, "XID%08X no peer for %s (%s): TFTP", s->kit->id->xid, f->name, why);
    pfs_set_state(s, PFS_FALLBACK, s->kit->now + PFS_TICK + kit_random(s->kit, 5 * USEC_SEC));
}

/* The turn failed by a peer's fault. */
static void try_again(struct pfs *s, bool root_lost, const char *why)
{
    const struct pfs_root *r = root_known(s, pfs_current(s)->h);
    if (++s->want.attempts >= PFS_BLAME && r)
        blame_parent(s, r->ip);
    if (s->want.attempts <= PFS_ATTEMPTS)
        next_turn(s, root_lost);
    else
        fall_back(s, why);
}

/* Served: on to the next file. */
static void leave(struct pfs *s)
{
    child_done(s);
    pfs_attend(s, -1);
    pfs_set_state(s, PFS_IDLE, NEVER);
    s->owner->advance(s->owner_arg);
}

/* Whatever a part was handed, it may have ended the turn. */
static void settle(struct pfs *s)
{
    const struct pfs_over over = s->over;
    s->over = (struct pfs_over){0};
    switch (over.how) {
    case OVER_NOT:
        break;
    case OVER_BUSY:
        join_later(s);
        break;
    case OVER_LOST:
        if (s->want.losses++ < PFS_LOSSES)
            next_turn(s, over.root_lost);
        else
            try_again(s, over.root_lost, over.why);
        break;
    case OVER_FAILED:
        try_again(s, over.root_lost, over.why);
        break;
    case OVER_SERVED:
        leave(s);
        break;
    }
}

/* ---- the owner's calls --------------------------------------------------------------- */

int share_open(struct pfs *s)
{
    int error = s->kit->ops->peer_open(s->kit->ctx);
    if (error)
        return error;
    s->map = s->kit->ops->random(s->kit->ctx);
    kit_tell(s->kit, LOG_DBG, "+++ fd=7 Listening on peer TCP port %d", CPPDP_PORT);
    kit_tell(s->kit, LOG_NOT, "^.idl_child.c-openUDPPort");
    pfs_set_state(s, PFS_OPENING, s->kit->now + PFS_OPEN_DELAY);
    s->alive_at = s->kit->now + PFS_ALIVE;
    return 0;
}

void share_close(struct pfs *s)
{
    if (s->state == PFS_OFF)
        return;
    pfs_attend(s, -1); /* nothing more to advance to */
    pfs_set_state(s, PFS_IDLE, NEVER);
    for (int i = 0; i < 2; i++)
        parent_drop(s, &s->below.slots[i], REASON_LEAVING);
    s->kit->ops->peer_close(s->kit->ctx);
    pfs_set_state(s, PFS_OFF, NEVER);
    pfs_init(s, s->kit, s->owner, s->owner_arg);
}

void share_hold(struct pfs *s, const char *file)
{
    pfs_add(s, file)->held = true;
}

void share_want(struct pfs *s, const char *file)
{
    struct pfs_file *f = pfs_add(s, file);
    pfs_attend(s, (int)(f - s->files));
    if (s->state != PFS_OPENING)
        elect_begin(s);
}

void share_fetched(struct pfs *s)
{
    if (s->current >= 0) {
        parent_whole(s);
        settle(s);
    }
}

void share_fetch_failed(struct pfs *s)
{
    if (s->state == PFS_OFF)
        return;
    parent_drop_waiting(s, REASON_FETCH_FAILED);
    if (s->current >= 0)
        pfs_current(s)->rooted = false;
    pfs_attend(s, -1);
    pfs_set_state(s, PFS_IDLE, NEVER);
}

void share_fetch_progress(struct pfs *s, uint64_t bytes)
{
    if (s->state != PFS_ROOT_FETCH && s->state != PFS_FALLBACK)
        return;
    if (bytes < s->want.turn.fetched)
        s->alive_at = s->kit->now;
    s->want.turn.fetched = bytes;
}

/* ---- timers -------------------------------------------------------------------------- */

static usec earlier(usec a, usec b)
{
    return a < b ? a : b;
}

usec share_deadline(const struct pfs *s)
{
    if (s->state == PFS_OFF)
        return NEVER;
    usec own = earlier(s->at, earlier(s->alive_at, s->election.ad_at));
    usec below = earlier(parent_deadline(s), lobby_deadline(s));
    return earlier(own, earlier(child_deadline(s), below));
}

static void opened(struct pfs *s)
{
    pfs_log_slots(s);
    pfs_set_state(s, PFS_IDLE, NEVER);
    if (s->current >= 0)
        elect_begin(s);
}

static void state_timer(struct pfs *s)
{
    switch (s->state) {
    case PFS_OPENING:
        opened(s);
        break;
    case PFS_LISTENING:
    case PFS_CLAIM:
    case PFS_YIELD:
    case PFS_ROOT_WAIT:
        elect_timer(s);
        break;
    case PFS_JOIN:
        join_timer(s);
        break;
    case PFS_LINK: /* it accepted, and then said nothing */
        child_stalled(s);
        break;
    case PFS_FALLBACK:
        pfs_fetch(s, PFS_FALLBACK);
        break;
    case PFS_SERVE:
        leave(s);
        break;
    case PFS_OFF:
    case PFS_IDLE:
    case PFS_CHILD:
    case PFS_ROOT_FETCH:
        s->at = NEVER;
        break;
    case PFS_STATE_COUNT:
        break;
    }
}

static void send_alive(struct pfs *s)
{
    s->alive_at = s->kit->now + PFS_ALIVE;
    parent_alive(s);
    child_alive(s);
}

static void link_timers(struct pfs *s)
{
    usec now = s->kit->now;
    if (s->alive_at <= now)
        send_alive(s);
    if (s->election.ad_at <= now)
        elect_advertise(s);
    lobby_timers(s);
    parent_timers(s);
    if (child_deadline(s) <= now)
        child_timer(s);
    settle(s);
}

void share_timers(struct pfs *s)
{
    if (s->state == PFS_OFF)
        return;
    if (s->at <= s->kit->now)
        state_timer(s);
    settle(s);
    if (s->state != PFS_OFF)
        link_timers(s);
}

/* ---- datagrams ----------------------------------------------------------------------- */

static void answered(struct pfs *s, uint32_t ip, const struct wire_msg *m)
{
    struct pfs_root root;
    if (join_awaits(s, ip, m))
        join_answered(s, ip, m);
    else if (doubt_answered(s, ip, m, &root))
        elect_believe(s, &root);
}

void share_udp(struct pfs *s, struct addr from, const void *data, size_t len)
{
    struct wire_msg msg;
    if (s->state == PFS_OFF || from.ip == s->kit->id->ip || from.ip == 0 ||
        from.port != CPPDP_PORT || wire_decode(data, len, &msg) != NULL ||
        msg.xid == s->kit->id->xid)
        return;
    switch (msg.type) {
    case WIRE_CLAIM:
        elect_claim_heard(s, from.ip, &msg);
        break;
    case WIRE_JOIN:
        place_asked(s, from.ip, &msg);
        break;
    case WIRE_ACCEPT:
    case WIRE_REDIRECT:
    case WIRE_REFUSE:
        answered(s, from.ip, &msg);
        break;
    default: /* bytes from the wire: the TCP messages have no business here */
        break;
    }
    settle(s);
}

/* ---- connections --------------------------------------------------------------------- */

int share_accepted(struct pfs *s, uint32_t ip)
{
    return lobby_accepted(s, ip);
}

static struct link *link_of(struct pfs *s, int conn)
{
    if (conn == CONN_PARENT)
        return &s->parent.link;
    if (conn < CONN_LOBBY)
        return &s->below.slots[conn - CONN_CHILD0].link;
    return &s->below.lobby[conn - CONN_LOBBY].link;
}

/* Returns where the connection is now: a caller's becomes a child's with its first message. */
static int message(struct pfs *s, int conn, const struct wire_msg *m)
{
    if (conn == CONN_PARENT)
        child_message(s, m);
    else if (conn < CONN_LOBBY)
        parent_message(s, &s->below.slots[conn - CONN_CHILD0], m);
    else if (m->type == WIRE_HELLO)
        return parent_hello(s, &s->below.lobby[conn - CONN_LOBBY], m);
    else
        link_close(s->kit, link_of(s, conn));
    return conn;
}

static void nonsense(struct pfs *s, int conn, const char *why)
{
    struct link *l = link_of(s, conn);
    char text[IP_TEXT];
    kit_tell(s->kit, LOG_WRN, "XID%08X %s on the link to %s", s->kit->id->xid, why,
             kit_ip_text(l->ip, text));
    if (conn == CONN_PARENT) {
        blame_parent(s, l->ip);
        child_lost(s, REASON_BAD_FILE);
    } else if (conn < CONN_LOBBY) {
        parent_drop(s, &s->below.slots[conn - CONN_CHILD0], REASON_BAD_FILE);
    } else {
        link_close(s->kit, l);
    }
}

void share_data(struct pfs *s, int conn, const void *data, size_t len)
{
    struct cursor in = cursor(data, len);
    while (link_of(s, conn)->state == LINK_OPEN) {
        struct wire_msg m;
        struct cursor payload = {0};
        const char *why = NULL;
        enum link_read got = link_next(link_of(s, conn), &in, &m, &payload, &why);
        if (got == LINK_MORE)
            return;
        if (got == LINK_MESSAGE)
            conn = message(s, conn, &m);
        else if (got == LINK_PAYLOAD && conn == CONN_PARENT)
            child_payload(s, &payload);
        else
            nonsense(s, conn, why ? why : "data from a child");
        settle(s);
    }
}

void share_connected(struct pfs *s, int conn)
{
    if (conn == CONN_PARENT && s->parent.link.state == LINK_CONNECTING)
        child_connected(s);
}

void share_sent(struct pfs *s, int conn)
{
    struct link *l = link_of(s, conn);
    if (l->state != LINK_OPEN)
        return;
    link_sent(s->kit, l);
    if (conn >= CONN_CHILD0 && conn < CONN_LOBBY)
        parent_sent(s, &s->below.slots[conn - CONN_CHILD0]);
    settle(s);
}

void share_closed(struct pfs *s, int conn, int error)
{
    struct link *l = link_of(s, conn);
    if (l->state == LINK_CLOSED)
        return;
    (void)error; /* a peer that is gone is gone, by whatever errno */
    link_gone(l);
    if (conn == CONN_PARENT)
        child_lost(s, REASON_LEAVING);
    else if (conn < CONN_LOBBY)
        parent_drop(s, &s->below.slots[conn - CONN_CHILD0], REASON_LEAVING);
    settle(s);
}
