/* lan.c - a broadcast domain for each subnet, and a router between them: datagrams, and TCP between
 * phones; and what chance does to both. TCP to a call manager is managers.c's.
 *
 * An end of a connection is known by an id of its own, never by its slot: what is on its way when
 * a phone moves or reuses a slot still finds the right end, or none.
 */
#include "emu/sim/node.h"

#include <stdlib.h>

#define RETRY USEC_SEC /* TCP sends again what did not get through */

static unsigned subnet_of(const struct node *n)
{
    return n->sim->o.groups[n->group].subnet;
}

/* Whether the LAN is split between them. */
static bool apart(const struct sim *s, const struct node *a, const struct node *b)
{
    return s->split && a->side != b->side;
}

int lan_open(void *ctx)
{
    ((struct node *)ctx)->listening = true;
    return 0;
}

void lan_close(void *ctx)
{
    ((struct node *)ctx)->listening = false;
    for (int i = 0; i < CONN_PEERS; i++)
        lan_tcp_close(ctx, i);
}

/* ---- UDP ----------------------------------------------------------------------------- */

static void deliver(struct node *n, uint32_t to, const void *data, size_t len)
{
    struct sim *s = n->sim;
    const struct sim_damage *d = &s->o.damage;
    if (apart(s, n, &s->nodes[to]))
        return;
    for (int copies = sim_chance(s, d->udp_twice) ? 2 : 1; copies; copies--) {
        if (sim_chance(s, d->udp_loss))
            continue;
        usec late = d->udp_jitter ? sim_random(s, (uint32_t)d->udp_jitter) : 0;
        sim_push(s, (struct item){.at = s->now + SIM_LAN_DELAY + late, .kind = EV_UDP, .node = to,
                                  .from = sim_index(n), .len = len,
                                  .copy = sim_flip(s, data, len, d->udp_flip)});
    }
}

void lan_broadcast(void *ctx, const void *data, size_t len)
{
    struct node *n = ctx;
    n->sim->counts.broadcasts++;
    for (uint32_t i = 0; i < hostile_stations(n->sim); i++)
        if (i != sim_index(n) && subnet_of(&n->sim->nodes[i]) == subnet_of(n))
            deliver(n, i, data, len);
}

void lan_send(void *ctx, uint32_t ip, const void *data, size_t len)
{
    struct node *n = ctx;
    n->sim->counts.unicasts++;
    long to = sim_station_of(n->sim, ip);
    if (to >= 0)
        deliver(n, (uint32_t)to, data, len);
}

/* ---- TCP ----------------------------------------------------------------------------- */

static int slot_of(const struct node *n, uint64_t id)
{
    for (int i = 0; id && i < CONN_PEERS; i++)
        if (n->ends[i].id == id)
            return i;
    return CONN_NONE;
}

void lan_tcp_close(void *ctx, int conn)
{
    struct node *n = ctx;
    if (conn >= CONN_PEERS) {
        managers_close(n, conn - CONN_MANAGER0);
        return;
    }
    struct end e = n->ends[conn];
    n->ends[conn] = (struct end){0};
    if (!e.id || !e.peer_id || e.mute)
        return;
    usec at = n->sim->now + SIM_LAN_DELAY;
    sim_push(n->sim, (struct item){.at = at > e.last ? at : e.last, .kind = EV_CLOSED,
                                   .node = e.peer, .end = e.peer_id});
}

void lan_tcp_connect(void *ctx, int conn, struct addr target)
{
    struct node *n = ctx;
    struct sim *s = n->sim;
    if (conn >= CONN_PEERS) {
        managers_connect(n, conn - CONN_MANAGER0, target);
        return;
    }
    long to = sim_station_of(s, target.ip);
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

void lan_tcp_break(struct node *n, int conn)
{
    uint64_t id = n->ends[conn].id;
    lan_tcp_close(n, conn); /* the far end hears of it; ours as well: */
    n->ends[conn].id = id;
    if (id)
        sim_push(n->sim, (struct item){.at = n->sim->now, .kind = EV_CLOSED, .node = sim_index(n),
                                       .end = id});
}

/* One call of tcp_send. */
struct message {
    const uint8_t *head, *body;
    size_t head_len, len;
    bool copy_body;           /* it does not outlast the call */
};

static void pour_part(struct node *n, const struct end *e, const uint8_t *data, size_t len,
                      bool copy)
{
    sim_push(n->sim, (struct item){.at = e->last, .kind = EV_DATA, .node = e->peer,
                                   .end = e->peer_id, .len = len, .data = data,
                                   .copy = copy ? sim_copy(data, len) : NULL});
}

/* Bytes from..to of it arrive as soon as they can. */
static void pour(struct node *n, const struct end *e, const struct message *m, size_t from,
                 size_t to)
{
    size_t middle = to < m->head_len ? to : m->head_len;
    if (from < middle)
        pour_part(n, e, m->head + from, middle - from, true);
    if (to > m->head_len) {
        size_t begin = from > m->head_len ? from - m->head_len : 0;
        pour_part(n, e, m->body + begin, to - m->head_len - begin, m->copy_body);
    }
}

/* The message, whole, in pieces, or with an end of its own. False: no word of its departure. */
static bool carry(struct node *n, int conn, const struct message *m)
{
    struct sim *s = n->sim;
    struct end *e = &n->ends[conn];
    const struct sim_damage *d = &s->o.damage;
    bool cut = sim_chance(s, d->tcp_cut), mute = !cut && sim_chance(s, d->tcp_mute);
    bool stall = !cut && !mute && sim_chance(s, d->tcp_stall);
    size_t stop = cut || mute || stall ? sim_random(s, (uint32_t)m->len) : m->len;
    bool pieces = sim_chance(s, d->tcp_pieces);
    for (size_t at = 0, next; at < stop; at = next) {
        next = pieces ? at + 1 + sim_random(s, (uint32_t)(stop - at)) : stop;
        pour(n, e, m, at, next);
    }
    if (stall) {
        e->last += sim_random(s, (uint32_t)d->tcp_stall_max);
        pour(n, e, m, stop, m->len);
    }
    e->mute = mute;
    if (cut)
        lan_tcp_break(n, conn);
    return !cut && !mute;
}

void lan_tcp_send(void *ctx, int conn, const void *head, size_t head_len, const void *body,
                  size_t body_len)
{
    struct node *n = ctx;
    struct sim *s = n->sim;
    if (conn >= CONN_PEERS) {
        managers_send(n, conn - CONN_MANAGER0, body, body_len);
        return;
    }
    struct end *e = &n->ends[conn];
    struct message m = {head, body, head_len, head_len + body_len, false};
    uint8_t *flipped = NULL;
    if (e->mute || !hostile_takes(&s->nodes[e->peer], body_len))
        return;
    usec start = n->port_free > s->now ? n->port_free : s->now;
    usec sent = n->port_free = start + m.len * 8 * USEC_SEC / s->o.port_bps;
    s->counts.tcp_bytes += m.len;
    if (sent + SIM_LAN_DELAY > e->last)
        e->last = sent + SIM_LAN_DELAY;
    if (sim_chance(s, s->o.damage.tcp_flip)) {
        bool in_body = sim_random(s, (uint32_t)m.len) >= head_len;
        flipped = in_body ? sim_flip(s, body, body_len, 1) : sim_flip(s, head, head_len, 1);
        *(in_body ? &m.body : &m.head) = flipped;
        m.copy_body = in_body;
    }
    uint64_t id = e->id;
    if (carry(n, conn, &m))
        sim_push(s, (struct item){.at = sent, .kind = EV_SENT, .node = sim_index(n), .end = id});
    free(flipped);
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
    uint32_t ip = sim_ip(s, it->from);
    int conn = n->hostile     ? hostile_accepts(n, ip)
               : n->listening ? phone_tcp_accepted(n->phone, ip, sim_local(n))
                              : CONN_NONE;
    if (conn != CONN_NONE) {
        n->ends[conn] = (struct end){.id = ++s->end_ids, .peer = it->from, .peer_id = theirs->id};
        theirs->peer_id = n->ends[conn].id;
    }
    sim_push(s, (struct item){.at = s->now + SIM_LAN_DELAY,
                              .kind = conn == CONN_NONE ? EV_CLOSED : EV_CONNECTED,
                              .node = it->from, .end = theirs->id});
}

usec lan_holds(struct sim *s, struct node *n, const struct item *it)
{
    if (it->kind == EV_ACCEPT)
        return apart(s, n, &s->nodes[it->from]) ? s->now + RETRY : 0;
    if (it->kind != EV_CONNECTED && it->kind != EV_DATA && it->kind != EV_CLOSED)
        return 0;
    int conn = slot_of(n, it->end);
    if (conn == CONN_NONE || !n->ends[conn].peer_id)
        return 0;
    struct end *e = &n->ends[conn];
    if (e->hold <= s->now && apart(s, n, &s->nodes[e->peer]))
        e->hold = s->now + RETRY; /* also for what follows: it must not overtake */
    return e->hold;
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
    if (n->hostile) {
        if (it->kind == EV_CLOSED)
            n->ends[conn] = (struct end){0};
        hostile_tcp(n, it, conn);
    } else if (it->kind == EV_CONNECTED) {
        phone_tcp_connected(n->phone, conn, sim_local(n));
    } else if (it->kind == EV_DATA) {
        phone_tcp_data(n->phone, conn, it->copy ? it->copy : it->data, it->len,
                       sim_local(n));
    } else if (it->kind == EV_SENT) {
        phone_tcp_sent(n->phone, conn, sim_local(n));
    } else {
        n->ends[conn] = (struct end){0};
        phone_tcp_closed(n->phone, conn, 0, sim_local(n));
    }
}
