/* test_fetch.c - a file by HTTP or TFTP: which is asked when, and that the other is asked once. */
#include "emu/core/fetch.h"
#include "tests/unit/unit.h"

#include <errno.h>

#define SERVER 0x0100000au
#define OTHER  0x0200000au
#define OK     "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"

struct bench {
    struct fetch fetch;
    unsigned connects, requests; /* by TCP, by TFTP */
    bool open;                   /* CONN_HTTP */
    uint64_t received, total;
};

static void bench_connect(void *ctx, int conn, struct addr to)
{
    struct bench *b = ctx;
    assert_int_equal(conn, CONN_HTTP);
    assert_int_equal(to.port, HTTP_PORT);
    assert_false(b->open);
    b->open = true;
    b->connects++;
}

static void bench_tcp_send(void *ctx, int conn, const void *head, size_t head_len,
                           const void *body, size_t body_len)
{
    (void)conn, (void)head, (void)head_len, (void)body, (void)body_len;
    assert_true(((struct bench *)ctx)->open);
}

static void bench_tcp_close(void *ctx, int conn)
{
    (void)conn;
    ((struct bench *)ctx)->open = false;
}

static int bench_tftp_open(void *ctx)
{
    (void)ctx;
    return 0;
}

static void bench_tftp_close(void *ctx)
{
    (void)ctx;
}

static void bench_tftp_send(void *ctx, struct addr to, const void *data, size_t len)
{
    struct bench *b = ctx;
    const uint8_t *packet = data;
    assert_true(len > 2);
    b->requests += packet[1] == 1 && to.port == TFTP_PORT;
}

static uint32_t bench_random(void *ctx)
{
    (void)ctx;
    return 0;
}

static int bench_sink(void *to, const void *data, size_t len)
{
    struct bench *b = to;
    (void)data;
    b->received += len;
    b->total = b->fetch.total;
    return 0;
}

static const struct phone_ops ops = {
    .tcp_connect = bench_connect,
    .tcp_send = bench_tcp_send,
    .tcp_close = bench_tcp_close,
    .tftp_open = bench_tftp_open,
    .tftp_close = bench_tftp_close,
    .tftp_send = bench_tftp_send,
    .random = bench_random,
};

static void get(struct bench *b, uint32_t server, enum transfer_need need)
{
    assert_int_equal(fetch_get(&b->fetch, server, "file", need, bench_sink, b, 0), 0);
    b->received = b->total = 0;
}

static struct bench *getting(void **state, enum transfer_need need)
{
    struct bench *b = *state;
    fetch_free(&b->fetch);
    *b = (struct bench){0};
    fetch_init(&b->fetch, &ops, b, true);
    get(b, SERVER, need);
    return b;
}

static enum transfer_result feed(struct bench *b, const char *text)
{
    fetch_connected(&b->fetch, 0);
    enum transfer_result result = fetch_data(&b->fetch, text, strlen(text), 0);
    assert_int_equal(b->fetch.bytes, b->received);
    return result;
}

static enum transfer_result closed(struct bench *b, int error)
{
    b->open = false;
    return fetch_closed(&b->fetch, error, 0);
}

static enum transfer_result by_tftp(struct bench *b)
{
    static const uint8_t block[] = {0, 3, 0, 1, 'h', 'i'};
    return fetch_datagram(&b->fetch, (struct addr){SERVER, 50123}, block, sizeof block, 0);
}

static void assert_asked(const struct bench *b, unsigned connects, unsigned requests)
{
    assert_int_equal(b->connects, connects);
    assert_int_equal(b->requests, requests);
}

static void a_phone_that_speaks_no_http_asks_by_tftp(void **state)
{
    struct bench *b = *state;
    fetch_init(&b->fetch, &ops, b, false);
    get(b, SERVER, TRANSFER_MUST);
    assert_asked(b, 0, 1);
    assert_string_equal(fetch_teller(&b->fetch), "TFTP");
    assert_int_equal(by_tftp(b), TRANSFER_DONE);
}

static void a_file_by_http_is_asked_for_by_nothing_else(void **state)
{
    struct bench *b = getting(state, TRANSFER_MUST);
    assert_string_equal(fetch_teller(&b->fetch), "HTTP");
    assert_int_equal(feed(b, OK "hello"), TRANSFER_MORE);
    assert_false(fetch_idle(&b->fetch));
    assert_int_equal(b->total, 10);
    assert_int_equal(feed(b, "hello"), TRANSFER_DONE);
    assert_true(fetch_idle(&b->fetch));
    assert_asked(b, 1, 0);
    assert_int_equal(b->fetch.way, FETCH_HTTP);
}

static void one_that_is_not_there_is_not_there(void **state)
{
    struct bench *b = getting(state, TRANSFER_MUST);
    assert_int_equal(feed(b, "HTTP/1.1 404 Not Found\r\n\r\n"), TRANSFER_NOT_FOUND);
    assert_string_equal(fetch_said(&b->fetch), "status 404 Not Found");
    assert_false(fetch_again(&b->fetch, 0));
    assert_asked(b, 1, 0);
}

/* This file by TFTP, the next one by HTTP first. */
static void one_that_is_refused_is_asked_for_by_tftp(void **state)
{
    struct bench *b = getting(state, TRANSFER_MUST);
    assert_int_equal(feed(b, "HTTP/1.1 503 Busy\r\n\r\n"), TRANSFER_LATER);
    assert_true(fetch_turned(&b->fetch));
    assert_string_equal(fetch_said(&b->fetch), "status 503 Busy");
    assert_string_equal(fetch_teller(&b->fetch), "HTTP");
    assert_asked(b, 1, 1);
    assert_false(b->open);
    assert_int_equal(by_tftp(b), TRANSFER_DONE);
    assert_false(fetch_turned(&b->fetch));
    assert_int_equal(b->total, 0);
    get(b, SERVER, TRANSFER_MUST);
    assert_asked(b, 2, 1);
}

/* Refused, silent, another language: by TFTP until the phone boots, but for other servers. */
static void a_mute_server_is_asked_once_in_a_life(void **state)
{
    for (int how = 0; how < 3; how++) {
        struct bench *b = getting(state, TRANSFER_MUST);
        usec at = fetch_deadline(&b->fetch);
        assert_int_equal(how == 0   ? closed(b, -ECONNREFUSED)
                         : how == 1 ? fetch_timeout(&b->fetch, at)
                                    : feed(b, "220 ftp"),
                         TRANSFER_LATER);
        assert_int_equal(by_tftp(b), TRANSFER_DONE);
        get(b, SERVER, TRANSFER_MUST);
        assert_asked(b, 1, 2);
        assert_string_equal(fetch_teller(&b->fetch), "TFTP");
        get(b, OTHER, TRANSFER_MUST);
        assert_asked(b, 2, 2);
        fetch_forget(&b->fetch);
        get(b, SERVER, TRANSFER_MUST);
        assert_asked(b, 3, 2);
    }
}

static void what_breaks_off_is_begun_anew_by_tftp(void **state)
{
    struct bench *b = getting(state, TRANSFER_MUST);
    assert_int_equal(feed(b, OK "hello"), TRANSFER_MORE);
    assert_int_equal(closed(b, -ECONNRESET), TRANSFER_ERROR);
    assert_string_equal(fetch_said(&b->fetch), "Connection reset by peer");
    assert_int_equal(b->fetch.bytes, 5);
    assert_true(fetch_again(&b->fetch, 0));
    assert_asked(b, 1, 1);
    assert_int_equal(b->fetch.bytes, 0);
    assert_int_equal(by_tftp(b), TRANSFER_DONE);
    assert_int_equal(b->fetch.bytes, 2);
    assert_false(fetch_again(&b->fetch, 0));
}

static void what_can_be_missed_is_not(void **state)
{
    struct bench *b = getting(state, TRANSFER_MAY);
    feed(b, OK "hello");
    assert_int_equal(closed(b, 0), TRANSFER_ERROR);
    assert_false(fetch_again(&b->fetch, 0));
    assert_asked(b, 1, 0);
}

static void the_server_is_probed_by_tftp(void **state)
{
    struct bench *b = getting(state, TRANSFER_PROBE);
    assert_asked(b, 0, 1);
    fetch_cancel(&b->fetch);
}

static void what_is_dropped_leaves_nothing_open(void **state)
{
    struct bench *b = getting(state, TRANSFER_MUST);
    feed(b, OK "hello");
    fetch_cancel(&b->fetch);
    assert_true(fetch_idle(&b->fetch));
    assert_false(b->open);
    assert_int_equal(fetch_deadline(&b->fetch), NEVER);
    assert_asked(b, 1, 0);
}

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct bench));
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    fetch_free(&((struct bench *)*state)->fetch);
    free(*state);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_phone_that_speaks_no_http_asks_by_tftp),
        cmocka_unit_test(a_file_by_http_is_asked_for_by_nothing_else),
        cmocka_unit_test(one_that_is_not_there_is_not_there),
        cmocka_unit_test(one_that_is_refused_is_asked_for_by_tftp),
        cmocka_unit_test(a_mute_server_is_asked_once_in_a_life),
        cmocka_unit_test(what_breaks_off_is_begun_anew_by_tftp),
        cmocka_unit_test(what_can_be_missed_is_not),
        cmocka_unit_test(the_server_is_probed_by_tftp),
        cmocka_unit_test(what_is_dropped_leaves_nothing_open),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
