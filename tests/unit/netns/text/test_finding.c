/* test_finding.c - the list of findings: each once, its remedy filled in, at any size. */
#include "netns/text/finding.h"
#include "tests/unit/unit.h"

static void each_is_there_once(void **state)
{
    (void)state;
    struct findings f = {0};
    for (int i = 0; i < 2; i++) {
        finding_add(&f, FINDING_UNVERIFIED, "a", "text");
        finding_add(&f, FINDING_UNVERIFIED, "b", "text");
        finding_add(&f, FINDING_UNVERIFIED, "a", "text %d", 2);
        finding_add(&f, FINDING_FILE_CASE, "a", "text");
        finding_add(&f, FINDING_TOO_MANY, "a", "text");
    }
    assert_int_equal(f.count, 5);
    assert_int_equal(f.errors, 2);
    assert_int_equal(f.refusals, 1);
    assert_string_equal(f.items[2].text, "text 2");
    findings_free(&f);
    assert_int_equal(f.count, 0);
}

/* A search through all of them for each would take minutes. */
static void a_hundred_thousand_are_no_burden(void **state)
{
    (void)state;
    struct findings f = {0};
    char place[32];
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 100000; i++) {
            snprintf(place, sizeof place, "root/SEP%012X.cnf.xml", (unsigned)i);
            finding_add(&f, FINDING_FILE_CASE, place, "text");
        }
    assert_int_equal(f.count, 100000);
    assert_int_equal(f.errors, 100000);
    assert_string_equal(f.items[99999].place, "root/SEP00000001869F.cnf.xml");
    findings_free(&f);
}

/* Every word of every remedy is one that can be filled in. */
static void no_remedy_keeps_its_braces(void **state)
{
    (void)state;
    static const struct finding_words words = {"WRONG", "RIGHT", "WHERE"};
    for (int kind = 0; kind < FINDING_COUNT; kind++) {
        struct findings f = {0};
        finding_tell(&f, (enum finding_kind)kind, "PLACE", &words, "text");
        const char *rule = finding_rules[kind].remedy, *remedy = f.items[0].remedy;
        static const char *const names[] = {"wrong", "right", "where", "place"};
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            char braces[16];
            snprintf(braces, sizeof braces, "{%s", names[i]);
            assert_null(strstr(remedy, braces));
            if (strstr(rule, braces))
                assert_non_null(strstr(remedy, i == 0   ? "WRONG"
                                               : i == 1 ? "RIGHT"
                                               : i == 2 ? "WHERE"
                                                        : "PLACE"));
        }
        findings_free(&f);
    }
}

/* A name in a remedy is one word to a shell, whatever it holds. */
static void a_shell_takes_what_is_quoted(void **state)
{
    (void)state;
    static const struct {
        const char *place, *remedy;
    } cases[] = {
        {"/srv/tftp/a-1.sbn", "chmod a+r /srv/tftp/a-1.sbn"},
        {"/srv/my loads/a", "chmod a+r '/srv/my loads/a'"},
        {"it's", "chmod a+r 'it'\\''s'"},
        {"$(rm -rf ~);`x`", "chmod a+r '$(rm -rf ~);`x`'"},
        {"", "chmod a+r ''"},
        {"a\\b", "chmod a+r 'a\\b'"},
        {"two\nlines'\\", "chmod a+r $'two\\x0alines\\'\\\\'"},
        {"no utf-8: \xff", "chmod a+r $'no utf-8: \\xff'"},
        {"\xc3\xbc", "chmod a+r '\xc3\xbc'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct findings f = {0};
        const struct finding_words words = {.right = "a+r", .where = cases[i].place};
        finding_tell(&f, FINDING_FILE_CLOSED, "place", &words, "text");
        assert_string_equal(f.items[0].remedy, cases[i].remedy);
        findings_free(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_there_once),
        cmocka_unit_test(a_hundred_thousand_are_no_burden),
        cmocka_unit_test(no_remedy_keeps_its_braces),
        cmocka_unit_test(a_shell_takes_what_is_quoted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
