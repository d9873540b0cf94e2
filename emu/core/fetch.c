/* fetch.c - see fetch.h. */
#include "emu/core/fetch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What its carriers give the bytes to. */
static int take(void *to, const void *data, size_t len)
{
    struct fetch *f = to;
    f->total = f->way == FETCH_HTTP ? f->http.total : 0;
    int error = f->sink(f->sink_to, data, len);
    if (!error)
        f->bytes += len;
    return error;
}

void fetch_init(struct fetch *f, const struct phone_ops *ops, void *ctx, bool tries_http)
{
    *f = (struct fetch){.tries_http = tries_http};
    tftp_init(&f->tftp, ops, ctx);
    http_init(&f->http, ops, ctx);
}

void fetch_free(struct fetch *f)
{
    http_free(&f->http);
}

void fetch_forget(struct fetch *f)
{
    f->mute_ip = 0;
}

/* The file from its first byte, by that way. */
static int begin(struct fetch *f, enum fetch_way way, usec now)
{
    f->way = way;
    f->bytes = f->total = 0;
    f->anew = false;
    return way == FETCH_HTTP ? http_get(&f->http, f->server_ip, f->name, take, f, now)
                             : tftp_get(&f->tftp, f->server_ip, f->name, f->need, take, f, now);
}

int fetch_get(struct fetch *f, uint32_t server_ip, const char *name, enum transfer_need need,
              transfer_sink *sink, void *sink_to, usec now)
{
    fetch_cancel(f);
    if (strlen(name) >= sizeof f->name)
        return -EINVAL;
    snprintf(f->name, sizeof f->name, "%s", name);
    f->server_ip = server_ip;
    f->need = need;
    f->sink = sink;
    f->sink_to = sink_to;
    bool http = f->tries_http && need != TRANSFER_PROBE && server_ip != f->mute_ip;
    int error = http ? begin(f, FETCH_HTTP, now) : -ENOTSUP;
    if (error)
        error = begin(f, FETCH_TFTP, now);
    f->teller = f->way;
    return error;
}

bool fetch_again(struct fetch *f, usec now)
{
    if (f->way == FETCH_HTTP)
        return f->anew && begin(f, FETCH_TFTP, now) == 0;
    bool again = tftp_again(&f->tftp, now);
    if (again)
        f->bytes = 0;
    return again;
}

void fetch_cancel(struct fetch *f)
{
    tftp_cancel(&f->tftp);
    http_cancel(&f->http);
}

bool fetch_idle(const struct fetch *f)
{
    return f->tftp.state == TFTP_IDLE && f->http.state == HTTP_IDLE;
}

const char *fetch_said(const struct fetch *f)
{
    return f->teller == FETCH_HTTP ? f->http.said : f->tftp.said;
}

const char *fetch_teller(const struct fetch *f)
{
    return f->teller == FETCH_HTTP ? "HTTP" : "TFTP";
}

bool fetch_turned(const struct fetch *f)
{
    return f->teller != f->way;
}

/* ---- events -------------------------------------------------------------------------- */

static enum transfer_result told(struct fetch *f, enum transfer_result result)
{
    f->teller = FETCH_TFTP;
    return result;
}

static enum transfer_result turn(struct fetch *f, usec now)
{
    return begin(f, FETCH_TFTP, now) == 0 ? TRANSFER_LATER : TRANSFER_ERROR;
}

/* What a transfer by HTTP has come to. */
static enum transfer_result outcome(struct fetch *f, enum http_result result, usec now)
{
    switch (result) {
    case HTTP_MORE:
    case HTTP_RESULT_COUNT:
        break;
    case HTTP_DONE:
        return TRANSFER_DONE;
    case HTTP_NOT_FOUND:
        return TRANSFER_NOT_FOUND;
    case HTTP_SINK:
        return TRANSFER_SINK;
    case HTTP_MUTE:
        f->mute_ip = f->server_ip;
        return turn(f, now);
    case HTTP_REFUSED:
        return turn(f, now);
    case HTTP_BROKEN:
        f->anew = f->need == TRANSFER_MUST;
        return TRANSFER_ERROR;
    }
    return TRANSFER_MORE;
}

enum transfer_result fetch_datagram(struct fetch *f, struct addr from, const void *data, size_t len,
                                    usec now)
{
    return told(f, tftp_datagram(&f->tftp, from, data, len, now));
}

enum transfer_result fetch_connected(struct fetch *f, usec now)
{
    return outcome(f, http_connected(&f->http, now), now);
}

enum transfer_result fetch_data(struct fetch *f, const void *data, size_t len, usec now)
{
    return outcome(f, http_data(&f->http, data, len, now), now);
}

enum transfer_result fetch_closed(struct fetch *f, int error, usec now)
{
    return outcome(f, http_closed(&f->http, error), now);
}

usec fetch_deadline(const struct fetch *f)
{
    return f->way == FETCH_HTTP ? f->http.deadline : f->tftp.deadline;
}

enum transfer_result fetch_timeout(struct fetch *f, usec now)
{
    return f->way == FETCH_HTTP ? outcome(f, http_timeout(&f->http, now), now)
                                : told(f, tftp_timeout(&f->tftp, now));
}
