/* test_tftp_wrap.c - files of more than 65,535 blocks, from servers that go on with block 0 and from
 * such as go on with 1, over a network that loses and repeats packets around the wrap.
 */
#include "tests/unit/emu/core/tftp_bench.h"

#define NUMBERS 65536u

/* The number that block n (from 1) goes by, at a server that follows 65535 by `from`. */
static uint16_t number(uint32_t n, unsigned from)
{
    return (uint16_t)(n < NUMBERS ? n : from + (n - NUMBERS) % (NUMBERS - from));
}

static uint32_t sum_of(uint64_t size)
{
    uint32_t sum = 0;
    for (uint64_t i = 0; i < size; i++)
        sum = sum * 31 + byte_at(i);
    return sum;
}

static void assert_whole(const struct bench *b, uint64_t size)
{
    assert_ended(b);
    assert_int_equal(b->received, size);
    assert_int_equal(b->sum, sum_of(size));
}

/* Block by block, each acknowledged by its number. */
static void transfer(void **state, uint32_t blocks, unsigned from)
{
    struct bench *b = getting(state, "file");
    for (uint32_t n = 1; n <= blocks; n++) {
        size_t len = n < blocks ? TFTP_BLOCK : 77;
        assert_int_equal(feed_numbered(b, number(n, from), n, len),
                         n < blocks ? TRANSFER_MORE : TRANSFER_DONE);
        assert_acked(b, number(n, from));
    }
    assert_whole(b, (blocks - 1) * (uint64_t)TFTP_BLOCK + 77);
}

static void numbers_go_on_with_0_or_with_1(void **state)
{
    static const uint32_t blocks[] = {NUMBERS - 1, NUMBERS, NUMBERS + 1, NUMBERS + 2,
                                      2 * NUMBERS - 2, 2 * NUMBERS - 1, 2 * NUMBERS,
                                      2 * NUMBERS + 1, 3 * NUMBERS};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        for (unsigned from = 0; from < 2; from++)
            transfer(state, blocks[i], from);
}

/* What else comes around the wrap, of any number but the one that is due, is nobody's block. */
static void nothing_else_is_taken_for_the_next(void **state)
{
    for (unsigned from = 0; from < 2; from++) {
        struct bench *b = getting(state, "file");
        for (uint32_t n = 1; n <= 2 * NUMBERS + 2; n++) {
            bool near = n % NUMBERS < 4 || n % NUMBERS > NUMBERS - 4;
            bool first_wrap = n == NUMBERS; /* 0 and 1 are both due */
            for (uint32_t other = 0; near && other < NUMBERS; other++)
                if (other != number(n, from) && !(first_wrap && other < 2))
                    assert_int_equal(feed_numbered(b, (uint16_t)other, n, 3), TRANSFER_MORE);
            assert_int_equal(feed_numbered(b, number(n, from), n, TFTP_BLOCK), TRANSFER_MORE);
            assert_acked(b, number(n, from));
            assert_int_equal(b->received, n * (uint64_t)TFTP_BLOCK);
        }
    }
}

/* A server that has gone on with one of them has told which: at the second wrap the other one is
 * an error of its, and waited out. */
static void a_server_keeps_to_its_way(void **state)
{
    for (unsigned from = 0; from < 2; from++) {
        struct bench *b = getting(state, "file");
        uint32_t n = 1;
        for (; n <= NUMBERS || number(n - 1, from) != UINT16_MAX; n++)
            feed_numbered(b, number(n, from), n, TFTP_BLOCK);
        assert_acked(b, UINT16_MAX);
        assert_int_equal(feed_numbered(b, 1 - from, n, TFTP_BLOCK), TRANSFER_MORE);
        assert_acked(b, UINT16_MAX);
        assert_int_equal(feed_numbered(b, (uint16_t)from, n, 5), TRANSFER_DONE);
        assert_acked(b, (uint16_t)from);
    }
}

/* ---- losses and repetitions ---------------------------------------------------------- */

/* A lock-step server: block n is on its way; what it hears last decides what it sends. */
struct server {
    unsigned from;
    uint32_t n, blocks;
    uint64_t draws;
};

static bool lost(struct server *s)
{
    s->draws = s->draws * 6364136223846793005u + 1442695040888963407u;
    bool near = (s->n + 4) % (NUMBERS - s->from) < 12;
    return near && s->draws >> 62 == 0;
}

static enum transfer_result deliver(struct bench *b, struct server *s)
{
    size_t len = s->n < s->blocks ? TFTP_BLOCK : 9;
    enum transfer_result result = TRANSFER_MORE;
    for (unsigned copies = 1 + lost(s); copies && result == TRANSFER_MORE; copies--)
        if (!lost(s))
            result = feed_numbered(b, number(s->n, s->from), s->n, len);
    return result;
}

/* The last acknowledgement that the client sent reaches the server, or does not. */
static void hear(const struct bench *b, struct server *s)
{
    uint16_t acked = (uint16_t)(b->sent[2] << 8 | b->sent[3]);
    if (b->sent[1] == 4 && acked == number(s->n, s->from) && !lost(s))
        s->n++;
}

/* The server sends again what was not acknowledged, the client what was not answered. */
static void losses_and_duplicates_around_the_wrap(void **state)
{
    for (unsigned seed = 0; seed < 10; seed++) {
        struct bench *b = getting(state, "file");
        struct server s = {.from = seed % 2, .n = 1, .blocks = 2 * NUMBERS + seed, .draws = seed};
        enum transfer_result result = TRANSFER_MORE;
        for (uint32_t i = 0; result == TRANSFER_MORE && i < 2 * s.blocks; i++) {
            uint32_t before = s.n;
            result = deliver(b, &s);
            hear(b, &s);
            if (result == TRANSFER_MORE && s.n == before && b->tftp.tries < TFTP_BLOCK_TRIES - 1)
                result = tftp_timeout(&b->tftp, b->tftp.deadline);
        }
        assert_int_equal(result, TRANSFER_DONE);
        assert_true(b->sends > 1 + s.blocks); /* something was lost */
        assert_whole(b, (s.blocks - 1) * (uint64_t)TFTP_BLOCK + 9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_go_on_with_0_or_with_1),
        cmocka_unit_test(nothing_else_is_taken_for_the_next),
        cmocka_unit_test(a_server_keeps_to_its_way),
        cmocka_unit_test(losses_and_duplicates_around_the_wrap),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
