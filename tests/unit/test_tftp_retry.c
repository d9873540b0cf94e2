/* test_tftp_retry.c - the TFTP client in time: lost packets, back-off, beginnings and ends. */
#include "tests/unit/tftp_bench.h"

/* Waits 4, 8, 16, 32, 32, 32 s: five requests more, each from a new port, then the end. */
static void an_unanswered_request_is_repeated_from_new_ports(void **state)
{
    static const usec waits[TFTP_TRIES] = {4, 8, 16, 32, 32, 32};
    struct bench *b = getting(state, "file");
    usec now = 0;
    for (unsigned i = 0; i < TFTP_TRIES; i++) {
        assert_true(b->tftp.deadline == now + waits[i] * USEC_SEC);
        assert_int_equal(b->opens, i + 1);
        assert_int_equal(b->sends, i + 1);
        assert_int_equal(b->to.port, TFTP_PORT);
        assert_int_equal(tftp_timeout(&b->tftp, b->tftp.deadline - 1), TFTP_MORE);
        now = b->tftp.deadline;
        assert_int_equal(tftp_timeout(&b->tftp, now),
                         i + 1 < TFTP_TRIES ? TFTP_MORE : TFTP_TIMED_OUT);
    }
    assert_int_equal(b->sends, TFTP_TRIES);
    assert_string_equal(tftp_result_text(TFTP_TIMED_OUT), "TFTP timeout");
    assert_ended(b);
    assert_int_equal(tftp_timeout(&b->tftp, NEVER - 1), TFTP_MORE);
}

static void a_missing_block_has_its_ack_repeated(void **state)
{
    struct bench *b = getting(state, "file");
    tftp_timeout(&b->tftp, b->tftp.deadline);
    assert_int_equal(b->opens, 2);
    feed_block(b, 1, TFTP_BLOCK);
    assert_int_equal(b->tftp.tries, 0);

    tftp_timeout(&b->tftp, b->tftp.deadline);
    assert_acked(b, 1);
    assert_int_equal(b->opens, 2); /* the port is the transfer's, it stays */
    assert_int_equal(b->sends, 4);
    feed_block(b, 2, TFTP_BLOCK);
    assert_true(b->tftp.deadline == TFTP_TIMEOUT);

    for (unsigned i = 0; i < TFTP_BLOCK_TRIES - 1; i++)
        assert_int_equal(tftp_timeout(&b->tftp, b->tftp.deadline), TFTP_MORE);
    assert_int_equal(tftp_timeout(&b->tftp, b->tftp.deadline), TFTP_TIMED_OUT);
    assert_ended(b);
}

static void the_wait_spreads_by_a_quarter(void **state)
{
    struct bench *b = getting(state, "file");
    b->random = UINT32_MAX;
    assert_int_equal(tftp_get(&b->tftp, SERVER, "file", bench_sink, b, 0), 0);
    assert_in_range(b->tftp.deadline, TFTP_TIMEOUT + 1, TFTP_TIMEOUT * 5 / 4 - 1);
    b->random = 123456;
    assert_int_equal(tftp_get(&b->tftp, SERVER, "file", bench_sink, b, 0), 0);
    assert_true(b->tftp.deadline == TFTP_TIMEOUT + 123456);
}

static void a_port_that_cannot_be_had_is_a_lost_try(void **state)
{
    struct bench *b = getting(state, "file");
    b->open_error = -EADDRINUSE;
    assert_int_equal(tftp_timeout(&b->tftp, b->tftp.deadline), TFTP_MORE);
    assert_int_equal(b->sends, 1);
    b->open_error = 0;
    assert_int_equal(tftp_timeout(&b->tftp, b->tftp.deadline), TFTP_MORE);
    assert_int_equal(b->sends, 2);
    assert_int_equal(b->opens, 3);
}

static void a_get_that_cannot_begin_says_why(void **state)
{
    struct bench *b = new_bench(state);
    b->open_error = -EMFILE;
    assert_int_equal(tftp_get(&b->tftp, SERVER, "file", bench_sink, b, 0), -EMFILE);
    assert_int_equal(b->tftp.state, TFTP_IDLE);

    b = new_bench(state);
    char name[129];
    memset(name, 'x', 128);
    name[128] = '\0';
    assert_int_equal(tftp_get(&b->tftp, SERVER, name, bench_sink, b, 0), -EINVAL);
    assert_int_equal(tftp_get(&b->tftp, SERVER, "", bench_sink, b, 0), -EINVAL);
    assert_int_equal(b->opens + b->sends, 0);
    name[127] = '\0';
    assert_int_equal(tftp_get(&b->tftp, SERVER, name, bench_sink, b, 0), 0);
    assert_int_equal(b->sent_len, 2 + 128 + 6);
}

static void cancel_tells_a_server_that_answered(void **state)
{
    struct bench *b = getting(state, "file");
    tftp_cancel(&b->tftp);
    assert_int_equal(b->sends, 1);
    assert_ended(b);
    tftp_cancel(&b->tftp);
    assert_ended(b);

    b = getting(state, "file");
    feed_block(b, 1, TFTP_BLOCK);
    tftp_cancel(&b->tftp);
    assert_int_equal(b->to.port, TID);
    assert_memory_equal(b->sent, "\0\5\0\0", 4);
    assert_ended(b);
    assert_int_equal(feed_block(b, 2, 5), TFTP_MORE);
    assert_int_equal(b->received, TFTP_BLOCK);
}

static void a_new_get_begins_afresh(void **state)
{
    struct bench *b = getting(state, "one");
    feed_block(b, 1, TFTP_BLOCK);
    feed_block(b, 2, TFTP_BLOCK);
    assert_int_equal(tftp_get(&b->tftp, SERVER, "two", bench_sink, b, 0), 0);
    assert_int_equal(b->closes, 1);
    assert_int_equal(b->tftp.block, 0);
    assert_int_equal(b->tftp.bytes, 0);
    assert_int_equal(b->tftp.tid, 0);
    assert_int_equal(feed(b, TID + 1, "\0\3\0\1x", 5), TFTP_DONE);
    assert_int_equal(b->to.port, TID + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unanswered_request_is_repeated_from_new_ports),
        cmocka_unit_test(a_missing_block_has_its_ack_repeated),
        cmocka_unit_test(the_wait_spreads_by_a_quarter),
        cmocka_unit_test(a_port_that_cannot_be_had_is_a_lost_try),
        cmocka_unit_test(a_get_that_cannot_begin_says_why),
        cmocka_unit_test(cancel_tells_a_server_that_answered),
        cmocka_unit_test(a_new_get_begins_afresh),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
