/* test_tcp.c - connections of the shell: streams, slots, and every way that they end. */
#include "tests/unit/emu/shell/fake_core.h"

#include <errno.h>

static void open_and_connect(struct phone *p, usec now)
{
    (void)now;
    assert_int_equal(p->ops->peer_open(p->ctx), 0);
    p->ops->tcp_connect(p->ctx, CONN_PARENT, (struct addr){self, CPPDP_PORT});
}

/* Every byte must be the body's, wherever the stream was cut. */
static void check_bytes(const uint8_t *data, size_t len)
{
    assert_true(seen.bytes + len <= sizeof body);
    assert_memory_equal(data, body + seen.bytes, len);
    seen.bytes += len;
}

static void bulk_send(struct phone *p, int conn)
{
    const uint8_t *chunk = body + (size_t)seen.bodies * CHUNK;
    if (seen.bodies++ < CHUNKS)
        p->ops->tcp_send(p->ctx, conn, chunk, 22, chunk + 22, CHUNK - 22);
    else
        p->ops->tcp_close(p->ctx, conn);
}

static void bulk_data(struct phone *p, int conn, const uint8_t *data, size_t len)
{
    if (seen.bytes == 0) { /* as after a HELLO */
        assert_int_equal(conn, CONN_LOBBY);
        p->ops->tcp_move(p->ctx, conn, CONN_CHILD0);
    } else {
        assert_int_equal(conn, CONN_CHILD0);
    }
    check_bytes(data, len);
}

static void closed_and_stop(struct phone *p, int conn, int error)
{
    (void)p, (void)conn, (void)error;
    tell(CONTROL_STOP);
}

static void a_stream_arrives_whole_and_moves_its_slot(void **state)
{
    (void)state;
    run((struct scenario){.start = open_and_connect, .connected = bulk_send, .sent = bulk_send,
                          .data = bulk_data, .closed = closed_and_stop, .accept_to = CONN_LOBBY});
    assert_int_equal(seen.bytes, sizeof body);
    assert_int_equal(seen.closes, 1); /* not for the side that closed */
    assert_int_equal(seen.error, 0);
}

static void send_and_close(struct phone *p, int conn)
{
    p->ops->tcp_send(p->ctx, conn, body, 256, body + 256, sizeof body - 256);
    p->ops->tcp_close(p->ctx, conn);
    p->ops->tcp_close(p->ctx, conn); /* nothing more there */
}

static void any_data(struct phone *p, int conn, const uint8_t *data, size_t len)
{
    (void)p, (void)conn;
    check_bytes(data, len);
}

static void what_was_given_leaves_after_close(void **state)
{
    (void)state;
    run((struct scenario){.start = open_and_connect, .connected = send_and_close,
                          .data = any_data, .closed = closed_and_stop, .accept_to = CONN_LOBBY});
    assert_int_equal(seen.bytes, sizeof body);
    assert_int_equal(seen.error, 0);
}

static void close_on_data(struct phone *p, int conn, const uint8_t *data, size_t len)
{
    check_bytes(data, len);
    p->ops->tcp_close(p->ctx, conn);
    assert_memory_equal(data, body, len); /* the buffer outlives the call */
}

static void a_peer_that_hangs_up_ends_the_sender(void **state)
{
    (void)state;
    run((struct scenario){.start = open_and_connect, .connected = bulk_send, .sent = bulk_send,
                          .data = close_on_data, .closed = closed_and_stop,
                          .accept_to = CONN_LOBBY});
    assert_int_equal(seen.closes, 1);
}

static void a_refused_caller_is_closed(void **state)
{
    (void)state;
    run((struct scenario){.start = open_and_connect, .closed = closed_and_stop,
                          .accept_to = CONN_NONE});
    assert_int_equal(seen.accepts, 1);
    assert_int_equal(seen.closes, 1);
    assert_int_equal(seen.error, -ECONNRESET); /* nothing of it stays in the kernel */
}

static void connect_only(struct phone *p, usec now)
{
    (void)now;
    p->ops->tcp_connect(p->ctx, CONN_PARENT, (struct addr){self, CPPDP_PORT});
}

static void nobody_listens(void **state)
{
    (void)state;
    run((struct scenario){.start = connect_only, .closed = closed_and_stop});
    assert_int_equal(seen.error, -ECONNREFUSED);
}

static void connect_and_close(struct phone *p, usec now)
{
    open_and_connect(p, now);
    p->ops->tcp_close(p->ctx, CONN_PARENT);
    seen.deadline = now + 50 * USEC_MS;
}

static void no_event_after_close(void **state)
{
    (void)state;
    run((struct scenario){.start = connect_and_close, .timer = stop_now, .accept_to = CONN_LOBBY});
    assert_true(seen.closes <= seen.accepts); /* none but the caller's end, if it came that far */
}

/* Reset in the middle of a transfer: the second life hears nothing of the first. */
static void reset_data(struct phone *p, int conn, const uint8_t *data, size_t len)
{
    (void)p, (void)conn, (void)data;
    if (seen.starts == 1 && seen.bytes == 0)
        tell(CONTROL_START);
    if (seen.starts == 2)
        fail_msg("data of the life before");
    seen.bytes += len;
}

static void reset_start(struct phone *p, usec now)
{
    if (seen.starts == 1)
        open_and_connect(p, now);
    else
        seen.deadline = now + 50 * USEC_MS;
}

static void reset_is_a_new_life(void **state)
{
    (void)state;
    run((struct scenario){.start = reset_start, .connected = bulk_send, .sent = bulk_send,
                          .data = reset_data, .timer = stop_now, .accept_to = CONN_LOBBY});
    assert_int_equal(seen.starts, 2);
    assert_int_equal(seen.closes, 0);
    assert_true(seen.bytes > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_arrives_whole_and_moves_its_slot),
        cmocka_unit_test(what_was_given_leaves_after_close),
        cmocka_unit_test(a_peer_that_hangs_up_ends_the_sender),
        cmocka_unit_test(a_refused_caller_is_closed),
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(no_event_after_close),
        cmocka_unit_test(reset_is_a_new_life),
    };
    return RUN_IN_OWN_NETWORK(tests);
}
