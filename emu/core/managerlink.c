/* managerlink.c - see managerlink.h. */
#include "emu/core/managerlink.h"

#include <string.h>

static void begin(struct managerlink *l, enum managerlink_state state, struct addr to)
{
    l->state = state;
    l->to = to;
    l->out_len = l->leaving = l->in.len = 0;
}

void managerlink_connect(const struct kit *k, struct managerlink *l, struct addr to)
{
    begin(l, MANAGERLINK_CONNECTING, to);
    k->ops->tcp_connect(k->ctx, l->conn, to);
}

void managerlink_connected(struct managerlink *l)
{
    l->state = MANAGERLINK_OPEN;
}

void managerlink_close(const struct kit *k, struct managerlink *l)
{
    if (l->state != MANAGERLINK_CLOSED)
        k->ops->tcp_close(k->ctx, l->conn);
    managerlink_gone(l);
}

void managerlink_gone(struct managerlink *l)
{
    begin(l, MANAGERLINK_CLOSED, l->to);
}

/* Gives the carrier all that waits, if it has nothing of ours. */
static void flush(const struct kit *k, struct managerlink *l)
{
    if (l->leaving || !l->out_len)
        return;
    l->leaving = l->out_len;
    k->ops->tcp_send(k->ctx, l->conn, l->out, 0, l->out, l->leaving);
}

bool managerlink_send(const struct kit *k, struct managerlink *l, const struct sccp_msg *msg)
{
    uint8_t frame[SCCP_FRAME_MAX];
    size_t len = sccp_encode(msg, frame);
    if (l->state != MANAGERLINK_OPEN || len > sizeof l->out - l->out_len)
        return false;
    memcpy(l->out + l->out_len, frame, len);
    l->out_len += (uint32_t)len;
    flush(k, l);
    return true;
}

void managerlink_sent(const struct kit *k, struct managerlink *l)
{
    l->out_len -= l->leaving;
    memmove(l->out, l->out + l->leaving, l->out_len);
    l->leaving = 0;
    flush(k, l);
}
