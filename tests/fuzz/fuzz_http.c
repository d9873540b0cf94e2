/* fuzz_http.c - the HTTP client: whatever a server sends, cut as a network cuts it, and whenever it
 * falls silent or goes away. The input is a script:
 *
 *   u8 action, u8 length and that many bytes, which the action makes use of as it likes
 *
 * After each action the state is held against a second account of the transfer.
 */
#include "emu/cursor.h"
#include "emu/core/http.h"
#include "emu/core/httpreply.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>

#define SERVER 0x0100000au
#define HEADS  (2 * HTTPREPLY_HEAD_MAX * (HTTPREPLY_INTERIM + 2)) /* more than all that are taken */

enum action {
    DO_BYTES,     /* from the server */
    DO_MANY,      /* the same, so often as the first of them says */
    DO_CLOSE,     /* cleanly where the length is even */
    DO_WAIT,      /* to the deadline and past it */
    DO_EARLY,     /* a timer too early */
    DO_GET,       /* the bytes are the file's name */
    DO_CONNECTED,
    DO_CANCEL,
    DO_SINK_FULL,
    DO_COUNT
};

struct bench {
    struct http http;
    usec now;
    bool open, sink_full;
    unsigned sends, closes;
    uint64_t fed, bytes; /* since the request; given to the sink */
};

static void bench_connect(void *ctx, int conn, struct addr to)
{
    struct bench *b = ctx;
    must(conn == CONN_HTTP && to.ip == SERVER && to.port == HTTP_PORT && !b->open);
    b->open = true;
}

static void bench_send(void *ctx, int conn, const void *head, size_t head_len, const void *body,
                       size_t body_len)
{
    struct bench *b = ctx;
    must(conn == CONN_HTTP && b->open && head_len <= 256 && !body && body_len == 0);
    must(memcmp(head, "GET /", 5) == 0);
    must(memcmp((const char *)head + head_len - 4, "\r\n\r\n", 4) == 0);
    for (size_t i = 0; i < head_len; i++) {
        uint8_t c = ((const uint8_t *)head)[i];
        must((c >= ' ' && c <= '~') || c == '\r' || c == '\n');
    }
    b->sends++;
}

static void bench_close(void *ctx, int conn)
{
    struct bench *b = ctx;
    must(conn == CONN_HTTP && b->open);
    b->open = false;
    b->closes++;
}

static int bench_sink(void *to, const void *data, size_t len)
{
    struct bench *b = to;
    must(len > 0 && b->http.state == HTTP_BODY);
    must(fuzz_hash(1, data, len) || true); /* reads all of it */
    b->bytes += len;
    return b->sink_full ? -ENOSPC : 0;
}

static const struct phone_ops ops = {
    .tcp_connect = bench_connect, .tcp_send = bench_send, .tcp_close = bench_close};

static void check_state(const struct bench *b)
{
    const struct http *h = &b->http;
    bool idle = h->state == HTTP_IDLE;
    must(h->state < HTTP_STATE_COUNT && idle == !h->reply && idle == (h->deadline == NEVER));
    must(idle == !b->open && h->bytes == b->bytes && b->bytes <= HTTP_FILE_MAX + UINT16_MAX);
    must(h->bytes == 0 || idle || h->state == HTTP_BODY);
    must(b->fed <= HEADS || idle || h->state == HTTP_BODY); /* a head has an end */
    must(idle || (h->deadline > b->now && h->deadline <= b->now + HTTP_WAIT));
    must(strnlen(h->said, sizeof h->said) < sizeof h->said);
    for (const char *c = h->said; *c; c++)
        must(*c >= ' ' && *c <= '~');
}

/* What may end it so. */
static void check_result(const struct bench *b, enum http_result result, enum http_state before)
{
    must(result < HTTP_RESULT_COUNT);
    must(before != HTTP_IDLE || result == HTTP_MORE);
    must(before == HTTP_IDLE || (result == HTTP_MORE) == (b->http.state != HTTP_IDLE));
    must((result != HTTP_REFUSED && result != HTTP_MUTE && result != HTTP_NOT_FOUND) ||
         (b->bytes == 0 && *b->http.said));
    must(result != HTTP_BROKEN || *b->http.said);
}

static void bytes_come(struct bench *b, const uint8_t *data, size_t len)
{
    enum http_state before = b->http.state;
    if (before != HTTP_HEAD && before != HTTP_BODY)
        return;
    if (len == 0)
        return;
    uint8_t *copy = fuzz_copy(data, len);
    b->fed += len;
    check_result(b, http_data(&b->http, copy, len, b->now), before);
    free(copy);
}

static void connection_goes(struct bench *b, bool clean)
{
    enum http_state before = b->http.state;
    if (!b->open)
        return;
    b->open = false;
    enum http_result result = http_closed(&b->http, clean ? 0 : -ECONNRESET);
    must(before == HTTP_IDLE || result != HTTP_MORE);
    check_result(b, result, before);
}

static void time_passes(struct bench *b, size_t extra)
{
    enum http_state before = b->http.state;
    if (before == HTTP_IDLE)
        return;
    b->now = b->http.deadline + extra * USEC_MS;
    enum http_result result = http_timeout(&b->http, b->now);
    must(result == HTTP_MUTE || result == HTTP_BROKEN);
    check_result(b, result, before);
}

static void get(struct bench *b, const uint8_t *data, size_t len)
{
    char name[UINT8_MAX + 1] = "";
    memcpy(name, data, len);
    http_cancel(&b->http);
    b->fed = b->bytes = 0;
    int error = http_get(&b->http, SERVER, name, bench_sink, b, b->now);
    must(error == 0 || error == -ENAMETOOLONG);
    must((error == 0) == b->open);
}

static void connected(struct bench *b)
{
    bool asks = b->http.state == HTTP_CONNECT;
    b->sends = 0;
    must(http_connected(&b->http, b->now) == HTTP_MORE);
    must(b->sends == asks);
}

static void act(struct bench *b, enum action action, const uint8_t *data, size_t len)
{
    switch (action) {
    case DO_BYTES:
        return bytes_come(b, data, len);
    case DO_MANY:
        for (unsigned i = 0; len && i < data[0] * 8u; i++)
            bytes_come(b, data + 1, len - 1);
        return;
    case DO_CLOSE:
        return connection_goes(b, len % 2 == 0);
    case DO_WAIT:
        return time_passes(b, len);
    case DO_EARLY:
        must(b->http.state == HTTP_IDLE || http_timeout(&b->http, b->now) == HTTP_MORE);
        return;
    case DO_GET:
        return get(b, data, len);
    case DO_CONNECTED:
        return connected(b);
    case DO_CANCEL:
        http_cancel(&b->http);
        must(b->http.state == HTTP_IDLE);
        return;
    case DO_SINK_FULL:
        b->sink_full = len;
        return;
    case DO_COUNT:
        return;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bench b = {0};
    struct cursor c = cursor(data, size);
    http_init(&b.http, &ops, &b);
    get(&b, (const uint8_t *)"ff", 2);
    connected(&b);
    while (cursor_left(&c)) {
        enum action action = cursor_u8(&c) % DO_COUNT;
        size_t len = cursor_u8(&c);
        if (c.failed)
            break;
        len = len < cursor_left(&c) ? len : cursor_left(&c);
        act(&b, action, cursor_bytes(&c, len), len);
        check_state(&b);
    }
    http_cancel(&b.http);
    return 0;
}
