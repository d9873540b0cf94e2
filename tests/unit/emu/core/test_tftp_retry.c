/* test_tftp_retry.c - the TFTP client in time: lost packets, back-off, beginnings and ends. */
#include "tests/unit/emu/core/tftp_bench.h"

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
        assert_int_equal(tftp_timeout(&b->tftp, b->tftp.deadline - 1), TRANSFER_MORE);
        now = b->tftp.deadline;
        assert_int_equal(tftp_timeout(&b->tftp, now),
                         i + 1 < TFTP_TRIES ? TRANSFER_MORE : TRANSFER_TIMED_OUT);
    }
    assert_int_equal(b->sends, TFTP_TRIES);
    assert_string_equal(transfer_result_text(TRANSFER_TIMED_OUT), "TFTP timeout");
    assert_ended(b);
    assert_int_equal(tftp_timeout(&b->tftp, NEVER - 1), TRANSFER_MORE);
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
        assert_int_equal(tftp_timeout(&b->tftp, b->tftp.deadline), TRANSFER_MORE);
    assert_int_equal(tftp_timeout(&b->tftp, b->tftp.deadline), TRANSFER_TIMED_OUT);
    assert_ended(b);
}

static void the_wait_spreads_by_a_quarter(void **state)
{
    struct bench *b = getting(state, "file");
    b->random = UINT32_MAX;
    assert_int_equal(tftp_get(&b->tftp, SERVER, "file", TRANSFER_MUST, bench_sink, b, 0), 0);
    assert_in_range(b->tftp.deadline, TFTP_TIMEOUT + 1, TFTP_TIMEOUT * 5 / 4 - 1);
    b->random = 123456;
    assert_int_equal(tftp_get(&b->tftp, SERVER, "file", TRANSFER_MUST, bench_sink, b, 0), 0);
    assert_true(b->tftp.deadline == TFTP_TIMEOUT + 123456);
}

static void a_port_that_cannot_be_had_is_a_lost_try(void **state)
{
    struct bench *b = getting(state, "file");
    b->open_error = -EADDRINUSE;
    assert_int_equal(tftp_timeout(&b->tftp, b->tftp.deadline), TRANSFER_MORE);
    assert_int_equal(b->sends, 1);
    b->open_error = 0;
    assert_int_equal(tftp_timeout(&b->tftp, b->tftp.deadline), TRANSFER_MORE);
    assert_int_equal(b->sends, 2);
    assert_int_equal(b->opens, 3);
}

static void a_get_that_cannot_begin_says_why(void **state)
{
    struct bench *b = new_bench(state);
    b->open_error = -EMFILE;
    assert_int_equal(tftp_get(&b->tftp, SERVER, "file", TRANSFER_MUST, bench_sink, b, 0), -EMFILE);
    assert_int_equal(b->tftp.state, TFTP_IDLE);

    b = new_bench(state);
    char name[129];
    memset(name, 'x', 128);
    name[128] = '\0';
    assert_int_equal(tftp_get(&b->tftp, SERVER, name, TRANSFER_MUST, bench_sink, b, 0), -EINVAL);
    assert_int_equal(tftp_get(&b->tftp, SERVER, "", TRANSFER_MUST, bench_sink, b, 0), -EINVAL);
    assert_int_equal(b->opens + b->sends, 0);
    name[127] = '\0';
    assert_int_equal(tftp_get(&b->tftp, SERVER, name, TRANSFER_MUST, bench_sink, b, 0), 0);
    assert_int_equal(b->sent_len, 2 + 128 + 6);
}

/* ---- errors -------------------------------------------------------------------------- */

static enum transfer_result feed_error(struct bench *b, uint16_t code)
{
    uint8_t packet[] = {0, 5, (uint8_t)(code >> 8), (uint8_t)code, 'n', 'o', 0};
    return feed(b, TID, packet, sizeof packet);
}

/* By RFC 1350 and 2347: 0 (not defined), 3 (allocation exceeded), 5 (unknown transfer) and what is
 * not in their tables say nothing of the file, and may pass. */
static bool may_pass(uint16_t code)
{
    return code == 0 || code == 3 || code == 5 || code > 8;
}

static void an_error_that_may_pass_counts_as_a_lost_answer(void **state)
{
    static const usec waits[TFTP_TRIES] = {4, 8, 16, 32, 32};
    for (uint16_t code = 0; code < 12; code++) {
        struct bench *b = getting(state, "file");
        usec now = 0;
        for (unsigned i = 0; may_pass(code) && i < TFTP_TRIES - 1; i++) {
            assert_int_equal(feed_error(b, code), TRANSFER_LATER);
            assert_int_equal(b->closes, i + 1);
            assert_int_equal(feed_error(b, 1), TRANSFER_MORE); /* nobody listens meanwhile */
            assert_int_equal(feed_block(b, 1, 3), TRANSFER_MORE);
            assert_int_equal(b->received, 0);
            assert_true(b->tftp.deadline == now + waits[i] * USEC_SEC);
            now = b->tftp.deadline;
            assert_int_equal(tftp_timeout(&b->tftp, now - 1), TRANSFER_MORE);
            assert_int_equal(b->sends, i + 1);
            assert_int_equal(tftp_timeout(&b->tftp, now), TRANSFER_MORE);
            assert_int_equal(b->sends, i + 2);
            assert_int_equal(b->opens, i + 2);
            assert_int_equal(b->to.port, TFTP_PORT);
        }
        assert_int_equal(feed_error(b, code), code == 1 ? TRANSFER_NOT_FOUND : TRANSFER_ERROR);
        assert_int_equal(b->sends, may_pass(code) ? TFTP_TRIES : 1);
        assert_true(b->tftp.deadline == NEVER);
        assert_false(tftp_again(&b->tftp, now));
        assert_int_equal(b->tftp.state, TFTP_IDLE);
    }
}

static void errors_and_silence_share_their_tries(void **state)
{
    struct bench *b = getting(state, "file");
    for (unsigned i = 0; i < TFTP_TRIES - 1; i++) {
        if (i % 2)
            assert_int_equal(feed_error(b, 0), TRANSFER_LATER);
        assert_int_equal(tftp_timeout(&b->tftp, b->tftp.deadline), TRANSFER_MORE);
    }
    assert_int_equal(tftp_timeout(&b->tftp, b->tftp.deadline), TRANSFER_TIMED_OUT);
    assert_int_equal(b->sends, TFTP_TRIES);
    assert_string_equal(b->tftp.said, "error 0 \"no\""); /* of which it spoke last */

    b = getting(state, "file");
    assert_int_equal(feed_error(b, 3), TRANSFER_LATER);
    tftp_timeout(&b->tftp, b->tftp.deadline);
    assert_int_equal(feed_block(b, 1, 7), TRANSFER_DONE);
    assert_string_equal(b->tftp.said, "");
}

/* Begun anew after 4, 8 and 16 s, with 5, 4 and 3 requests to be had. */
static void what_breaks_off_is_begun_anew_three_times(void **state)
{
    for (uint16_t code = 0; code < 11; code++) {
        struct bench *b = getting(state, "file");
        usec now = 0;
        for (unsigned i = 0; i < TFTP_BREAKS; i++) {
            unsigned sends = b->sends + 1;
            assert_int_equal(feed_block(b, 1, TFTP_BLOCK), TRANSFER_MORE);
            if (code < 10)
                assert_int_equal(feed_error(b, code), TRANSFER_ERROR);
            else
                assert_int_equal(feed(b, TID, "\0\6", 2), TRANSFER_ERROR);
            assert_true(b->tftp.deadline == NEVER);
            sends += code == 10;
            assert_true(tftp_again(&b->tftp, now));
            assert_int_equal(b->tftp.bytes, 0);
            assert_true(b->tftp.deadline == now + (TFTP_TIMEOUT << i));
            assert_int_equal(feed_block(b, 2, TFTP_BLOCK), TRANSFER_MORE); /* too late */
            assert_int_equal(b->sends, sends);
            now = b->tftp.deadline;
            assert_int_equal(tftp_timeout(&b->tftp, now), TRANSFER_MORE);
            assert_int_equal(b->sends, sends + 1);
            assert_int_equal(b->to.port, TFTP_PORT);
        }
        assert_int_equal(feed_block(b, 1, TFTP_BLOCK), TRANSFER_MORE);
        assert_int_equal(feed_error(b, code), TRANSFER_ERROR);
        assert_false(tftp_again(&b->tftp, now));
        assert_true(b->tftp.deadline == NEVER);
    }
}

static void silence_in_the_middle_is_a_break_too(void **state)
{
    struct bench *b = getting(state, "file");
    feed_block(b, 1, TFTP_BLOCK);
    while (b->tftp.state != TFTP_IDLE)
        tftp_timeout(&b->tftp, b->tftp.deadline);
    assert_true(tftp_again(&b->tftp, 0));
    for (unsigned i = 0; i < TFTP_TRIES - 1; i++) /* then it is silent to requests */
        assert_int_equal(tftp_timeout(&b->tftp, b->tftp.deadline),
                         TRANSFER_MORE);
    assert_int_equal(tftp_timeout(&b->tftp, b->tftp.deadline), TRANSFER_TIMED_OUT);
    assert_false(tftp_again(&b->tftp, 0));
}

static void whole_files_and_a_full_sink_are_not_begun_anew(void **state)
{
    struct bench *b = getting(state, "file");
    feed_block(b, 1, TFTP_BLOCK);
    assert_int_equal(feed_block(b, 2, 0), TRANSFER_DONE);
    assert_false(tftp_again(&b->tftp, 0));
    b = getting(state, "file");
    feed_block(b, 1, TFTP_BLOCK);
    b->sink_error = -ENOSPC;
    assert_int_equal(feed_block(b, 2, 9), TRANSFER_SINK);
    assert_false(tftp_again(&b->tftp, 0));
    b = getting(state, "file");
    feed_block(b, 1, TFTP_BLOCK);
    tftp_cancel(&b->tftp);
    assert_false(tftp_again(&b->tftp, 0));
}

/* Two requests, no second one after an ERROR, no new beginning. */
static void what_can_be_missed_is_soon_left(void **state)
{
    struct bench *b = new_bench(state);
    assert_int_equal(tftp_get(&b->tftp, SERVER, "list", TRANSFER_MAY, bench_sink, b, 0), 0);
    assert_int_equal(tftp_timeout(&b->tftp, b->tftp.deadline), TRANSFER_MORE);
    assert_int_equal(tftp_timeout(&b->tftp, b->tftp.deadline), TRANSFER_TIMED_OUT);
    assert_int_equal(b->sends, 2);
    for (uint16_t code = 0; code < 10; code++)
        for (int middle = 0; middle < 2; middle++) {
            b = new_bench(state);
            assert_int_equal(tftp_get(&b->tftp, SERVER, "list", TRANSFER_MAY, bench_sink, b, 0), 0);
            if (middle)
                feed_block(b, 1, TFTP_BLOCK);
            assert_int_equal(feed_error(b, code),
                             code == 1 && !middle ? TRANSFER_NOT_FOUND : TRANSFER_ERROR);
            assert_false(tftp_again(&b->tftp, 0));
            assert_ended(b);
        }
}

static void a_pause_can_be_cancelled(void **state)
{
    struct bench *b = getting(state, "file");
    assert_int_equal(feed_error(b, 0), TRANSFER_LATER);
    tftp_cancel(&b->tftp);
    assert_int_equal(b->sends, 1);
    assert_true(b->tftp.deadline == NEVER);
    assert_int_equal(tftp_timeout(&b->tftp, NEVER - 1), TRANSFER_MORE);
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
    assert_int_equal(feed_block(b, 2, 5), TRANSFER_MORE);
    assert_int_equal(b->received, TFTP_BLOCK);
}

static void a_new_get_begins_afresh(void **state)
{
    struct bench *b = getting(state, "one");
    feed_block(b, 1, TFTP_BLOCK);
    feed_block(b, 2, TFTP_BLOCK);
    assert_int_equal(tftp_get(&b->tftp, SERVER, "two", TRANSFER_MUST, bench_sink, b, 0), 0);
    assert_int_equal(b->closes, 1);
    assert_int_equal(b->tftp.block, 0);
    assert_int_equal(b->tftp.bytes, 0);
    assert_int_equal(b->tftp.tid, 0);
    assert_int_equal(feed(b, TID + 1, "\0\3\0\1x", 5), TRANSFER_DONE);
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
        cmocka_unit_test(an_error_that_may_pass_counts_as_a_lost_answer),
        cmocka_unit_test(errors_and_silence_share_their_tries),
        cmocka_unit_test(what_breaks_off_is_begun_anew_three_times),
        cmocka_unit_test(silence_in_the_middle_is_a_break_too),
        cmocka_unit_test(whole_files_and_a_full_sink_are_not_begun_anew),
        cmocka_unit_test(what_can_be_missed_is_soon_left),
        cmocka_unit_test(a_pause_can_be_cancelled),
        cmocka_unit_test(cancel_tells_a_server_that_answered),
        cmocka_unit_test(a_new_get_begins_afresh),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
