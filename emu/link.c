/* link.c - see link.h. */
#include "emu/link.h"

#include <string.h>

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

void link_close(const struct kit *k, struct link *l)
{
    if (l->state != LINK_CLOSED)
        k->ops->tcp_close(k->ctx, l->conn);
    *l = (struct link){.conn = l->conn};
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
