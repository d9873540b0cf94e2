/* station_bench.h - a station and its call managers, which are registrars, at one table: what the
 * one says the other hears, at once or in pieces, and time goes from deadline to deadline.
 *
 *   station --- slot 0 --- registrar of its address
 *           --- slot 1 --- registrar of its address        one TCP connection each
 */
#ifndef STATION_BENCH_H
#define STATION_BENCH_H

#include "emu/core/station.h"
#include "emu/sccp/registrar.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MANAGERS 3
#define MANAGER_IP(i) htonl(0x0a000001u + (uint32_t)(i))

struct bench;
struct bench_manager {
    struct bench *bench;
    struct registrar *registrar;
    bool down;                  /* nobody listens there */
    bool mute;                  /* it hears, and says nothing */
    const char *refuses;
    uint32_t token_wait;
    unsigned notes[TOLD_COUNT];
    char text[TOLD_COUNT][81];  /* of the last of each */
    uint32_t value[TOLD_COUNT];
};

struct bench_pipe {
    int manager;                /* -1: not connected */
    uint32_t session;
    bool connecting, closing;   /* closing: by the manager, once all is read */
    uint8_t up[8192], down[8192];
    size_t up_len, down_len, sent;
};

struct bench {
    struct station station;
    struct kit kit;
    struct phone_identity id;
    struct phone_status status;
    struct cnf cnf;
    usec now;
    size_t piece;               /* bytes that come at a time; 0: all */
    struct bench_manager managers[MANAGERS];
    struct bench_pipe pipe[2];
    char log[64][200], events[64][EVENT_LINE];
    size_t log_count, event_count;
    uint8_t said[65536];        /* all that the station has said */
    size_t said_len;
};

/* ---- the registrar's side ------------------------------------------------------------ */

static inline struct bench_pipe *pipe_of(struct bench_manager *m, uint32_t session)
{
    for (int i = 0; i < 2; i++)
        if (m->bench->pipe[i].manager == m - m->bench->managers &&
            m->bench->pipe[i].session == session)
            return &m->bench->pipe[i];
    return NULL;
}

static inline int bench_answer(void *ctx, uint32_t session, const void *data, size_t len)
{
    struct bench_manager *m = ctx;
    struct bench_pipe *p = pipe_of(m, session);
    if (m->mute)
        return 0;
    if (!p || len > sizeof p->down - p->down_len)
        return -ENOBUFS;
    memcpy(p->down + p->down_len, data, len);
    p->down_len += len;
    return 0;
}

static inline void bench_hang_up(void *ctx, uint32_t session)
{
    struct bench_pipe *p = pipe_of(ctx, session);
    if (p)
        p->closing = true;
}

static inline const char *bench_refuses(void *ctx, const struct registrar_device *device)
{
    (void)device;
    return ((struct bench_manager *)ctx)->refuses;
}

static inline uint32_t bench_token_wait(void *ctx, const struct registrar_device *device)
{
    (void)device;
    return ((struct bench_manager *)ctx)->token_wait;
}

static inline uint32_t bench_random(void *ctx)
{
    (void)ctx;
    return 1u << 31;
}

static inline void bench_told(void *ctx, const struct registrar_told *told)
{
    struct bench_manager *m = ctx;
    m->notes[told->note]++;
    snprintf(m->text[told->note], sizeof m->text[0], "%s", told->text ? told->text : "");
    m->value[told->note] = told->value;
}

static const struct registrar_ops bench_registrar_ops = {
    .send = bench_answer, .close = bench_hang_up, .refuses = bench_refuses,
    .token_wait = bench_token_wait, .random = bench_random, .told = bench_told,
};

/* ---- the phone's side ---------------------------------------------------------------- */

static inline void bench_connect(void *ctx, int conn, struct addr to)
{
    struct bench *b = ctx;
    struct bench_pipe *p = &b->pipe[conn - CONN_MANAGER0];
    assert_int_equal(p->manager, -1);
    p->manager = (int)(ntohl(to.ip) - 0x0a000001u);
    p->connecting = true;
    p->up_len = p->down_len = p->sent = 0;
    p->closing = false;
    p->session = NO_SESSION;
    assert_int_equal(to.port, SCCP_PORT);
}

static inline void bench_send(void *ctx, int conn, const void *head, size_t head_len,
                              const void *body, size_t len)
{
    struct bench *b = ctx;
    struct bench_pipe *p = &b->pipe[conn - CONN_MANAGER0];
    (void)head;
    assert_int_equal(head_len, 0);
    assert_int_equal(p->sent, 0); /* one at a time */
    assert_true(p->manager >= 0 && !p->connecting && len > 0);
    p->sent = len;
    if (b->said_len + len <= sizeof b->said) {
        memcpy(b->said + b->said_len, body, len);
        b->said_len += len;
    }
    if (len <= sizeof p->up - p->up_len) {
        memcpy(p->up + p->up_len, body, len);
        p->up_len += len;
    }
}

/* What it said before still goes out. */
static inline void bench_drain(struct bench *b, struct bench_pipe *p)
{
    struct bench_manager *m = &b->managers[p->manager];
    if (p->session != NO_SESSION && !p->closing)
        registrar_data(m->registrar, p->session, p->up, p->up_len, b->now);
    if (p->session != NO_SESSION && !p->closing)
        registrar_closed(m->registrar, p->session, b->now);
}

static inline void bench_close(void *ctx, int conn)
{
    struct bench *b = ctx;
    struct bench_pipe *p = &b->pipe[conn - CONN_MANAGER0];
    assert_true(p->manager >= 0);
    bench_drain(b, p);
    p->manager = -1;
}

static inline uint32_t bench_draw(void *ctx)
{
    (void)ctx;
    return 0;
}

static inline void bench_log(void *ctx, const char *line)
{
    struct bench *b = ctx;
    snprintf(b->log[b->log_count++ % 64], 200, "%s", line);
}

static inline void bench_event(void *ctx, const char *json)
{
    struct bench *b = ctx;
    snprintf(b->events[b->event_count++ % 64], EVENT_LINE, "%s", json);
}

static const struct phone_ops bench_phone_ops = {
    .tcp_connect = bench_connect, .tcp_send = bench_send, .tcp_close = bench_close,
    .random = bench_draw, .log = bench_log, .event = bench_event,
};

/* ---- both ---------------------------------------------------------------------------- */

static inline struct bench *bench_new(const char *load, uint8_t managers)
{
    struct bench *b = calloc(1, sizeof *b);
    assert_non_null(b);
    static const struct registrar_setup setup = {.sessions = 4, .devices = 4, .keepalive = 30,
                                                 .name = "hq", .first_number = 1001,
                                                 .unix_time = 1790000000};
    snprintf(b->id.name, sizeof b->id.name, "SEP001B54C12233");
    b->id.model = phone_model_find("CP-7961G");
    b->id.ip = htonl(0x0a6a000a);
    b->now = USEC_SEC;
    b->kit = (struct kit){.ops = &bench_phone_ops, .ctx = b, .id = &b->id, .now = b->now};
    b->status.state = PHONE_IDLE;
    snprintf(b->status.running, sizeof b->status.running, "%s", load);
    for (int i = 0; i < MANAGERS; i++) {
        b->managers[i].bench = b;
        b->managers[i].registrar = registrar_new(&setup, &bench_registrar_ops, &b->managers[i]);
    }
    b->pipe[0].manager = b->pipe[1].manager = -1;
    b->cnf.manager_count = managers;
    for (uint8_t i = 0; i < managers; i++)
        b->cnf.managers[i] = (struct cnf_manager){MANAGER_IP(i), SCCP_PORT, i};
    station_init(&b->station, &b->kit, &b->status);
    return b;
}

static inline void bench_free(struct bench *b)
{
    for (int i = 0; i < MANAGERS; i++)
        registrar_free(b->managers[i].registrar);
    free(b);
}

static inline bool bench_join(struct bench *b, int i)
{
    struct bench_pipe *p = &b->pipe[i];
    struct bench_manager *m = &b->managers[p->manager];
    p->connecting = false;
    p->session = m->down ? NO_SESSION : registrar_accepted(m->registrar, b->id.ip, b->now);
    if (p->session == NO_SESSION) {
        p->manager = -1;
        station_closed(&b->station, CONN_MANAGER0 + i, -ECONNREFUSED);
    } else {
        station_connected(&b->station, CONN_MANAGER0 + i);
    }
    return true;
}

/* One thing that is on its way arrives. */
static inline bool bench_step(struct bench *b, int i)
{
    struct bench_pipe *p = &b->pipe[i];
    if (p->manager < 0)
        return false;
    if (p->connecting)
        return bench_join(b, i);
    if (p->up_len && !p->closing) {
        uint8_t bytes[8192];
        size_t len = p->up_len;
        memcpy(bytes, p->up, len);
        p->up_len = 0;
        registrar_data(b->managers[p->manager].registrar, p->session, bytes, len, b->now);
        return true;
    }
    if (p->sent) {
        p->sent = 0;
        station_sent(&b->station, CONN_MANAGER0 + i);
        return true;
    }
    if (p->down_len) {
        uint8_t bytes[8192];
        size_t len = b->piece && b->piece < p->down_len ? b->piece : p->down_len;
        memcpy(bytes, p->down, len);
        p->down_len -= len;
        memmove(p->down, p->down + len, p->down_len);
        station_data(&b->station, CONN_MANAGER0 + i, bytes, len);
        return true;
    }
    if (!p->closing)
        return false;
    p->manager = -1;
    station_closed(&b->station, CONN_MANAGER0 + i, 0);
    return true;
}

static inline void bench_settle(struct bench *b)
{
    while (bench_step(b, 0) || bench_step(b, 1))
        ;
}

/* For so long, everybody's timers on time. */
static inline void bench_for(struct bench *b, usec duration)
{
    usec until = b->now + duration;
    for (;;) {
        bench_settle(b);
        usec at = station_deadline(&b->station);
        for (int i = 0; i < MANAGERS; i++) {
            usec theirs = registrar_deadline(b->managers[i].registrar);
            at = theirs < at ? theirs : at;
        }
        if (at > until)
            break;
        b->now = b->kit.now = at > b->now ? at : b->now;
        for (int i = 0; i < MANAGERS; i++)
            registrar_run_timers(b->managers[i].registrar, b->now);
        if (station_deadline(&b->station) <= b->now)
            station_timers(&b->station);
    }
    b->now = b->kit.now = until;
}

/* The device's line in a manager's list. */
static inline const struct registrar_device *bench_device(const struct bench *b, int manager)
{
    long i = registrar_find(b->managers[manager].registrar, b->id.name);
    return i < 0 ? NULL : registrar_device(b->managers[manager].registrar, (size_t)i);
}

/* The manager's connection is broken, from its side. */
static inline void bench_cut(struct bench *b, int slot)
{
    struct bench_pipe *p = &b->pipe[slot];
    registrar_closed(b->managers[p->manager].registrar, p->session, b->now);
    p->closing = true;
    p->up_len = p->down_len = 0;
}

static inline bool bench_logged(const struct bench *b, const char *text)
{
    for (size_t i = 0; i < 64; i++)
        if (strstr(b->log[i], text))
            return true;
    return false;
}

static inline size_t bench_events(const struct bench *b, const char *text)
{
    size_t count = 0;
    for (size_t i = 0; i < 64; i++)
        count += strstr(b->events[i], text) != NULL;
    return count;
}

#endif
