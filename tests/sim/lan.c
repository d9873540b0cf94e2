/* lan.c - one broadcast domain: datagrams that may be lost, and TCP between phones.
 *
 * An end of a connection is known by an id of its own, never by its slot: what is on its way when
 * a phone moves or reuses a slot still finds the right end, or none.
 */
#include "tests/sim/node.h"

static bool lost(struct sim *s)
{
    return s->o.udp_loss > 0 && sim_random(s, UINT32_MAX) < s->o.udp_loss * UINT32_MAX;
}

int lan_open(void *ctx)
{
    ((struct node *)ctx)->listening = true;
    return 0;
}

void lan_close(void *ctx)
{
    ((struct node *)ctx)->listening = false;
    for (int i = 0; i < CONN_COUNT; i++)
        lan_tcp_close(ctx, i);
}

/* ---- UDP ----------------------------------------------------------------------------- */

static void deliver(struct node *n, uint32_t to, const void *data, size_t len)
{
    struct sim *s = n->sim;
    if (!lost(s))
        sim_push(s, (struct item){.at = s->now + SIM_LAN_DELAY, .kind = EV_UDP, .node = to,
                                  .from = sim_index(n), .len = len,
                                  .copy = sim_copy(data, len)});
}

void lan_broadcast(void *ctx, const void *data, size_t len)
{
    struct node *n = ctx;
    n->sim->counts.broadcasts++;
    for (uint32_t i = 0; i < n->sim->o.phones; i++)
        if (i != sim_index(n))
            deliver(n, i, data, len);
}

void lan_send(void *ctx, uint32_t ip, const void *data, size_t len)
{
    struct node *n = ctx;
    n->sim->counts.unicasts++;
    long to = sim_node_of(n->sim, ip);
    if (to >= 0)
        deliver(n, (uint32_t)to, data, len);
}

/* ---- TCP ----------------------------------------------------------------------------- */

static int slot_of(const struct node *n, uint64_t id)
{
    for (int i = 0; id && i < CONN_COUNT; i++)
        if (n->ends[i].id == id)
            return i;
    return CONN_NONE;
}

void lan_tcp_close(void *ctx, int conn)
{
    struct node *n = ctx;
    struct end e = n->ends[conn];
    n->ends[conn] = (struct end){0};
    if (!e.id || !e.peer_id)
        return;
    usec at = n->sim->now + SIM_LAN_DELAY;
    sim_push(n->sim, (struct item){.at = at > e.last ? at : e.last, .kind = EV_CLOSED,
                                   .node = e.peer, .end = e.peer_id});
}

void lan_tcp_connect(void *ctx, int conn, uint32_t ip)
{
    struct node *n = ctx;
    struct sim *s = n->sim;
    long to = sim_node_of(s, ip);
    struct end *e = &n->ends[conn];
    s->counts.tcp_connects++;
    *e = (struct end){.id = ++s->end_ids, .peer = (uint32_t)to};
    if (to < 0) /* nobody: the router says so */
        sim_push(s, (struct item){.at = s->now + SIM_LAN_DELAY, .kind = EV_CLOSED,
                                  .node = sim_index(n), .end = e->id});
    else
        sim_push(s, (struct item){.at = s->now + 2 * SIM_LAN_DELAY, .kind = EV_ACCEPT,
                                  .node = (uint32_t)to, .from = sim_index(n), .far_end = e->id});
}

void lan_tcp_send(void *ctx, int conn, const void *head, size_t head_len, const void *body,
                  size_t body_len)
{
    struct node *n = ctx;
    struct sim *s = n->sim;
    struct end *e = &n->ends[conn];
    usec start = n->port_free > s->now ? n->port_free : s->now;
    usec sent = start + (head_len + body_len) * 8 * USEC_SEC / s->o.port_bps;
    n->port_free = sent;
    s->counts.tcp_bytes += head_len + body_len;
    if (sent + SIM_LAN_DELAY > e->last)
        e->last = sent + SIM_LAN_DELAY;
    sim_push(s, (struct item){.at = e->last, .kind = EV_DATA, .node = e->peer, .end = e->peer_id,
                              .len = head_len, .copy = sim_copy(head, head_len)});
    if (body_len)
        sim_push(s, (struct item){.at = e->last, .kind = EV_DATA, .node = e->peer,
                                  .end = e->peer_id, .len = body_len, .data = body});
    sim_push(s, (struct item){.at = sent, .kind = EV_SENT, .node = sim_index(n), .end = e->id});
}

void lan_tcp_move(void *ctx, int from, int to)
{
    struct node *n = ctx;
    n->ends[to] = n->ends[from];
    n->ends[from] = (struct end){0};
}

static void accepted(struct sim *s, struct node *n, const struct item *it)
{
    struct node *caller = &s->nodes[it->from];
    int slot = slot_of(caller, it->far_end);
    if (slot == CONN_NONE)
        return;
    struct end *theirs = &caller->ends[slot];
    int conn = n->listening ? phone_tcp_accepted(n->phone, sim_ip(s, it->from), s->now) : CONN_NONE;
    if (conn != CONN_NONE) {
        n->ends[conn] = (struct end){.id = ++s->end_ids, .peer = it->from, .peer_id = theirs->id};
        theirs->peer_id = n->ends[conn].id;
    }
    sim_push(s, (struct item){.at = s->now + SIM_LAN_DELAY,
                              .kind = conn == CONN_NONE ? EV_CLOSED : EV_CONNECTED,
                              .node = it->from, .end = theirs->id});
}

void lan_tcp_event(struct sim *s, struct node *n, const struct item *it)
{
    if (it->kind == EV_ACCEPT) {
        accepted(s, n, it);
        return;
    }
    int conn = slot_of(n, it->end);
    if (conn == CONN_NONE)
        return;
    if (it->kind == EV_CONNECTED) {
        phone_tcp_connected(n->phone, conn, s->now);
    } else if (it->kind == EV_DATA) {
        phone_tcp_data(n->phone, conn, it->copy ? it->copy : it->data, it->len, s->now);
    } else if (it->kind == EV_SENT) {
        phone_tcp_sent(n->phone, conn, s->now);
    } else {
        n->ends[conn] = (struct end){0};
        phone_tcp_closed(n->phone, conn, 0, s->now);
    }
}
