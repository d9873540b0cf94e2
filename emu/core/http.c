/* http.c - see http.h. */
#include "emu/core/http.h"

#include "emu/builder.h"
#include "emu/core/httpreply.h"
#include "emu/core/kit.h"
#include "emu/core/state.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const uint32_t may_follow[HTTP_STATE_COUNT] = {
#define TO(state) STATE_TO(HTTP_##state)
    [HTTP_IDLE] = TO(CONNECT),
    [HTTP_CONNECT] = TO(HEAD) | TO(IDLE),
    [HTTP_HEAD] = TO(BODY) | TO(IDLE),
    [HTTP_BODY] = TO(IDLE),
#undef TO
};

/* What becomes of a transfer is logged by who has asked for it. */
static void set_state(struct http *h, enum http_state to)
{
    STATE_ASSERT(may_follow, h->state, to);
    h->state = to;
}

static enum http_result finish(struct http *h, enum http_result result)
{
    set_state(h, HTTP_IDLE);
    h->deadline = NEVER;
    http_free(h);
    return result;
}

/* An end of ours: the connection is still there. */
static enum http_result hang_up(struct http *h, enum http_result result)
{
    h->ops->tcp_close(h->ctx, CONN_HTTP);
    return finish(h, result);
}

/* What is wrong, and what that is by what the sink has got: all words are ASCII that prints. */
static enum http_result say(struct http *h, const char *what)
{
    snprintf(h->said, sizeof h->said, "%s", what);
    for (char *c = h->said; *c; c++)
        *c = *c >= ' ' && *c <= '~' ? *c : '.';
    return h->bytes || h->state == HTTP_BODY ? HTTP_BROKEN : HTTP_MUTE;
}

/* ---- the answer ---------------------------------------------------------------------- */

static int on_head(void *arg, unsigned status, const char *words, uint64_t length)
{
    struct http *h = arg;
    bool too_long = length != HTTPREPLY_UNSAID && length > HTTP_FILE_MAX;
    char text[SAID_MAX_LEN];
    if (status == 200 && !too_long) {
        set_state(h, HTTP_BODY);
        h->total = length == HTTPREPLY_UNSAID ? 0 : length;
        return 0;
    }
    snprintf(text, sizeof text, "status %u%s%s", status, *words ? " " : "", words);
    say(h, status == 200 ? LIMIT_BEYOND("it has more than", LIMIT_FILE_MIB, "MiB") : text);
    h->end = status == 404 ? HTTP_NOT_FOUND : HTTP_REFUSED;
    return -1;
}

static int on_body(void *arg, const void *data, size_t len)
{
    struct http *h = arg;
    if (h->bytes + len > HTTP_FILE_MAX)
        h->end = say(h, LIMIT_BEYOND("it has more than", LIMIT_FILE_MIB, "MiB"));
    else if (h->sink(h->sink_to, data, len) != 0)
        h->end = HTTP_SINK;
    h->bytes += len;
    return h->end == HTTP_MORE ? 0 : -1;
}

static void on_whole(void *arg)
{
    ((struct http *)arg)->end = HTTP_DONE;
}

static const struct httpreply_owner owner = {on_head, on_body, on_whole};

/* The next bytes, or the end of them: how the transfer ends, if it does. */
static enum http_result feed(struct http *h, const void *data, size_t len)
{
    const char *wrong = httpreply_feed(h->reply, data, len);
    return wrong ? say(h, wrong) : h->end;
}

/* ---- the request --------------------------------------------------------------------- */

/* What stands for itself in a path [RFC 3986]. */
static bool is_plain(unsigned char c)
{
    return isalnum(c) || (c && strchr("-._~/", c));
}

static void build_request(struct builder *b, uint32_t server_ip, const char *name)
{
    char text[64], ip[IP_TEXT];
    builder_bytes(b, "GET /", 5);
    for (const char *c = name; *c; c++) {
        unsigned char byte = (unsigned char)*c;
        int len = snprintf(text, sizeof text, is_plain(byte) ? "%c" : "%%%02X", byte);
        builder_bytes(b, text, (size_t)len);
    }
    int len = snprintf(text, sizeof text, " HTTP/1.1\r\nHost: %s:%d\r\n",
                       kit_ip_text(server_ip, ip), HTTP_PORT);
    builder_bytes(b, text, (size_t)len);
    static const char end[] = "Connection: close\r\n\r\n";
    builder_bytes(b, end, sizeof end - 1);
}

void http_init(struct http *h, const struct phone_ops *ops, void *ctx)
{
    *h = (struct http){.ops = ops, .ctx = ctx, .deadline = NEVER};
}

void http_free(struct http *h)
{
    httpreply_free(h->reply);
    h->reply = NULL;
}

int http_get(struct http *h, uint32_t server_ip, const char *name, transfer_sink *sink,
             void *sink_to, usec now)
{
    http_cancel(h);
    http_init(h, h->ops, h->ctx);
    struct builder b = builder(h->request, sizeof h->request);
    build_request(&b, server_ip, name);
    if (b.failed)
        return -ENAMETOOLONG;
    h->request_len = builder_len(&b);
    h->reply = httpreply_new(&owner, h);
    if (!h->reply)
        return -ENOMEM;
    h->sink = sink;
    h->sink_to = sink_to;
    set_state(h, HTTP_CONNECT);
    h->deadline = now + HTTP_CONNECT_WAIT;
    h->ops->tcp_connect(h->ctx, CONN_HTTP, (struct addr){server_ip, HTTP_PORT});
    return 0;
}

void http_cancel(struct http *h)
{
    if (h->state != HTTP_IDLE)
        hang_up(h, HTTP_MORE);
}

/* ---- events -------------------------------------------------------------------------- */

enum http_result http_connected(struct http *h, usec now)
{
    if (h->state != HTTP_CONNECT)
        return HTTP_MORE;
    set_state(h, HTTP_HEAD);
    h->deadline = now + HTTP_WAIT;
    h->ops->tcp_send(h->ctx, CONN_HTTP, h->request, h->request_len, NULL, 0);
    return HTTP_MORE;
}

enum http_result http_data(struct http *h, const void *data, size_t len, usec now)
{
    if (h->state != HTTP_HEAD && h->state != HTTP_BODY)
        return HTTP_MORE;
    enum http_state before = h->state;
    enum http_result result = feed(h, data, len);
    if (result != HTTP_MORE)
        return hang_up(h, result);
    if (h->state != before || h->bytes - h->mark >= HTTP_DRIP) {
        h->mark = h->bytes;
        h->deadline = now + HTTP_WAIT;
    }
    return HTTP_MORE;
}

enum http_result http_closed(struct http *h, int error)
{
    if (h->state == HTTP_IDLE)
        return HTTP_MORE;
    enum http_result result = error == 0 && h->state != HTTP_CONNECT ? feed(h, NULL, 0)
                                                                     : say(h, strerror(-error));
    if (result == HTTP_MORE)
        result = say(h, "closed without an answer");
    return finish(h, result);
}

enum http_result http_timeout(struct http *h, usec now)
{
    if (now < h->deadline)
        return HTTP_MORE;
    return hang_up(h, say(h, h->state == HTTP_CONNECT ? "no answer"
                             : h->state == HTTP_HEAD  ? "no whole head in time"
                                                      : "too slow"));
}
