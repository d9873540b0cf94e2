/* fuzz_dhcp.c - a DHCP client among servers and stations that say anything at any time. The input
 * is a script of actions, each with the bytes it takes (enum action).
 *
 * After each action: the port is open where the state says so; the interface has an address only by
 * a lease that is not over and that a host can live by; few lines were said, at most one message
 * was sent for each event, and it survives the way back. What a server's message was read as
 * survives it too. When the script is over a good server answers, and the client comes to an
 * address within a bounded time.
 */
#include "emu/core/arp.h"
#include "emu/core/dhcp.h"
#include "emu/cursor.h"
#include "tests/fuzz/fuzz.h"

#include <arpa/inet.h>

#define ANSWER_AT (600 * USEC_SEC) /* longer than any wait */

enum action {
    DO_RAW,       /* u8 length, bytes: all of a message behind its xid and hardware address */
    DO_BYTES,     /* u8 length, bytes: all of a message */
    DO_ANSWER,    /* u8 type, u8 server, u8 host, u8 what is bad, u16 lease */
    DO_ARP,       /* u8 kind, u8 host */
    DO_FRAME,     /* u8 length, bytes */
    DO_TIMER,     /* its next moment comes */
    DO_TIME,      /* u16 seconds go by at once: it stood still */
    DO_ADDRESSED, /* the interface has what was asked for */
    DO_RESET,
    DO_COUNT
};

struct world {
    struct dhcp dhcp;
    struct kit kit;
    struct phone_identity id;
    struct net_address interface;
    bool open;
    uint32_t random;
    unsigned sent, lines;
};

/* ---- the carrier --------------------------------------------------------------------- */

static void net_address(void *ctx, const struct net_address *address)
{
    ((struct world *)ctx)->interface = *address;
}

static int dhcp_open(void *ctx)
{
    struct world *w = ctx;
    must(!w->open);
    w->open = true;
    return 0;
}

static void dhcp_close(void *ctx)
{
    struct world *w = ctx;
    must(w->open);
    w->open = false;
}

static void dhcp_send(void *ctx, uint32_t to, const void *data, size_t len)
{
    struct world *w = ctx;
    struct dhcp_message m;
    uint8_t again[DHCP_BUILT];
    must(w->open && to && len == DHCP_BUILT);
    must(!dhcpwire_read(data, len, &m) && !m.odd);
    must(dhcpwire_build(&m, again) == len && memcmp(again, data, len) == 0);
    must(m.op == DHCP_BOOTREQUEST && m.xid == w->dhcp.xid);
    w->sent++;
}

static void frame_send(void *ctx, enum frame_kind kind, const void *frame, size_t len)
{
    struct arp a;
    (void)ctx;
    must(kind == FRAME_ARP && arp_read(frame, len, &a) && a.sender == 0 && a.target);
}

static uint32_t next_random(void *ctx)
{
    struct world *w = ctx;
    return w->random = w->random * 1664525u + 1013904223u;
}

static void log_line(void *ctx, const char *line)
{
    (void)line;
    ((struct world *)ctx)->lines++;
}

static const struct phone_ops ops = {.net_address = net_address, .dhcp_open = dhcp_open,
                                     .dhcp_close = dhcp_close, .dhcp_send = dhcp_send,
                                     .frame_send = frame_send, .random = next_random,
                                     .log = log_line};

/* ---- what must hold ------------------------------------------------------------------ */

/* The rules for an address, written down a second time. */
static void check_interface(const struct world *w)
{
    const struct net_address *a = &w->interface;
    const struct dhcp_lease *l = &w->dhcp.lease;
    if (!a->ip)
        return;
    uint32_t ip = ntohl(a->ip), mask = ~0u << (32 - a->prefix_len), router = ntohl(a->router);
    must(w->dhcp.state >= DHCP_ADDRESSING && a->ip == l->address.ip);
    must(ip >> 24 >= 1 && ip >> 24 <= 223 && ip >> 24 != 127);
    must(a->prefix_len >= 1 && a->prefix_len <= 30);
    must((ip & ~mask) != 0 && (ip & ~mask) != ~mask);
    must(router == 0 || (router != ip && (router & mask) == (ip & mask)));
    must(w->kit.now < l->end && l->renew <= l->rebind && l->rebind <= l->end);
}

static void check(struct world *w, enum dhcp_result result)
{
    const struct dhcp *d = &w->dhcp;
    bool waits = d->state == DHCP_OFF || (d->state >= DHCP_ADDRESSING && d->lease.end == NEVER);
    must(w->sent <= 1 && w->lines <= 3);
    must(waits ? d->at == NEVER : d->at != NEVER);
    must(w->open == (d->state == DHCP_SELECTING || d->state == DHCP_REQUESTING ||
                     d->state == DHCP_PROBING || d->state == DHCP_RENEWING ||
                     d->state == DHCP_REBINDING));
    must((result == DHCP_LOST) <= (d->state == DHCP_OFF && d->why && !w->interface.ip));
    must((result == DHCP_DUPLICATE) <= (d->taken != 0 && d->state == DHCP_INIT));
    check_interface(w);
    w->sent = w->lines = 0;
    if (result == DHCP_LOST) /* as a boot does */
        dhcp_start(&w->dhcp);
    w->sent = w->lines = 0;
}

/* What was read survives the way back. */
static void check_reading(const uint8_t *data, size_t len)
{
    struct dhcp_message m, back;
    uint8_t out[DHCP_BUILT];
    if (dhcpwire_read(data, len, &m))
        return;
    m.odd = 0;
    if (dhcpwire_build(&m, out) == 0)
        return;
    must(!dhcpwire_read(out, sizeof out, &back));
    must(memcmp(&m, &back, sizeof m) == 0);
}

/* ---- actions ------------------------------------------------------------------------- */

static void hear(struct world *w, const uint8_t *data, size_t len)
{
    uint8_t *exact = fuzz_copy(data, len);
    check_reading(exact, len);
    if (w->open && dhcp_answered_by(&w->dhcp, exact, len))
        check(w, dhcp_datagram(&w->dhcp, exact, len));
    free(exact);
}

static void say_raw(struct world *w, struct cursor *c, bool ours)
{
    uint8_t message[DHCP_FIXED + 4 + 255] = {DHCP_BOOTREPLY, 1, 6};
    size_t len = cursor_u8(c), head = ours ? 34 : 0;
    len = len < cursor_left(c) ? len : cursor_left(c);
    if (len)
        memcpy(message + (ours ? DHCP_FIXED + 4 : 0), cursor_bytes(c, len), len);
    if (ours) {
        uint32_t xid = htonl(w->dhcp.xid);
        memcpy(message + 4, &xid, sizeof xid);
        memcpy(message + 16, "\xc0\xa8\x07\x21", 4);
        memcpy(message + head - 6, w->dhcp.mac, 6);
        memcpy(message + DHCP_FIXED, "\x63\x82\x53\x63", 4);
        len += DHCP_FIXED + 4;
    }
    hear(w, message, len);
}

static void say(struct world *w, const struct dhcp_message *m)
{
    uint8_t out[DHCP_BUILT];
    must(dhcpwire_build(m, out));
    hear(w, out, sizeof out);
}

static struct dhcp_message answer(const struct world *w, uint8_t type, uint8_t server, uint8_t host)
{
    struct dhcp_message m = {.op = DHCP_BOOTREPLY, .xid = w->dhcp.xid, .type = type,
                             .yiaddr = htonl(0xc0a80700u + host),
                             .server = htonl(0xc0a80700u + server), .mask = htonl(0xffffff00u),
                             .lease = 3600, .routers = {1, {htonl(0xc0a80701u)}}};
    memcpy(m.mac, w->dhcp.mac, sizeof m.mac);
    return m;
}

static void say_answer(struct world *w, struct cursor *c)
{
    uint8_t type = cursor_u8(c), server = cursor_u8(c), host = cursor_u8(c), bad = cursor_u8(c);
    struct dhcp_message m = answer(w, type, server, host);
    m.lease = cursor_u16(c);
    m.lease = m.lease == UINT16_MAX ? DHCP_FOR_EVER : m.lease;
    m.mask = bad & 1 ? htonl(host * 0x01010101u) : m.mask;
    m.routers.at[0] = bad & 2 ? m.yiaddr : m.routers.at[0];
    m.routers.count = bad & 4 ? 0 : 1;
    m.yiaddr = bad & 8 ? htonl((uint32_t)host << 24 | 5) : m.yiaddr;
    m.renew = bad & 16 ? host : 0;
    m.rebind = bad & 32 ? server : 0;
    m.tftp.count = bad & 64 ? 1 : 0;
    m.tftp.at[0] = m.tftp.count ? m.server : 0;
    m.siaddr = bad & 128 ? m.server : 0;
    say(w, &m);
}

static void say_arp(struct world *w, struct cursor *c)
{
    static const uint8_t other[6] = {2, 1, 1, 1, 1, 1};
    uint8_t kind = cursor_u8(c), frame[ARP_FRAME];
    uint32_t ip = htonl(0xc0a80700u + cursor_u8(c));
    arp_build(kind & 1 ? ARP_REPLY : ARP_REQUEST, kind & 2 ? other : w->dhcp.mac,
              kind & 4 ? ip : 0, ip, frame);
    check(w, dhcp_arp(&w->dhcp, frame, sizeof frame));
}

static void say_frame(struct world *w, struct cursor *c)
{
    size_t len = cursor_u8(c);
    len = len < cursor_left(c) ? len : cursor_left(c);
    uint8_t *exact = fuzz_copy(cursor_bytes(c, len), len);
    check(w, dhcp_arp(&w->dhcp, exact, len));
    free(exact);
}

static void run_timer(struct world *w)
{
    usec at = w->dhcp.at;
    if (at == NEVER)
        return;
    w->kit.now = at > w->kit.now ? at : w->kit.now;
    check(w, dhcp_timer(&w->dhcp));
    must(w->dhcp.at > w->kit.now); /* or its carrier would spin */
}

static void stand_still(struct world *w, usec time)
{
    w->kit.now += time;
    while (w->dhcp.at <= w->kit.now)
        run_timer(w);
}

static void reset(struct world *w)
{
    dhcp_stop(&w->dhcp);
    must(!w->interface.ip && !w->open);
    dhcp_start(&w->dhcp);
    w->sent = w->lines = 0;
}

static void act(struct world *w, enum action action, struct cursor *c)
{
    switch (action) {
    case DO_RAW:
        say_raw(w, c, true);
        break;
    case DO_BYTES:
        say_raw(w, c, false);
        break;
    case DO_ANSWER:
        say_answer(w, c);
        break;
    case DO_ARP:
        say_arp(w, c);
        break;
    case DO_FRAME:
        say_frame(w, c);
        break;
    case DO_TIMER:
        run_timer(w);
        break;
    case DO_TIME:
        stand_still(w, cursor_u16(c) * USEC_SEC);
        break;
    case DO_ADDRESSED:
        check(w, dhcp_addressed(&w->dhcp));
        break;
    case DO_RESET:
        reset(w);
        break;
    case DO_COUNT:
        break;
    }
}

/* A good server, and a launcher that does what it is asked. */
static void check_end(struct world *w)
{
    usec until = w->kit.now + ANSWER_AT;
    reset(w);
    while (w->dhcp.state != DHCP_BOUND && w->kit.now < until) {
        struct dhcp_message m = answer(w, DHCP_OFFER, 2, 33);
        if (w->dhcp.state == DHCP_REQUESTING)
            m.type = DHCP_ACK;
        say(w, &m);
        check(w, dhcp_addressed(&w->dhcp));
        if (w->dhcp.state != DHCP_BOUND)
            run_timer(w);
    }
    must(w->dhcp.state == DHCP_BOUND && w->interface.ip == htonl(0xc0a80721u));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world w = {.id = {.name = "SEP0800270027F8", .model = phone_model_find("CP-7961G"),
                             .dhcp = true},
                      .random = fuzz_hash(1, data, size)};
    struct cursor c = cursor(data, size);
    w.kit = (struct kit){.ops = &ops, .ctx = &w, .id = &w.id};
    dhcp_init(&w.dhcp, &w.kit);
    reset(&w);
    while (cursor_left(&c) && !c.failed)
        act(&w, cursor_u8(&c) % DO_COUNT, &c);
    check_end(&w);
    return 0;
}
