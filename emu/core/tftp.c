/* tftp.c - the TFTP read client; its theory of operation stands in tftp.h. */
#include "emu/core/tftp.h"

#include "emu/builder.h"
#include "emu/cursor.h"
#include "emu/core/state.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { OP_RRQ = 1, OP_DATA = 3, OP_ACK = 4, OP_ERROR = 5, /* RFC 1350, section 5 */
       OP_OACK = 6 };                                     /* RFC 2347 */

const struct tftp_error tftp_errors[] = {
#define X(code, id, meaning, first, middle) [code] = {meaning, TFTP_##first, TFTP_##middle},
    TFTP_ERRORS(X)
#undef X
};

static void send_built(struct tftp *t, uint16_t port, const struct builder *b)
{
    t->ops->tftp_send(t->ctx, (struct addr){t->server_ip, port}, b->start, builder_len(b));
}

static void send_request(struct tftp *t)
{
    uint8_t packet[2 + sizeof t->name + sizeof "octet"];
    struct builder b = builder(packet, sizeof packet);
    builder_u16(&b, OP_RRQ);
    builder_cstring(&b, t->name);
    builder_cstring(&b, "octet");
    send_built(t, TFTP_PORT, &b);
}

static void send_ack(struct tftp *t)
{
    uint8_t packet[4];
    struct builder b = builder(packet, sizeof packet);
    builder_u16(&b, OP_ACK);
    builder_u16(&b, t->block);
    send_built(t, t->tid, &b);
}

static void send_error(struct tftp *t, uint16_t port, enum tftp_code code, const char *text)
{
    uint8_t packet[64];
    struct builder b = builder(packet, sizeof packet);
    builder_u16(&b, OP_ERROR);
    builder_u16(&b, (uint16_t)code);
    builder_cstring(&b, text);
    send_built(t, port, &b);
}

static void arm(struct tftp *t, usec now)
{
    usec wait = TFTP_TIMEOUT << t->tries;
    if (wait > TFTP_TIMEOUT_MAX)
        wait = TFTP_TIMEOUT_MAX;
    t->deadline = now + wait + t->ops->random(t->ctx) % (wait / 4);
}

/* Timeouts in a row that end the transfer. */
static unsigned patience(const struct tftp *t)
{
    unsigned tries = t->need == TRANSFER_MUST ? TFTP_TRIES : TFTP_MAY_TRIES;
    return t->state == TFTP_DATA && tries > TFTP_BLOCK_TRIES ? TFTP_BLOCK_TRIES : tries;
}

static const uint32_t may_follow[TFTP_STATE_COUNT] = {
#define TO(state) STATE_TO(TFTP_##state)
    [TFTP_IDLE] = TO(REQUEST) | TO(PAUSE),
    [TFTP_REQUEST] = TO(REQUEST) | TO(PAUSE) | TO(DATA) | TO(IDLE),
    [TFTP_PAUSE] = TO(REQUEST) | TO(IDLE),
    [TFTP_DATA] = TO(DATA) | TO(IDLE),
#undef TO
};

/* What becomes of a transfer is logged by who has asked for it. */
static void set_state(struct tftp *t, enum tftp_state to)
{
    STATE_ASSERT(may_follow, t->state, to);
    t->state = to;
}

static enum transfer_result finish(struct tftp *t, enum transfer_result result)
{
    t->anew = t->state == TFTP_DATA && t->need == TRANSFER_MUST &&
              (result == TRANSFER_ERROR || result == TRANSFER_TIMED_OUT);
    if (result == TRANSFER_DONE || result == TRANSFER_SINK)
        t->said[0] = '\0';
    set_state(t, TFTP_IDLE);
    t->deadline = NEVER;
    t->ops->tftp_close(t->ctx);
    return result;
}

void tftp_init(struct tftp *t, const struct phone_ops *ops, void *ctx)
{
    *t = (struct tftp){.ops = ops, .ctx = ctx, .deadline = NEVER};
}

int tftp_get(struct tftp *t, uint32_t server_ip, const char *name, enum transfer_need need,
             transfer_sink *sink, void *sink_to, usec now)
{
    tftp_cancel(t);
    tftp_init(t, t->ops, t->ctx);
    if (!*name || strlen(name) >= sizeof t->name)
        return -EINVAL;

    int error = t->ops->tftp_open(t->ctx);
    if (error)
        return error;
    snprintf(t->name, sizeof t->name, "%s", name);
    t->server_ip = server_ip;
    t->need = need;
    t->sink = sink;
    t->sink_to = sink_to;
    set_state(t, TFTP_REQUEST);
    send_request(t);
    arm(t, now);
    return 0;
}

bool tftp_again(struct tftp *t, usec now)
{
    if (!t->anew || t->breaks == TFTP_BREAKS)
        return false;
    set_state(t, TFTP_PAUSE);
    t->tid = t->block = 0;
    t->wrap = TFTP_WRAP_UNSEEN;
    t->bytes = 0;
    t->tries = t->breaks++;
    arm(t, now);
    return true;
}

/* What no server may send to us: it is told so. */
static enum transfer_result refuse(struct tftp *t, uint16_t port, enum tftp_code code,
                                   const char *what)
{
    snprintf(t->said, sizeof t->said, "%s", what);
    send_error(t, port, code, "not asked for");
    return finish(t, TRANSFER_ERROR);
}

/* Whether the block that is due has that number. */
static bool is_due(const struct tftp *t, uint16_t block)
{
    if (t->block < UINT16_MAX)
        return block == t->block + 1;
    return t->wrap == TFTP_WRAP_UNSEEN ? block < 2 : block == (t->wrap == TFTP_WRAP_TO_1);
}

/* A DATA packet from the server. Only the block that is due counts: what came before it is a
 * duplicate, what lies after it cannot be ours. */
static enum transfer_result take_block(struct tftp *t, uint16_t port, uint16_t block,
                                       struct cursor *c, usec now)
{
    size_t len = cursor_left(c);
    if (len > TFTP_BLOCK)
        return refuse(t, port, TFTP_CODE_ILLEGAL, "a block of more than 512 bytes");
    if (!is_due(t, block))
        return TRANSFER_MORE;
    set_state(t, TFTP_DATA);
    t->tid = port;

    int error = len ? t->sink(t->sink_to, cursor_bytes(c, len), len) : 0;
    if (error) {
        bool enough = error == -ECANCELED;
        send_error(t, t->tid, enough ? TFTP_CODE_UNDEFINED : TFTP_CODE_FULL,
                   enough ? "cancelled" : "cannot store");
        return finish(t, TRANSFER_SINK);
    }
    if (t->block == UINT16_MAX)
        t->wrap = block == 0 ? TFTP_WRAP_TO_0 : TFTP_WRAP_TO_1;
    t->block = block;
    t->bytes += len;
    t->tries = 0;
    send_ack(t);
    arm(t, now);
    return len < TFTP_BLOCK ? finish(t, TRANSFER_DONE) : TRANSFER_MORE;
}

/* The code and the words, as far as there is room, none of them unprintable. */
static void note_error(struct tftp *t, uint16_t code, struct cursor *c)
{
    size_t len = (size_t)snprintf(t->said, sizeof t->said, "error %u", code);
    if (cursor_left(c) && *c->at)
        len += (size_t)snprintf(t->said + len, sizeof t->said - len, " \"");
    size_t words = len;
    while (cursor_left(c) && len < sizeof t->said - 2) {
        uint8_t ch = cursor_u8(c);
        if (!ch)
            break;
        t->said[len++] = ch >= ' ' && ch <= '~' ? (char)ch : '.';
    }
    if (len > words)
        t->said[len++] = '"';
    t->said[len] = '\0';
}

/* An ERROR from the server, which may lack anything: see TFTP_ERRORS for what becomes of it. */
static enum transfer_result take_error(struct tftp *t, struct cursor *c)
{
    uint16_t code = cursor_left(c) < 2 ? TFTP_CODE_UNDEFINED : cursor_u16(c);
    note_error(t, code, c);
    const struct tftp_error *e = &tftp_errors[code < TFTP_CODE_COUNT ? code : 0];
    enum tftp_advice advice = t->state == TFTP_DATA ? e->middle : e->first;
    bool may_ask =
        t->state == TFTP_REQUEST && t->need == TRANSFER_MUST && t->tries + 1 < patience(t);
    if (may_ask && advice == TFTP_ASK_AGAIN) {
        t->ops->tftp_close(t->ctx);
        set_state(t, TFTP_PAUSE);
        return TRANSFER_LATER;
    }
    bool absent = code == TFTP_CODE_NOT_FOUND && t->state == TFTP_REQUEST;
    enum transfer_result result = finish(t, absent ? TRANSFER_NOT_FOUND : TRANSFER_ERROR);
    t->anew &= advice == TFTP_BEGIN_ANEW;
    return result;
}

enum transfer_result tftp_datagram(struct tftp *t, struct addr from, const void *data, size_t len,
                                   usec now)
{
    bool waits = t->state == TFTP_REQUEST || (t->state == TFTP_DATA && from.port == t->tid);
    if (!waits || from.ip != t->server_ip)
        return TRANSFER_MORE;

    struct cursor c = cursor(data, len);
    uint16_t opcode = cursor_u16(&c), block;
    switch (opcode) {
    case OP_DATA:
        block = cursor_u16(&c);
        if (!c.failed)
            return take_block(t, from.port, block, &c, now);
        break;
    case OP_ERROR:
        return take_error(t, &c);
    case OP_OACK:
        return refuse(t, from.port, TFTP_CODE_OPTIONS, "an acknowledgement of options (OACK)");
    default: /* bytes from the wire */
        break;
    }
    return refuse(t, from.port, TFTP_CODE_ILLEGAL, "a packet that answers no read request");
}

enum transfer_result tftp_timeout(struct tftp *t, usec now)
{
    if (now < t->deadline)
        return TRANSFER_MORE;
    if (++t->tries >= patience(t))
        return finish(t, TRANSFER_TIMED_OUT);

    /* Without a port now, the next wait may bring one: it counts as a try like any other. */
    if (t->state == TFTP_DATA) {
        send_ack(t);
    } else {
        set_state(t, TFTP_REQUEST);
        if (t->ops->tftp_open(t->ctx) == 0)
            send_request(t);
    }
    arm(t, now);
    return TRANSFER_MORE;
}

void tftp_cancel(struct tftp *t)
{
    if (t->state == TFTP_IDLE)
        return;
    if (t->state == TFTP_DATA)
        send_error(t, t->tid, TFTP_CODE_UNDEFINED, "cancelled");
    finish(t, TRANSFER_MORE);
}
