/* fetch.c - see fetch.h. */
#include "emu/core/fetch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What its carriers give the bytes to. */
static int take(void *to, const void *data, size_t len)
{
    struct fetch *f = to;
    int error = f->sink(f->sink_to, data, len);
    if (!error)
        f->bytes += len;
    return error;
}

void fetch_init(struct fetch *f, const struct phone_ops *ops, void *ctx)
{
    *f = (struct fetch){0};
    tftp_init(&f->tftp, ops, ctx);
}

int fetch_get(struct fetch *f, uint32_t server_ip, const char *name, enum transfer_need need,
              transfer_sink *sink, void *sink_to, usec now)
{
    fetch_cancel(f);
    if (strlen(name) >= sizeof f->name)
        return -EINVAL;
    snprintf(f->name, sizeof f->name, "%s", name);
    f->sink = sink;
    f->sink_to = sink_to;
    f->bytes = f->total = 0;
    return tftp_get(&f->tftp, server_ip, f->name, need, take, f, now);
}

bool fetch_again(struct fetch *f, usec now)
{
    bool again = tftp_again(&f->tftp, now);
    if (again)
        f->bytes = f->total = 0;
    return again;
}

void fetch_cancel(struct fetch *f)
{
    tftp_cancel(&f->tftp);
}

bool fetch_idle(const struct fetch *f)
{
    return f->tftp.state == TFTP_IDLE;
}

const char *fetch_said(const struct fetch *f)
{
    return f->tftp.said;
}

enum transfer_result fetch_datagram(struct fetch *f, struct addr from, const void *data, size_t len,
                                    usec now)
{
    return tftp_datagram(&f->tftp, from, data, len, now);
}

usec fetch_deadline(const struct fetch *f)
{
    return f->tftp.deadline;
}

enum transfer_result fetch_timeout(struct fetch *f, usec now)
{
    return tftp_timeout(&f->tftp, now);
}
