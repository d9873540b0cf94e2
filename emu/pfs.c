/* pfs.c - the coordinator of peer firmware sharing: files, states, dispatch. The theory of
 * operation stands in pfs.h.
 */
#include "emu/pfs.h"

#include "emu/blame.h"
#include "emu/root.h"

#include <assert.h>
#include <string.h>

const char *const pfs_state_names[] = {
    "off",  "idle", "opening", "listening", "ClaimRoot(tent)", "yield", "join",
    "link", "child", "ROOT_WAITING", "root", "fallback", "serve",
};
static_assert(sizeof pfs_state_names / sizeof *pfs_state_names == PFS_STATE_COUNT,
              "one name per state");

void pfs_init(struct pfs *s, struct kit *kit, const struct pfs_owner *owner, void *owner_arg)
{
    *s = (struct pfs){.kit = kit, .owner = owner, .owner_arg = owner_arg, .at = NEVER,
                      .current = -1, .alive_at = NEVER, .ad_at = NEVER,
                      .parent.link.conn = CONN_PARENT};
    for (int i = 0; i < 2; i++)
        s->slots[i].link.conn = CONN_CHILD0 + i;
    for (int i = 0; i < CONN_COUNT - CONN_LOBBY; i++)
        s->lobby[i].link.conn = CONN_LOBBY + i;
}

void pfs_set_state(struct pfs *s, enum pfs_state to, usec at)
{
    s->state = to;
    s->at = at;
}

struct pfs_file *pfs_current(struct pfs *s)
{
    return s->current < 0 ? NULL : &s->files[s->current];
}

void pfs_attend(struct pfs *s, int file)
{
    s->current = file;
    s->want = (struct pfs_want){0};
}

int pfs_find(const struct pfs *s, uint32_t h)
{
    for (int i = 0; i < s->file_count; i++)
        if (s->files[i].h == h)
            return i;
    return -1;
}

struct wire_msg pfs_message(const struct pfs *s, enum wire_type type, uint32_t h)
{
    return (struct wire_msg){
        .type = (uint8_t)type, .xid = s->kit->id->xid, .h = h, .map = s->map};
}

void pfs_unicast(struct pfs *s, uint32_t ip, const struct wire_msg *msg)
{
    uint8_t out[WIRE_MAX];
    size_t len = wire_encode(msg, 0, out, sizeof out);
    s->kit->ops->udp_send(s->kit->ctx, ip, out, len);
}

/* ---- the owner's calls --------------------------------------------------------------- */

int pfs_open(struct pfs *s)
{
    int error = s->kit->ops->peer_open(s->kit->ctx);
    if (error)
        return error;
    s->map = s->kit->ops->random(s->kit->ctx);
    kit_log(s->kit, LOG_DBG, "+++ fd=7 Listening on peer TCP port %d", CPPDP_PORT);
    kit_log(s->kit, LOG_NOT, "^.idl_child.c-openUDPPort");
    pfs_set_state(s, PFS_OPENING, s->kit->now + PFS_OPEN_DELAY);
    s->alive_at = s->kit->now + PFS_ALIVE;
    return 0;
}

void pfs_close(struct pfs *s)
{
    if (s->state == PFS_OFF)
        return;
    pfs_attend(s, -1); /* nothing more to advance to */
    pfs_set_state(s, PFS_IDLE, NEVER);
    for (int i = 0; i < 2; i++)
        parent_drop(s, &s->slots[i], REASON_LEAVING);
    s->kit->ops->peer_close(s->kit->ctx);
    pfs_init(s, s->kit, s->owner, s->owner_arg);
}

static struct pfs_file *add_file(struct pfs *s, const char *name)
{
    uint32_t h = wire_hierarchy(s->kit->id->model->name, name);
    int i = pfs_find(s, h);
    if (i < 0)
        i = s->file_count++;
    assert(i < PFS_FILES);
    struct pfs_file *f = &s->files[i];
    f->h = h;
    f->depth = 1;
    memccpy(f->name, name, 0, sizeof f->name - 1);
    return f;
}

void pfs_hold(struct pfs *s, const char *file)
{
    add_file(s, file)->held = true;
}

void pfs_want(struct pfs *s, const char *file)
{
    struct pfs_file *f = add_file(s, file);
    pfs_attend(s, (int)(f - s->files));
    if (s->state != PFS_OPENING)
        elect_begin(s);
}

void pfs_turn(struct pfs *s, bool root_lost)
{
    if (root_lost)
        root_forget(s, pfs_current(s)->h);
    pfs_current(s)->depth = 1; /* unless a parent is found */
    elect_begin(s);
}

void pfs_again(struct pfs *s, bool root_lost, const char *why)
{
    struct pfs_file *f = pfs_current(s);
    const struct pfs_root *r = root_known(s, f->h);
    if (++s->want.attempts >= PFS_BLAME && r)
        blame_parent(s, r->ip);
    if (s->want.attempts <= PFS_ATTEMPTS) {
        pfs_turn(s, root_lost);
        return;
    }
    f->depth = 1;
    s->want.turn = (struct pfs_turn){0};
    struct event_line e;
    kit_event_begin(s->kit, &e, EVENT_FALLBACK);
    event_str(&e, "file", f->name);
    event_str(&e, "why", why);
    kit_event_end(s->kit, &e);
    kit_log(s->kit, LOG_WRN, "XID%08X no peer for %s (%s): TFTP", s->kit->id->xid, f->name, why);
    /* Many may give up together: spread what then goes to the server. */
    pfs_set_state(s, PFS_FALLBACK, s->kit->now + PFS_TICK + kit_random(s->kit, 5 * USEC_SEC));
}

void pfs_fetch(struct pfs *s, enum pfs_state as)
{
    pfs_set_state(s, as, NEVER);
    s->want.part = (struct pfs_part){0}; /* the server's transfer begins anew, over that */
    s->want.turn.fetched = 0;
    s->owner->fetch(s->owner_arg, pfs_current(s)->name);
}

void pfs_fetched(struct pfs *s)
{
    if (s->current >= 0)
        share_whole(s);
}

void pfs_fetch_failed(struct pfs *s)
{
    if (s->state == PFS_OFF)
        return;
    share_drop_waiting(s, REASON_FETCH_FAILED);
    if (s->current >= 0)
        pfs_current(s)->rooted = false;
    pfs_attend(s, -1);
    pfs_set_state(s, PFS_IDLE, NEVER);
}

void pfs_fetch_progress(struct pfs *s, uint64_t bytes)
{
    if (s->state != PFS_ROOT_FETCH && s->state != PFS_FALLBACK)
        return;
    if (bytes < s->want.turn.fetched)
        s->alive_at = s->kit->now;
    s->want.turn.fetched = bytes;
}

usec pfs_earn(const struct pfs *s, usec end, uint64_t bytes, unsigned rate, usec all)
{
    usec earned = end + bytes * USEC_SEC / rate, most = s->kit->now + all;
    return earned < most ? earned : most;
}

/* ---- timers -------------------------------------------------------------------------- */

usec pfs_deadline(const struct pfs *s)
{
    if (s->state == PFS_OFF)
        return NEVER;
    usec at = share_deadline(s);
    return s->at < at ? s->at : at;
}

static void opened(struct pfs *s)
{
    share_log_slots(s);
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
        blame_parent(s, s->parent.link.ip);
        share_parent_lost(s, REASON_STALLED);
        break;
    case PFS_FALLBACK:
        pfs_fetch(s, PFS_FALLBACK);
        break;
    case PFS_SERVE:
        share_leave(s);
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

void pfs_timers(struct pfs *s)
{
    if (s->state == PFS_OFF)
        return;
    if (s->at <= s->kit->now)
        state_timer(s);
    if (s->state != PFS_OFF)
        share_timers(s);
}

/* ---- datagrams ----------------------------------------------------------------------- */

void pfs_udp(struct pfs *s, struct addr from, const void *data, size_t len)
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
        join_asked(s, from.ip, &msg);
        break;
    case WIRE_ACCEPT:
    case WIRE_REDIRECT:
    case WIRE_REFUSE:
        join_answered(s, from.ip, &msg);
        break;
    default: /* bytes from the wire: the TCP messages have no business here */
        break;
    }
}
