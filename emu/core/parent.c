/* parent.c - see parent.h. */
#include "emu/core/parent.h"

#include "emu/core/blame.h"
#include "emu/core/lobby.h"
#include "emu/core/state.h"

#include <string.h>

static const uint32_t may_follow[SLOT_STATE_COUNT] = {
#define TO(state) STATE_TO(SLOT_##state)
    [SLOT_FREE] = TO(WAITING),
    [SLOT_WAITING] = TO(SENDING) | TO(FREE),
    [SLOT_SENDING] = TO(SENT) | TO(FREE),
    [SLOT_SENT] = TO(FREE),
#undef TO
};

/* Who comes and goes is told by events and by "|parent=...". */
static void set_state(struct pfs_slot *c, enum slot_state to)
{
    STATE_ASSERT(may_follow, c->state, to);
    c->state = to;
}

static void tell(struct pfs *s, struct pfs_slot *c, struct wire_msg *m, const void *body,
                 size_t len)
{
    link_send(s->kit, &c->link, m, body, len);
}

static struct wire_msg message_for(const struct pfs *s, const struct pfs_slot *c,
                                   enum wire_type type)
{
    return pfs_message(s, type, s->files[c->file].h);
}

/* Ours are not in the vendor's log of the way to be root: they are shown when it is over. */
static void log_slots(struct pfs *s)
{
    if (!pfs_is_electing(s))
        pfs_log_slots(s);
}

static void child_event(struct pfs *s, enum event event, const struct pfs_slot *c,
                        const char *why)
{
    struct event_line e;
    kit_event_begin(s->kit, &e, event);
    event_str(&e, "file", s->files[c->file].name);
    event_ip(&e, "child", c->ip);
    if (why)
        event_str(&e, "why", why);
    kit_event_end(s->kit, &e);
}

static bool alone(const struct pfs *s)
{
    return s->state == PFS_SERVE && s->below.slots[0].state == SLOT_FREE &&
           s->below.slots[1].state == SLOT_FREE;
}

static void leave_if_alone(struct pfs *s)
{
    if (alone(s))
        pfs_turn_over(s, OVER_SERVED, false, NULL);
}

static void free_slot(struct pfs *s, struct pfs_slot *c, const char *why)
{
    link_close(s->kit, &c->link);
    child_event(s, EVENT_CHILD_GONE, c, why);
    set_state(c, SLOT_FREE);
    *c = (struct pfs_slot){.link.conn = c->link.conn};
    log_slots(s);
}

static void let_go(struct pfs *s, struct pfs_slot *c, enum wire_reason why)
{
    struct wire_msg goodbye = message_for(s, c, WIRE_GOODBYE);
    goodbye.reason = (uint8_t)why;
    if (!c->link.busy) /* else the end of the stream has to say it */
        tell(s, c, &goodbye, NULL, 0);
    free_slot(s, c, wire_reason_text[why]);
}

void parent_drop(struct pfs *s, struct pfs_slot *c, enum wire_reason why)
{
    if (c->state == SLOT_FREE)
        return;
    if (c->state >= SLOT_SENDING && (why == REASON_LEAVING || why == REASON_BAD_FILE))
        blame_leaver(s, c);
    let_go(s, c, why);
    leave_if_alone(s);
}

/* It may have kept others out, who ask again and again: time for them to come. */
static void patience_ended(struct pfs *s, struct pfs_slot *c)
{
    if (c->state >= SLOT_SENDING)
        blame_child(s, c);
    let_go(s, c, REASON_STALLED);
    if (alone(s))
        s->at = s->kit->now + PFS_LINGER;
}

usec parent_deadline(const struct pfs *s)
{
    usec at = NEVER;
    for (int i = 0; i < 2; i++)
        if (s->below.slots[i].state != SLOT_FREE && s->below.slots[i].deadline < at)
            at = s->below.slots[i].deadline;
    return at;
}

void parent_timers(struct pfs *s)
{
    for (int i = 0; i < 2; i++)
        if (s->below.slots[i].state != SLOT_FREE && s->below.slots[i].deadline <= s->kit->now)
            patience_ended(s, &s->below.slots[i]);
}

void parent_drop_waiting(struct pfs *s, enum wire_reason why)
{
    lobby_forget(s); /* or two could wait for each other */
    for (int i = 0; i < 2; i++)
        if (!s->files[s->below.slots[i].file].held)
            parent_drop(s, &s->below.slots[i], why);
}

/* ---- serving ------------------------------------------------------------------------- */

static bool view_of(struct pfs *s, const struct pfs_slot *c, struct flash_view *view)
{
    return s->kit->ops->flash_open(s->kit->ctx, s->files[c->file].name, view) == 0;
}

/* Patience anew, and so much more for what is on its way. */
static void bear_with(struct pfs *s, struct pfs_slot *c, usec more)
{
    usec silence = s->kit->now + PFS_SILENCE;
    c->limit = s->kit->now + blame_patience(s, c) + more;
    c->deadline = silence < c->limit ? silence : c->limit;
}

/* The file is whole here: announce it, from the child's own offset if it holds a part of it. */
static void announce(struct pfs *s, struct pfs_slot *c)
{
    struct flash_view view;
    if (!view_of(s, c, &view)) {
        parent_drop(s, c, REASON_FETCH_FAILED);
        return;
    }
    if (c->offset > view.len || memcmp(c->digest, view.digest, DIGEST_LEN) != 0)
        c->offset = 0; /* what it holds is not of this file */
    struct wire_msg m = message_for(s, c, WIRE_FILE);
    m.size = view.len;
    m.offset = c->offset;
    memcpy(m.digest, view.digest, DIGEST_LEN);
    set_state(c, SLOT_SENDING);
    c->since = s->kit->now;
    c->took = m.offset;
    bear_with(s, c, 0);
    tell(s, c, &m, NULL, 0);
}

/* What a LAN as slow as the link to that child adds to the patience for those below it: so many
 * levels, each as slow as that; but nothing is as slow as to crawl. */
static usec slowness(const struct pfs *s, const struct pfs_slot *c, size_t size)
{
    usec levels = (s->kit->now - c->since) * PFS_LEVELS, crawl = size * USEC_SEC / PFS_CRAWL;
    return levels < crawl ? levels : crawl;
}

static usec later(usec a, usec b)
{
    return a > b ? a : b;
}

/* At the current file, for those below; but the parent does not wait for longer than it would for a
 * single one of them who is never done, or it would blame us. */
static void stay(struct pfs *s, usec slow)
{
    usec from = s->want.whole_at + slow;
    s->at = later(s->at, from + PFS_SERVE_LIMIT);
    s->want.done_at = later(s->want.done_at, from + blame_nobody_patience(s, s->current));
}

/* What was given to the carrier has left, and so many bytes more are to follow; none: that was all.
 * A LAN's speed tells how long those below may take, and we with them. */
static void has_left(struct pfs *s, struct pfs_slot *c, size_t next, size_t size)
{
    usec slow = slowness(s, c, size);
    if (next == 0)
        set_state(c, SLOT_SENT);
    bear_with(s, c, next ? next * USEC_SEC / PFS_CRAWL : slow);
    if (s->state == PFS_SERVE && c->file == s->current)
        stay(s, slow);
}

void parent_sent(struct pfs *s, struct pfs_slot *c)
{
    struct flash_view view;
    if (c->state != SLOT_SENDING || c->link.busy)
        return;
    if (!view_of(s, c, &view)) {
        parent_drop(s, c, REASON_FETCH_FAILED);
        return;
    }
    size_t left = view.len - c->offset, len = left < WIRE_DATA_MAX ? left : WIRE_DATA_MAX;
    has_left(s, c, len, view.len);
    if (len == 0)
        return;
    struct wire_msg data = message_for(s, c, WIRE_DATA);
    c->offset += len;
    tell(s, c, &data, view.data + c->offset - len, len);
}

/* Bytes of the current file, by which those below see progress: of our own download, or before it
 * has begun, of the nearest one above us that has. A part from before is no progress. */
static uint64_t held(const struct pfs *s)
{
    if (s->state == PFS_ROOT_FETCH)
        return s->want.turn.fetched;
    if (s->state == PFS_CHILD)
        return s->parent.announced ? s->want.part.received : s->parent.has;
    return 0;
}

static void say_alive(struct pfs *s, struct pfs_slot *c)
{
    struct wire_msg m = message_for(s, c, WIRE_ALIVE);
    m.offset = held(s);
    tell(s, c, &m, NULL, 0);
}

void parent_alive(struct pfs *s)
{
    for (int i = 0; i < 2; i++)
        if (s->below.slots[i].state == SLOT_WAITING)
            say_alive(s, &s->below.slots[i]);
}

void parent_whole(struct pfs *s)
{
    int file = s->current;
    pfs_current(s)->held = true;
    s->want.whole_at = s->kit->now;
    pfs_set_state(s, PFS_SERVE, s->kit->now);
    stay(s, 0);
    for (int i = 0; i < 2; i++)
        if (s->below.slots[i].state == SLOT_WAITING && s->below.slots[i].file == file)
            announce(s, &s->below.slots[i]);
    leave_if_alone(s);
}

/* ---- a child's messages -------------------------------------------------------------- */

struct pfs_slot *parent_slot_for(struct pfs *s, uint32_t ip)
{
    struct pfs_slot *vacant = NULL;
    for (int i = 0; i < 2; i++) {
        if (s->below.slots[i].state == SLOT_FREE)
            vacant = vacant ? vacant : &s->below.slots[i];
        else if (s->below.slots[i].ip == ip)
            return &s->below.slots[i];
    }
    return vacant;
}

/* One that is at a later file holds the earlier ones: the order of files is the same for all. */
uint32_t parent_way_down(struct pfs *s, int file, uint32_t joiner)
{
    struct pfs_slot *best = NULL;
    for (int i = 0; i < 2; i++) {
        struct pfs_slot *c = &s->below.slots[i];
        bool fits = c->state != SLOT_FREE && c->file >= file && c->ip != joiner;
        if (fits && (!best || c->passed < best->passed))
            best = c;
    }
    if (!best)
        return 0;
    best->passed++;
    return best->ip;
}

/* Not promised, the promise has run out, or others were here first. */
static int send_away(struct pfs *s, struct pfs_lobby *caller, uint32_t h)
{
    struct wire_msg goodbye = pfs_message(s, WIRE_GOODBYE, h);
    goodbye.reason = REASON_BUSY;
    link_send(s->kit, &caller->link, &goodbye, NULL, 0);
    link_close(s->kit, &caller->link);
    return caller->link.conn;
}

/* The caller's connection becomes the slot's. An old link of its own ends with that: it has lost us
 * before we lost it, or is on to another file. */
static void seat(struct pfs *s, struct pfs_slot *slot, struct pfs_lobby *caller)
{
    if (slot->state >= SLOT_SENDING)
        blame_leaver(s, slot);
    if (slot->state != SLOT_FREE)
        free_slot(s, slot, wire_reason_text[REASON_STALLED]);
    slot->ip = caller->link.ip;
    link_move(s->kit, &caller->link, &slot->link);
}

int parent_hello(struct pfs *s, struct pfs_lobby *caller, const struct wire_msg *m)
{
    int file = pfs_find(s, m->h);
    uint32_t ip = caller->link.ip;
    bool welcome = file >= 0 && caller->promised && pfs_is_member(s, file) &&
                   ip != s->parent.link.ip && !blame_bars(s, ip, file);
    struct pfs_slot *slot = welcome ? parent_slot_for(s, ip) : NULL;
    if (!slot)
        return send_away(s, caller, m->h);
    seat(s, slot, caller);
    slot->xid = m->xid;
    slot->file = file;
    set_state(slot, SLOT_WAITING);
    slot->heard_at = s->kit->now;
    slot->deadline = s->kit->now + PFS_SILENCE;
    slot->offset = m->offset;
    memcpy(slot->digest, m->digest, DIGEST_LEN);
    child_event(s, EVENT_CHILD, slot, NULL);
    log_slots(s);
    if (s->files[file].held)
        announce(s, slot);
    else
        say_alive(s, slot);
    return slot->link.conn;
}

/* While we send, only what is taken counts, and nobody takes what was not sent. */
static void alive(struct pfs *s, struct pfs_slot *c, uint64_t has)
{
    usec until = s->kit->now + PFS_SILENCE;
    c->heard_at = s->kit->now;
    if (c->state == SLOT_WAITING) {
        c->deadline = until;
        return;
    }
    uint64_t sent = has < c->offset ? has : c->offset, more = sent > c->took ? sent - c->took : 0;
    c->took += more;
    if (c->state == SLOT_SENDING)
        until = pfs_earn(s, c->deadline, more, PFS_CRAWL, PFS_SILENCE);
    c->deadline = until < c->limit ? until : c->limit;
}

void parent_message(struct pfs *s, struct pfs_slot *c, const struct wire_msg *m)
{
    bool expected = m->h == s->files[c->file].h;
    if (expected && m->type == WIRE_ALIVE) {
        alive(s, c, m->offset);
    } else if (expected && m->type == WIRE_DONE && c->state >= SLOT_SENDING) {
        free_slot(s, c, "done");
        leave_if_alone(s);
    } else { /* GOODBYE, or what a child does not say */
        parent_drop(s, c, m->type == WIRE_GOODBYE ? REASON_LEAVING : REASON_BAD_FILE);
    }
}
