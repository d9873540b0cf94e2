/* test_loads.c - the list of a load, on the committed samples and on lists made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/envelope.h"
#include "emu/loads.h"

#define SAMPLES "firmware-samples/"

struct file {
    uint8_t data[8192];
    size_t len;
};

static struct file read_sample(const char *path)
{
    struct file f;
    FILE *in = fopen(path, "rb");
    if (!in)
        fail_msg("cannot open %s: run the tests from the project's top", path);
    f.len = fread(f.data, 1, sizeof f.data, in);
    fclose(in);
    assert_in_range(f.len, 1, sizeof f.data - 1);
    return f;
}

/* Parses list text behind a sample's envelope, in memory of exactly that size. */
static const char *parse_text(const char *text, size_t len, struct loads *loads)
{
    struct file f = read_sample(SAMPLES "small/SCCP41.9-4-2SR3-1S.loads");
    struct envelope env;
    assert_null(envelope_parse(f.data, f.len, &env));
    uint8_t *bytes = malloc(env.length + len);
    assert_non_null(bytes);
    memcpy(bytes, f.data, env.length);
    memcpy(bytes + env.length, text, len);
    const char *wrong = loads_parse(bytes, env.length + len, loads);
    free(bytes);
    return wrong;
}

static void test_samples_have_the_published_sizes_and_names(void **state)
{
    (void)state;
    static const struct {
        const char *path, *series, *label;
        size_t bytes;
    } cases[] = {
        {SAMPLES "small/SCCP41.9-4-2SR1-1S.loads", "41", "9-4-2ES9", 646},
        {SAMPLES "small/SCCP41.9-4-2SR3-1S.loads", "41", "9-4-2ES26", 652},
        {SAMPLES "small/SCCP70.9-4-2SR1-1S.loads", "70", "9-4-2ES9", 646},
        {SAMPLES "small/SCCP70.9-4-2SR3-1S.loads", "70", "9-4-2ES26", 652},
    };
    static const struct {
        const char *head, *tail;
    } files[] = {{"jar", "sccp"}, {"cnu", ""}, {"apps", ""}, {"dsp", ""}, {"cvm", "sccp"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct file f = read_sample(cases[i].path);
        struct loads loads;
        assert_int_equal(f.len, cases[i].bytes);
        assert_null(loads_parse(f.data, f.len, &loads));
        assert_int_equal(loads.count, 5);
        for (size_t j = 0; j < loads.count; j++) {
            char name[NAME_MAX_LEN];
            snprintf(name, sizeof name, "%s%s%s.%s.sbn", files[j].head, cases[i].series,
                     files[j].tail, cases[i].label);
            assert_string_equal(loads.file[j], name);
        }
    }
}

static void test_comments_spaces_and_empty_lines(void **state)
{
    (void)state;
    static const char text[] = "# a comment\r\n#HARDWARE_COMP_1 1\r\n\r\n"
                               "jar41.sbn  \r\n   \r\ncnu41.sbn\r\n\r\n# end\r\n";
    struct loads loads;
    assert_null(parse_text(text, sizeof text - 1, &loads));
    assert_int_equal(loads.count, 2);
    assert_string_equal(loads.file[0], "jar41.sbn");
    assert_string_equal(loads.file[1], "cnu41.sbn");
}

#define NAME_62 "a2345678901234567890123456789012345678901234567890123456789012"

static void test_refusals(void **state)
{
    (void)state;
#define TEXT(s) s, sizeof s - 1
    static const struct {
        const char *text;
        size_t len;
        const char *wrong;
    } cases[] = {
        {TEXT(""), "the list names no file"},
        {TEXT("# only\r\n\r\n"), "the list names no file"},
        {TEXT("jar.sbn"), "a line of the list does not end in CRLF (cut short?)"},
        {TEXT("jar.sbn\r"), "a line of the list does not end in CRLF (cut short?)"},
        {TEXT("jar.sbn\n"), "a line of the list does not end in CRLF (cut short?)"},
        {TEXT("\n"), "a line of the list does not end in CRLF (cut short?)"},
        {TEXT("jar.sbn\r\ncnu.s"), "a line of the list does not end in CRLF (cut short?)"},
        {TEXT("a/b\r\n"), "file name in the list holds a character that no file name has"},
        {TEXT("a\tb\r\n"), "file name in the list holds a character that no file name has"},
        {TEXT("a\0b\r\n"), "file name in the list holds a character that no file name has"},
        {TEXT("a\xe9\r\n"), "file name in the list holds a character that no file name has"},
        {TEXT("a\r\r\n"), "file name in the list holds a character that no file name has"},
        {TEXT("../jar.sbn\r\n"), "file name in the list begins with a dot"},
        {TEXT("..\r\n"), "file name in the list begins with a dot"},
        {TEXT(NAME_62 "34\r\n"), "file name in the list is too long"},
        {TEXT("a\r\nb\r\na \r\n"), "the list names a file twice"},
        {TEXT("1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n8\r\n9\r\n"), "the list names too many files"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct loads loads;
        const char *wrong = parse_text(cases[i].text, cases[i].len, &loads);
        if (!wrong)
            fail_msg("case %zu was accepted", i);
        assert_string_equal(wrong, cases[i].wrong);
    }
}

static void test_most_and_longest(void **state)
{
    (void)state;
    static const char text[] = "1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n" NAME_62 "3\r\n";
    struct loads loads;
    assert_null(parse_text(text, sizeof text - 1, &loads));
    assert_int_equal(loads.count, SCREEN_BOXES);
    assert_string_equal(loads.file[7], NAME_62 "3");
}

static void test_an_envelope_is_needed(void **state)
{
    (void)state;
    static const char text[] = "jar41.sbn\r\n";
    struct loads loads;
    const char *wrong = loads_parse((const uint8_t *)text, sizeof text - 1, &loads);
    assert_non_null(wrong);
    assert_string_equal(wrong, "does not begin with a signed envelope");
}

static void test_samples_to_be_refused(void **state)
{
    (void)state;
    static const struct {
        const char *path, *wrong;
    } cases[] = {
        {SAMPLES "bad/SCCP41.truncated-list.loads",
         "a line of the list does not end in CRLF (cut short?)"},
        {SAMPLES "bad/SCCP41.path-in-list.loads", "file name in the list begins with a dot"},
        {SAMPLES "bad/SCCP41.twice-in-list.loads", "the list names a file twice"},
        {SAMPLES "bad/SCCP41.long-name-list.loads", "file name in the list is too long"},
        {SAMPLES "bad/SCCP41.empty-list.loads", "the list names no file"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct file f = read_sample(cases[i].path);
        struct loads loads;
        const char *wrong = loads_parse(f.data, f.len, &loads);
        if (!wrong)
            fail_msg("%s was accepted", cases[i].path);
        assert_string_equal(wrong, cases[i].wrong);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples_have_the_published_sizes_and_names),
        cmocka_unit_test(test_comments_spaces_and_empty_lines),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_most_and_longest),
        cmocka_unit_test(test_an_envelope_is_needed),
        cmocka_unit_test(test_samples_to_be_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
