/* test_loads.c - the list of a load, on the committed samples and on lists made here. */
#include "emu/core/envelope.h"
#include "emu/core/loads.h"
#include "tests/unit/unit.h"

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

static void test_second_generation_samples(void **state)
{
    (void)state;
    static const struct {
        const char *path, *first, *second;
    } cases[] = {
        {SAMPLES "second/P00308000500.loads", "P00308000500.sbn", "P00308000500.sb2"},
        {SAMPLES "second/P00308010200.loads", "P00308010200.sbn", "P00308010200.sb2"},
        {SAMPLES "second/P0S3-8-12-00.loads", "P003-8-12-00.sbn", "P0S3-8-12-00.sb2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct file f = read_sample(cases[i].path);
        struct envelope env;
        struct loads loads;
        assert_int_equal(f.len, 458);
        assert_null(envelope_parse(f.data, f.len, &env));
        assert_int_equal(env.length, 404);
        assert_null(memchr(f.data + env.length, '\r', f.len - env.length));
        assert_null(loads_parse(f.data, f.len, &loads));
        assert_int_equal(loads.count, 2);
        assert_string_equal(loads.file[0], cases[i].first);
        assert_string_equal(loads.file[1], cases[i].second);
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

#define TOO_LONG "a file name in the list is longer than 63 characters, a limit of the emulator"
#define NAME_62  "a2345678901234567890123456789012345678901234567890123456789012"

/* As all public ones of a 7940 or 7960: 54 bytes, LF alone, no comment, no file on the last. */
static void test_second_generation(void **state)
{
    (void)state;
    static const struct {
        const char *text, *first, *second;
    } cases[] = {
        {"P00309000100.sbn\nP00309000100.sb2\nLA_VERSION=PAS31234\n", "P00309000100.sbn",
         "P00309000100.sb2"},
        {"P003-8-99-00.sbn\nP0S3-8-99-00.sb2\nLA_VERSION=PAS31230\n", "P003-8-99-00.sbn",
         "P0S3-8-99-00.sb2"},
        {"P003-8-99-00.sbn \nP0S3-8-99-00.sb2\n\nX1_=\nLA_VERSION=a b=c  \n", "P003-8-99-00.sbn",
         "P0S3-8-99-00.sb2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct loads loads;
        assert_null(parse_text(cases[i].text, strlen(cases[i].text), &loads));
        assert_int_equal(loads.count, 2);
        assert_string_equal(loads.file[0], cases[i].first);
        assert_string_equal(loads.file[1], cases[i].second);
    }
}

/* Wherever such a list is cut, it is noticed. */
static void test_every_truncation_of_a_list_with_lf(void **state)
{
    (void)state;
    static const char text[] = "P003-8-99-00.sbn\nP0S3-8-99-00.sb2\nLA_VERSION=PAS31230\n";
    for (size_t len = 0; len < sizeof text - 1; len++) {
        struct loads loads;
        if (!parse_text(text, len, &loads))
            fail_msg("cut to %zu bytes it was accepted", len);
    }
}

static void test_a_setting_is_no_file_in_either_form(void **state)
{
    (void)state;
    static const char text[] = "LA_VERSION=1\r\njar41.sbn\r\nla_version=2\r\nLA_VERSION=3\r\n";
    struct loads loads;
    assert_null(parse_text(text, sizeof text - 1, &loads));
    assert_int_equal(loads.count, 2);
    assert_string_equal(loads.file[0], "jar41.sbn");
    assert_string_equal(loads.file[1], "la_version=2"); /* a name as good as any other */
}

static void test_refusals(void **state)
{
    (void)state;
    static const char cut[] = "the last line of the list has no end (cut short?)";
    static const char mixed[] = "lines of the list end in CRLF, others in LF alone";
    static const char unended[] =
        "lines of the list end in LF alone, but it has no KEY=VALUE at its end (cut short?)";
#define TEXT(s) s, sizeof s - 1
    static const struct {
        const char *text;
        size_t len;
        const char *wrong;
    } cases[] = {
        {TEXT(""), "the list names no file"},
        {TEXT("# only\r\n\r\n"), "the list names no file"},
        {TEXT("jar.sbn"), cut},
        {TEXT("jar.sbn\r"), cut},
        {TEXT("jar.sbn\r\ncnu.s"), cut},
        {TEXT("jar.sbn\r\ncnu.sbn\r"), cut},
        {TEXT("jar.sbn\nLA_VERSION=1"), cut},
        {TEXT("jar.sbn\n"), unended},
        {TEXT("\n"), "the list names no file"},
        {TEXT("LA_VERSION=1\n"), "the list names no file"},
        {TEXT("jar.sbn\nLA_VERSION\n"), unended},
        {TEXT("jar.sbn\n=1\n"), unended},
        {TEXT("jar.sbn\nla_version=1\n"), unended},
        {TEXT("LA_VERSION=1\njar.sbn\n"), unended},
        {TEXT("# a list without its CRs\n\njar.sbn\ncnu.sbn\n"), unended},
        {TEXT("jar.sbn\r\nLA_VERSION=1\n"), mixed},
        {TEXT("jar.sbn\r\ncnu.sbn\nLA_VERSION=1\n"), mixed},
        {TEXT("jar.sbn\nLA_VERSION=1\r\n"), mixed},
        {TEXT("a/b\r\n"), "file name in the list holds a character that no file name has"},
        {TEXT("a\tb\r\n"), "file name in the list holds a character that no file name has"},
        {TEXT("a\0b\r\n"), "file name in the list holds a character that no file name has"},
        {TEXT("a\xe9\r\n"), "file name in the list holds a character that no file name has"},
        {TEXT("a\r\r\n"), "file name in the list holds a character that no file name has"},
        {TEXT("../jar.sbn\r\n"), "file name in the list begins with a dot"},
        {TEXT("..\r\n"), "file name in the list begins with a dot"},
        {TEXT(NAME_62 "34\r\n"), TOO_LONG},
        {TEXT("a\r\nb\r\na \r\n"), "the list names a file twice"},
        {TEXT("1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n8\r\n9\r\n"),
         "the list names more than 8 files, a limit of the emulator"},
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
         "the last line of the list has no end (cut short?)"},
        {SAMPLES "bad/SCCP41.path-in-list.loads", "file name in the list begins with a dot"},
        {SAMPLES "bad/SCCP41.twice-in-list.loads", "the list names a file twice"},
        {SAMPLES "bad/SCCP41.long-name-list.loads", TOO_LONG},
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
        cmocka_unit_test(test_second_generation_samples),
        cmocka_unit_test(test_comments_spaces_and_empty_lines),
        cmocka_unit_test(test_second_generation),
        cmocka_unit_test(test_every_truncation_of_a_list_with_lf),
        cmocka_unit_test(test_a_setting_is_no_file_in_either_form),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_most_and_longest),
        cmocka_unit_test(test_an_envelope_is_needed),
        cmocka_unit_test(test_samples_to_be_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
