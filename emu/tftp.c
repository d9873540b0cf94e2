/* tftp.c - the TFTP read client; its theory of operation stands in tftp.h. */
#include "emu/tftp.h"

#include "emu/cursor.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { OP_RRQ = 1, OP_DATA = 3, OP_ACK = 4, OP_ERROR = 5 }; /* RFC 1350, section 5 */
enum { ERR_UNDEFINED = 0, ERR_NOT_FOUND = 1, ERR_FULL = 3, ERR_ILLEGAL = 4 }; /* appendix */

static const char *const result_texts[] = {
    [TFTP_MORE] = "",
    [TFTP_DONE] = "",
    [TFTP_NOT_FOUND] = "File not found",
    [TFTP_ERROR] = "TFTP error",
    [TFTP_TIMED_OUT] = "TFTP timeout",
    [TFTP_SINK] = "TFTP error",
};
static_assert(sizeof result_texts / sizeof *result_texts == TFTP_RESULT_COUNT,
              "one text per result");

const char *tftp_result_text(enum tftp_result result)
{
    return result_texts[result];
}

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

static void send_error(struct tftp *t, uint16_t code, const char *text)
{
    uint8_t packet[64];
    struct builder b = builder(packet, sizeof packet);
    builder_u16(&b, OP_ERROR);
    builder_u16(&b, code);
    builder_cstring(&b, text);
    if (t->state == TFTP_DATA)
        send_built(t, t->tid, &b);
}

static void arm(struct tftp *t, usec now)
{
    usec wait = TFTP_TIMEOUT << t->tries;
    if (wait > TFTP_TIMEOUT_MAX)
        wait = TFTP_TIMEOUT_MAX;
    t->deadline = now + wait + t->ops->random(t->ctx) % (wait / 4);
}

static enum tftp_result end(struct tftp *t, enum tftp_result result)
{
    t->state = TFTP_IDLE;
    t->deadline = NEVER;
    t->ops->tftp_close(t->ctx);
    return result;
}

void tftp_init(struct tftp *t, const struct phone_ops *ops, void *ctx)
{
    *t = (struct tftp){.ops = ops, .ctx = ctx, .deadline = NEVER};
}

int tftp_get(struct tftp *t, uint32_t server_ip, const char *name,
             int (*sink)(void *to, const void *data, size_t len), void *sink_to, usec now)
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
    t->sink = sink;
    t->sink_to = sink_to;
    t->state = TFTP_REQUEST;
    send_request(t);
    arm(t, now);
    return 0;
}

/* A DATA packet from the server. Only the block that is due counts: what came before it is a
 * duplicate, what lies after it cannot be ours. */
static enum tftp_result take_block(struct tftp *t, uint16_t port, uint16_t block, struct cursor *c,
                                   usec now)
{
    size_t len = cursor_left(c);
    if (block != (uint16_t)(t->block + 1))
        return TFTP_MORE;
    t->state = TFTP_DATA;
    t->tid = port;

    if (len && t->sink(t->sink_to, cursor_bytes(c, len), len) != 0) {
        send_error(t, ERR_FULL, "cannot store");
        return end(t, TFTP_SINK);
    }
    t->block = block;
    t->bytes += len;
    t->tries = 0;
    send_ack(t);
    arm(t, now);
    return len < TFTP_BLOCK ? end(t, TFTP_DONE) : TFTP_MORE;
}

static enum tftp_result take_error(struct tftp *t, uint16_t code, struct cursor *c)
{
    size_t len = 0;
    while (cursor_left(c) && len < sizeof t->message - 1) {
        uint8_t ch = cursor_u8(c);
        if (!ch)
            break;
        t->message[len++] = ch >= ' ' && ch <= '~' ? (char)ch : '.';
    }
    t->message[len] = '\0';
    return end(t, code == ERR_NOT_FOUND ? TFTP_NOT_FOUND : TFTP_ERROR);
}

static enum tftp_result refuse(struct tftp *t)
{
    send_error(t, ERR_ILLEGAL, "not expected here");
    return end(t, TFTP_ERROR);
}

enum tftp_result tftp_datagram(struct tftp *t, struct addr from, const void *data, size_t len,
                               usec now)
{
    if (t->state == TFTP_IDLE || from.ip != t->server_ip)
        return TFTP_MORE;
    if (t->state == TFTP_DATA && from.port != t->tid)
        return TFTP_MORE;

    struct cursor c = cursor(data, len);
    uint16_t opcode = cursor_u16(&c);
    uint16_t number = cursor_u16(&c);
    if (c.failed || cursor_left(&c) > TFTP_BLOCK)
        return refuse(t);

    switch (opcode) {
    case OP_DATA:
        return take_block(t, from.port, number, &c, now);
    case OP_ERROR:
        return take_error(t, number, &c);
    default:
        return refuse(t);
    }
}

enum tftp_result tftp_timeout(struct tftp *t, usec now)
{
    if (now < t->deadline)
        return TFTP_MORE;
    if (++t->tries >= (t->state == TFTP_DATA ? TFTP_BLOCK_TRIES : TFTP_TRIES))
        return end(t, TFTP_TIMED_OUT);

    /* Without a port now, the next wait may bring one: it counts as a try like any other. */
    if (t->state == TFTP_DATA)
        send_ack(t);
    else if (t->ops->tftp_open(t->ctx) == 0)
        send_request(t);
    arm(t, now);
    return TFTP_MORE;
}

void tftp_cancel(struct tftp *t)
{
    if (t->state == TFTP_IDLE)
        return;
    send_error(t, ERR_UNDEFINED, "cancelled");
    end(t, TFTP_MORE);
}
