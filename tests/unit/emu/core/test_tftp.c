/* test_tftp.c - the TFTP client block by block: what it takes, and what it makes of the rest. */
#include "tests/unit/emu/core/tftp_bench.h"

/* A whole file of size bytes, each block followed by its own duplicate when asked for. */
static void transfer(void **state, uint64_t size, bool duplicates)
{
    struct bench *b = getting(state, "file");
    uint32_t last = (uint32_t)(size / TFTP_BLOCK) + 1;
    for (uint32_t block = 1; block <= last; block++) {
        size_t len = block < last ? TFTP_BLOCK : size % TFTP_BLOCK;
        enum transfer_result want = block < last ? TRANSFER_MORE : TRANSFER_DONE;
        assert_int_equal(feed_block(b, block, len), want);
        assert_acked(b, (uint16_t)block);
        if (duplicates)
            assert_int_equal(feed_block(b, block, len), TRANSFER_MORE);
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
    assert_int_equal(feed_block(b, 2, TFTP_BLOCK), TRANSFER_MORE);
    assert_int_equal(feed_block(b, 65536, TFTP_BLOCK), TRANSFER_MORE);
    assert_int_equal(b->tftp.state, TFTP_REQUEST);
    assert_int_equal(feed_block(b, 1, TFTP_BLOCK), TRANSFER_MORE);
    assert_int_equal(feed_block(b, 2, TFTP_BLOCK), TRANSFER_MORE);
    assert_int_equal(feed_block(b, 1, TFTP_BLOCK), TRANSFER_MORE);
    assert_int_equal(feed_block(b, 4, 10), TRANSFER_MORE);
    assert_int_equal(b->received, 1024);
    assert_int_equal(b->sends, 3);
}

static void strangers_are_ignored(void **state)
{
    struct bench *b = getting(state, "file");
    static const uint8_t error[] = "\0\5\0\1no";
    struct addr stranger = {SERVER + 1, TID};
    assert_int_equal(tftp_datagram(&b->tftp, stranger, error, sizeof error, 0), TRANSFER_MORE);
    feed_block(b, 1, TFTP_BLOCK);
    assert_int_equal(tftp_datagram(&b->tftp, stranger, error, sizeof error, 0), TRANSFER_MORE);
    /* The server's address, but not the transfer's port. */
    assert_int_equal(feed(b, TID + 1, error, sizeof error), TRANSFER_MORE);
    assert_int_equal(feed(b, TFTP_PORT, "\0\3\0\2xx", 6), TRANSFER_MORE);
    assert_int_equal(b->received, TFTP_BLOCK);
    assert_int_equal(feed_block(b, 2, 3), TRANSFER_DONE);
}

/* An ERROR is never answered, and no port left open. */
static void assert_ends_as(struct bench *b, enum transfer_result result, const char *packet,
                           size_t len)
{
    unsigned sends = b->sends;
    assert_int_equal(feed(b, TID, packet, len), result);
    assert_int_equal(b->sends, sends);
    assert_ended(b);
}

static void errors_carry_the_servers_words(void **state)
{
    static const struct {
        const char *packet;
        size_t len;
        enum transfer_result result;
        const char *said;
    } cases[] = {
        {"\0\5\0\1File missing", 17, TRANSFER_NOT_FOUND, "error 1 \"File missing\""},
        {"\0\5\0\2a\n\x1b\xff", 8, TRANSFER_ERROR, "error 2 \"a...\""}, /* no NUL either */
        {"\0\5\0\2", 5, TRANSFER_ERROR, "error 2"},
        {"\0\5\0\1", 4, TRANSFER_NOT_FOUND, "error 1"},
        {"\0\5\0\4\"\\<&'%s", 12, TRANSFER_ERROR, "error 4 \"\"\\<&'%s\""},
        {"\0\5\0\6a\0b", 8, TRANSFER_ERROR, "error 6 \"a\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench *b = getting(state, "file");
        assert_ends_as(b, cases[i].result, cases[i].packet, cases[i].len);
        assert_string_equal(b->tftp.said, cases[i].said);

        b = getting(state, "file");
        feed_block(b, 1, TFTP_BLOCK);
        assert_ends_as(b, TRANSFER_ERROR, cases[i].packet, cases[i].len);
        assert_string_equal(b->tftp.said, cases[i].said);
    }
    assert_string_equal(transfer_result_text(TRANSFER_NOT_FOUND), "File not found");
    assert_string_equal(transfer_result_text(TRANSFER_ERROR), "TFTP error");
}

/* One cut before its code is an ERROR all the same. */
static void an_error_may_lack_everything(void **state)
{
    for (size_t len = 2; len < 4; len++) {
        struct bench *b = getting(state, "file");
        assert_int_equal(feed(b, TID, "\0\5\0", len), TRANSFER_LATER);
        assert_string_equal(b->tftp.said, "error 0");
        assert_int_equal(b->sends, 1);
    }
}

static void a_long_error_is_cut(void **state)
{
    uint8_t packet[4 + 600] = {0, 5, 0, 1};
    memset(packet + 4, 'x', 600);
    for (size_t len = 4 + 100; len <= sizeof packet; len++) {
        struct bench *b = getting(state, "file");
        assert_int_equal(feed(b, TID, packet, len), TRANSFER_NOT_FOUND);
        size_t whole = strlen("error 1 \"\"") + len - 4;
        assert_int_equal(strlen(b->tftp.said), whole < SAID_MAX_LEN ? whole : SAID_MAX_LEN - 1);
        assert_int_equal(b->tftp.said[strlen(b->tftp.said) - 1], '"');
    }
}

/* What no server may send ends the transfer, and the server is told why. */
static void garbage_ends_the_transfer(void **state)
{
    static const char large[4 + 513] = "\0\3\0\1";
    static const struct {
        const char *bytes;
        size_t len;
        char code;
        const char *said;
    } garbage[] = {
        {"", 0, 4, "a packet that answers no read request"},
        {"\0\3\0", 3, 4, "a packet that answers no read request"}, /* no room for a number */
        {"\0\0\0\2", 4, 4, "a packet that answers no read request"},
        {"\0\1file\0octet", 12, 4, "a packet that answers no read request"},
        {"\0\4\0\1", 4, 4, "a packet that answers no read request"},
        {"\xff\xff\xff\xff", 4, 4, "a packet that answers no read request"},
        {"\0\7\0\1", 4, 4, "a packet that answers no read request"},
        {large, sizeof large, 4, "a block of more than 512 bytes"},
        {"\0\6blksize\0" "1428", 15, 8, "an acknowledgement of options (OACK)"}, /* RFC 2347 */
        {"\0\6tsize\0" "5\0timeout\0" "1", 18, 8, "an acknowledgement of options (OACK)"},
        {"\0\6", 2, 8, "an acknowledgement of options (OACK)"}, /* of none */
        {"\0\6blksize", 9, 8, "an acknowledgement of options (OACK)"},
    };
    for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++)
        for (int middle = 0; middle < 2; middle++) {
            struct bench *b = getting(state, "file");
            if (middle)
                feed_block(b, 1, TFTP_BLOCK);
            unsigned sends = b->sends;
            assert_int_equal(feed(b, TID, garbage[i].bytes, garbage[i].len), TRANSFER_ERROR);
            assert_int_equal(b->sends, sends + 1);
            assert_int_equal(b->to.port, TID);
            assert_memory_equal(b->sent, "\0\5\0", 3);
            assert_int_equal(b->sent[3], garbage[i].code);
            assert_int_equal(b->sent[b->sent_len - 1], '\0');
            assert_string_equal(b->tftp.said, garbage[i].said);
            assert_ended(b);
        }
}

static void a_block_over_512_is_garbage(void **state)
{
    struct bench *b = getting(state, "file");
    assert_int_equal(feed_block(b, 1, TFTP_BLOCK + 1), TRANSFER_ERROR);
    assert_int_equal(b->received, 0);
}

static void a_sink_that_refuses_stops_the_server(void **state)
{
    struct bench *b = getting(state, "file");
    b->sink_error = -ENOSPC;
    assert_int_equal(feed_block(b, 1, TFTP_BLOCK), TRANSFER_SINK);
    assert_int_equal(b->to.port, TID);
    assert_memory_equal(b->sent, "\0\5\0\3", 4);
    assert_int_equal(b->tftp.bytes, 0);
    assert_ended(b);
}

/* Without an ACK: a server that has one for the last block but one takes the file for sent. */
static void a_sink_that_has_enough_calls_it_off(void **state)
{
    struct bench *b = getting(state, "file");
    b->sink_error = -ECANCELED;
    assert_int_equal(feed_block(b, 1, TFTP_BLOCK), TRANSFER_SINK);
    assert_int_equal(b->to.port, TID);
    assert_memory_equal(b->sent, "\0\5\0\0", 4);
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
        enum transfer_result result = feed(b, port, packet, len);
        free(packet);
        assert_true((result <= TRANSFER_LATER) == (b->tftp.state != TFTP_IDLE));
        if (b->tftp.state == TFTP_PAUSE || b->tftp.state == TFTP_IDLE)
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
        cmocka_unit_test(an_error_may_lack_everything),
        cmocka_unit_test(a_long_error_is_cut),
        cmocka_unit_test(garbage_ends_the_transfer),
        cmocka_unit_test(a_block_over_512_is_garbage),
        cmocka_unit_test(a_sink_that_refuses_stops_the_server),
        cmocka_unit_test(a_sink_that_has_enough_calls_it_off),
        cmocka_unit_test(random_datagrams_do_no_harm),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
