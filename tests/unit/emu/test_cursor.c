/* test_cursor.c - bounded reading and building. */
#include "emu/builder.h"
#include "emu/cursor.h"
#include "tests/unit/unit.h"

static void integers_are_big_endian(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 0xf8, 9, 10, 11, 12, 13, 14, 15};
    struct cursor c = cursor(bytes, sizeof bytes);
    assert_int_equal(cursor_u8(&c), 0x01);
    assert_int_equal(cursor_u16(&c), 0x0203);
    assert_int_equal(cursor_u32(&c), 0x04050607);
    assert_int_equal(cursor_u64(&c), 0xf8090a0b0c0d0e0full);
    assert_int_equal(cursor_left(&c), 0);
    assert_false(c.failed);
}

static void a_short_read_fails_for_good(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0xaa, 0xbb, 0xcc};
    struct cursor c = cursor(bytes, sizeof bytes);
    assert_int_equal(cursor_u32(&c), 0);
    assert_true(c.failed);
    assert_int_equal(cursor_left(&c), 0);
    assert_int_equal(cursor_u8(&c), 0);
    assert_null(cursor_bytes(&c, 0));
    assert_null(cursor_cstring(&c));
    assert_true(cursor_sub(&c, 0).failed);
    assert_ptr_equal(c.at, bytes);
}

static void lengths_near_the_end_of_memory_do_not_wrap(void **state)
{
    (void)state;
    static const uint8_t bytes[4];
    struct cursor c = cursor(bytes, sizeof bytes);
    assert_null(cursor_bytes(&c, SIZE_MAX));
    assert_true(c.failed);

    uint8_t room[4];
    struct builder b = builder(room, sizeof room);
    builder_bytes(&b, bytes, SIZE_MAX);
    assert_true(b.failed);
}

static void empty_input_holds_nothing(void **state)
{
    (void)state;
    struct cursor c = cursor(NULL, 0);
    assert_int_equal(cursor_left(&c), 0);
    assert_false(c.failed);
    assert_null(cursor_cstring(&c));
    assert_true(c.failed);
}

static void cstring_needs_its_nul(void **state)
{
    (void)state;
    struct cursor c = cursor("ab\0\0xy", 6);
    assert_string_equal(cursor_cstring(&c), "ab");
    assert_string_equal(cursor_cstring(&c), "");
    assert_int_equal(cursor_left(&c), 2);
    assert_null(cursor_cstring(&c));
    assert_true(c.failed);
}

static bool reads_string(const void *bytes, size_t len, char out[4])
{
    struct cursor c = cursor(bytes, len);
    cursor_string(&c, out, 4);
    return !c.failed;
}

static void string_fits_or_fails(void **state)
{
    (void)state;
    char out[4];
    assert_true(reads_string("\3abc", 4, out));
    assert_string_equal(out, "abc");
    assert_true(reads_string("\0", 1, out));
    assert_string_equal(out, "");

    static const struct {
        const char *bytes;
        size_t len;
    } bad[] = {{"\4abcd", 5}, {"\3ab", 3}, {"\3a\0c", 4}, {"", 0}, {"\377", 1}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        memset(out, 'x', sizeof out);
        assert_false(reads_string(bad[i].bytes, bad[i].len, out));
        assert_string_equal(out, "");
    }
}

static void sub_cannot_see_beyond(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {1, 2, 3};
    struct cursor c = cursor(bytes, sizeof bytes);
    struct cursor sub = cursor_sub(&c, 2);
    assert_int_equal(cursor_u16(&sub), 0x0102);
    assert_int_equal(cursor_u8(&sub), 0);
    assert_true(sub.failed);
    assert_int_equal(cursor_u8(&c), 3);
    assert_true(cursor_sub(&c, 1).failed);
    assert_true(c.failed);
}

static void builds_exact_bytes(void **state)
{
    (void)state;
    uint8_t out[23];
    struct builder b = builder(out, sizeof out);
    builder_u8(&b, 1);
    builder_u16(&b, 0x0203);
    builder_u32(&b, 0x04050607);
    builder_u64(&b, 0x08090a0b0c0d0e0full);
    builder_string(&b, "ab");
    builder_cstring(&b, "cd");
    builder_bytes(&b, "\xff\xfe", 2);
    assert_int_equal(builder_len(&b), sizeof out);
    assert_memory_equal(out,
                        "\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe\xf"
                        "\2"
                        "ab"
                        "cd\0\xff\xfe",
                        sizeof out);
    builder_bytes(&b, NULL, 0);
    assert_false(b.failed);
}

static void building_past_the_end_writes_nothing(void **state)
{
    (void)state;
    uint8_t out[4] = {9, 9, 9, 9};
    struct builder b = builder(out, 3);
    builder_u16(&b, 0);
    builder_u32(&b, 0);
    assert_int_equal(builder_len(&b), 0);
    builder_u8(&b, 1);
    assert_true(b.failed);
    assert_memory_equal(out, "\0\0\x9\x9", 4);
}

static void string_of_256_has_no_length_byte(void **state)
{
    (void)state;
    char text[257];
    uint8_t out[300];
    memset(text, 'x', 256);
    text[256] = '\0';
    struct builder b = builder(out, sizeof out);
    builder_string(&b, text);
    assert_true(b.failed);

    text[255] = '\0';
    b = builder(out, sizeof out);
    builder_string(&b, text);
    assert_int_equal(builder_len(&b), 256);
    assert_int_equal(out[0], 255);
}

static void file_names_are_plain(void **state)
{
    (void)state;
    assert_true(cursor_is_file_name("SCCP41.9-4-2SR3-1S.loads"));
    assert_true(cursor_is_file_name("~ x"));
    static const char *const bad[] = {"",     ".",    "..",    ".x",     "/etc/passwd", "a/b",
                                      "a\nb", "a\tb", "\x7f", "\x80", "caf\xc3\xa9"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(cursor_is_file_name(bad[i]));
    assert_true(cursor_is_text("a/b .c"));
    assert_false(cursor_is_text(""));
    assert_false(cursor_is_text("a\x1b[0m"));
}

static void little_endian_is_the_other_way_round(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x34, 0x12, 0x78, 0x56, 0x34, 0x12, 0, 0, 9};
    uint8_t out[sizeof bytes];
    struct cursor c = cursor(bytes, sizeof bytes);
    assert_int_equal(cursor_le16(&c), 0x1234);
    assert_int_equal(cursor_le32(&c), 0x12345678);
    cursor_bytes(&c, 2);
    assert_int_equal(cursor_le16(&c), 0);
    assert_true(c.failed);

    struct builder b = builder(out, sizeof out);
    builder_le16(&b, 0x1234);
    builder_le32(&b, 0x12345678);
    builder_zeros(&b, 2);
    builder_u8(&b, 9);
    assert_int_equal(builder_len(&b), sizeof bytes);
    assert_memory_equal(out, bytes, sizeof bytes);
    builder_zeros(&b, 1);
    assert_true(b.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_big_endian),
        cmocka_unit_test(little_endian_is_the_other_way_round),
        cmocka_unit_test(a_short_read_fails_for_good),
        cmocka_unit_test(lengths_near_the_end_of_memory_do_not_wrap),
        cmocka_unit_test(empty_input_holds_nothing),
        cmocka_unit_test(cstring_needs_its_nul),
        cmocka_unit_test(string_fits_or_fails),
        cmocka_unit_test(sub_cannot_see_beyond),
        cmocka_unit_test(builds_exact_bytes),
        cmocka_unit_test(building_past_the_end_writes_nothing),
        cmocka_unit_test(string_of_256_has_no_length_byte),
        cmocka_unit_test(file_names_are_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
