/* share.c - the TCP links of a phone: the callers' lobby, timers and dispatch. The child's end is
 * in child.c, the parent's in parent.c. Theory of operation: pfs.h.
 */
#include "emu/pfs.h"

static usec earlier(usec a, usec b)
{
    return a < b ? a : b;
}

void share_log_slots(struct pfs *s)
{
    int fd[3];
    const struct link *links[] = {&s->parent.link, &s->slots[0].link, &s->slots[1].link};
    for (int i = 0; i < 3; i++) /* as a phone counts them: 7 listens, 8 and on are links */
        fd[i] = links[i]->state == LINK_OPEN ? 8 + links[i]->conn : -1;
    kit_log(s->kit, LOG_NOT, "|parent=%d><fd[0]=%d fd[1]=%d FULL=%d", fd[0], fd[1], fd[2],
            s->slots[0].state != SLOT_FREE && s->slots[1].state != SLOT_FREE);
}

/* ---- lobby --------------------------------------------------------------------------- */

/* Whether we wait for a caller from there, who then has called. */
static bool expected(struct pfs *s, uint32_t ip)
{
    for (int i = 0; i < PFS_PROMISES; i++)
        if (s->promises[i].ip == ip && s->promises[i].until > s->kit->now) {
            s->promises[i] = (struct pfs_promise){0};
            return true;
        }
    return false;
}

/* Who has less to say for himself: nobody waits for him, or he should have said it before. */
static struct pfs_lobby *idler(struct pfs_lobby *a, struct pfs_lobby *b)
{
    if (!a || a->promised != b->promised)
        return a && !a->promised ? a : b;
    return a->deadline <= b->deadline ? a : b;
}

int pfs_accepted(struct pfs *s, uint32_t ip)
{
    struct pfs_lobby *place = NULL, *idle = NULL;
    for (size_t i = 0; i < sizeof s->lobby / sizeof *s->lobby && s->state != PFS_OFF; i++) {
        const struct link *l = &s->lobby[i].link;
        if (l->state == LINK_CLOSED)
            place = place ? place : &s->lobby[i];
        else if (l->ip == ip)
            return CONN_NONE; /* one place each: nobody fills the lobby alone */
        else
            idle = idler(idle, &s->lobby[i]);
    }
    bool promised = s->state != PFS_OFF && expected(s, ip);
    if (!place && promised) { /* nor do many keep out whom we wait for */
        link_close(s->kit, &idle->link);
        place = idle;
    }
    if (!place)
        return CONN_NONE; /* full: the caller is sent away and may ask again */
    place->link = (struct link){.state = LINK_OPEN, .conn = place->link.conn, .ip = ip};
    place->promised = promised;
    place->deadline = s->kit->now + PFS_LINK_TIMEOUT;
    return place->link.conn;
}

/* ---- dispatch by slot ---------------------------------------------------------------- */

static struct link *link_of(struct pfs *s, int conn)
{
    if (conn == CONN_PARENT)
        return &s->parent.link;
    if (conn < CONN_LOBBY)
        return &s->slots[conn - CONN_CHILD0].link;
    return &s->lobby[conn - CONN_LOBBY].link;
}

/* Returns where the connection is now: a caller's becomes a child's with its first message. */
static int message(struct pfs *s, int conn, const struct wire_msg *m)
{
    if (conn == CONN_PARENT)
        child_message(s, m);
    else if (conn < CONN_LOBBY)
        parent_message(s, &s->slots[conn - CONN_CHILD0], m);
    else if (m->type == WIRE_HELLO)
        return parent_hello(s, &s->lobby[conn - CONN_LOBBY], m);
    else
        link_close(s->kit, link_of(s, conn));
    return conn;
}

static void nonsense(struct pfs *s, int conn, const char *why)
{
    struct link *l = link_of(s, conn);
    char text[IP_TEXT];
    kit_log(s->kit, LOG_WRN, "XID%08X %s on the link to %s", s->kit->id->xid, why,
            ip_text(l->ip, text));
    if (conn == CONN_PARENT) {
        pfs_mark_bad(s, l->ip);
        share_parent_lost(s, REASON_BAD_FILE);
    } else if (conn < CONN_LOBBY) {
        parent_drop(s, &s->slots[conn - CONN_CHILD0], REASON_BAD_FILE);
    } else {
        link_close(s->kit, l);
    }
}

void pfs_data(struct pfs *s, int conn, const void *data, size_t len)
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
    }
}

void pfs_connected(struct pfs *s, int conn)
{
    if (conn == CONN_PARENT && s->parent.link.state == LINK_CONNECTING)
        child_connected(s);
}

void pfs_sent(struct pfs *s, int conn)
{
    struct link *l = link_of(s, conn);
    if (l->state != LINK_OPEN)
        return;
    link_sent(s->kit, l);
    if (conn >= CONN_CHILD0 && conn < CONN_LOBBY)
        parent_sent(s, &s->slots[conn - CONN_CHILD0]);
}

void pfs_closed(struct pfs *s, int conn, int error)
{
    struct link *l = link_of(s, conn);
    if (l->state == LINK_CLOSED)
        return;
    (void)error; /* a peer that is gone is gone, by whatever errno */
    uint32_t ip = l->ip;
    *l = (struct link){.conn = conn, .ip = ip};
    if (conn == CONN_PARENT)
        share_parent_lost(s, REASON_LEAVING);
    else if (conn < CONN_LOBBY)
        parent_drop(s, &s->slots[conn - CONN_CHILD0], REASON_LEAVING);
}

/* ---- timers -------------------------------------------------------------------------- */

static usec parent_deadline(const struct pfs *s)
{
    usec stalled_at = s->parent.announced ? s->parent.stalled_at : NEVER;
    return earlier(s->parent.limit, earlier(s->parent.silent_at, stalled_at));
}

usec share_deadline(const struct pfs *s)
{
    usec at = earlier(s->alive_at, s->ad_at);
    if (s->state == PFS_CHILD)
        at = earlier(at, earlier(worth_deadline(s), parent_deadline(s)));
    for (int i = 0; i < 2; i++)
        if (s->slots[i].state != SLOT_FREE)
            at = earlier(at, s->slots[i].deadline);
    for (size_t i = 0; i < sizeof s->lobby / sizeof *s->lobby; i++)
        if (s->lobby[i].link.state != LINK_CLOSED)
            at = earlier(at, s->lobby[i].deadline);
    return at;
}

static void send_alive(struct pfs *s)
{
    s->alive_at = s->kit->now + PFS_ALIVE;
    for (int i = 0; i < 2; i++)
        if (s->slots[i].state == SLOT_WAITING)
            parent_alive(s, &s->slots[i]);
    child_alive(s);
}

void share_timers(struct pfs *s)
{
    usec now = s->kit->now;
    if (s->alive_at <= now)
        send_alive(s);
    if (s->ad_at <= now)
        elect_advertise(s);
    for (size_t i = 0; i < sizeof s->lobby / sizeof *s->lobby; i++)
        if (s->lobby[i].link.state != LINK_CLOSED && s->lobby[i].deadline <= now)
            link_close(s->kit, &s->lobby[i].link);
    for (int i = 0; i < 2; i++)
        if (s->slots[i].state != SLOT_FREE && s->slots[i].deadline <= now)
            parent_timer(s, &s->slots[i]);
    if (s->state == PFS_CHILD && parent_deadline(s) <= now)
        worth_leave(s);
    else if (s->state == PFS_CHILD && worth_deadline(s) <= now)
        worth_timer(s);
}
