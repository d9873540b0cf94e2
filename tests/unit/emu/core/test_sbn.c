/* test_sbn.c - the archive inside a component. */
#include "emu/builder.h"
#include "emu/core/sbn.h"
#include "tests/unit/unit.h"

/* Two files of 5 and 7 bytes; names "a" and "bc" at 624 and 626; contents from 629 to 641. */
#define NAMES_AT   624u
#define CONTENT_AT 629u
#define LENGTH     641u

static void build(uint8_t out[LENGTH])
{
    struct builder b = builder(out, LENGTH);
    memset(out, 0, LENGTH);
    builder_bytes(&b, "CNU_File_Archive_3.0", 20);
    b.at = out + 0x30;
    builder_u32(&b, 2);
    builder_u32(&b, CONTENT_AT);
    builder_bytes(&b, "CNU_File_Archive_3.0", 20);
    b.at = out + 584;
    const uint32_t records[] = {1, 0, 5, 1000, NAMES_AT, 2, 0, 7, 1000, NAMES_AT + 2};
    for (size_t i = 0; i < sizeof records / sizeof *records; i++)
        builder_u32(&b, records[i]);
    builder_bytes(&b, "a\0bc\0hellosevens!", 17);
    assert_int_equal(builder_len(&b), LENGTH);
}

static const char *parse_exact(const uint8_t *data, size_t len, struct sbn *sbn)
{
    uint8_t *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, data, len);
    const char *wrong = sbn_parse(copy, len, sbn);
    free(copy);
    return wrong;
}

static void test_good(void **state)
{
    (void)state;
    uint8_t bytes[LENGTH];
    struct sbn sbn;
    build(bytes);
    assert_null(parse_exact(bytes, LENGTH, &sbn));
    assert_int_equal(sbn.count, 2);
    assert_int_equal(sbn.content_bytes, 12);
}

static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint32_t value;
        const char *wrong;
    } cases[] = {
        {0, 0, "not an archive of the form CNU_File_Archive_3.0"},
        {0x38, 0, "not an archive of the form CNU_File_Archive_3.0"},
        {0x30, 0, "archive without files"},
        {0x30, 3, "archive shorter than its records"},
        {0x30, 1000, "archive shorter than its records"},
        {0x30, UINT32_MAX, "archive shorter than its records"},
        {0x34, 0, "archive content begins outside"},
        {0x34, NAMES_AT - 1, "archive content begins outside"},
        {0x34, NAMES_AT, "archive name outside the name table"}, /* an empty table */
        {0x34, LENGTH + 1, "archive content begins outside"},
        {0x34, UINT32_MAX, "archive content begins outside"},
        {0x34, CONTENT_AT - 1, "archive name without an end"},
        {584 + 16, NAMES_AT - 1, "archive name outside the name table"},
        {604 + 16, CONTENT_AT, "archive name outside the name table"},
        {604 + 16, UINT32_MAX, "archive name outside the name table"},
        {584 + 16, 0, "archive name outside the name table"}, /* of types 1 and 2 */
        {604 + 16, 0, "archive name outside the name table"},
        {584 + 8, 1, "archive content is not as long as its records say"}, /* 4 bytes over */
        {584 + 8, 0, "archive content is not as long as its records say"},
        {584 + 8, 6, "archive content is not as long as its records say"},
        /* 7 + this would be 12 again in 32 bits plus 2^32. */
        {604 + 8, UINT32_MAX - 4, "archive content is not as long as its records say"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t bytes[LENGTH];
        struct sbn sbn;
        build(bytes);
        struct builder b = builder(bytes + cases[i].at, 4);
        builder_u32(&b, cases[i].value);
        const char *wrong = parse_exact(bytes, LENGTH, &sbn);
        if (!wrong)
            fail_msg("case %zu was accepted", i);
        assert_string_equal(wrong, cases[i].wrong);
    }
}

static void test_sizes_that_wrap(void **state)
{
    (void)state;
    uint8_t bytes[LENGTH];
    struct sbn sbn;
    build(bytes);
    struct builder b = builder(bytes + 584 + 8, 4), c = builder(bytes + 604 + 8, 4);
    builder_u32(&b, 0x80000006); /* together 12 modulo 2^32 */
    builder_u32(&c, 0x80000006);
    const char *wrong = parse_exact(bytes, LENGTH, &sbn);
    assert_non_null(wrong);
    assert_string_equal(wrong, "archive content is not as long as its records say");
}

static void put_u32(uint8_t *at, uint32_t value)
{
    struct builder b = builder(at, 4);
    builder_u32(&b, value);
}

/* Type and name offset of one record in place of its own. */
static const char *parse_record(unsigned record, uint32_t type, uint32_t name, struct sbn *sbn)
{
    uint8_t bytes[LENGTH];
    build(bytes);
    put_u32(bytes + SBN_HEADER + record * SBN_RECORD, type);
    put_u32(bytes + SBN_HEADER + record * SBN_RECORD + 16, name);
    return parse_exact(bytes, LENGTH, sbn);
}

static void test_a_raw_image_has_no_name(void **state)
{
    (void)state;
    struct sbn sbn;
    for (unsigned record = 0; record < 2; record++) {
        assert_null(parse_record(record, 6, 0, &sbn));
        assert_int_equal(sbn.count, 2);
        assert_int_equal(sbn.nameless, 1);
        assert_int_equal(sbn.content_bytes, 12);
    }
    assert_null(parse_record(0, 6, NAMES_AT, &sbn)); /* one that has a name keeps it */
    assert_int_equal(sbn.nameless, 0);
}

static void test_no_other_record_is_nameless(void **state)
{
    (void)state;
    static const struct {
        uint32_t type, name;
    } cases[] = {{0, 0},          {1, 0},          {5, 0},
                 {7, 0},          {0x06000000, 0}, {UINT32_MAX, 0},
                 {6, 1},          {6, 20},         {6, NAMES_AT - 1},
                 {6, CONTENT_AT}, {6, UINT32_MAX}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sbn sbn;
        const char *wrong = parse_record(0, cases[i].type, cases[i].name, &sbn);
        if (!wrong)
            fail_msg("case %zu was accepted", i);
        assert_string_equal(wrong, "archive name outside the name table");
    }
}

/* Nothing but raw images: no name, and so no table of names. */
static void test_an_archive_without_names(void **state)
{
    (void)state;
    uint8_t bytes[LENGTH];
    struct sbn sbn;
    build(bytes);
    memset(bytes + NAMES_AT, 0xff, 12); /* no NUL anywhere near */
    put_u32(bytes + 0x34, NAMES_AT);
    for (size_t at = SBN_HEADER; at < NAMES_AT; at += SBN_RECORD) {
        put_u32(bytes + at, 6);
        put_u32(bytes + at + 16, 0);
    }
    assert_null(parse_exact(bytes, NAMES_AT + 12, &sbn));
    assert_int_equal(sbn.nameless, 2);
    assert_non_null(parse_exact(bytes, NAMES_AT + 11, &sbn));
}

static void test_padding_of_up_to_three_bytes(void **state)
{
    (void)state;
    uint8_t bytes[LENGTH + 5];
    struct sbn sbn;
    memset(bytes, 0xa5, sizeof bytes); /* whatever it holds */
    build(bytes);
    for (size_t padding = 0; padding <= 3; padding++) {
        assert_null(parse_exact(bytes, LENGTH + padding, &sbn));
        assert_int_equal(sbn.padding, padding);
        assert_int_equal(sbn.content_bytes, 12);
    }
    for (size_t padding = 4; padding <= 5; padding++)
        assert_string_equal(parse_exact(bytes, LENGTH + padding, &sbn),
                            "archive content is not as long as its records say");
}

static void test_every_truncation(void **state)
{
    (void)state;
    uint8_t bytes[LENGTH];
    struct sbn sbn;
    build(bytes);
    for (size_t n = 0; n < LENGTH; n++)
        assert_non_null(parse_exact(bytes, n, &sbn));
}

static void test_every_byte_changed(void **state)
{
    (void)state;
    uint8_t bytes[LENGTH];
    build(bytes);
    for (size_t i = 0; i < LENGTH; i++) {
        uint8_t old = bytes[i];
        for (unsigned v = 0; v < 256; v++) {
            struct sbn sbn;
            bytes[i] = (uint8_t)v;
            if (!parse_exact(bytes, LENGTH, &sbn))
                assert_in_range(sbn.content_bytes + sbn.padding, 12, LENGTH);
        }
        bytes[i] = old;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_sizes_that_wrap),
        cmocka_unit_test(test_a_raw_image_has_no_name),
        cmocka_unit_test(test_no_other_record_is_nameless),
        cmocka_unit_test(test_an_archive_without_names),
        cmocka_unit_test(test_padding_of_up_to_three_bytes),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_every_byte_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
