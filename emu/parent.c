/* parent.c - the links to the two children: keep, greet, serve, let go. See pfs.h. */
#include "emu/pfs.h"

#include <string.h>

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

/* Slots change silently while we are on the way to be root: the vendor's log of that time shows
 * nothing between its lines. Ours shows them when it is over. */
static void log_slots(struct pfs *s)
{
    bool electing = s->state == PFS_OPENING || s->state == PFS_LISTENING ||
                    s->state == PFS_CLAIM || s->state == PFS_ROOT_WAIT;
    if (!electing)
        share_log_slots(s);
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

/* The file is held: the parent hears DONE, the owner goes on. */
void share_leave(struct pfs *s)
{
    struct wire_msg done = pfs_message(s, WIRE_DONE, pfs_current(s)->h);
    link_send(s->kit, &s->parent.link, &done, NULL, 0);
    share_drop_parent(s);
    pfs_attend(s, -1);
    pfs_set_state(s, PFS_IDLE, NEVER);
    s->owner->advance(s->owner_arg);
}

static void leave_if_alone(struct pfs *s)
{
    if (s->state == PFS_SERVE && s->slots[0].state == SLOT_FREE && s->slots[1].state == SLOT_FREE)
        share_leave(s);
}

static void free_slot(struct pfs *s, struct pfs_slot *c, const char *why)
{
    bool was_linked = c->state != SLOT_KEPT;
    link_close(s->kit, &c->link);
    if (was_linked)
        child_event(s, EVENT_CHILD_GONE, c, why);
    *c = (struct pfs_slot){.link = {.conn = c->link.conn}};
    if (was_linked)
        log_slots(s);
}

void parent_drop(struct pfs *s, struct pfs_slot *c, enum wire_reason why)
{
    if (c->state == SLOT_FREE)
        return;
    struct wire_msg goodbye = message_for(s, c, WIRE_GOODBYE);
    goodbye.reason = (uint8_t)why;
    if (!c->link.busy) /* else the end of the stream has to say it */
        tell(s, c, &goodbye, NULL, 0);
    free_slot(s, c, wire_reason_text[why]);
    leave_if_alone(s);
}

void share_drop_waiting(struct pfs *s, enum wire_reason why)
{
    for (int i = 0; i < 2; i++)
        if (!s->files[s->slots[i].file].held)
            parent_drop(s, &s->slots[i], why);
}

/* ---- serving ------------------------------------------------------------------------- */

static bool view_of(struct pfs *s, const struct pfs_slot *c, struct flash_view *view)
{
    return s->kit->ops->flash_open(s->kit->ctx, s->files[c->file].name, view) == 0;
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
    c->state = SLOT_SENDING;
    c->since = s->kit->now;
    c->took = m.offset;
    c->limit = s->kit->now + PFS_SERVE_LIMIT;
    c->deadline = s->kit->now + PFS_SILENCE;
    tell(s, c, &m, NULL, 0);
}

/* What a LAN as slow as the link to that child adds to the patience for those below it: so many
 * levels, each as slow as that; but nothing is as slow as to crawl. */
static usec slowness(const struct pfs *s, const struct pfs_slot *c, size_t size)
{
    usec levels = (s->kit->now - c->since) * PFS_LEVELS, crawl = size * USEC_SEC / PFS_CRAWL;
    return levels < crawl ? levels : crawl;
}

/* What was given to the carrier has left, and so many bytes more are to follow; none: that was all.
 * A LAN's speed tells how long those below may take, and we with them. */
static void has_left(struct pfs *s, struct pfs_slot *c, size_t next, size_t size)
{
    usec now = s->kit->now, slow = slowness(s, c, size);
    usec stay = s->want.whole_at + PFS_SERVE_LIMIT + slow;
    c->deadline = now + PFS_SILENCE;
    c->limit = pfs_earn(s, c->limit, next, PFS_CRAWL, PFS_SERVE_LIMIT);
    if (next == 0) {
        c->state = SLOT_SENT;
        c->limit = now + PFS_SERVE_LIMIT + slow;
    }
    if (s->state == PFS_SERVE && c->file == s->current && s->at < stay)
        s->at = stay;
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

void parent_alive(struct pfs *s, struct pfs_slot *c)
{
    struct wire_msg m = message_for(s, c, WIRE_ALIVE);
    m.offset = held(s);
    tell(s, c, &m, NULL, 0);
}

void share_whole(struct pfs *s)
{
    int file = s->current;
    pfs_current(s)->held = true;
    s->want.whole_at = s->kit->now;
    pfs_set_state(s, PFS_SERVE, s->kit->now + PFS_SERVE_LIMIT);
    for (int i = 0; i < 2; i++)
        if (s->slots[i].state == SLOT_WAITING && s->slots[i].file == file)
            announce(s, &s->slots[i]);
    leave_if_alone(s);
}

/* ---- a child's messages -------------------------------------------------------------- */

int parent_hello(struct pfs *s, struct pfs_lobby *caller, const struct wire_msg *m)
{
    int file = pfs_find(s, m->h);
    struct pfs_slot *slot = NULL;
    for (int i = 0; i < 2; i++)
        if (s->slots[i].state != SLOT_FREE && s->slots[i].xid == m->xid &&
            s->slots[i].ip == caller->link.ip && s->slots[i].file == file)
            slot = &s->slots[i];
    if (!slot) { /* not promised, or the promise has run out */
        struct wire_msg goodbye = pfs_message(s, WIRE_GOODBYE, m->h);
        goodbye.reason = REASON_BUSY;
        link_send(s->kit, &caller->link, &goodbye, NULL, 0);
        link_close(s->kit, &caller->link);
        return caller->link.conn;
    }
    int conn = slot->link.conn;
    if (slot->state != SLOT_KEPT) { /* it has lost us before we lost it */
        free_slot(s, slot, wire_reason_text[REASON_STALLED]);
        *slot = (struct pfs_slot){.xid = m->xid, .ip = caller->link.ip, .file = file,
                                  .link = {.conn = conn}};
    }
    s->kit->ops->tcp_move(s->kit->ctx, caller->link.conn, conn);
    int lobby = caller->link.conn;
    slot->link = caller->link;
    slot->link.conn = conn;
    caller->link = (struct link){.conn = lobby};

    slot->state = SLOT_WAITING;
    slot->deadline = s->kit->now + PFS_SILENCE;
    slot->offset = m->offset;
    memcpy(slot->digest, m->digest, DIGEST_LEN);
    child_event(s, EVENT_CHILD, slot, NULL);
    log_slots(s);
    if (s->files[file].held)
        announce(s, slot);
    else
        parent_alive(s, slot);
    return conn;
}

void parent_message(struct pfs *s, struct pfs_slot *c, const struct wire_msg *m)
{
    bool expected = m->h == s->files[c->file].h;
    if (expected && m->type == WIRE_ALIVE) {
        usec patience = s->kit->now + PFS_SILENCE;
        bool takes = c->state != SLOT_SENDING || m->offset > c->took;
        if (c->state == SLOT_WAITING)
            c->deadline = patience;
        else if (takes) /* while we send, only what is taken counts */
            c->deadline = patience < c->limit ? patience : c->limit;
        c->took = m->offset > c->took ? m->offset : c->took;
    } else if (expected && m->type == WIRE_DONE && c->state >= SLOT_SENDING) {
        free_slot(s, c, "done");
        leave_if_alone(s);
    } else { /* GOODBYE, or what a child does not say */
        parent_drop(s, c, m->type == WIRE_GOODBYE ? REASON_LEAVING : REASON_BAD_FILE);
    }
}
