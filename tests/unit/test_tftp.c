/* test_tftp.c - the TFTP client block by block: what it takes, and what it makes of the rest. */
#include "tests/unit/tftp_bench.h"

/* A whole file of size bytes, each block followed by its own duplicate when asked for. */
static void transfer(void **state, uint64_t size, bool duplicates)
{
    struct bench *b = getting(state, "file");
    uint32_t last = (uint32_t)(size / TFTP_BLOCK) + 1;
    for (uint32_t block = 1; block <= last; block++) {
        size_t len = block < last ? TFTP_BLOCK : size % TFTP_BLOCK;
        enum tftp_result want = block < last ? TFTP_MORE : TFTP_DONE;
        assert_int_equal(feed_block(b, block, len), want);
        assert_acked(b, (uint16_t)block);
        if (duplicates)
            assert_int_equal(feed_block(b, block, len), TFTP_MORE);
    }
    assert_int_equal(b->sends, 1 + last);
    assert_int_equal(b->received, size);
    assert_int_equal(b->tftp.bytes, size);
    assert_ended(b);

    uint32_t sum = 0;
    for (uint64_t i = 0; i < size; i++)
        sum = sum * 31 + byte_at(i);
    assert_int_equal(b->sum, sum);
}

static void a_file_arrives_whole(void **state)
{
    transfer(state, 1300, false);
    transfer(state, 1, false);
}

static void multiples_of_512_end_with_an_empty_block(void **state)
{
    transfer(state, 512, false);
    transfer(state, 1024, true);
    assert_int_equal(((struct bench *)*state)->sink_calls, 2);
}

static void an_empty_file_is_a_file(void **state)
{
    transfer(state, 0, false);
    assert_int_equal(((struct bench *)*state)->sink_calls, 0);
}

static void block_numbers_wrap(void **state)
{
    transfer(state, 65540ull * TFTP_BLOCK + 77, false);
}

static void duplicates_are_neither_stored_nor_acked(void **state)
{
    transfer(state, 3000, true);
}

static void the_request_to_the_byte(void **state)
{
    static const char want[] = "\0\1SCCP41.9-4-2SR3-1S.loads\0octet";
    struct bench *b = getting(state, "SCCP41.9-4-2SR3-1S.loads");
    assert_int_equal(b->to.ip, SERVER);
    assert_int_equal(b->to.port, TFTP_PORT);
    assert_int_equal(b->sent_len, sizeof want);
    assert_memory_equal(b->sent, want, sizeof want);
    assert_int_equal(b->opens, 1);
    assert_true(b->tftp.deadline == TFTP_TIMEOUT);
}

static void stale_and_early_blocks_are_ignored(void **state)
{
    struct bench *b = getting(state, "file");
    assert_int_equal(feed_block(b, 2, TFTP_BLOCK), TFTP_MORE);
    assert_int_equal(feed_block(b, 65536, TFTP_BLOCK), TFTP_MORE);
    assert_int_equal(b->tftp.state, TFTP_REQUEST);
    assert_int_equal(feed_block(b, 1, TFTP_BLOCK), TFTP_MORE);
    assert_int_equal(feed_block(b, 2, TFTP_BLOCK), TFTP_MORE);
    assert_int_equal(feed_block(b, 1, TFTP_BLOCK), TFTP_MORE);
    assert_int_equal(feed_block(b, 4, 10), TFTP_MORE);
    assert_int_equal(b->received, 1024);
    assert_int_equal(b->sends, 3);
}

static void strangers_are_ignored(void **state)
{
    struct bench *b = getting(state, "file");
    static const uint8_t error[] = "\0\5\0\1no";
    struct addr stranger = {SERVER + 1, TID};
    assert_int_equal(tftp_datagram(&b->tftp, stranger, error, sizeof error, 0), TFTP_MORE);
    feed_block(b, 1, TFTP_BLOCK);
    assert_int_equal(tftp_datagram(&b->tftp, stranger, error, sizeof error, 0), TFTP_MORE);
    /* The server's address, but not the transfer's port. */
    assert_int_equal(feed(b, TID + 1, error, sizeof error), TFTP_MORE);
    assert_int_equal(feed(b, TFTP_PORT, "\0\3\0\2xx", 6), TFTP_MORE);
    assert_int_equal(b->received, TFTP_BLOCK);
    assert_int_equal(feed_block(b, 2, 3), TFTP_DONE);
}

static void errors_carry_the_servers_words(void **state)
{
    struct bench *b = getting(state, "file");
    assert_int_equal(feed(b, TID, "\0\5\0\1File missing", 17), TFTP_NOT_FOUND);
    assert_string_equal(b->tftp.message, "File missing");
    assert_string_equal(tftp_result_text(TFTP_NOT_FOUND), "File not found");
    assert_int_equal(b->sends, 1);
    assert_ended(b);

    b = getting(state, "file");
    feed_block(b, 1, TFTP_BLOCK);
    assert_int_equal(feed(b, TID, "\0\5\0\2a\n\x1b\xff", 8), TFTP_ERROR); /* no NUL either */
    assert_string_equal(b->tftp.message, "a...");
    assert_string_equal(tftp_result_text(TFTP_ERROR), "TFTP error");

    b = getting(state, "file");
    assert_int_equal(feed(b, TID, "\0\5\0\0", 4), TFTP_ERROR);
    assert_string_equal(b->tftp.message, "");
}

static void a_long_error_is_cut(void **state)
{
    uint8_t packet[4 + 400] = {0, 5, 0, 1};
    memset(packet + 4, 'x', 400);
    struct bench *b = getting(state, "file");
    assert_int_equal(feed(b, TID, packet, sizeof packet), TFTP_NOT_FOUND);
    assert_int_equal(strlen(b->tftp.message), sizeof b->tftp.message - 1);
}

static void garbage_ends_the_transfer(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } garbage[] = {
        {"", 0},
        {"\0\3\0", 3},          /* no room for a block number */
        {"\0\0\0\2", 4},        /* opcodes that no server sends */
        {"\0\1file\0octet", 12},
        {"\0\4\0\1", 4},
        {"\0\6blksize\0" "1428", 14}, /* an answer to options never asked for */
        {"\xff\xff\xff\xff", 4},
    };
    for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
        struct bench *b = getting(state, "file");
        assert_int_equal(feed(b, TID, garbage[i].bytes, garbage[i].len), TFTP_ERROR);
        assert_int_equal(b->sends, 1);
        assert_ended(b);

        b = getting(state, "file");
        feed_block(b, 1, TFTP_BLOCK);
        assert_int_equal(feed(b, TID, garbage[i].bytes, garbage[i].len), TFTP_ERROR);
        assert_memory_equal(b->sent, "\0\5\0\4", 4);
        assert_ended(b);
    }
}

static void a_block_over_512_is_garbage(void **state)
{
    struct bench *b = getting(state, "file");
    assert_int_equal(feed_block(b, 1, TFTP_BLOCK + 1), TFTP_ERROR);
    assert_int_equal(b->received, 0);
}

static void a_sink_that_refuses_stops_the_server(void **state)
{
    struct bench *b = getting(state, "file");
    b->sink_error = -ENOSPC;
    assert_int_equal(feed_block(b, 1, TFTP_BLOCK), TFTP_SINK);
    assert_int_equal(b->to.port, TID);
    assert_memory_equal(b->sent, "\0\5\0\3", 4);
    assert_int_equal(b->tftp.bytes, 0);
    assert_ended(b);
}

/* Whatever comes from the server's address: no more than one file, no read past the packet. */
static void random_datagrams_do_no_harm(void **state)
{
    struct bench *b = getting(state, "file");
    srandom(69);
    for (unsigned round = 0; round < 50000; round++) {
        size_t len = (size_t)random() % 520;
        uint8_t *packet = malloc(len + 1);
        for (size_t i = 0; i < len; i++)
            packet[i] = (uint8_t)(i < 3 ? random() % 8 : random());
        uint16_t port = (uint16_t)(TID + random() % 2);
        enum tftp_result result = feed(b, port, packet, len);
        free(packet);
        assert_true((result == TFTP_MORE) == (b->tftp.state != TFTP_IDLE));
        if (result != TFTP_MORE)
            b = getting(state, "file");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_arrives_whole),
        cmocka_unit_test(multiples_of_512_end_with_an_empty_block),
        cmocka_unit_test(an_empty_file_is_a_file),
        cmocka_unit_test(block_numbers_wrap),
        cmocka_unit_test(duplicates_are_neither_stored_nor_acked),
        cmocka_unit_test(the_request_to_the_byte),
        cmocka_unit_test(stale_and_early_blocks_are_ignored),
        cmocka_unit_test(strangers_are_ignored),
        cmocka_unit_test(errors_carry_the_servers_words),
        cmocka_unit_test(a_long_error_is_cut),
        cmocka_unit_test(garbage_ends_the_transfer),
        cmocka_unit_test(a_block_over_512_is_garbage),
        cmocka_unit_test(a_sink_that_refuses_stops_the_server),
        cmocka_unit_test(random_datagrams_do_no_harm),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
