/* test_wire.c - every message to the byte, and the document held against the table. */
#include "emu/core/wire.h"
#include "tests/unit/unit.h"

#define MODEL "CP-7961G"
#define NAME  "SCCP41.9-4-2SR2-2S.loads"
#define XID   0x080027f8
#define H     0x36685558
#define MAP   0xff9d7cb9

/* Header bytes of a message of `length` (below 256), from the addresses above. */
#define HEADER(type, length)                                                                       \
    "PF\1" type "\0\0\0" length "\x08\x00\x27\xf8\x36\x68\x55\x58\xff\x9d\x7c\xb9\0\0"
#define TEXTS "\x08" MODEL "\x18" NAME
#define SHA   "\0\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe\xf\x10\x11\x12\x13\x14\x15\x16\x17"           \
              "\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f"

/* One message of each type, and how it travels. */
struct sample {
    struct wire_msg msg;
    const char *bytes;
    size_t len;
};
#define SAMPLE(bytes_, ...)                                                                        \
    {.msg = {.xid = XID, .h = H, .map = MAP, .length = sizeof bytes_ - 1, __VA_ARGS__},            \
     .bytes = bytes_,                                                                              \
     .len = sizeof bytes_ - 1}
#define IP(a, b, c, d)                                                                             \
    (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 0x##a##b##c##d##u : 0x##d##c##b##a##u)
#define DIGEST                                                                                     \
    {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,                               \
     16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31}

static const struct sample samples[] = {
    SAMPLE(HEADER("\1", "\x3e") "\x31\xd4\xd4\x3d\4\1" TEXTS, .type = WIRE_CLAIM,
           .strength = 0x31d4d43d, .ad = 4, .confirmed = 1, .model = MODEL, .file = NAME),
    SAMPLE(HEADER("\2", "\x38") TEXTS, .type = WIRE_JOIN, .model = MODEL, .file = NAME),
    SAMPLE(HEADER("\3", "\x17") "\xff", .type = WIRE_ACCEPT, .depth = 255),
    SAMPLE(HEADER("\4", "\x1b") "\2\x0a\x6a\x75\x44", .type = WIRE_REDIRECT, .depth = 2,
           .ip = IP(0a, 6a, 75, 44)),
    SAMPLE(HEADER("\5", "\x1b") "\2\0\0\0\0", .type = WIRE_REFUSE, .reason = REASON_BUSY),
    SAMPLE(HEADER("\x10", "\x60") TEXTS "\1\2\3\4\5\6\7\x8" SHA, .type = WIRE_HELLO,
           .model = MODEL, .file = NAME, .offset = 0x0102030405060708, .digest = DIGEST),
    SAMPLE(HEADER("\x11", "\x1e") "\0\0\0\0\0\x30\x2d\x77", .type = WIRE_ALIVE,
           .offset = 3157367),
    SAMPLE(HEADER("\x12", "\x46") "\0\0\0\1\0\0\0\0" SHA "\0\0\0\0\0\0\2\0", .type = WIRE_FILE,
           .size = 1ull << 32, .digest = DIGEST, .offset = 512),
    SAMPLE(HEADER("\x13", "\x16") "", .type = WIRE_DATA),
    SAMPLE(HEADER("\x14", "\x16") "", .type = WIRE_DONE),
    SAMPLE(HEADER("\x15", "\x17") "\x8", .type = WIRE_GOODBYE, .reason = REASON_BAD_FILE),
};
static const size_t sample_count = sizeof samples / sizeof *samples;

static void every_message_to_the_byte(void **state)
{
    (void)state;
    assert_int_equal(sample_count, wire_format_count);
    for (size_t i = 0; i < sample_count; i++) {
        const struct sample *s = &samples[i];
        uint8_t out[WIRE_MAX];
        assert_int_equal(s->msg.type, wire_formats[i].type);
        assert_int_equal(wire_encode(&s->msg, 0, out, sizeof out), s->len);
        assert_memory_equal(out, s->bytes, s->len);

        struct wire_msg msg;
        memset(&msg, 0xff, sizeof msg);
        assert_null(wire_decode(s->bytes, s->len, &msg));
        assert_int_equal(wire_encode(&msg, 0, out, sizeof out), s->len);
        assert_memory_equal(out, s->bytes, s->len);
        assert_int_equal(msg.length, s->len);
        assert_string_equal(msg.model, s->msg.model);
        assert_string_equal(msg.file, s->msg.file);
        assert_int_equal(msg.ip, s->msg.ip);
        assert_int_equal(msg.offset, s->msg.offset);
        assert_memory_equal(msg.digest, s->msg.digest, DIGEST_LEN);
    }
}

static void fields_of_other_types_are_zero(void **state)
{
    (void)state;
    struct wire_msg msg, nothing = {0};
    memset(&msg, 0xff, sizeof msg);
    assert_null(wire_decode(samples[9].bytes, samples[9].len, &msg));
    assert_int_equal(msg.type, WIRE_DONE);
    assert_memory_equal(&msg.strength, &nothing.strength,
                        sizeof msg - offsetof(struct wire_msg, strength));
}

static void encoding_needs_all_its_room(void **state)
{
    (void)state;
    for (size_t i = 0; i < sample_count; i++) {
        for (size_t size = 0; size < samples[i].len; size++) {
            uint8_t out[WIRE_MAX];
            out[size] = 0xee;
            assert_int_equal(wire_encode(&samples[i].msg, 0, out, size), 0);
            assert_int_equal(out[size], 0xee);
        }
    }
}

static void data_counts_its_payload(void **state)
{
    (void)state;
    uint8_t out[WIRE_HEADER];
    struct wire_msg msg = {.type = WIRE_DATA};
    assert_int_equal(wire_encode(&msg, WIRE_DATA_MAX, out, sizeof out), WIRE_HEADER);
    assert_memory_equal(out + 4, "\0\1\0\x16", 4);
    assert_int_equal(wire_peek(out, sizeof out), WIRE_HEADER + WIRE_DATA_MAX);
    assert_null(wire_decode(out, sizeof out, &msg));
    assert_int_equal(msg.length, WIRE_HEADER + WIRE_DATA_MAX);

    assert_int_equal(wire_encode(&msg, WIRE_DATA_MAX + 1, out, sizeof out), 0);
    msg.type = WIRE_DONE;
    assert_int_equal(wire_encode(&msg, 1, out, sizeof out), 0);
}

static void what_the_decoder_refuses_is_not_encoded(void **state)
{
    (void)state;
    uint8_t out[WIRE_MAX];
    struct wire_msg claim = samples[0].msg, bad = claim;
    bad.type = 6;
    assert_int_equal(wire_encode(&bad, 0, out, sizeof out), 0);
    bad = claim, bad.model[0] = '\0';
    assert_int_equal(wire_encode(&bad, 0, out, sizeof out), 0);
    bad = claim, memset(bad.file, 'x', sizeof bad.file);
    assert_int_equal(wire_encode(&bad, 0, out, sizeof out), 0);
    bad = claim, bad.confirmed = 2;
    assert_int_equal(wire_encode(&bad, 0, out, sizeof out), 0);
    bad = claim, bad.file[0] = '/';
    assert_int_equal(wire_encode(&bad, 0, out, sizeof out), 0);
    assert_int_not_equal(wire_encode(&claim, 0, out, sizeof out), 0);
}

/* Decodes the CLAIM sample with one byte set to value. */
static const char *claim_with(size_t at, uint8_t value)
{
    uint8_t bytes[WIRE_MAX];
    struct wire_msg msg;
    memcpy(bytes, samples[0].bytes, samples[0].len);
    bytes[at] = value;
    return wire_decode(bytes, samples[0].len, &msg);
}

static void each_fault_has_its_words(void **state)
{
    (void)state;
    assert_string_equal(claim_with(0, 'p'), "bad magic");
    assert_string_equal(claim_with(2, 2), "unknown version");
    assert_string_equal(claim_with(2, 0), "unknown version");
    assert_string_equal(claim_with(3, 0), "unknown type");
    assert_string_equal(claim_with(3, 255), "unknown type");
    assert_string_equal(claim_with(7, 0x3d), "length disagrees");
    assert_string_equal(claim_with(7, 0x3f), "length disagrees");
    assert_string_equal(claim_with(4, 0x80), "length disagrees");
    assert_string_equal(claim_with(20, 1), "reserved part in use");
    assert_string_equal(claim_with(26, 5), "value out of range");
    assert_string_equal(claim_with(27, 2), "value out of range");
    assert_string_equal(claim_with(28, 7), "field cut short or too long");
    assert_string_equal(claim_with(28, 32), "field cut short or too long");
    assert_string_equal(claim_with(29, '\n'), "string empty or not printable");
    assert_string_equal(claim_with(29, 0), "field cut short or too long");
    assert_string_equal(claim_with(28, 0), "string empty or not printable");
    assert_string_equal(claim_with(38, '.'), "not a plain file name");
    assert_string_equal(claim_with(40, '/'), "not a plain file name");
    assert_string_equal(claim_with(37, 0x17), "trailing bytes");
    assert_null(claim_with(29, '/')); /* a model is no file name */
}

static void a_wrong_length_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sample_count; i++) {
        for (size_t len = 0; len < WIRE_MAX + 8; len++) {
            uint8_t bytes[WIRE_MAX + 8] = {0};
            memcpy(bytes, samples[i].bytes, samples[i].len);
            struct wire_msg msg = {.xid = 77};
            const char *wrong = wire_decode(bytes, len, &msg);
            assert_true((wrong == NULL) == (len == samples[i].len));
            assert_int_equal(msg.xid, wrong ? 77 : XID);

            /* The same, with a header that says what arrived. */
            bytes[6] = (uint8_t)(len >> 8);
            bytes[7] = (uint8_t)len;
            if (samples[i].msg.type != WIRE_DATA && len != samples[i].len)
                assert_non_null(wire_decode(bytes, len, &msg));
        }
    }
}

static void unknown_reasons_are_refused(void **state)
{
    (void)state;
    struct wire_msg msg;
    for (unsigned reason = 0; reason < 256; reason++) {
        char bytes[] = HEADER("\x15", "\x17") "\0";
        bytes[WIRE_HEADER] = (char)reason;
        assert_true((wire_decode(bytes, sizeof bytes - 1, &msg) == NULL) ==
                    (reason < REASON_COUNT));
    }
    assert_string_equal(wire_reason_text[REASON_NONE], "none");
    assert_string_equal(wire_reason_text[REASON_BAD_FILE], "what it sent did not check");
}

/* What decodes has one form only: encoded again it gives the same bytes. */
static void hostile_bytes_are_refused_or_canonical(void **state)
{
    (void)state;
    srandom(4051);
    unsigned good = 0;
    for (unsigned round = 0; round < 200000; round++) {
        const struct sample *s = &samples[round % sample_count];
        uint8_t bytes[WIRE_MAX], again[WIRE_MAX];
        memcpy(bytes, s->bytes, s->len);
        for (int flips = (int)(random() % 3); flips >= 0; flips--)
            bytes[(size_t)random() % s->len] ^= (uint8_t)(1u << random() % 8);

        struct wire_msg msg;
        wire_peek(bytes, s->len);
        if (wire_decode(bytes, s->len, &msg))
            continue;
        good++;
        assert_int_equal(wire_encode(&msg, msg.length - s->len, again, sizeof again), s->len);
        assert_memory_equal(again, bytes, s->len);
    }
    assert_in_range(good, 20000, 180000);
}

static int64_t peek_with(const char *type, uint32_t length)
{
    uint8_t bytes[8] = {'P', 'F', 1, (uint8_t)*type};
    for (int i = 0; i < 4; i++)
        bytes[4 + i] = (uint8_t)(length >> (24 - 8 * i));
    return wire_peek(bytes, sizeof bytes);
}

static void peek_bounds_the_length(void **state)
{
    (void)state;
    for (size_t len = 0; len < 8; len++)
        assert_int_equal(wire_peek(samples[0].bytes, len), 0);
    assert_int_equal(wire_peek(samples[0].bytes, 8), samples[0].len);
    assert_int_equal(wire_peek("PG\1\1\0\0\0\x16", 8), -1);
    assert_int_equal(wire_peek("PF\2\1\0\0\0\x16", 8), -1);
    assert_int_equal(wire_peek("GET / HTTP/1.1\r\n", 16), -1);

    assert_int_equal(peek_with("\x14", WIRE_HEADER - 1), -1);
    assert_int_equal(peek_with("\x14", WIRE_HEADER), WIRE_HEADER);
    assert_int_equal(peek_with("\x14", WIRE_MAX), WIRE_MAX);
    assert_int_equal(peek_with("\x14", WIRE_MAX + 1), -1);
    assert_int_equal(peek_with("\x13", WIRE_HEADER - 1), -1);
    assert_int_equal(peek_with("\x13", WIRE_HEADER + WIRE_DATA_MAX), WIRE_HEADER + WIRE_DATA_MAX);
    assert_int_equal(peek_with("\x13", WIRE_HEADER + WIRE_DATA_MAX + 1), -1);
    assert_int_equal(peek_with("\x13", UINT32_MAX), -1);
}

/* Expected values from an independent FNV-1a of the same bytes. */
static void hierarchy_ids_are_fnv1a(void **state)
{
    (void)state;
    assert_int_equal(wire_hierarchy("", ""), 0x050c5d1f);
    assert_int_equal(wire_hierarchy(MODEL, NAME), 0x761ba17a);
    assert_int_equal(wire_hierarchy("a", "b"), 0x10f3abd2);
    /* The NUL between them keeps these apart. */
    assert_int_not_equal(wire_hierarchy("ab", "c"), wire_hierarchy("a", "bc"));
}

static void names_and_transports(void **state)
{
    (void)state;
    assert_string_equal(wire_name(WIRE_CLAIM), "CLAIM");
    assert_string_equal(wire_name(WIRE_GOODBYE), "GOODBYE");
    assert_string_equal(wire_name(0), "unknown");
    assert_string_equal(wire_transport(WIRE_REFUSE), "UDP");
    assert_string_equal(wire_transport(WIRE_HELLO), "TCP");
    assert_null(wire_transport(6));
}

/* No message but DATA can outgrow WIRE_MAX, and none has room for more than its type names. */
static void the_table_keeps_its_bounds(void **state)
{
    (void)state;
    for (size_t i = 0; i < wire_format_count; i++) {
        size_t most = WIRE_HEADER;
        for (size_t j = 0; j < wire_formats[i].field_count; j++) {
            const struct wire_field *f = &wire_formats[i].fields[j];
            assert_true(f->kind < KIND_COUNT);
            assert_true(f->offset + f->size <= sizeof(struct wire_msg));
            most += f->size;
        }
        assert_true(most <= WIRE_MAX);
        assert_ptr_equal(wire_transport(wire_formats[i].type), wire_formats[i].transport);
    }
}

#define BEGIN_MARK "<!-- begin: fleet-phone --wire-table -->\n"
#define END_MARK   "<!-- end: fleet-phone --wire-table -->\n"

static void the_document_holds_the_table(void **state)
{
    (void)state;
    char *table = NULL;
    size_t table_len = 0;
    FILE *out = open_memstream(&table, &table_len);
    assert_non_null(out);
    wire_print_table(out);
    fclose(out);

    static char document[64 * 1024];
    FILE *file = fopen("emu/WIRE.md", "r");
    assert_non_null(file);
    size_t len = fread(document, 1, sizeof document - 1, file);
    fclose(file);
    document[len] = '\0';

    char *begin = strstr(document, BEGIN_MARK);
    assert_non_null(begin);
    begin += strlen(BEGIN_MARK);
    char *end = strstr(begin, END_MARK);
    assert_non_null(end);
    *end = '\0';
    assert_string_equal(begin, table);
    free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_to_the_byte),
        cmocka_unit_test(fields_of_other_types_are_zero),
        cmocka_unit_test(encoding_needs_all_its_room),
        cmocka_unit_test(data_counts_its_payload),
        cmocka_unit_test(what_the_decoder_refuses_is_not_encoded),
        cmocka_unit_test(each_fault_has_its_words),
        cmocka_unit_test(a_wrong_length_is_refused),
        cmocka_unit_test(unknown_reasons_are_refused),
        cmocka_unit_test(hostile_bytes_are_refused_or_canonical),
        cmocka_unit_test(peek_bounds_the_length),
        cmocka_unit_test(hierarchy_ids_are_fnv1a),
        cmocka_unit_test(names_and_transports),
        cmocka_unit_test(the_table_keeps_its_bounds),
        cmocka_unit_test(the_document_holds_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
