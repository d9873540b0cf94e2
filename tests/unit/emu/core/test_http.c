/* test_http.c - the HTTP client byte by byte: what it asks, what it takes, and what it makes of the
 * rest.
 */
#include "emu/core/http.h"
#include "emu/core/httpreply.h"
#include "tests/unit/unit.h"

#include <errno.h>

#define SERVER 0x0100000au /* 10.0.0.1 */
#define OK     "HTTP/1.1 200 OK\r\n"

/* What the client did to its carrier and its sink. */
struct bench {
    struct http http;
    unsigned connects, closes;
    struct addr to;
    char sent[257];
    int sink_error;
    char got[4096];
    size_t got_len;
    uint64_t received;
};

static void bench_connect(void *ctx, int conn, struct addr to)
{
    struct bench *b = ctx;
    assert_int_equal(conn, CONN_HTTP);
    b->connects++;
    b->to = to;
}

static void bench_send(void *ctx, int conn, const void *head, size_t head_len, const void *body,
                       size_t body_len)
{
    struct bench *b = ctx;
    (void)body;
    assert_int_equal(conn, CONN_HTTP);
    assert_in_range(head_len, 1, sizeof b->sent - 1);
    assert_int_equal(body_len, 0);
    memcpy(b->sent, head, head_len);
    b->sent[head_len] = '\0';
}

static void bench_close(void *ctx, int conn)
{
    assert_int_equal(conn, CONN_HTTP);
    ((struct bench *)ctx)->closes++;
}

static int bench_sink(void *to, const void *data, size_t len)
{
    struct bench *b = to;
    size_t room = sizeof b->got - b->got_len;
    memcpy(b->got + b->got_len, data, len < room ? len : room);
    b->got_len += len < room ? len : room;
    b->received += len;
    return b->sink_error;
}

static const struct phone_ops ops = {
    .tcp_connect = bench_connect, .tcp_send = bench_send, .tcp_close = bench_close};

static struct bench *asking(void **state, const char *name)
{
    struct bench *b = *state;
    http_free(&b->http);
    *b = (struct bench){0};
    http_init(&b->http, &ops, b);
    assert_int_equal(http_get(&b->http, SERVER, name, bench_sink, b, 0), 0);
    return b;
}

static struct bench *asked(void **state, const char *name)
{
    struct bench *b = asking(state, name);
    assert_int_equal(http_connected(&b->http, 0), HTTP_MORE);
    return b;
}

static enum http_result feed(struct bench *b, const char *text)
{
    return http_data(&b->http, text, strlen(text), 0);
}

/* Ours to end, or the other end's doing. */
static void assert_ended(const struct bench *b, unsigned closes)
{
    assert_int_equal(b->http.state, HTTP_IDLE);
    assert_int_equal(b->http.deadline, NEVER);
    assert_int_equal(b->closes, closes);
    assert_null(b->http.reply);
}

/* ---- the request --------------------------------------------------------------------- */

static void the_request_to_the_byte(void **state)
{
    struct bench *b = asked(state, "SCCP41.9-4-2SR3-1S.loads");
    assert_int_equal(b->to.ip, SERVER);
    assert_int_equal(b->to.port, 6970);
    assert_string_equal(b->sent, "GET /SCCP41.9-4-2SR3-1S.loads HTTP/1.1\r\n"
                                 "Host: 10.0.0.1:6970\r\n"
                                 "Connection: close\r\n\r\n");
}

static void what_a_path_cannot_hold_is_encoded(void **state)
{
    struct bench *b = asked(state, "a b?c#d%e\r\nX: y.\x7f\xff");
    assert_non_null(strstr(b->sent, "GET /a%20b%3Fc%23d%25e%0D%0AX%3A%20y.%7F%FF HTTP/1.1\r\n"));
}

static void a_request_longer_than_a_carrier_takes_is_none(void **state)
{
    struct bench *b = asking(state, "x");
    char name[128] = "";
    memset(name, ' ', sizeof name - 1);
    assert_int_equal(http_get(&b->http, SERVER, name, bench_sink, b, 0), -ENAMETOOLONG);
    assert_ended(b, 1); /* the one before */
    assert_int_equal(b->connects, 1);
    name[63] = '\0'; /* as long as a name of the phone's may be */
    assert_int_equal(http_get(&b->http, SERVER, name, bench_sink, b, 0), 0);
}

/* ---- files --------------------------------------------------------------------------- */

/* Each in one piece, and byte by byte. */
static void files_arrive_whole_however_their_end_is_told(void **state)
{
    static const struct {
        const char *text;
        bool closed; /* its end is the connection's */
        uint64_t total;
    } cases[] = {
        {OK "Content-Length: 5\r\n\r\nhello", false, 5},
        {OK "content-length:5\r\nX: y\r\n\r\nhello and more", false, 5},
        {OK "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: t\r\n\r\n",
         false, 0},
        {OK "\r\nhello", true, 0},
        {"HTTP/1.0 200 OK\r\n\r\nhello", true, 0},
        {"HTTP/1.1 100 Continue\r\n\r\n" OK "Content-Length: 5\r\n\r\nhello", false, 5},
        {"HTTP/1.1 100 a\r\nContent-Length: 3\r\n\r\n" OK "Content-Length: 5\r\n\r\nhello", false, 5},
        {"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello", false, 5},
    };
    for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        struct bench *b = asked(state, "file");
        const char *text = cases[i / 2].text;
        enum http_result result = HTTP_MORE;
        if (i % 2)
            result = feed(b, text);
        for (; *text && result == HTTP_MORE && i % 2 == 0; text++)
            result = http_data(&b->http, text, 1, 0);
        assert_int_equal(b->http.total, cases[i / 2].total);
        if (cases[i / 2].closed) {
            assert_int_equal(result, HTTP_MORE);
            result = http_closed(&b->http, 0);
        }
        assert_int_equal(result, HTTP_DONE);
        assert_int_equal(b->received, 5);
        assert_memory_equal(b->got, "hello", 5);
        assert_int_equal(b->http.bytes, 5);
        assert_ended(b, !cases[i / 2].closed);
    }
}

static void an_empty_file_is_a_file(void **state)
{
    struct bench *b = asked(state, "file");
    assert_int_equal(feed(b, OK "Content-Length: 0\r\n\r\n"), HTTP_DONE);
    assert_int_equal(b->received, 0);
}

static void a_sink_that_has_enough_ends_it(void **state)
{
    struct bench *b = asked(state, "file");
    b->sink_error = -ENOSPC;
    assert_int_equal(feed(b, OK "Content-Length: 5\r\n\r\nhe"), HTTP_SINK);
    assert_ended(b, 1);
}

/* ---- no file ------------------------------------------------------------------------- */

static void an_answer_ends_as(void **state, const char *text, enum http_result result,
                              const char *said)
{
    struct bench *b = asked(state, "file");
    assert_int_equal(feed(b, text), result);
    assert_string_equal(b->http.said, said);
    assert_int_equal(b->received, 0);
    assert_ended(b, 1);
}

static void statuses_but_200_bring_no_file(void **state)
{
    an_answer_ends_as(state, "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\noops",
                      HTTP_NOT_FOUND, "status 404 Not Found");
    an_answer_ends_as(state, "HTTP/1.0 404\r\n\r\n", HTTP_NOT_FOUND, "status 404");
    static const unsigned statuses[] = {20, 201, 204, 206, 301, 302, 304, 400, 401, 403, 410, 500, 503};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        char text[100], said[40];
        snprintf(text, sizeof text, "HTTP/1.1 %u a\x80 b\r\nLocation: /x\r\n\r\n", statuses[i]);
        snprintf(said, sizeof said, "status %u a. b", statuses[i]);
        an_answer_ends_as(state, text, HTTP_REFUSED, said);
    }
}

static void what_is_no_http_is_no_server(void **state)
{
    static const char *const texts[] = {
        "SSH-2.0-x\r\n", "\x16\x03\x01", "HTTP/2x", "HTTP/1.1 99999 a\r\n",
        OK "no colon\r\n\r\n", OK "Content-Length: -1\r\n\r\n", OK "Content-Length: x\r\n\r\n",
        OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
        OK "Content-Length: 99999999999999999999999\r\n\r\n",
        OK "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct bench *b = asked(state, "file");
        assert_int_equal(feed(b, texts[i]), HTTP_MUTE);
        assert_string_not_equal(b->http.said, "");
        assert_ended(b, 1);
    }
}

static void nobody_there_is_no_server(void **state)
{
    struct bench *b = asking(state, "file");
    assert_int_equal(http_closed(&b->http, -ECONNREFUSED), HTTP_MUTE);
    assert_string_equal(b->http.said, "Connection refused");
    assert_ended(b, 0);

    b = asking(state, "file");
    assert_int_equal(http_timeout(&b->http, HTTP_CONNECT_WAIT - 1), HTTP_MORE);
    assert_int_equal(http_timeout(&b->http, HTTP_CONNECT_WAIT), HTTP_MUTE);
    assert_string_equal(b->http.said, "no answer");
    assert_ended(b, 1);

    b = asked(state, "file");
    assert_int_equal(http_closed(&b->http, 0), HTTP_MUTE);
    assert_string_equal(b->http.said, "closed without an answer");
}

/* ---- what a hostile server may do ---------------------------------------------------- */

static void a_head_without_end_ends(void **state)
{
    static const char *const more[] = {"X: y\r\n", "y", "HTTP/1.1 100 a\r\n\r\n"};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        struct bench *b = asked(state, "file");
        size_t fed = 0;
        enum http_result result = feed(b, i < 2 ? OK "X: " : "");
        for (; result == HTTP_MORE; fed += strlen(more[i])) {
            assert_true(fed <= 2 * HTTPREPLY_HEAD_MAX);
            result = feed(b, more[i]);
        }
        assert_int_equal(result, HTTP_MUTE);
        assert_ended(b, 1);
    }
}

static void a_body_without_end_ends(void **state)
{
    static uint8_t block[1 << 20];
    struct bench *b = asked(state, "file");
    enum http_result result = feed(b, OK "\r\n");
    for (; result == HTTP_MORE; result = http_data(&b->http, block, sizeof block, 0))
        assert_true(b->received <= HTTP_FILE_MAX);
    assert_int_equal(result, HTTP_BROKEN);
    assert_int_equal(b->received, HTTP_FILE_MAX);
    assert_memory_equal(b->http.said, "it has more than 64 MiB", 23);
    an_answer_ends_as(state, OK "Content-Length: 67108865\r\n\r\n", HTTP_REFUSED,
                      "it has more than 64 MiB, a limit of the emulator");
}

static void a_length_that_does_not_hold_breaks_off(void **state)
{
    struct bench *b = asked(state, "file");
    assert_int_equal(feed(b, OK "Content-Length: 50\r\n\r\nhello"), HTTP_MORE);
    assert_int_equal(http_closed(&b->http, 0), HTTP_BROKEN);
    assert_ended(b, 0);

    b = asked(state, "file");
    assert_int_equal(feed(b, OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nx\r\n"), HTTP_BROKEN);

    b = asked(state, "file");
    assert_int_equal(feed(b, OK "\r\nhello"), HTTP_MORE);
    assert_int_equal(http_closed(&b->http, -ECONNRESET), HTTP_BROKEN);
}

/* A byte a second: of the head, and of the body. */
static void slow_bytes_are_not_waited_for(void **state)
{
    struct bench *b = asked(state, "file");
    const char *text = OK "X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy";
    usec now = 0;
    for (; now < HTTP_WAIT; now += USEC_SEC)
        assert_int_equal(http_data(&b->http, text++, 1, now), HTTP_MORE);
    assert_int_equal(http_timeout(&b->http, now), HTTP_MUTE);

    b = asked(state, "file");
    assert_int_equal(feed(b, OK "\r\n"), HTTP_MORE);
    for (now = 0; now < HTTP_WAIT; now += USEC_SEC)
        assert_int_equal(http_data(&b->http, "x", 1, now), HTTP_MORE);
    assert_int_equal(http_timeout(&b->http, now), HTTP_BROKEN);
    assert_string_equal(b->http.said, "too slow");
}

static void enough_bytes_are(void **state)
{
    static uint8_t drip[HTTP_DRIP];
    struct bench *b = asked(state, "file");
    feed(b, OK "\r\n");
    for (usec now = 0; now < 10 * HTTP_WAIT; now += HTTP_WAIT - 1) {
        assert_int_equal(http_timeout(&b->http, now), HTTP_MORE);
        assert_int_equal(http_data(&b->http, drip, sizeof drip, now), HTTP_MORE);
    }
}

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct bench));
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    http_free(&((struct bench *)*state)->http);
    free(*state);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request_to_the_byte),
        cmocka_unit_test(what_a_path_cannot_hold_is_encoded),
        cmocka_unit_test(a_request_longer_than_a_carrier_takes_is_none),
        cmocka_unit_test(files_arrive_whole_however_their_end_is_told),
        cmocka_unit_test(an_empty_file_is_a_file),
        cmocka_unit_test(a_sink_that_has_enough_ends_it),
        cmocka_unit_test(statuses_but_200_bring_no_file),
        cmocka_unit_test(what_is_no_http_is_no_server),
        cmocka_unit_test(nobody_there_is_no_server),
        cmocka_unit_test(a_head_without_end_ends),
        cmocka_unit_test(a_body_without_end_ends),
        cmocka_unit_test(a_length_that_does_not_hold_breaks_off),
        cmocka_unit_test(slow_bytes_are_not_waited_for),
        cmocka_unit_test(enough_bytes_are),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
