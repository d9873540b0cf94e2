/* test_report.c - report.html: well-formed, escaped, and with the pictures it promises. */
#include "netns/judge/judge.h"
#include "netns/report/junit.h"
#include "netns/report/report.h"
#include "netns/report/scene.h"
#include "netns/text/outfile.h"
#include "tests/unit/netns/fleet8.h"

#include <expat.h>

static char *written(outfile_body *body, const struct run_set *set)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(body(out, set), 0);
    fclose(out);
    return text;
}

static void check_well_formed(const char *text)
{
    XML_Parser parser = XML_ParserCreate(NULL);
    enum XML_Status status = XML_Parse(parser, text, (int)strlen(text), 1);
    if (status != XML_STATUS_OK)
        print_error("line %lu: %s\n", XML_GetCurrentLineNumber(parser),
                    XML_ErrorString(XML_GetErrorCode(parser)));
    XML_ParserFree(parser);
    assert_int_equal(status, XML_STATUS_OK);
}

static unsigned count(const char *text, const char *what)
{
    unsigned n = 0;
    for (; (text = strstr(text, what)); text++)
        n++;
    return n;
}

static void page_of_one_run(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    f.facts.clock.ran_ns = 6000000000;
    f.facts.clock.held_ns[CLOCK_HELD_BY_WAN] = 2000000000;
    strcpy(f.status[3].status_text, "</td><script>\x02\xc3(");
    strcpy(f.status[4].status_text, "TFTP error");
    strcpy(f.status[4].status_server, "error 9 \"</td><script>\x01\xe2\"");
    struct results *r = fleet8_results(&f);
    char *page = written(report_body, &(struct run_set){{r}, 1});
    check_well_formed(page);
    assert_non_null(strstr(page, "TFTP error, server: error 9 &quot;&lt;/td&gt;&lt;script&gt;"));
    assert_non_null(strstr(page, "<h1>fleet &lt;8&gt; &amp; &quot;co&quot;</h1>"));
    assert_non_null(strstr(page, "<p class=\"verdict bad\">Not passed (failed)</p>"));
    assert_non_null(strstr(page, "<p class=\"note\">pfs: the clock waited 2.0 s of 6.0 s: 2.0 s for "
                                 "the WAN</p>"));
    assert_null(strstr(page, "<script"));
    assert_null(strstr(page, "http://cdn"));
    assert_int_equal(count(page, "<svg class=\"tree\""), 3);
    assert_int_equal(count(page, "<circle "), 8 + 7 + 1);
    assert_int_equal(count(page, "<circle class=\"root\""), 3);
    assert_int_equal(count(page, "<svg class=\"screen\""), 4);
    assert_int_equal(count(page, "<path class=\"line run0\""), 1);
    assert_non_null(strstr(page, "prefers-color-scheme:dark"));
    assert_non_null(strstr(page, "<title>pfs: 8 phones</title>"));
    free(page);
    results_free(r);
    fleet8_free(&f);
}

static void page_of_two_runs(void **state)
{
    (void)state;
    struct fleet8 f, t;
    fleet8_make(&f, FLEET8_PHONES);
    fleet8_make(&t, FLEET8_PHONES);
    t.fleet.mode = MODE_TRADITIONAL;
    struct results *pfs = fleet8_results(&f), *traditional = fleet8_results(&t);
    char *page = written(report_body, &(struct run_set){{traditional, pfs}, 2});
    check_well_formed(page);
    assert_int_equal(count(page, "<path class=\"line "), 2);
    assert_int_equal(count(page, "<svg class=\"timeline\""), 1);
    assert_int_equal(count(page, "<svg class=\"screen\""), 8);
    assert_non_null(strstr(page, "traditional / pfs"));
    free(page);
    char *junit = written(junit_body, &(struct run_set){{traditional, pfs}, 2});
    check_well_formed(junit);
    assert_int_equal(count(junit, "<testsuite "), 2);
    assert_int_equal(count(junit, "<testcase "), 2 * (8 + 6));
    free(junit);
    results_free(pfs);
    results_free(traditional);
    fleet8_free(&f);
    fleet8_free(&t);
}

static void page_of_a_run_that_came_to_nothing(void **state)
{
    (void)state;
    char dir[] = "/tmp/report.XXXXXX", log[64], events[64];
    struct fleet8 f;
    assert_non_null(mkdtemp(dir));
    snprintf(log, sizeof log, "%s/tftp.log", dir);
    snprintf(events, sizeof events, "%s/events.jsonl", dir);
    fclose(fopen(log, "w"));
    fclose(fopen(events, "w"));
    fleet8_make(&f, 1);
    f.status[0] = (struct phone_status){.state = PHONE_OFF};
    f.facts.emulated_us = 0;
    struct results *r = judge_run(&f.plan, &f.facts, dir);
    char *page = written(report_body, &(struct run_set){{r}, 1});
    check_well_formed(page);
    assert_non_null(strstr(page, "pfs: no screen was reported."));
    assert_null(strstr(page, "nan"));
    assert_null(strstr(page, "inf"));
    free(page);
    results_free(r);
    unlink(log);
    unlink(events);
    rmdir(dir);
    fleet8_free(&f);
}

/* The jar's tree is smaller than that of the .loads, whose screens were not reported. */
static void scene_is_the_top_of_the_largest_tree(void **state)
{
    (void)state;
    static const uint32_t top[] = {0, 1, 2, 3};
    struct fleet8 f;
    struct scene scene;
    struct scene_screen seen[SCENE_PHONES];
    uint64_t at_us;
    fleet8_make(&f, FLEET8_PHONES);
    struct results *r = fleet8_results(&f);
    scene_choose(&(struct run_set){{r}, 1}, &scene);
    assert_string_equal(scene.file, FLEET8_LOADS);
    assert_int_equal(scene.count, 4);
    assert_memory_equal(scene.phone, top, sizeof top);
    scene.file = FLEET8_JAR;
    assert_true(scene_look(r, &scene, seen, &at_us));
    assert_int_equal(at_us, 21300000); /* of 12, 21.3 and 23.8 s: the middle one */
    assert_int_equal(seen[0].percent, 100);
    assert_int_equal(seen[0].box, BOX_WRITE);
    assert_int_equal(seen[1].percent, 100);
    assert_int_equal(seen[2].percent, 50);
    assert_int_equal(seen[2].kb, 1);
    assert_int_equal(seen[3].box, BOX_NETWK);
    assert_int_equal(seen[3].icon, 1);
    results_free(r);
    fleet8_free(&f);
}

static void check_escaped(const char *text, const char *wanted)
{
    char *got = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&got, &size);
    outfile_escaped(out, text);
    fclose(out);
    assert_string_equal(got, wanted);
    free(got);
}

static void text_is_safe_for_markup(void **state)
{
    (void)state;
    check_escaped("", "");
    check_escaped("<a href='x'>&\"", "&lt;a href=&#39;x&#39;&gt;&amp;&quot;");
    check_escaped("caf\xc3\xa9 \xf0\x9f\x93\x9e", "caf\xc3\xa9 \xf0\x9f\x93\x9e");
    check_escaped("\x01\t\x7f", "\\x01\t\\x7f");
    check_escaped("\xc0\xaf", "\\xc0\\xaf");                /* overlong */
    check_escaped("\xed\xa0\x80", "\\xed\\xa0\\x80");       /* surrogate */
    check_escaped("\xef\xbf\xbf", "\\xef\\xbf\\xbf");       /* no character */
    check_escaped("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
    check_escaped("\xe2\x82", "\\xe2\\x82");                /* cut short */
}

static void units_for_people(void **state)
{
    (void)state;
    char out[FIGURE_TEXT];
    assert_string_equal(units_show_bytes(0, out), "0 B");
    assert_string_equal(units_show_bytes(1023, out), "1023 B");
    assert_string_equal(units_show_bytes(1024, out), "1.0 KiB");
    assert_string_equal(units_show_bytes(1048575, out), "1.0 MiB");
    assert_string_equal(units_show_seconds(59.94, out), "59.9 s");
    assert_string_equal(units_show_seconds(59.96, out), "1 min 00 s");
    assert_string_equal(units_show_seconds(93.2, out), "1 min 33 s");
    assert_string_equal(units_show_seconds(3599.6, out), "1 h 00 min");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_of_one_run),
        cmocka_unit_test(page_of_two_runs),
        cmocka_unit_test(page_of_a_run_that_came_to_nothing),
        cmocka_unit_test(scene_is_the_top_of_the_largest_tree),
        cmocka_unit_test(text_is_safe_for_markup),
        cmocka_unit_test(units_for_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
