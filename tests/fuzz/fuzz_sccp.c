/* fuzz_sccp.c - SCCP: a phone's station and three call managers (registrars) that talk to each
 * other, while somebody says anything to either in the other's name, connections break, managers go
 * and come, and time passes. The table is that of the unit tests (station_bench.h). The input is a
 * script of actions, each with the bytes it takes (enum action).
 *
 * What must hold after each action stands in check(). And when the script is over and all is well
 * again, the phone ends registered, where its manager says so. The input is a frame, too: what is
 * decoded encodes to the same bytes again.
 */
#include "emu/cursor.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/emu/core/station_bench.h"

#define END_MAX (3600 * USEC_SEC)

enum action {
    DO_TIME,     /* u16: tenths of a second go by */
    DO_RAW,      /* u8 whom, u8 length, bytes */
    DO_FRAME,    /* u8 whom, u8 message, u8 version, u8 length of its payload, bytes */
    DO_STRANGER, /* u8 manager, u8 message, u8 length of its payload, bytes */
    DO_CUT,      /* u8 slot */
    DO_MANAGER,  /* u8 manager, u8: is down, mute, refuses, has no token to give, by bits */
    DO_ORDER,    /* u8 manager, u8 order */
    DO_CONFIG,   /* u8: how many managers, from which on */
    DO_POWER,
    DO_COUNT
};

static void obey(struct bench *b)
{
    uint32_t order = station_order(&b->station);
    must(order <= SCCP_DO_APPLY_CONFIG);
    must(order == 0 || order == SCCP_DO_APPLY_CONFIG || b->station.state == STATION_OFF);
    if (order)
        station_begin(&b->station, &b->cnf);
}

static void check_list(const struct registrar *r)
{
    size_t in_state = 0;
    for (int state = 0; state < DEVICE_STATE_COUNT; state++)
        in_state += registrar_count(r, (enum device_state)state);
    must(in_state == registrar_devices(r) && registrar_devices(r) <= 4);
    for (size_t i = 0; i < registrar_devices(r); i++) {
        const struct registrar_device *d = registrar_device(r, i);
        bool has = d->state == DEVICE_REGISTERED || d->state == DEVICE_REGISTERING;
        must(has == (d->session != NO_SESSION));
        must(registrar_find(r, d->name) == (long)i);
        must(fuzz_plain_name(d->name, sizeof d->name));
        for (const char *text = d->load; *text; text++)
            must(*text >= ' ' && *text <= '~');
        for (size_t k = 0; has && k < i; k++)
            must(registrar_device(r, k)->session != d->session);
    }
}

static void check(struct bench *b)
{
    const struct station *s = &b->station;
    obey(b);
    must((s->state == STATION_REGISTERED) == b->status.registered);
    must((s->state >= STATION_REGISTERING) == (s->link[s->mine].state == MANAGERLINK_OPEN));
    must(s->state == STATION_OFF || s->current < s->count);
    must(s->state != STATION_OFF || station_deadline(s) == NEVER);
    must(s->link[0].out_len <= MANAGERLINK_ROOM && s->link[1].out_len <= MANAGERLINK_ROOM);
    for (int i = 0; i < MANAGERS; i++)
        check_list(b->managers[i].registrar);
    b->said_len = 0;
}

/* ---- what is said in another's name -------------------------------------------------- */

static size_t take_frame(struct cursor *c, uint8_t *frame)
{
    struct sccp_msg msg = {.id = sccp_formats[cursor_u8(c) % sccp_format_count].id,
                           .version = cursor_u8(c) % 24};
    size_t len = cursor_u8(c);
    len = len < cursor_left(c) ? len : cursor_left(c);
    msg.length = (uint32_t)len + 4;
    sccp_encode(&msg, frame);
    if (len)
        memcpy(frame + SCCP_HEADER, cursor_bytes(c, len), len);
    return len + SCCP_HEADER;
}

/* To the phone on either of its connections, or to the manager there. */
static void say(struct bench *b, uint8_t whom, const void *data, size_t len)
{
    struct bench_pipe *p = &b->pipe[whom & 1];
    uint8_t *bytes = fuzz_copy(data, len);
    if (p->manager >= 0 && !p->connecting && !p->closing) {
        if (whom & 2)
            registrar_data(b->managers[p->manager].registrar, p->session, bytes, len, b->now);
        else
            station_data(&b->station, CONN_MANAGER0 + (whom & 1), bytes, len);
    }
    free(bytes);
}

static void say_raw(struct bench *b, struct cursor *c)
{
    uint8_t whom = cursor_u8(c);
    size_t len = cursor_u8(c);
    len = len < cursor_left(c) ? len : cursor_left(c);
    say(b, whom, cursor_bytes(c, len), len);
}

static void say_frame(struct bench *b, struct cursor *c)
{
    uint8_t frame[SCCP_FRAME_MAX] = {0}, whom = cursor_u8(c);
    size_t len = take_frame(c, frame);
    say(b, whom, frame, len);
}

/* Somebody else, who says one thing and hangs up. */
static void stranger(struct bench *b, struct cursor *c)
{
    struct registrar *r = b->managers[cursor_u8(c) % MANAGERS].registrar;
    uint8_t frame[SCCP_FRAME_MAX] = {0};
    size_t len = take_frame(c, frame);
    uint32_t session = registrar_accepted(r, htonl(1), b->now);
    if (session == NO_SESSION)
        return;
    registrar_data(r, session, frame, len, b->now);
    registrar_closed(r, session, b->now);
}

/* ---- the rest ------------------------------------------------------------------------ */

static void manager(struct bench *b, struct cursor *c)
{
    struct bench_manager *m = &b->managers[cursor_u8(c) % MANAGERS];
    uint8_t how = cursor_u8(c);
    m->down = how & 1;
    m->mute = how & 2;
    m->refuses = how & 4 ? "Device Unknown" : NULL;
    m->token_wait = how & 8 ? 60 : 0;
}

static void order(struct bench *b, struct cursor *c)
{
    struct registrar *r = b->managers[cursor_u8(c) % MANAGERS].registrar;
    enum sccp_reset what = (enum sccp_reset)(1 + cursor_u8(c) % 3);
    registrar_order(r, (uint32_t[]){0, 1, 2, 3}, 4, what, what, b->now);
}

static void configure(struct bench *b, uint8_t how)
{
    b->cnf.manager_count = how % (MANAGERS + 1);
    for (uint8_t i = 0; i < b->cnf.manager_count; i++)
        b->cnf.managers[i] = (struct cnf_manager){MANAGER_IP((how / 4 + i) % MANAGERS),
                                                  SCCP_PORT, i};
    station_begin(&b->station, &b->cnf);
}

static void power(struct bench *b)
{
    for (int i = 0; i < 2; i++)
        if (b->pipe[i].manager >= 0 && !b->pipe[i].connecting && !b->pipe[i].closing)
            bench_cut(b, i);
    b->pipe[0].manager = b->pipe[1].manager = -1;
    station_power_on(&b->station);
    station_begin(&b->station, &b->cnf);
}

static void act(struct bench *b, enum action action, struct cursor *c)
{
    uint8_t slot;
    switch (action) {
    case DO_TIME:
        bench_for(b, cursor_u16(c) * 100 * USEC_MS);
        break;
    case DO_RAW:
        say_raw(b, c);
        break;
    case DO_FRAME:
        say_frame(b, c);
        break;
    case DO_STRANGER:
        stranger(b, c);
        break;
    case DO_CUT:
        slot = cursor_u8(c) & 1;
        if (b->pipe[slot].manager >= 0 && !b->pipe[slot].connecting && !b->pipe[slot].closing)
            bench_cut(b, slot);
        break;
    case DO_MANAGER:
        manager(b, c);
        break;
    case DO_ORDER:
        order(b, c);
        break;
    case DO_CONFIG:
        configure(b, cursor_u8(c));
        break;
    case DO_POWER:
        power(b);
        break;
    case DO_COUNT:
        break;
    }
}

/* Registered, as its manager sees it too; or without one. A flood that it was made to say is
 * forgotten by then. */
static bool is_home(const struct bench *b)
{
    const struct station *s = &b->station;
    if (!b->cnf.manager_count)
        return s->state == STATION_OFF;
    if (s->state != STATION_REGISTERED)
        return false;
    const struct registrar_device *d = bench_device(b, (int)(ntohl(b->status.manager_ip) -
                                                             0x0a000001u));
    return d && d->state == DEVICE_REGISTERED;
}

static void check_end(struct bench *b)
{
    usec until = b->now + END_MAX;
    for (int i = 0; i < MANAGERS; i++) {
        b->managers[i].down = b->managers[i].mute = false;
        b->managers[i].refuses = NULL;
        registrar_cancel(b->managers[i].registrar);
    }
    power(b); /* a list that others have filled has no place; then there is no end */
    for (int i = 0; i < MANAGERS; i++)
        if (registrar_devices(b->managers[i].registrar) == 4 && !bench_device(b, i))
            return;
    while (!is_home(b) && b->now < until) {
        bench_for(b, 10 * USEC_SEC);
        check(b);
    }
    must(is_home(b));
}

static void decode(const uint8_t *data, size_t size)
{
    struct sccp_msg msg, untouched;
    uint8_t again[SCCP_FRAME_MAX];
    memset(&msg, 0xa5, sizeof msg);
    memset(&untouched, 0xa5, sizeof untouched);
    if (sccp_decode(data, size, &msg)) {
        must(memcmp(&msg, &untouched, sizeof msg) == 0);
        return;
    }
    must(sccp_encode(&msg, again) == size && memcmp(again, data, size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bench *b = bench_new("SCCP41.9-4-2SR3-1S", 2);
    struct cursor c = cursor(data, size);
    decode(data, size);
    b->piece = size % 3 ? size % 50 : 0;
    station_begin(&b->station, &b->cnf);
    while (cursor_left(&c) && !c.failed) {
        act(b, (enum action)(cursor_u8(&c) % DO_COUNT), &c);
        bench_settle(b);
        check(b);
    }
    check_end(b);
    bench_free(b);
    return 0;
}
