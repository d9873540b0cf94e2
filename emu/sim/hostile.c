/* hostile.c - stations on the simulated LAN that are no phones and mean harm. See sim.h.
 *
 * They have the addresses after the phones', hear every broadcast, and know whoever claims a file.
 * A holder and a reader of nothing ask everybody they know of for a place, and whomever they are
 * sent to; they connect where they may, say ALIVE for ever, and DONE never. They answer no JOIN. A
 * returner is a holder that hangs up before anybody loses patience, and comes again. A spoofer asks
 * in the name of addresses at which nobody is. A dripper says to whoever claims a file that it is
 * the strongest root there can be, takes in as many as connect and sends the others on to them, and
 * shows them so many bytes a second more that it has, for ever. All go on for as long as phones do.
 */
#include "emu/sim/node.h"

#include <stdlib.h>

#define TURN    (250 * USEC_MS)
#define ALIVE   20 /* turns */
#define STAYS   40
#define KNOWN   32
#define NOBODY  200 /* addresses of a spoofer */

struct target {
    uint32_t ip;
    struct wire_msg file; /* what is asked of it: h, model, file */
    usec since;           /* it has asked us */
};

struct hostile {
    enum sim_foe what;
    struct target known[KNOWN]; /* the latest claims */
    size_t count, next;
    struct target at[CONN_PEERS]; /* where it has a link, or asks for one; ip 0: free */
    uint64_t turns, said;
    uint64_t claimed;     /* the turn in which it last did */
};

size_t hostile_stations(const struct sim *s)
{
    return s->o.phones + (s->o.foe == SIM_SPOOFER ? 1 : s->o.foe ? s->o.foes : 0);
}

/* ---- what it says -------------------------------------------------------------------- */

static struct wire_msg message(const struct node *n, enum wire_type type, const struct target *t)
{
    struct wire_msg m = t->file;
    m.type = (uint8_t)type;
    m.xid = 0xfeed0000u + sim_index(n);
    return m;
}

static void tell(struct node *n, int conn, enum wire_type type)
{
    uint8_t out[WIRE_MAX];
    const struct target *t = &n->hostile->at[conn];
    struct wire_msg m = message(n, type, t);
    if (type == WIRE_ALIVE)
        m.offset = t->since ? (n->sim->now - t->since) * n->sim->o.drip / USEC_SEC
                            : ++n->hostile->said;
    lan_tcp_send(n, conn, out, wire_encode(&m, 0, out, sizeof out), NULL, 0);
}

static void join(struct node *n, const struct target *t)
{
    uint8_t out[WIRE_MAX];
    struct wire_msg m = message(n, WIRE_JOIN, t);
    lan_send(n, t->ip, out, wire_encode(&m, 0, out, sizeof out));
}

/* In somebody else's name, so many a second. */
static void spoof(struct node *n)
{
    struct hostile *h = n->hostile;
    struct sim *s = n->sim;
    uint64_t until = h->turns * s->o.foes * TURN / USEC_SEC;
    for (; h->count && h->said < until; h->said++) {
        const struct target *t = &h->known[h->said % h->count];
        struct wire_msg m = message(n, WIRE_JOIN, t);
        uint8_t out[WIRE_MAX];
        m.xid += (uint32_t)(h->said % NOBODY);
        size_t len = wire_encode(&m, 0, out, sizeof out);
        uint32_t from = (uint32_t)(hostile_stations(s) + h->said % NOBODY);
        long to = sim_node_of(s, t->ip);
        if (to >= 0)
            sim_push(s, (struct item){.at = s->now + SIM_LAN_DELAY, .kind = EV_UDP, .len = len,
                                      .node = (uint32_t)to, .from = from,
                                      .copy = sim_copy(out, len)});
    }
}

static int conn_to(const struct node *n, uint32_t ip)
{
    for (int c = 0; c < CONN_PEERS; c++)
        if (n->hostile->at[c].ip == ip)
            return c;
    return CONN_NONE;
}

/* Each second for a place wherever it has none. */
static void hold(struct node *n)
{
    struct hostile *h = n->hostile;
    for (size_t i = 0; i < h->count && h->turns % 4 == 0; i++)
        if (conn_to(n, h->known[i].ip) == CONN_NONE)
            join(n, &h->known[i]);
}

/* Each station in its turn, so that one is always there. */
static void hang_up(struct node *n)
{
    if ((n->hostile->turns + sim_index(n) * STAYS / 2) % STAYS != 0)
        return;
    for (int c = 0; c < CONN_PEERS; c++)
        if (n->hostile->at[c].ip) {
            lan_tcp_close(n, c);
            n->hostile->at[c] = (struct target){0};
        }
}

static void alive(struct node *n)
{
    for (int c = 0; c < CONN_PEERS && n->hostile->turns % ALIVE == 0; c++)
        if (n->ends[c].id && n->ends[c].peer_id && n->hostile->at[c].file.h)
            tell(n, c, WIRE_ALIVE);
}

/* Once a turn. */
static void claim(struct node *n, const struct wire_msg *file)
{
    uint8_t out[WIRE_MAX];
    struct wire_msg m = message(n, WIRE_CLAIM, &(struct target){.file = *file});
    m.strength = UINT32_MAX;
    m.confirmed = true;
    m.ad = PFS_ADS;
    if (n->hostile->claimed == n->hostile->turns)
        return;
    n->hostile->claimed = n->hostile->turns;
    lan_broadcast(n, out, wire_encode(&m, 0, out, sizeof out));
}

/* Come in; or when it is full, to one of those who did. */
static void invite(struct node *n, uint32_t ip, const struct wire_msg *file)
{
    struct hostile *h = n->hostile;
    bool room = conn_to(n, ip) != CONN_NONE || conn_to(n, 0) != CONN_NONE;
    uint8_t out[WIRE_MAX];
    struct wire_msg m = message(n, room ? WIRE_ACCEPT : WIRE_REDIRECT,
                                &(struct target){.file = *file});
    m.depth = 1;
    m.ip = h->at[h->said++ % CONN_PEERS].ip;
    lan_send(n, ip, out, wire_encode(&m, 0, out, sizeof out));
}

/* ---- what it hears ------------------------------------------------------------------- */

static void know(struct hostile *h, uint32_t ip, const struct wire_msg *m)
{
    size_t i = 0;
    while (i < h->count && h->known[i].ip != ip)
        i++;
    if (i == h->count) {
        i = h->next++ % KNOWN;
        h->count = h->count < KNOWN ? h->count + 1 : KNOWN;
    }
    h->known[i] = (struct target){.ip = ip, .file = *m};
}

static void accepted(struct node *n, uint32_t ip)
{
    struct hostile *h = n->hostile;
    int conn = conn_to(n, ip) == CONN_NONE ? conn_to(n, 0) : CONN_NONE;
    for (size_t i = 0; conn != CONN_NONE && i < h->count; i++)
        if (h->known[i].ip == ip) {
            h->at[conn] = h->known[i];
            lan_tcp_connect(n, conn, (struct addr){ip, CPPDP_PORT});
            return;
        }
}

void hostile_udp(struct node *n, uint32_t from, const void *data, size_t len)
{
    struct hostile *h = n->hostile;
    struct wire_msg m;
    if (wire_decode(data, len, &m))
        return;
    if (h->what == SIM_DRIPPER) {
        if (m.type == WIRE_JOIN)
            invite(n, from, &m);
        else if (m.type == WIRE_CLAIM && sim_node_of(n->sim, from) >= 0)
            claim(n, &m);
        return;
    }
    if (m.type == WIRE_CLAIM) {
        know(h, from, &m);
        return;
    }
    for (size_t i = 0; m.type == WIRE_REDIRECT && i < h->count; i++)
        if (h->known[i].ip == from && h->known[i].file.h == m.h) {
            const struct wire_msg file = h->known[i].file;
            know(h, m.ip, &file);
            return;
        }
    if (m.type == WIRE_ACCEPT)
        accepted(n, from);
}

int hostile_accepts(struct node *n, uint32_t ip)
{
    int conn = n->hostile->what == SIM_DRIPPER ? conn_to(n, 0) : CONN_NONE;
    if (conn != CONN_NONE)
        n->hostile->at[conn] = (struct target){.ip = ip, .since = n->sim->now};
    return conn;
}

static void greet(struct node *n, const struct item *it, int conn)
{
    struct wire_msg m;
    if (wire_decode(it->copy, it->len, &m) || m.type != WIRE_HELLO)
        return;
    n->hostile->at[conn].file = m;
    tell(n, conn, WIRE_ALIVE);
}

void hostile_tcp(struct node *n, const struct item *it, int conn)
{
    if (it->kind == EV_CONNECTED)
        tell(n, conn, WIRE_HELLO);
    else if (it->kind == EV_CLOSED)
        n->hostile->at[conn] = (struct target){0};
    else if (it->kind == EV_DATA && n->hostile->at[conn].since)
        greet(n, it, conn);
}

void hostile_turn(struct node *n)
{
    n->hostile->turns++;
    if (n->hostile->what == SIM_SPOOFER)
        spoof(n);
    else if (n->hostile->what != SIM_DRIPPER)
        hold(n);
    if (n->hostile->what == SIM_RETURNER)
        hang_up(n);
    alive(n);
    sim_push(n->sim, (struct item){.at = n->sim->now + TURN, .kind = EV_WAKE,
                                   .node = sim_index(n)});
}

bool hostile_takes(const struct node *n, size_t body_len)
{
    return !n->hostile || n->hostile->what != SIM_READS_NOTHING || body_len == 0;
}

/* ---- making -------------------------------------------------------------------------- */

void hostile_make(struct sim *s, uint32_t i)
{
    struct node *n = &s->nodes[i];
    *n = (struct node){.sim = s, .alive = true, .wake = NEVER};
    n->hostile = calloc(1, sizeof *n->hostile);
    if (!n->hostile)
        abort();
    n->hostile->what = s->o.foe;
    sim_push(s, (struct item){.kind = EV_WAKE, .node = i});
}
