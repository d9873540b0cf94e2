/* child.c - see child.h. */
#include "emu/core/child.h"

#include "emu/core/blame.h"
#include "emu/core/parent.h"
#include "emu/core/root.h"
#include "emu/core/worth.h"

#include <string.h>

static void tell(struct pfs *s, enum wire_type type, uint64_t offset)
{
    struct wire_msg m = pfs_message(s, type, pfs_current(s)->h);
    m.offset = offset;
    link_send(s->kit, &s->parent.link, &m, NULL, 0);
}

void child_link(struct pfs *s, uint32_t ip)
{
    pfs_set_state(s, PFS_LINK, s->kit->now + PFS_LINK_TIMEOUT);
    s->parent = (struct pfs_parent){.link.conn = CONN_PARENT};
    link_connect(s->kit, &s->parent.link, ip);
}

void child_connected(struct pfs *s)
{
    const struct pfs_file *f = pfs_current(s);
    const struct pfs_part *part = &s->want.part;
    link_connected(&s->parent.link);
    struct wire_msg m = pfs_message(s, WIRE_HELLO, f->h);
    memccpy(m.model, s->kit->id->model->name, 0, sizeof m.model - 1);
    memcpy(m.file, f->name, sizeof m.file);
    if (part->partial) {
        m.offset = part->received;
        memcpy(m.digest, part->digest, sizeof m.digest);
    }
    link_send(s->kit, &s->parent.link, &m, NULL, 0);
}

void child_alive(struct pfs *s)
{
    const struct pfs_part *part = &s->want.part;
    if (s->parent.link.state == LINK_OPEN && s->state != PFS_LINK)
        tell(s, WIRE_ALIVE, s->state == PFS_SERVE ? part->size : part->received);
}

static void heard(struct pfs *s, bool progress)
{
    s->parent.silent_at = s->kit->now + PFS_SILENCE;
    if (progress)
        s->parent.stalled_at = s->kit->now + PFS_STALL;
}

/* What the parent holds, or the one above it that is at work, grows while bytes flow. It falls when
 * a fetch begins anew, and when the download of the next level begins: that is passed on at once,
 * lest it be up again by the next ALIVE. Up and down again for ever is no progress. */
static bool grows(struct pfs *s, uint64_t has)
{
    struct pfs_parent *p = &s->parent;
    uint64_t holds = has < PFS_FILE_MAX ? has : PFS_FILE_MAX;
    uint64_t more = holds > p->has ? holds - p->has : 0;
    bool fell = holds < p->has;
    p->falls += fell;
    p->has = holds;
    if (p->falls > PFS_FALLS)
        return false;
    if (fell)
        s->alive_at = s->kit->now;
    if (more == 0)
        return false;
    s->want.worth.grown += more;
    return true;
}

/* The parent's first word: the link stands. */
static void linked(struct pfs *s, uint32_t xid)
{
    char text[IP_TEXT];
    worth_begin(s);
    pfs_set_state(s, PFS_CHILD, NEVER);
    heard(s, true);
    struct event_line e;
    kit_event_begin(s->kit, &e, EVENT_PARENT);
    event_str(&e, "file", pfs_current(s)->name);
    event_ip(&e, "parent", s->parent.link.ip);
    kit_event_end(s->kit, &e);
    kit_tell(s->kit, LOG_INF, "XID%08X child of XID%08X %s at depth %u", s->kit->id->xid, xid,
             kit_ip_text(s->parent.link.ip, text), pfs_current(s)->depth);
    pfs_log_slots(s);
}

static void refuse_parent(struct pfs *s, const char *why)
{
    struct event_line e;
    kit_event_begin(s->kit, &e, EVENT_REFUSED);
    event_str(&e, "file", pfs_current(s)->name);
    event_ip(&e, "from", s->parent.link.ip);
    event_str(&e, "why", why);
    kit_event_end(s->kit, &e);
    kit_tell(s->kit, LOG_WRN, "XID%08X refuses %s: %s", s->kit->id->xid, pfs_current(s)->name, why);
    s->kit->ops->flash_discard(s->kit->ctx);
    s->want.part = (struct pfs_part){0};
    blame_parent(s, s->parent.link.ip);
    child_lost(s, REASON_BAD_FILE);
}

/* All bytes are here: the owner judges them. */
static void received_all(struct pfs *s)
{
    struct pfs_part *part = &s->want.part;
    part->partial = false;
    const char *why = s->owner->whole(s->owner_arg, pfs_current(s)->name, s->parent.link.ip,
                                      part->digest);
    if (why)
        refuse_parent(s, why);
    else
        parent_whole(s);
}

/* Whether what is announced goes on with the part that we have. */
static bool goes_on(const struct pfs_part *part, const struct wire_msg *m)
{
    return part->partial && part->size == m->size && part->received == m->offset &&
           memcmp(part->digest, m->digest, DIGEST_LEN) == 0;
}

static void file_begins(struct pfs *s, const struct wire_msg *m)
{
    struct pfs_part *part = &s->want.part;
    if (!goes_on(part, m)) {
        if (m->offset != 0 || m->size == 0 || m->size > PFS_FILE_MAX ||
            s->kit->ops->flash_begin(s->kit->ctx, pfs_current(s)->name, m->digest) != 0) {
            refuse_parent(s, "begins in the middle, or the flash cannot take it");
            return;
        }
        *part = (struct pfs_part){.partial = true, .size = m->size};
        memcpy(part->digest, m->digest, DIGEST_LEN);
    }
    s->parent.announced = true;
    s->parent.limit = s->kit->now + PFS_SERVE_LIMIT;
    heard(s, true);
    s->owner->progress(s->owner_arg, part->received, part->size);
    if (part->received == part->size) /* resumed at the very end */
        received_all(s);
}

void child_payload(struct pfs *s, struct cursor *payload)
{
    struct pfs_part *part = &s->want.part;
    size_t len = cursor_left(payload);
    if (s->state == PFS_SERVE) /* as in child_message */
        return;
    if (!s->parent.announced || len > part->size - part->received) {
        refuse_parent(s, "more bytes than announced");
        return;
    }
    if (s->kit->ops->flash_append(s->kit->ctx, cursor_bytes(payload, len), len) != 0) {
        refuse_parent(s, "flash failed");
        return;
    }
    part->received += len;
    if (part->received <= PFS_LARGEST)
        s->parent.limit = pfs_earn(s, s->parent.limit, len, PFS_CRAWL, PFS_SERVE_LIMIT);
    heard(s, true);
    s->owner->progress(s->owner_arg, part->received, part->size);
    if (part->received == part->size)
        received_all(s);
}

void child_message(struct pfs *s, const struct wire_msg *m)
{
    bool ends = m->type == WIRE_GOODBYE;
    if (s->state == PFS_SERVE) /* ours is whole: we stay only until those below are done */
        return;
    if (m->h != pfs_current(s)->h) {
        refuse_parent(s, "another hierarchy's message");
        return;
    }
    if (s->state == PFS_LINK && !ends)
        linked(s, m->xid);
    switch (m->type) {
    case WIRE_ALIVE:
        heard(s, !s->parent.announced && grows(s, m->offset));
        break;
    case WIRE_FILE:
        if (s->parent.announced)
            refuse_parent(s, "announced twice");
        else
            file_begins(s, m);
        break;
    case WIRE_DATA: /* its payload is what counts */
        break;
    case WIRE_GOODBYE:
        child_lost(s, m->reason);
        break;
    default: /* bytes from the wire: a parent says nothing else */
        refuse_parent(s, "a message that is not a parent's");
        break;
    }
}

/* Without a word. */
static void drop(struct pfs *s)
{
    link_close(s->kit, &s->parent.link);
    s->parent = (struct pfs_parent){.link.conn = CONN_PARENT};
}

void child_done(struct pfs *s)
{
    struct wire_msg done = pfs_message(s, WIRE_DONE, pfs_current(s)->h);
    link_send(s->kit, &s->parent.link, &done, NULL, 0);
    drop(s);
}

/* The parent is honest, one above it was lost. */
static bool was_further_up(enum wire_reason why)
{
    return why == REASON_PARENT_LOST || why == REASON_ROOT_LOST || why == REASON_LEAVING;
}

void child_lost(struct pfs *s, enum wire_reason why)
{
    uint32_t ip = s->parent.link.ip;
    drop(s);
    if (s->state != PFS_CHILD && s->state != PFS_LINK)
        return; /* whole: a parent is no longer needed */
    if (s->state == PFS_LINK && why == REASON_BUSY) { /* others were there first */
        parent_drop_waiting(s, REASON_PARENT_LOST);
        pfs_turn_over(s, OVER_BUSY, false, NULL);
        return;
    }
    char text[IP_TEXT];
    struct event_line e;
    kit_event_begin(s->kit, &e, EVENT_PARENT_LOST);
    event_str(&e, "file", pfs_current(s)->name);
    event_ip(&e, "parent", ip);
    event_str(&e, "why", wire_reason_text[why]);
    kit_event_end(s->kit, &e);
    kit_tell(s->kit, LOG_WRN, "XID%08X lost its parent %s: %s", s->kit->id->xid,
             kit_ip_text(ip, text), wire_reason_text[why]);
    /* Those below go first: only a phone without children looks for a parent. */
    bool root_lost = why == REASON_ROOT_LOST || (why != REASON_BUSY && root_is(s, ip));
    if (why == REASON_FETCH_FAILED) { /* one liar can be heard twice: by itself, and passed on */
        unsigned more = s->want.attempts + PFS_ATTEMPTS / 4;
        s->want.attempts = more < PFS_BLAME ? PFS_BLAME - 1 : more;
    }
    parent_drop_waiting(s, why == REASON_FETCH_FAILED ? why
                          : root_lost                ? REASON_ROOT_LOST
                                                     : REASON_PARENT_LOST);
    pfs_turn_over(s, was_further_up(why) ? OVER_LOST : OVER_FAILED, root_lost,
                  wire_reason_text[why]);
}

void child_stalled(struct pfs *s)
{
    blame_parent(s, s->parent.link.ip);
    child_lost(s, REASON_STALLED);
}

static usec earlier(usec a, usec b)
{
    return a < b ? a : b;
}

/* Before FILE a lack of progress is weighed first. */
static usec patience_ends(const struct pfs_parent *p)
{
    return earlier(p->limit, earlier(p->silent_at, p->announced ? p->stalled_at : NEVER));
}

usec child_deadline(const struct pfs *s)
{
    if (s->state == PFS_SERVE && s->parent.link.state == LINK_OPEN)
        return s->want.done_at;
    return s->state == PFS_CHILD ? earlier(patience_ends(&s->parent), worth_deadline(s)) : NEVER;
}

void child_timer(struct pfs *s)
{
    if (s->state == PFS_SERVE) {
        child_done(s);
        return;
    }
    if (patience_ends(&s->parent) > s->kit->now) {
        worth_timer(s);
        return;
    }
    worth_ended(s);
    child_lost(s, REASON_STALLED);
}
