/* test_cnf_broken.c - configuration files that are broken, or mean harm. */
#include "tests/unit/emu/core/cnf_bench.h"

static void any_truncation_is_refused(void **state)
{
    (void)state;
    size_t whole = (size_t)(strstr(sep_file, "</device>") - sep_file) + strlen("</device>");
    for (size_t len = 0; len < whole; len++) {
        struct cnf cnf;
        assert_int_equal(parse_pieces(sep_file, len, 512, TYPE, &cnf), -EINVAL);
        assert_non_null(strstr(cnf_error(parser), "line "));
    }
}

static void broken_files_name_the_place(void **state)
{
    (void)state;
    refused("", "line 1, column 1: no element found");
    refused("<device>\n<a>\n  <b></a>\n</device>", "line 3, column 8: mismatched tag");
    refused("<device>\n", "line 2, column 1: no element found");
    refused("<device></device>\n<device></device>",
            "line 2, column 1: junk after document element");
    refused("File not found", "line 1, column 1: syntax error");
    refused("<device>&nbsp;</device>", "line 1, column 9: undefined entity");
    refused("<device a='1' a='2'/>", "line 1, column 15: duplicate attribute");
    refused("<device>\xff</device>", "line 1, column 9: not well-formed (invalid token)");
    refused("<?xml version='1.0' encoding='KOI-8'?><device/>",
            "line 1, column 31: unknown encoding");
}

static void other_roots_are_refused(void **state)
{
    (void)state;
    static const char why[] = "line 1, column 1: root element is neither <device> nor <Default>";
    refused("<html><body/></html>", why);
    refused("<Device/>", why);
    refused("<default><loadInformation30018>x</loadInformation30018></default>", why);
}

static void a_nul_is_no_text(void **state)
{
    (void)state;
    static const char text[] = "<device><loadInformation>a\0b</loadInformation></device>";
    struct cnf cnf;
    assert_int_equal(parse_pieces(text, sizeof text - 1, 512, TYPE, &cnf), -EINVAL);
}

static void entity_bombs_are_refused(void **state)
{
    (void)state;
    refused("<!DOCTYPE device [\n<!ENTITY a \"ha\">\n<!ENTITY b \"&a;&a;&a;&a;&a;&a;\">\n"
            "<!ENTITY c \"&b;&b;&b;&b;&b;&b;\">]>\n<device>&c;</device>",
            "line 2, column 12: entity declarations are refused");
    refused("<!DOCTYPE device [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
            "<device><loadInformation>&x;</loadInformation></device>",
            "line 1, column 57: entity declarations are refused");
    refused("<!DOCTYPE device [<!ENTITY % p \"<!ELEMENT device ANY>\"> %p;]><device/>",
            "line 1, column 32: entity declarations are refused");
}

/* depth elements, one in the other, around a load that must not count. */
static int nested(size_t depth, size_t name_len)
{
    size_t size = depth * (2 * name_len + 8) + 200, len = 0;
    char *text = malloc(size);
    char name[300];
    memset(name, 'n', name_len);
    name[name_len] = '\0';
    len += (size_t)sprintf(text + len, "<device>");
    for (size_t i = 1; i < depth; i++)
        len += (size_t)sprintf(text + len, "<%s>", name);
    len += (size_t)sprintf(text + len, "<!-- innermost -->");
    for (size_t i = 1; i < depth; i++)
        len += (size_t)sprintf(text + len, "</%s>", name);
    len += (size_t)sprintf(text + len, "<loadInformation>" LOAD "</loadInformation></device>");

    struct cnf cnf;
    int error = parse_pieces(text, len, 512, TYPE, &cnf);
    if (!error)
        assert_string_equal(cnf.load, LOAD);
    free(text);
    return error;
}

static void depth_is_bounded(void **state)
{
    (void)state;
    assert_int_equal(nested(60, 1), 0);
    assert_int_equal(nested(64, 200), 0);
    assert_int_equal(nested(65, 1), -EINVAL);
    assert_string_equal(cnf_error(parser), "line 1, column 198: elements nested too deeply");
    assert_int_equal(nested(20000, 10), -EINVAL);
}

static void size_is_bounded(void **state)
{
    (void)state;
    static const char head[] = "<device><!--";
    char block[512];
    memset(block, 'x', sizeof block);
    cnf_close(parser);
    parser = cnf_open(NULL);
    assert_int_equal(cnf_feed(parser, head, strlen(head)), 0);
    size_t blocks = 0;
    while (cnf_feed(parser, block, sizeof block) == 0)
        blocks++;
    assert_int_equal(blocks, CNF_MAX / sizeof block - 1);
    assert_non_null(strstr(cnf_error(parser), "the file has more than 1024 KiB, a limit of the emulator"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_truncation_is_refused),
        cmocka_unit_test(broken_files_name_the_place),
        cmocka_unit_test(other_roots_are_refused),
        cmocka_unit_test(a_nul_is_no_text),
        cmocka_unit_test(entity_bombs_are_refused),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(size_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, close_last);
}
