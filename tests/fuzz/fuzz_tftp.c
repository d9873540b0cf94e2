/* fuzz_tftp.c - the TFTP client: a server of any manners, a network that brings packets from
 * anywhere, timers, full flash, ports that are not to be had. The input is a script:
 *
 *   u8 action, u8 length and that many bytes, which the action makes use of as it likes
 *
 * After each action the state is held against a second account of the transfer.
 */
#include "emu/cursor.h"
#include "emu/core/tftp.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>

#define SERVER 0x0100000au
#define OTHER  0x0200000au

enum action {
    DO_PACKET,     /* bytes from the server, from the transfer's port */
    DO_ELSEWHERE,  /* bytes from another address, or another port once one is fixed */
    DO_BLOCK,      /* DATA that is due, of twice that length; from 253 on 511, 512 and 513 */
    DO_LAST_AGAIN, /* DATA that is not */
    DO_WAIT,       /* to the deadline and past it */
    DO_EARLY,      /* a timer too early */
    DO_GET,       /* of a file that can be missed, where the length is odd */
    DO_AGAIN,
    DO_CANCEL,
    DO_SINK_FULL,
    DO_NO_PORT,
    DO_COUNT
};

struct bench {
    struct tftp tftp;
    usec now;
    uint32_t random;
    bool open, sink_full, no_port;
    unsigned sends, sinks;
    struct addr to; /* of the last packet sent */
    uint8_t sent[256];
    size_t sent_len;
    const uint8_t *due; /* what the sink may be given now, and nothing else */
    size_t due_len;
    uint64_t blocks, bytes; /* taken so far */
    unsigned tries;         /* timeouts since the last of them */
    unsigned breaks;
    bool may, anew;         /* the file can be missed; it may be begun anew */
};

static int bench_open(void *ctx)
{
    struct bench *b = ctx;
    b->open = !b->no_port;
    return b->no_port ? -EADDRINUSE : 0;
}

static void bench_close(void *ctx)
{
    ((struct bench *)ctx)->open = false;
}

static void bench_send(void *ctx, struct addr to, const void *data, size_t len)
{
    struct bench *b = ctx;
    must(len >= 4 && len <= sizeof b->sent);
    b->sends++;
    b->to = to;
    memcpy(b->sent, data, len);
    b->sent_len = len;
}

static uint32_t bench_random(void *ctx)
{
    struct bench *b = ctx;
    return b->random = b->random * 1664525u + 1013904223u;
}

static int bench_sink(void *to, const void *data, size_t len)
{
    struct bench *b = to;
    must(len > 0 && len == b->due_len && memcmp(data, b->due, len) == 0);
    b->sinks++;
    return b->sink_full ? -ENOSPC : 0;
}

static const struct phone_ops ops = {
    .tftp_open = bench_open,
    .tftp_close = bench_close,
    .tftp_send = bench_send,
    .random = bench_random,
};

static void check_sent(const struct bench *b)
{
    const struct tftp *t = &b->tftp;
    must(b->to.ip == SERVER && b->sent[0] == 0);
    switch (b->sent[1]) {
    case 1: /* read request */
        must(t->state == TFTP_REQUEST && b->to.port == TFTP_PORT);
        must(strcmp((char *)b->sent + 2, t->name) == 0);
        break;
    case 4: /* acknowledgement */
        must(b->sent_len == 4 && b->to.port == t->tid);
        must((b->sent[2] << 8 | b->sent[3]) == (uint16_t)b->blocks);
        break;
    case 5: /* error */
        must(b->to.port == (t->tid ? t->tid : 50123) && b->sent[b->sent_len - 1] == '\0');
        break;
    default:
        must(!"a packet that a reading client does not send");
    }
}

static void check_state(const struct bench *b)
{
    const struct tftp *t = &b->tftp;
    must(t->state < TFTP_STATE_COUNT && t->tries == b->tries);
    must((t->state == TFTP_IDLE) == (t->deadline == NEVER));
    must(t->state != TFTP_IDLE || !b->open);
    must(t->block == (uint16_t)b->blocks && t->bytes == b->bytes);
    must(strnlen(t->said, sizeof t->said) < sizeof t->said);
    for (const char *c = t->said; *c; c++)
        must(*c >= ' ' && *c <= '~');
    if (t->state == TFTP_IDLE)
        return;
    must(t->deadline > b->now && t->deadline <= b->now + TFTP_TIMEOUT_MAX * 5 / 4);
    must(t->tries < TFTP_TRIES && t->breaks == b->breaks && b->breaks <= TFTP_BREAKS);
    must(t->state != TFTP_PAUSE || (!b->open && !b->may));
    must(t->state == TFTP_DATA ? t->bytes == b->blocks * TFTP_BLOCK : t->bytes == 0);
}

/* What the packet means to a reading client in this state, by RFC 1350: takes it into account
 * and says how the transfer must go on. */
static enum transfer_result foresee(struct bench *b, const uint8_t *packet, size_t len)
{
    const struct tftp *t = &b->tftp;
    if (t->state == TFTP_IDLE || t->state == TFTP_PAUSE)
        return TRANSFER_MORE;
    b->anew = t->state == TFTP_DATA && !b->may;
    bool error = len >= 2 && packet[0] == 0 && packet[1] == 5;
    if (!error && (len < 4 || len > 4 + TFTP_BLOCK || packet[0] || packet[1] != 3))
        return TRANSFER_ERROR;
    uint16_t number = len < 4 ? 0 : (uint16_t)(packet[2] << 8 | packet[3]);
    if (error && t->state == TFTP_REQUEST) {
        bool passes = number == 0 || number == 3 || number == 5 || number > 8;
        return number == 1                                          ? TRANSFER_NOT_FOUND
               : passes && !b->may && b->tries + 1 < TFTP_TRIES ? TRANSFER_LATER
                                                                    : TRANSFER_ERROR;
    }
    if (error)
        return TRANSFER_ERROR;
    b->anew = false;
    if (number != (uint16_t)(b->blocks + 1))
        return TRANSFER_MORE;
    b->due = packet + 4;
    b->due_len = len - 4;
    if (b->due_len && b->sink_full)
        return TRANSFER_SINK;
    b->tries = 0;
    b->blocks++;
    b->bytes += b->due_len;
    return b->due_len < TFTP_BLOCK ? TRANSFER_DONE : TRANSFER_MORE;
}

static void packet_comes(struct bench *b, const uint8_t *data, size_t len)
{
    uint16_t port = b->tftp.state == TFTP_DATA ? b->tftp.tid : 50123;
    uint8_t *packet = fuzz_copy(data, len);
    bool idle = b->tftp.state == TFTP_IDLE, paused = b->tftp.state == TFTP_PAUSE;
    enum transfer_result expected = foresee(b, packet, len);
    enum transfer_result got =
        tftp_datagram(&b->tftp, (struct addr){SERVER, port}, packet, len, b->now);
    must(got == expected);
    must(b->sinks <= 1 && b->sinks == (b->due_len > 0));
    must((b->tftp.state == TFTP_IDLE) == (idle || got > TRANSFER_LATER));
    must((b->tftp.state == TFTP_PAUSE) == (paused || got == TRANSFER_LATER));
    free(packet);
}

/* Changes nothing, whatever it holds. */
static void packet_strays(struct bench *b, const uint8_t *data, size_t len)
{
    struct tftp before = b->tftp;
    bool fixed = b->tftp.state == TFTP_DATA && len % 2;
    struct addr from = {fixed ? SERVER : OTHER, (uint16_t)(b->tftp.tid + fixed)};
    must(tftp_datagram(&b->tftp, from, data, len, b->now) == TRANSFER_MORE);
    must(memcmp(&before, &b->tftp, sizeof before) == 0 && b->sends == 0 && b->sinks == 0);
}

static void block_comes(struct bench *b, uint16_t number, const uint8_t *data, size_t len)
{
    uint8_t packet[4 + TFTP_BLOCK + 1] = {0, 3, (uint8_t)(number >> 8), (uint8_t)number};
    size_t whole = len < 253 ? 2 * len : TFTP_BLOCK + len - 254;
    for (size_t i = 0; i < whole; i++)
        packet[4 + i] = len ? data[i % len] : 0;
    packet_comes(b, packet, 4 + whole);
}

static void time_passes(struct bench *b, size_t extra)
{
    if (b->tftp.deadline == NEVER)
        return;
    b->now = b->tftp.deadline + extra * USEC_MS;
    enum transfer_result got = tftp_timeout(&b->tftp, b->now);
    unsigned patience = b->may ? TFTP_MAY_TRIES : b->blocks ? TFTP_BLOCK_TRIES : TFTP_TRIES;
    b->anew = b->blocks && !b->may;
    must(got == (++b->tries == patience ? TRANSFER_TIMED_OUT : TRANSFER_MORE));
    must((b->tftp.state == TFTP_IDLE) == (got != TRANSFER_MORE));
}

static void get(struct bench *b, const uint8_t *data, size_t len)
{
    char name[UINT8_MAX + 1] = "";
    memcpy(name, data, len);
    size_t name_len = strlen(name);
    bool good = name_len > 0 && name_len < sizeof b->tftp.name;
    tftp_cancel(&b->tftp);
    must(b->tftp.state == TFTP_IDLE && b->sends <= 1);
    b->sends = 0;
    b->blocks = b->bytes = b->tries = b->breaks = 0;
    b->may = len % 2;
    b->anew = false;
    enum transfer_need need = b->may ? TRANSFER_MAY : TRANSFER_MUST;
    int error = tftp_get(&b->tftp, SERVER, name, need, bench_sink, b, b->now);
    must(error == (!good ? -EINVAL : b->no_port ? -EADDRINUSE : 0));
    must(b->sends == (error == 0) && (b->tftp.state == TFTP_REQUEST) == (error == 0));
}

static void again(struct bench *b)
{
    bool may = b->anew && b->breaks < TFTP_BREAKS;
    if (b->tftp.state != TFTP_IDLE)
        return;
    must(tftp_again(&b->tftp, b->now) == may);
    if (!may)
        return;
    b->anew = false;
    b->blocks = b->bytes = 0;
    b->tries = b->breaks++;
}

static void act(struct bench *b, enum action action, const uint8_t *data, size_t len)
{
    switch (action) {
    case DO_PACKET:
        return packet_comes(b, data, len);
    case DO_ELSEWHERE:
        return packet_strays(b, data, len);
    case DO_BLOCK:
        return block_comes(b, (uint16_t)(b->blocks + 1), data, len);
    case DO_LAST_AGAIN:
        return block_comes(b, (uint16_t)(b->blocks - len), data, len);
    case DO_WAIT:
        return time_passes(b, len);
    case DO_EARLY:
        must(b->tftp.state == TFTP_IDLE || tftp_timeout(&b->tftp, b->now) == TRANSFER_MORE);
        break;
    case DO_GET:
        return get(b, data, len);
    case DO_AGAIN:
        return again(b);
    case DO_CANCEL:
        b->anew = b->tftp.state == TFTP_IDLE && b->anew;
        tftp_cancel(&b->tftp);
        must(b->tftp.state == TFTP_IDLE);
        break;
    case DO_SINK_FULL:
        b->sink_full = len;
        break;
    case DO_NO_PORT:
        b->no_port = len;
        break;
    case DO_COUNT:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bench b = {.random = 1};
    struct cursor c = cursor(data, size);
    tftp_init(&b.tftp, &ops, &b);
    get(&b, (const uint8_t *)"ff", 2);
    while (cursor_left(&c)) {
        enum action action = cursor_u8(&c) % DO_COUNT;
        size_t len = cursor_u8(&c);
        if (c.failed)
            break;
        len = len < cursor_left(&c) ? len : cursor_left(&c);
        b.sends = b.sinks = 0;
        b.due_len = 0;
        act(&b, action, cursor_bytes(&c, len), len);
        must(b.sends <= 1);
        if (b.sends)
            check_sent(&b);
        check_state(&b);
    }
    return 0;
}
