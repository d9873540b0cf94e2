/* orders.c - reset, restart and apply-config, at once or one after another. */
#include "emu/sccp/registrar-private.h"

static void give(struct registrar *r, struct registrar_device *d)
{
    uint8_t order = d->order;
    d->order = 0;
    if (d->state != DEVICE_REGISTERED) {
        registrar_tell(r, TOLD_MISSED, NULL, d, sccp_reset_word(order), order);
        return;
    }
    struct session *s = &r->sessions[d->session];
    d->ordered = order;
    d->orders++;
    registrar_tell(r, TOLD_ORDERED, s, d, sccp_reset_word(order), order);
    session_say(r, s, &(struct sccp_msg){.id = SCCP_RESET, .version = session_header(s),
                                         .value = order});
}

void orders_run(struct registrar *r)
{
    while (r->queue_len && r->queue_next <= r->now) {
        struct registrar_device *d = &r->devices[r->queue[r->queue_at]];
        r->queue_at = (r->queue_at + 1) % r->setup.devices;
        r->queue_len--;
        r->queue_next = r->now + r->queue_gap;
        give(r, d);
    }
}

void registrar_order(struct registrar *r, const uint32_t *devices, size_t count,
                     enum sccp_reset order, double rate, uint64_t now)
{
    r->now = now;
    r->queue_gap = rate > 0 ? (uint64_t)(1000000 / rate) : 0;
    if (!r->queue_len)
        r->queue_next = now;
    for (size_t i = 0; i < count; i++) {
        if (devices[i] >= r->device_count)
            continue;
        struct registrar_device *d = &r->devices[devices[i]];
        if (!d->order)
            r->queue[(r->queue_at + r->queue_len++) % r->setup.devices] = devices[i];
        d->order = (uint8_t)order;
    }
    orders_run(r);
}

size_t registrar_waiting(const struct registrar *r)
{
    return r->queue_len;
}

void registrar_cancel(struct registrar *r)
{
    for (; r->queue_len; r->queue_len--) {
        r->devices[r->queue[r->queue_at]].order = 0;
        r->queue_at = (r->queue_at + 1) % r->setup.devices;
    }
}
