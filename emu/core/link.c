/* link.c - see link.h. */
#include "emu/core/link.h"

#include "emu/core/state.h"

#include <string.h>

static const uint32_t may_follow[LINK_STATE_COUNT] = {
#define TO(state) STATE_TO(LINK_##state)
    [LINK_CLOSED] = TO(CONNECTING) | TO(OPEN),
    [LINK_CONNECTING] = TO(OPEN) | TO(CLOSED),
    [LINK_OPEN] = TO(CLOSED),
#undef TO
};

/* Anew, but for its number: nothing of the connection before is left. */
static void begin(struct link *l, enum link_state state, uint32_t ip)
{
    STATE_ASSERT(may_follow, l->state, state);
    *l = (struct link){.state = state, .conn = l->conn, .ip = ip};
}

void link_connect(const struct kit *k, struct link *l, uint32_t ip)
{
    begin(l, LINK_CONNECTING, ip);
    k->ops->tcp_connect(k->ctx, l->conn, (struct addr){ip, CPPDP_PORT});
}

void link_connected(struct link *l)
{
    STATE_ASSERT(may_follow, l->state, LINK_OPEN);
    l->state = LINK_OPEN;
}

void link_accepted(struct link *l, uint32_t ip)
{
    begin(l, LINK_OPEN, ip);
}

void link_move(const struct kit *k, struct link *from, struct link *to)
{
    int conn = to->conn;
    assert(from->state == LINK_OPEN && to->state == LINK_CLOSED);
    k->ops->tcp_move(k->ctx, from->conn, conn);
    *to = *from;
    to->conn = conn;
    begin(from, LINK_CLOSED, 0);
}

void link_close(const struct kit *k, struct link *l)
{
    if (l->state == LINK_CLOSED)
        return;
    k->ops->tcp_close(k->ctx, l->conn);
    begin(l, LINK_CLOSED, 0);
}

void link_gone(struct link *l)
{
    begin(l, LINK_CLOSED, l->ip);
}

static void transmit(const struct kit *k, struct link *l, const void *head, size_t len,
                     const void *body, size_t body_len)
{
    l->busy = true;
    k->ops->tcp_send(k->ctx, l->conn, head, len, body, body_len);
}

void link_send(const struct kit *k, struct link *l, const struct wire_msg *msg, const void *body,
               size_t body_len)
{
    uint8_t head[WIRE_MAX];
    size_t len = wire_encode(msg, body_len, head, sizeof head);
    if (l->state != LINK_OPEN || len == 0)
        return;
    if (!l->busy) {
        transmit(k, l, head, len, body, body_len);
    } else if (!body) {
        memcpy(l->queued, head, len);
        l->queued_len = (uint16_t)len;
    }
}

void link_sent(const struct kit *k, struct link *l)
{
    l->busy = false;
    if (l->queued_len) {
        size_t len = l->queued_len;
        l->queued_len = 0;
        transmit(k, l, l->queued, len, NULL, 0);
    }
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Moves bytes from *data into rx until it holds want of them. */
static bool gather(struct link *l, struct cursor *data, size_t want)
{
    size_t take = smaller(want - l->rx_len, cursor_left(data));
    memcpy(l->rx + l->rx_len, cursor_bytes(data, take), take);
    l->rx_len = (uint16_t)(l->rx_len + take);
    return l->rx_len == want;
}

enum link_read link_next(struct link *l, struct cursor *data, struct wire_msg *msg,
                         struct cursor *payload, const char **why)
{
    if (cursor_left(data) == 0)
        return LINK_MORE;
    if (l->payload_left) {
        size_t take = smaller(l->payload_left, cursor_left(data));
        *payload = cursor_sub(data, take);
        l->payload_left -= (uint32_t)take;
        return LINK_PAYLOAD;
    }
    if (l->rx_len < WIRE_HEADER && !gather(l, data, WIRE_HEADER))
        return LINK_MORE;

    int64_t length = wire_peek(l->rx, l->rx_len);
    *why = "not a message of this protocol";
    if (length < WIRE_HEADER)
        return LINK_BAD;
    bool is_data = l->rx[3] == WIRE_DATA; /* type, by the header's layout */
    if (!is_data && l->rx_len < length && !gather(l, data, (size_t)length))
        return LINK_MORE;
    *why = wire_decode(l->rx, l->rx_len, msg);
    if (*why)
        return LINK_BAD;
    l->payload_left = is_data ? (uint32_t)length - WIRE_HEADER : 0;
    l->rx_len = 0;
    return LINK_MESSAGE;
}
