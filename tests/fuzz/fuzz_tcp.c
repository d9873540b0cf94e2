/* fuzz_tcp.c - the stream of messages on a connection: the same messages, the same payload and
 * the same end, however it is cut into pieces, and as a second reader without any state finds
 * them in the whole.
 */
#include "emu/core/link.h"
#include "tests/fuzz/fuzz.h"

/* What a reader has found, as a hash over it. */
struct found {
    uint32_t hash;
    size_t messages, payload;
    bool bad;
};

static void add_message(struct found *f, const struct wire_msg *m)
{
    f->messages++;
    f->hash = fuzz_hash(f->hash, m, sizeof *m);
}

static void add_payload(struct found *f, const uint8_t *data, size_t len)
{
    f->payload += len;
    f->hash = fuzz_hash(f->hash, data, len);
}

/* The second reader: message after message, from the whole. */
static struct found read_whole(const uint8_t *data, size_t size)
{
    struct found f = {0};
    size_t at = 0;
    while (size - at >= WIRE_HEADER && !f.bad) {
        struct wire_msg m;
        int64_t length = wire_peek(data + at, size - at);
        bool is_data = length > 0 && data[at + 3] == WIRE_DATA;
        if (length > 0 && !is_data && (size_t)length > size - at)
            break;
        if (length < 0 || wire_decode(data + at, is_data ? WIRE_HEADER : (size_t)length, &m)) {
            f.bad = true;
            break;
        }
        add_message(&f, &m);
        at += is_data ? WIRE_HEADER : (size_t)length;
        size_t payload = is_data ? (size_t)length - WIRE_HEADER : 0;
        payload = payload < size - at ? payload : size - at;
        add_payload(&f, data + at, payload);
        at += payload;
    }
    return f;
}

/* One piece through the link. */
static void read_piece(struct link *l, struct found *f, const uint8_t *data, size_t len)
{
    uint8_t *copy = fuzz_copy(data, len);
    struct cursor c = cursor(copy, len), payload;
    struct wire_msg m;
    const char *why = NULL;
    enum link_read got = LINK_MESSAGE;
    while (got == LINK_MESSAGE || got == LINK_PAYLOAD) {
        size_t before = cursor_left(&c);
        got = link_next(l, &c, &m, &payload, &why);
        must(!c.failed && l->rx_len <= sizeof l->rx && l->payload_left <= WIRE_DATA_MAX);
        must(got != LINK_MORE || cursor_left(&c) == 0);
        must(got == LINK_MORE || got == LINK_BAD || cursor_left(&c) < before);
        if (got == LINK_MESSAGE)
            add_message(f, &m);
        else if (got == LINK_PAYLOAD)
            add_payload(f, payload.at, cursor_left(&payload));
    }
    f->bad = got == LINK_BAD;
    must(!f->bad || (why && *why));
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct found whole = read_whole(data, size);
    uint32_t random = fuzz_hash(1, data, size);
    for (enum fuzz_cut cut = CUT_WHOLE; cut < CUT_COUNT; cut++) {
        struct link l = {.state = LINK_OPEN, .conn = CONN_PARENT};
        struct found f = {0};
        for (size_t at = 0, len; at < size && !f.bad; at += len) {
            len = fuzz_piece(cut, &random, size - at);
            read_piece(&l, &f, data + at, len);
        }
        must(f.messages == whole.messages && f.payload == whole.payload);
        must(f.hash == whole.hash && f.bad == whole.bad);
    }
    return 0;
}
