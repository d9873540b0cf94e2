/* test_link.c - one connection as a stream of messages, in any split; and what waits to be sent. */
#include "emu/core/link.h"
#include "tests/unit/emu/core/core_play.h"

#define PAYLOAD 300

/* HELLO, DATA with a payload, ALIVE, an empty DATA, GOODBYE: every form that a stream holds. */
static size_t stream(uint8_t out[1024])
{
    struct wire_msg m = play_msg(WIRE_HELLO, 1, FIRST);
    size_t at = wire_encode(&m, 0, out, 1024);
    m.type = WIRE_DATA;
    at += wire_encode(&m, PAYLOAD, out + at, 1024 - at);
    for (size_t i = 0; i < PAYLOAD; i++)
        out[at++] = (uint8_t)(i * 7);
    m.type = WIRE_ALIVE;
    at += wire_encode(&m, 0, out + at, 1024 - at);
    m.type = WIRE_DATA;
    at += wire_encode(&m, 0, out + at, 1024 - at);
    m.type = WIRE_GOODBYE;
    return at + wire_encode(&m, 0, out + at, 1024 - at);
}

struct heard {
    uint8_t types[8];
    size_t count, payload;
    bool differs;
};

static void hear(struct link *l, const uint8_t *bytes, size_t len, struct heard *h)
{
    struct cursor in = cursor(bytes, len);
    for (;;) {
        struct wire_msg m;
        struct cursor payload;
        const char *why = NULL;
        enum link_read got = link_next(l, &in, &m, &payload, &why);
        assert_int_not_equal(got, LINK_BAD);
        if (got == LINK_MORE)
            break;
        if (got == LINK_MESSAGE)
            h->types[h->count++] = m.type;
        while (got == LINK_PAYLOAD && cursor_left(&payload))
            h->differs |= cursor_u8(&payload) != (uint8_t)(h->payload++ * 7);
    }
    assert_int_equal(cursor_left(&in), 0);
}

static void assert_heard_all(const struct heard *h)
{
    static const uint8_t all[] = {WIRE_HELLO, WIRE_DATA, WIRE_ALIVE, WIRE_DATA, WIRE_GOODBYE};
    assert_int_equal(h->count, sizeof all);
    assert_memory_equal(h->types, all, sizeof all);
    assert_int_equal(h->payload, PAYLOAD);
    assert_false(h->differs);
}

static void reads_any_split(void **state)
{
    (void)state;
    uint8_t bytes[1024];
    size_t len = stream(bytes);
    for (size_t split = 0; split <= len; split++) {
        struct link l = {.state = LINK_OPEN};
        struct heard h = {0};
        hear(&l, bytes, split, &h);
        hear(&l, bytes + split, len - split, &h);
        assert_heard_all(&h);
    }
}

static void reads_byte_by_byte(void **state)
{
    (void)state;
    uint8_t bytes[1024];
    size_t len = stream(bytes);
    struct link l = {.state = LINK_OPEN};
    struct heard h = {0};
    for (size_t i = 0; i < len; i++)
        hear(&l, bytes + i, 1, &h);
    assert_heard_all(&h);
}

static enum link_read read_one(const uint8_t *bytes, size_t len, const char **why)
{
    struct link l = {.state = LINK_OPEN};
    struct cursor in = cursor(bytes, len), payload;
    struct wire_msg m;
    *why = NULL;
    return link_next(&l, &in, &m, &payload, why);
}

/* Any byte of a header changed: refused, or another sender's, hierarchy's or boot's message. */
static void refuses_nonsense(void **state)
{
    (void)state;
    const char *why;
    uint8_t good[WIRE_MAX];
    struct wire_msg m = play_msg(WIRE_HELLO, 1, FIRST);
    size_t len = wire_encode(&m, 0, good, sizeof good);
    for (size_t i = 0; i < WIRE_HEADER; i++) {
        uint8_t bad[WIRE_MAX];
        memcpy(bad, good, len);
        bad[i] ^= 0x80;
        bool ids = i >= 8 && i < 20;
        enum link_read got = read_one(bad, len, &why); /* a longer length just waits for more */
        assert_int_equal(got == LINK_MESSAGE, ids);
        assert_int_equal(got == LINK_BAD, !ids && i != 7);
    }
    uint8_t zeros[WIRE_HEADER] = {0};
    assert_int_equal(read_one(zeros, sizeof zeros, &why), LINK_BAD);
    assert_string_equal(why, "not a message of this protocol");
}

static void refuses_lengths(void **state)
{
    (void)state;
    const char *why;
    static const struct {
        uint8_t type;
        uint32_t length;
    } bad[] = {{WIRE_ALIVE, 0}, {WIRE_ALIVE, WIRE_HEADER - 1}, {WIRE_ALIVE, WIRE_MAX + 1},
               {WIRE_ALIVE, UINT32_MAX}, {WIRE_DATA, WIRE_HEADER - 1},
               {WIRE_DATA, WIRE_HEADER + WIRE_DATA_MAX + 1}, {WIRE_DATA, UINT32_MAX}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint8_t head[WIRE_MAX] = {'P', 'F', 1, bad[i].type, (uint8_t)(bad[i].length >> 24),
                                  (uint8_t)(bad[i].length >> 16), (uint8_t)(bad[i].length >> 8),
                                  (uint8_t)bad[i].length};
        assert_int_equal(read_one(head, sizeof head, &why), LINK_BAD);
    }
}

static void stops_at_an_unknown_type_before_its_end(void **state)
{
    (void)state;
    const char *why;
    uint8_t head[WIRE_HEADER + 1] = {'P', 'F', 1, 99, 0, 0, 0, WIRE_HEADER + 1};
    assert_int_equal(read_one(head, WIRE_HEADER, &why), LINK_MORE);
    assert_int_equal(read_one(head, sizeof head, &why), LINK_BAD);
    assert_string_equal(why, "unknown type");
}

/* ---- sending ------------------------------------------------------------------------- */

struct sender {
    struct bench b;
    struct kit kit;
    struct link link;
};

static void new_sender(struct sender *s)
{
    *s = (struct sender){.link = {.state = LINK_OPEN, .conn = CONN_CHILD0}};
    s->b.conn[CONN_CHILD0].state = CONN_IS_OPEN;
    s->kit = (struct kit){.ops = &bench_ops, .ctx = &s->b, .id = &s->b.id};
}

static void send_type(struct sender *s, enum wire_type type)
{
    struct wire_msg m = play_msg(type, 1, FIRST);
    link_send(&s->kit, &s->link, &m, NULL, 0);
}

static void carrier_is_free(struct sender *s)
{
    s->b.conn[CONN_CHILD0].busy = false;
    link_sent(&s->kit, &s->link);
}

static void queues_one_message_and_the_later_wins(void **state)
{
    (void)state;
    struct sender s;
    new_sender(&s);
    send_type(&s, WIRE_HELLO);
    send_type(&s, WIRE_ALIVE);
    send_type(&s, WIRE_DONE);
    expect_tcp(&s.b, CONN_CHILD0, WIRE_HELLO, NULL, NULL);
    expect_no_tcp(&s.b, CONN_CHILD0);
    carrier_is_free(&s);
    expect_tcp(&s.b, CONN_CHILD0, WIRE_DONE, NULL, NULL);
    carrier_is_free(&s);
    expect_no_tcp(&s.b, CONN_CHILD0);
    assert_false(s.link.busy);
    free(s.b.conn[CONN_CHILD0].out);
}

/* A file becomes whole just as an ALIVE is on its way: FILE is the longest that may have to wait. */
static void file_queues_behind_alive(void **state)
{
    (void)state;
    struct sender s;
    new_sender(&s);
    send_type(&s, WIRE_ALIVE);
    send_type(&s, WIRE_FILE);
    expect_tcp(&s.b, CONN_CHILD0, WIRE_ALIVE, NULL, NULL);
    carrier_is_free(&s);
    expect_tcp(&s.b, CONN_CHILD0, WIRE_FILE, NULL, NULL);
    free(s.b.conn[CONN_CHILD0].out);
}

static void data_does_not_queue(void **state)
{
    (void)state;
    struct sender s;
    new_sender(&s);
    struct wire_msg m = play_msg(WIRE_DATA, 1, FIRST);
    link_send(&s.kit, &s.link, &m, "abc", 3);
    link_send(&s.kit, &s.link, &m, "def", 3); /* its caller waits for the carrier */
    carrier_is_free(&s);
    const uint8_t *payload;
    size_t len;
    expect_tcp(&s.b, CONN_CHILD0, WIRE_DATA, &payload, &len);
    assert_int_equal(len, 3);
    assert_memory_equal(payload, "abc", 3);
    expect_no_tcp(&s.b, CONN_CHILD0);
    free(s.b.conn[CONN_CHILD0].out);
}

static void sends_only_when_open(void **state)
{
    (void)state;
    struct sender s;
    new_sender(&s);
    s.link.state = LINK_CONNECTING;
    send_type(&s, WIRE_HELLO);
    s.link.state = LINK_CLOSED;
    send_type(&s, WIRE_HELLO);
    expect_no_tcp(&s.b, CONN_CHILD0);
}

static void close_forgets_all_but_the_slot(void **state)
{
    (void)state;
    struct sender s;
    new_sender(&s);
    send_type(&s, WIRE_HELLO);
    send_type(&s, WIRE_DONE);
    link_close(&s.kit, &s.link);
    const struct link closed = {.conn = CONN_CHILD0};
    assert_memory_equal(&s.link, &closed, sizeof closed);
    assert_int_equal(s.b.conn[CONN_CHILD0].state, CONN_IS_FREE);
    link_close(&s.kit, &s.link); /* twice does no harm */
    free(s.b.conn[CONN_CHILD0].out);
}

/* ---- the kit ------------------------------------------------------------------------- */

static void random_is_below_its_limit(void **state)
{
    (void)state;
    struct sender s;
    new_sender(&s);
    s.b.random_fixed = true;
    for (uint32_t limit = 1; limit < 1000000000; limit = limit * 3 + 1) {
        s.b.random = UINT32_MAX;
        assert_int_equal(kit_random(&s.kit, limit), limit - 1);
        s.b.random = 0;
        assert_int_equal(kit_random(&s.kit, limit), 0);
    }
}

static void addresses_are_dotted(void **state)
{
    (void)state;
    char text[IP_TEXT];
    assert_string_equal(kit_ip_text(OWN_IP, text), "10.106.0.10");
    assert_string_equal(kit_ip_text(UINT32_MAX, text), "255.255.255.255");
}

static void lines_carry_the_time_and_the_name(void **state)
{
    (void)state;
    struct sender s;
    new_sender(&s);
    snprintf(s.b.id.name, sizeof s.b.id.name, "SEP0800270027F8");
    s.kit.now = 8362 * USEC_SEC + 634167;
    kit_log(&s.kit, LOG_WRN, "%d of %s", 3, "them");
    assert_string_equal(s.b.log[0], "WRN 02:19:22.634167 DLoad: 3 of them");
    struct event_line e;
    kit_event_begin(&s.kit, &e, EVENT_IDLE);
    kit_event_end(&s.kit, &e);
    assert_string_equal(s.b.event[0], "{\"t\":8362.634167,\"phone\":\"SEP0800270027F8\","
                                      "\"event\":\"idle\"}");
    free(s.b.log);
    free(s.b.event);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_any_split),
        cmocka_unit_test(reads_byte_by_byte),
        cmocka_unit_test(refuses_nonsense),
        cmocka_unit_test(refuses_lengths),
        cmocka_unit_test(stops_at_an_unknown_type_before_its_end),
        cmocka_unit_test(queues_one_message_and_the_later_wins),
        cmocka_unit_test(file_queues_behind_alive),
        cmocka_unit_test(data_does_not_queue),
        cmocka_unit_test(sends_only_when_open),
        cmocka_unit_test(close_forgets_all_but_the_slot),
        cmocka_unit_test(random_is_below_its_limit),
        cmocka_unit_test(addresses_are_dotted),
        cmocka_unit_test(lines_carry_the_time_and_the_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
