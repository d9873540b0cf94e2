/* tftp_bench.h - a carrier and a sink that write down what the TFTP client does, and datagrams to
 * feed it; for test_tftp.c and test_tftp_retry.c.
 */
#ifndef TFTP_BENCH_H
#define TFTP_BENCH_H

#include "emu/core/tftp.h"
#include "tests/unit/unit.h"

#include <errno.h>

#define SERVER 0x0100000au
#define TID    50123

/* What the client did to its carrier and its sink. */
struct bench {
    struct tftp tftp;
    unsigned opens, closes, sends;
    int open_error, sink_error;
    uint32_t random;
    struct addr to; /* of the last datagram sent */
    uint8_t sent[256];
    size_t sent_len;
    uint64_t received; /* bytes */
    uint32_t sum;      /* over them, position-dependent */
    unsigned sink_calls;
};

static inline int bench_open(void *ctx)
{
    struct bench *b = ctx;
    b->opens++;
    return b->open_error;
}

static inline void bench_close(void *ctx)
{
    ((struct bench *)ctx)->closes++;
}

static inline void bench_send(void *ctx, struct addr to, const void *data, size_t len)
{
    struct bench *b = ctx;
    assert_in_range(len, 1, sizeof b->sent);
    b->sends++;
    b->to = to;
    memcpy(b->sent, data, len);
    b->sent_len = len;
}

static inline uint32_t bench_random(void *ctx)
{
    return ((struct bench *)ctx)->random;
}

static inline uint32_t add_to_sum(uint32_t sum, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        sum = sum * 31 + data[i];
    return sum;
}

static inline int bench_sink(void *to, const void *data, size_t len)
{
    struct bench *b = to;
    b->sink_calls++;
    b->received += len;
    b->sum = add_to_sum(b->sum, data, len);
    return b->sink_error;
}

static const struct phone_ops ops = {
    .tftp_open = bench_open,
    .tftp_close = bench_close,
    .tftp_send = bench_send,
    .random = bench_random,
};

static inline struct bench *new_bench(void **state)
{
    struct bench *b = *state;
    *b = (struct bench){0};
    tftp_init(&b->tftp, &ops, b);
    return b;
}

static inline struct bench *getting(void **state, const char *name)
{
    struct bench *b = new_bench(state);
    assert_int_equal(tftp_get(&b->tftp, SERVER, name, TRANSFER_MUST, bench_sink, b, 0), 0);
    return b;
}

static inline enum transfer_result feed(struct bench *b, uint16_t port, const void *data,
                                        size_t len)
{
    return tftp_datagram(&b->tftp, (struct addr){SERVER, port}, data, len, 0);
}

static inline uint8_t byte_at(uint64_t at)
{
    return (uint8_t)(at * 7 + (at >> 9));
}

/* DATA of that number, with len bytes of the block `block` of a file whose block 1 begins at byte
 * 0. */
static inline enum transfer_result feed_numbered(struct bench *b, uint16_t number, uint32_t block,
                                             size_t len)
{
    uint8_t packet[4 + TFTP_BLOCK + 1] = {0, 3, (uint8_t)(number >> 8), (uint8_t)number};
    for (size_t i = 0; i < len; i++)
        packet[4 + i] = byte_at((uint64_t)(block - 1) * TFTP_BLOCK + i);
    return feed(b, TID, packet, 4 + len);
}

static inline enum transfer_result feed_block(struct bench *b, uint32_t block, size_t len)
{
    return feed_numbered(b, (uint16_t)block, block, len);
}

static inline void assert_acked(const struct bench *b, uint16_t block)
{
    uint8_t ack[4] = {0, 4, (uint8_t)(block >> 8), (uint8_t)block};
    assert_int_equal(b->to.ip, SERVER);
    assert_int_equal(b->to.port, TID);
    assert_int_equal(b->sent_len, sizeof ack);
    assert_memory_equal(b->sent, ack, sizeof ack);
}

static inline void assert_ended(const struct bench *b)
{
    assert_int_equal(b->tftp.state, TFTP_IDLE);
    assert_true(b->tftp.deadline == NEVER);
    assert_int_equal(b->closes, 1);
}

static inline int set_up(void **state)
{
    *state = malloc(sizeof(struct bench));
    return *state ? 0 : -1;
}

static inline int tear_down(void **state)
{
    free(*state);
    return 0;
}

#endif
