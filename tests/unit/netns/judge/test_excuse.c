/* test_excuse.c - what is expected to go wrong: excused where a wish has it so, and only there. */
#include "netns/judge/figures.h"
#include "netns/report/junit.h"
#include "tests/unit/netns/judge/judge_bench.h"

#define AT_STATUS "; see status_text under per_phone in summary.json"

static void give_up(struct phone_status *s, const char *text, const char *file)
{
    s->state = PHONE_FAILED;
    s->upgraded = 0;
    strcpy(s->status_text, text);
    strcpy(s->status_file, file);
}

static void failures_as_expected(void **state)
{
    static const struct row rows[] = {
        {"failed", "{text: Auth Fail, file: \"jar*\", phones: 1..2}", true,
         "2 of 2 phones failed with \"Auth Fail\" over jar*, expected all 2" AT_STATUS},
        {"failed", "{text: \"*Fail\", count: \">1\"}", true,
         "2 of 8 phones failed with \"*Fail\", expected >1" AT_STATUS},
        {"failed", "{text: File not found, count: 2}", false,
         "0 of 8 phones failed with \"File not found\", expected 2" AT_STATUS},
        {"failed", "0", false, "2 of 8 phones failed, expected 0: " P(0) ", " P(1) AT_STATUS},
        {"failed", "3", false, "2 of 8 phones failed, expected 3: " P(0) ", " P(1) AT_STATUS},
    };
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    give_up(&f.status[0], "Auth Fail", FLEET8_JAR);
    give_up(&f.status[1], "Auth Fail", FLEET8_JAR);
    CHECK_ROWS(&f, rows);
    struct results *r = judged(&f, "failed: {phone: 1}");
    check(r, "phones", false,
          P(1) ": Auth Fail: " FLEET8_JAR " (logs/" P(1) ".log); 1 failed as expected");
    results_free(r);
    r = judged(&f, "failed: {phones: 1..2, text: File not found}"); /* no excuse for other words */
    assert_false(find(r, "phones")->passed);
    results_free(r);
    r = judged(&f, "failed: 0"); /* none */
    assert_false(find(r, "phones")->passed);
    results_free(r);
    r = judged(&f, "failed: {phones: 1..2}");
    check(r, "phones", true, "no other phone failed; 2 failed as expected");
    assert_true(r->passed);
    results_free(r);
    fleet8_free(&f);
}

/* Without an end: excused by a wish that only a phone which reboots again and again can meet, or by
 * one that expects the failure that it told of before; the witness of both are its events. */
static void phones_that_never_rest(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    f.status[2].state = PHONE_BOOT;
    f.status[2].upgraded = 0;
    struct results *r = judged(&f, "reboots: {phone: 3, count: \">=2\"}");
    check(r, "finished", true, "all 7 phones came to an end; 1 not, as expected");
    check(r, "reboots", false,
          P(2) ": 1 reboots, expected >=2; see the boot lines of events.jsonl");
    results_free(r);
    r = judged(&f, "reboots: {phones: all, count: <=1}"); /* every upgrade has one */
    check(r, "finished", false,
          "not at an end: " P(2) " (boot: waits for the network); see logs/");
    assert_true(find(r, "reboots")->passed);
    results_free(r);
    r = judged(&f, "failed: {phone: 3}"); /* it never said that it failed */
    assert_false(find(r, "finished")->passed);
    assert_false(find(r, "failed")->passed);
    results_free(r);
    fleet8_free(&f);
}

static void loop_with_its_words(void **state)
{
    static const char name[] = "events.jsonl";
    (void)state;
    struct fleet8 f;
    char path[64], kept[64];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    snprintf(kept, sizeof kept, "%s/kept", dir);
    assert_int_equal(rename(path, kept), 0);
    put(name, "{\"t\":1,\"phone\":\"" P(2) "\",\"event\":\"boot\",\"load\":\"A\"}\n"
              "{\"t\":2,\"phone\":\"" P(2) "\",\"event\":\"screen\",\"component\":\"x.sbn\","
              "\"box\":\"AUTH\",\"percent\":100,\"kb\":3,\"icon\":1}\n"
              "{\"t\":3,\"phone\":\"" P(2) "\",\"event\":\"failed\",\"text\":\"Auth Fail\","
              "\"file\":\"x.sbn\"}\n"
              "{\"t\":4,\"phone\":\"" P(2) "\",\"event\":\"boot\",\"load\":\"A\"}\n");
    fleet8_make(&f, FLEET8_PHONES);
    f.status[2].state = PHONE_CONFIG;
    f.status[2].upgraded = 0;
    struct results *r = judged(&f, "{failed: {phone: 3, text: Auth Fail, file: x*},"
                                   " screen: {phone: 3, at: 3.5s, title: Auth*, icon: false}}");
    assert_true(find(r, "failed")->passed);
    check(r, "screen", true,
          "at 3.5 s \"Auth Fail\" x.sbn 100 % 3 KB, PFS icon off, expected the upgrade screen, "
          "icon off, title Auth*; see the screen lines of events.jsonl");
    assert_true(r->passed);
    char end[OUTCOME_TEXT];
    assert_string_equal(results_expected_end(r, 2, end),
                        "config: waits for configuration from the server");
    assert_null(results_expected_end(r, 3, end));
    results_free(r);
    r = judged(&f, "failed: {phone: 3, text: File*}");
    assert_false(find(r, "failed")->passed);
    assert_false(find(r, "finished")->passed);
    results_free(r);
    fleet8_free(&f);
    unlink(path);
    assert_int_equal(rename(kept, path), 0);
}

static void junit_passes_what_was_expected(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    give_up(&f.status[0], "Auth Fail", FLEET8_JAR);
    strcpy(f.status[1].running, "OLD");
    struct results *r = judged(&f, "{failed: {phone: 1}, upgraded: {phones: 3..8}}");
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(junit_body(out, &(struct run_set){{r}, 1}), 0);
    fclose(out);
    assert_non_null(strstr(text, " tests=\"14\" failures=\"0\" errors=\"0\""));
    assert_non_null(strstr(text, P(0) " CP-7961G\" time=\"60.000000\">\n      <system-out>as "
                                      "expected: Auth Fail: " FLEET8_JAR "; see logs/" P(0)
                                      ".log</system-out>\n    </testcase>"));
    assert_non_null(strstr(text, P(1) " CP-7961G\" time=\"61.000000\"/>"));
    free(text);
    results_free(r);
    fleet8_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_as_expected),
        cmocka_unit_test(phones_that_never_rest),
        cmocka_unit_test(loop_with_its_words),
        cmocka_unit_test(junit_passes_what_was_expected),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
