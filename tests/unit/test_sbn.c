/* test_sbn.c - the archive inside a component. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "emu/cursor.h"
#include "emu/sbn.h"

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
        {0x34, NAMES_AT, "archive content begins outside"},
        {0x34, LENGTH + 1, "archive content begins outside"},
        {0x34, UINT32_MAX, "archive content begins outside"},
        {0x34, CONTENT_AT - 1, "archive name without an end"},
        {584 + 16, NAMES_AT - 1, "archive name outside the name table"},
        {604 + 16, CONTENT_AT, "archive name outside the name table"},
        {604 + 16, UINT32_MAX, "archive name outside the name table"},
        {584 + 8, 4, "archive content is not as long as its records say"},
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

static void test_every_truncation_and_one_byte_more(void **state)
{
    (void)state;
    uint8_t bytes[LENGTH + 1] = {0};
    struct sbn sbn;
    build(bytes);
    for (size_t n = 0; n < LENGTH; n++)
        assert_non_null(parse_exact(bytes, n, &sbn));
    assert_non_null(parse_exact(bytes, LENGTH + 1, &sbn));
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
                assert_in_range(sbn.content_bytes, 1, LENGTH);
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
        cmocka_unit_test(test_every_truncation_and_one_byte_more),
        cmocka_unit_test(test_every_byte_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
