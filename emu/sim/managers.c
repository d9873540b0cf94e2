/* managers.c - call managers at headquarters, behind the WAN: the registrar, carried as its process
 * carries it; and what can be wrong with one.
 *
 *   phone's slot                WAN, each way                 manager's session
 *     call   -- CALL, HEARD, HUNG_UP -->  travel()   -->        registrar_*()
 *     phone_tcp_*()   <-- JOINED, SAID, ENDED --   travel()  <--  its operations
 *
 * A call is known by an id of its own: what is on its way when a slot or a session has found
 * another use finds nobody. TCP is reliable: a frame that the line has lost is there again a second
 * later, then two, ...; when LOST_MAX of them are gone, so is the connection.
 */
#include "emu/sim/node.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define LOST_MAX 6
#define LOST_FOR ((1u << LOST_MAX) * USEC_SEC) /* until a phone's TCP gives up */
#define HEADERS  12                            /* of TCP, more than those of UDP */
#define SLOW     (8 * USEC_SEC)                /* what a slow one takes for each answer, at most */

struct session_end {
    uint64_t call; /* 0: none */
    uint32_t node, slot;
};

struct manager {
    struct sim *sim;
    struct registrar *registrar; /* NULL: it is down */
    struct session_end *sessions;
    const char *refuses;
    bool slow;
    usec wake;                   /* earliest EV_MANAGER_WAKE in the queue */
};

static uint32_t number_of(const struct manager *m)
{
    return (uint32_t)(m - m->sim->managers);
}

/* ---- the line ------------------------------------------------------------------------ */

/* When what is sent now arrives, behind what was sent before; NEVER. */
static usec travel(struct sim *s, int way, size_t len, usec *last)
{
    usec late = 0;
    for (unsigned i = 0; i < LOST_MAX; i++, late = 2 * late + USEC_SEC) {
        usec at = wan_send(s, way, len + HEADERS);
        if (at != NEVER)
            return *last = at + late > *last ? at + late : *last;
    }
    return NEVER;
}

static void to_manager(struct node *n, int slot, enum kind kind, const void *data, size_t len)
{
    struct call *c = &n->calls[slot];
    usec at = c->broken ? NEVER : travel(n->sim, WAN_UP, len, &c->last[WAN_UP]);
    struct item it = {.at = at, .kind = kind, .node = sim_index(n), .from = c->manager,
                      .port = (uint16_t)slot, .end = c->id, .len = len};
    if (at == NEVER && c->broken)
        return;
    if (at == NEVER) { /* it finds out by itself */
        c->broken = true;
        it.at = n->sim->now + LOST_FOR;
        it.kind = EV_MANAGER_ENDED;
    } else if (data) {
        it.copy = sim_copy(data, len);
    }
    sim_push(n->sim, it);
}

/* To a call that still stands. */
static void to_phone(struct manager *m, const struct session_end *e, enum kind kind,
                     const void *data, size_t len)
{
    struct sim *s = m->sim;
    struct call *c = &s->nodes[e->node].calls[e->slot];
    usec at = c->id == e->call ? travel(s, WAN_DOWN, len, &c->last[WAN_DOWN]) : NEVER;
    if (at == NEVER)
        return;
    if (m->slow)
        at = c->last[WAN_DOWN] += sim_random(s, SLOW);
    sim_push(s, (struct item){.at = at, .kind = kind, .node = e->node, .end = e->call, .len = len,
                              .port = (uint16_t)e->slot,
                              .copy = data ? sim_copy(data, len) : NULL});
}

/* ---- the phones' side ---------------------------------------------------------------- */

void managers_connect(struct node *n, int slot, struct addr to)
{
    struct sim *s = n->sim;
    n->calls[slot] = (struct call){.id = ++s->end_ids, .manager = ntohl(to.ip) - SIM_MANAGER(0)};
    n->calls[slot].broken = n->calls[slot].manager >= s->o.managers.count; /* nobody is there */
    to_manager(n, slot, EV_MANAGER_CALL, NULL, 0);
}

void managers_send(struct node *n, int slot, const void *data, size_t len)
{
    struct call *c = &n->calls[slot];
    if (!c->id)
        return;
    to_manager(n, slot, EV_MANAGER_HEARD, data, len);
    sim_push(n->sim, (struct item){.at = n->sim->now + SIM_LAN_DELAY, .kind = EV_MANAGER_SENT,
                                   .node = sim_index(n), .port = (uint16_t)slot, .end = c->id});
}

void managers_close(struct node *n, int slot)
{
    if (n->calls[slot].id)
        to_manager(n, slot, EV_MANAGER_HUNG_UP, NULL, 0);
    n->calls[slot] = (struct call){0};
}

void managers_break(struct node *n, int slot)
{
    uint64_t id = n->calls[slot].id;
    managers_close(n, slot); /* the manager hears of it; the phone as well: */
    n->calls[slot].id = id;
    if (id)
        sim_push(n->sim, (struct item){.at = n->sim->now, .kind = EV_MANAGER_ENDED,
                                       .node = sim_index(n), .port = (uint16_t)slot, .end = id});
}

void managers_phone_event(struct node *n, const struct item *it)
{
    int conn = CONN_MANAGER0 + it->port;
    struct call *c = &n->calls[it->port];
    if (c->id != it->end)
        return;
    if (it->kind == EV_MANAGER_JOINED) {
        phone_tcp_connected(n->phone, conn, sim_local(n));
    } else if (it->kind == EV_MANAGER_SAID) {
        phone_tcp_data(n->phone, conn, it->copy, it->len, sim_local(n));
    } else if (it->kind == EV_MANAGER_SENT) {
        phone_tcp_sent(n->phone, conn, sim_local(n));
    } else {
        *c = (struct call){0};
        phone_tcp_closed(n->phone, conn, 0, sim_local(n));
    }
}

/* ---- the managers' side -------------------------------------------------------------- */

static int op_send(void *ctx, uint32_t session, const void *data, size_t len)
{
    struct manager *m = ctx;
    to_phone(m, &m->sessions[session], EV_MANAGER_SAID, data, len);
    return 0;
}

static void op_close(void *ctx, uint32_t session)
{
    struct manager *m = ctx;
    to_phone(m, &m->sessions[session], EV_MANAGER_ENDED, NULL, 0);
    m->sessions[session] = (struct session_end){0};
}

static const char *op_refuses(void *ctx, const struct registrar_device *device)
{
    (void)device;
    return ((struct manager *)ctx)->refuses;
}

static uint32_t op_random(void *ctx)
{
    return sim_random(((struct manager *)ctx)->sim, UINT32_MAX);
}

static const struct registrar_ops ops = {
    .send = op_send, .close = op_close, .refuses = op_refuses, .random = op_random,
};

static void schedule(struct manager *m)
{
    usec at = m->registrar ? registrar_deadline(m->registrar) : NEVER;
    if (at >= m->wake)
        return;
    m->wake = at > m->sim->now ? at : m->sim->now;
    sim_push(m->sim, (struct item){.at = m->wake, .kind = EV_MANAGER_WAKE,
                                   .from = number_of(m)});
}

static void called(struct manager *m, const struct item *it)
{
    struct session_end e = {it->end, it->node, it->port};
    uint32_t session = m->registrar ? registrar_accepted(m->registrar,
                                                         sim_ip(m->sim, it->node), m->sim->now)
                                    : NO_SESSION;
    if (session != NO_SESSION)
        m->sessions[session] = e;
    to_phone(m, &e, session == NO_SESSION ? EV_MANAGER_ENDED : EV_MANAGER_JOINED, NULL, 0);
}

static uint32_t session_of(const struct manager *m, uint64_t call)
{
    uint32_t i = 0;
    while (i < 2 * m->sim->o.phones && m->sessions[i].call != call)
        i++;
    return i < 2 * m->sim->o.phones ? i : NO_SESSION;
}

static void woken(struct manager *m)
{
    if (m->wake > m->sim->now)
        return;
    m->wake = NEVER;
    if (m->registrar)
        registrar_run_timers(m->registrar, m->sim->now);
}

void managers_event(struct sim *s, const struct item *it)
{
    struct manager *m = &s->managers[it->from];
    uint32_t session = session_of(m, it->end);
    if (it->kind == EV_MANAGER_WAKE) {
        woken(m);
    } else if (it->kind == EV_MANAGER_CALL) {
        called(m, it);
    } else if (session != NO_SESSION && it->kind == EV_MANAGER_HEARD) {
        registrar_data(m->registrar, session, it->copy, it->len, s->now);
    } else if (session != NO_SESSION) {
        m->sessions[session] = (struct session_end){0};
        registrar_closed(m->registrar, session, s->now);
    }
    schedule(m);
}

/* ---- making -------------------------------------------------------------------------- */

static void start(struct manager *m)
{
    struct sim *s = m->sim;
    const struct registrar_setup setup = {
        .sessions = (uint32_t)(2 * s->o.phones), .devices = (uint32_t)s->o.phones,
        .keepalive = s->o.managers.keepalive, .ip = htonl(SIM_MANAGER(number_of(m))),
        .name = "hq", .first_number = 1001, .unix_time = 1790000000};
    m->registrar = registrar_new(&setup, &ops, m);
    if (!m->registrar)
        abort();
}

void managers_make(struct sim *s)
{
    s->managers = calloc(s->o.managers.count, sizeof *s->managers);
    for (unsigned i = 0; i < s->o.managers.count; i++) {
        struct manager *m = &s->managers[i];
        *m = (struct manager){.sim = s, .wake = NEVER};
        m->sessions = calloc(2 * s->o.phones, sizeof *m->sessions);
        if (!m->sessions)
            abort();
        start(m);
    }
}

void managers_free(struct sim *s)
{
    for (unsigned i = 0; i < s->o.managers.count; i++) {
        registrar_free(s->managers[i].registrar);
        free(s->managers[i].sessions);
    }
    free(s->managers);
}

/* ---- blows --------------------------------------------------------------------------- */

/* To each that is connected. */
static void to_all(struct manager *m, enum kind kind, const void *data, size_t len)
{
    for (uint32_t i = 0; i < 2 * m->sim->o.phones; i++)
        if (m->sessions[i].call)
            to_phone(m, &m->sessions[i], kind, data, len);
}

void sim_manager_dies(struct sim *s, unsigned i, bool quietly)
{
    struct manager *m = &s->managers[i];
    if (!quietly)
        to_all(m, EV_MANAGER_ENDED, NULL, 0);
    memset(m->sessions, 0, 2 * s->o.phones * sizeof *m->sessions);
    registrar_free(m->registrar);
    m->registrar = NULL;
}

void sim_manager_is_well(struct sim *s, unsigned i)
{
    struct manager *m = &s->managers[i];
    m->slow = false;
    m->refuses = NULL;
    if (!m->registrar)
        start(m);
}

void sim_manager_slow(struct sim *s, unsigned i)
{
    s->managers[i].slow = true;
}

void sim_manager_refuses(struct sim *s, unsigned i, const char *text)
{
    s->managers[i].refuses = text;
}

void sim_manager_hangs_up(struct sim *s, unsigned i)
{
    struct manager *m = &s->managers[i];
    for (uint32_t n = 0; n < 2 * s->o.phones && m->registrar; n++)
        if (m->sessions[n].call) {
            op_close(m, n);
            registrar_closed(m->registrar, n, s->now);
        }
    schedule(m);
}

void sim_manager_babbles(struct sim *s, unsigned i)
{
    static const uint8_t sound[8] = {0x10};
    uint8_t bytes[64];
    for (size_t n = 0; n < sizeof bytes; n++)
        bytes[n] = (uint8_t)sim_random(s, 256);
    if (sim_random(s, 2)) /* with a length that is none, or one that may be */
        memcpy(bytes, sound, sizeof sound);
    to_all(&s->managers[i], EV_MANAGER_SAID, bytes, sizeof bytes);
}

void sim_manager_orders(struct sim *s, unsigned i, enum sccp_reset order, double rate)
{
    struct manager *m = &s->managers[i];
    size_t count = m->registrar ? registrar_devices(m->registrar) : 0;
    uint32_t *all = calloc(count + 1, sizeof *all);
    if (!all)
        abort();
    for (size_t n = 0; n < count; n++)
        all[n] = (uint32_t)n;
    if (count)
        registrar_order(m->registrar, all, count, order, rate, s->now);
    free(all);
    schedule(m);
}

const struct registrar *sim_manager_list(const struct sim *s, unsigned i)
{
    return s->managers[i].registrar;
}

bool managers_are_well(const struct sim *s)
{
    for (unsigned i = 0; i < s->o.managers.count; i++)
        if (!s->managers[i].registrar || s->managers[i].slow || s->managers[i].refuses)
            return false;
    return true;
}
