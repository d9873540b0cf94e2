/* test_results.c - the verdict and the files that carry it, from the witnesses of eight phones. */
#include "netns/figures.h"
#include "netns/json.h"
#include "netns/results.h"
#include "tests/unit/fleet8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>

static struct results *make(struct fleet8 *f)
{
    struct results *r = results_make(&f->plan, &f->facts, FLEET8_DIR);
    assert_non_null(r);
    return r;
}

static const struct expectation *expectation(const struct results *r, const char *name)
{
    for (size_t i = 0; i < r->expectation_count; i++)
        if (strcmp(r->expectations[i].name, name) == 0)
            return &r->expectations[i];
    return NULL;
}

static void check(const struct results *r, const char *name, bool passed, const char *detail)
{
    const struct expectation *e = expectation(r, name);
    assert_non_null(e);
    assert_string_equal(e->detail, detail);
    assert_int_equal(e->passed, passed);
}

static void server_is_the_witness(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    struct results *r = make(&f);
    unsigned jar = 0, sharing = 0, others = 0;
    for (size_t i = 0; i < r->fetch_count; i++)
        if (strcmp(r->fetches[i].file, FLEET8_JAR) == 0) {
            jar += r->fetches[i].count;
            sharing += r->fetches[i].sharing;
            others += r->fetches[i].model == NULL;
        }
    assert_int_equal(jar, 3);
    assert_int_equal(sharing, 2);
    assert_int_equal(others, 1);
    assert_int_equal(r->server_bytes, 652 + 3 * 3000);
    assert_int_equal(r->failed_transfers, 1);
    results_free(r);
    fleet8_free(&f);
}

static void fetches_per_file(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    struct results *r = make(&f);
    check(r, "server_fetches_per_file", false,
          "CP-7961G " FLEET8_JAR ": 2 by SEP02760A6A0011, SEP02760A6A0017"
          "; expected 1 for each file and model; see tftp.log");
    assert_false(r->passed);
    assert_int_equal(results_exit(r), 1);
    assert_string_equal(results_verdict(r), "failed");
    results_free(r);
    fleet8_free(&f);
}

/* With phone 7's sharing off, its own download is as it should be. */
static void fetches_of_phones_without_sharing_do_not_count(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    f.plan.phones[7].pfs = TRI_OFF;
    f.status[7].pfs = 0;
    struct results *r = make(&f);
    check(r, "server_fetches_per_file", true, "1 for each of 2 files and models, by tftp.log");
    assert_true(r->passed);
    assert_int_equal(results_exit(r), 0);
    assert_string_equal(results_verdict(r), "passed");
    results_free(r);
    fleet8_free(&f);
}

static void fetches_in_traditional_mode(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    f.fleet.mode = MODE_TRADITIONAL;
    struct results *r = make(&f);
    check(r, "server_fetches_per_file", true,
          "not judged: in traditional mode every phone fetches every file");
    results_free(r);
    fleet8_free(&f);
}

/* Phones say they got a file, the server knows nothing of it: that is no success. */
static void file_that_the_server_never_sent(void **state)
{
    (void)state;
    char dir[] = "/tmp/results.XXXXXX", path[64];
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/tftp.log", dir);
    fclose(fopen(path, "w"));
    snprintf(path, sizeof path, "%s/events.jsonl", dir);
    FILE *out = fopen(path, "w");
    fputs("{\"t\":1,\"phone\":\"SEP02760A6A0010\",\"event\":\"fetched\",\"file\":\"x.sbn\","
          "\"from\":\"tftp\"}\n", out);
    fclose(out);
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    struct results *r = results_make(&f.plan, &f.facts, dir);
    check(r, "server_fetches_per_file", false,
          "CP-7961G x.sbn: 0; expected 1 for each file and model; see tftp.log");
    results_free(r);
    unlink(path);
    snprintf(path, sizeof path, "%s/tftp.log", dir);
    unlink(path);
    rmdir(dir);
    fleet8_free(&f);
}

static void only_what_was_asked_is_expected(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    fleet8_expect(&f, "{}");
    struct results *r = make(&f);
    assert_null(expectation(r, "upgraded"));
    assert_null(expectation(r, "server_fetches_per_file"));
    check(r, "hierarchy-children", true, "at most 2 children at one time in 3 hierarchies"
                                         " (5 damaged lines of events.jsonl skipped)");
    check(r, "finished", true, "all 8 phones came to an end");
    check(r, "phones", true, "no phone failed");
    assert_true(r->passed);
    results_free(r);
    fleet8_free(&f);
}

static void failed_phones_are_named(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    fleet8_expect(&f, "upgraded: 3");
    for (size_t i = 1; i < 6; i++) {
        f.status[i].state = PHONE_FAILED;
        f.status[i].upgraded = 0;
        strcpy(f.status[i].status_text, "File not found");
    }
    strcpy(f.status[1].status_file, "apps41.9-4-2ES26.sbn");
    strcpy(f.status[2].status_text, "");
    struct results *r = make(&f);
    check(r, "phones", false,
          "SEP02760A6A0011: File not found: apps41.9-4-2ES26.sbn (logs/SEP02760A6A0011.log), "
          "SEP02760A6A0012: no status text (logs/SEP02760A6A0012.log), "
          "SEP02760A6A0013: File not found (logs/SEP02760A6A0013.log) and 2 more");
    check(r, "upgraded", true, "3 of 8 phones upgraded");
    assert_false(r->passed);
    assert_int_equal(r->failed, 5);
    results_free(r);
    fleet8_free(&f);
}

static void phones_put_out_on_purpose_are_no_failures(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    fleet8_expect(&f, "upgraded: all");
    f.status[1].state = PHONE_KILLED; /* it had been upgraded already */
    f.status[2].state = PHONE_FROZEN;
    f.status[3].state = PHONE_UNPLUGGED;
    f.status[2].upgraded = f.status[3].upgraded = 0;
    strcpy(f.status[3].running, "SCCP41.8-5-4S");
    struct results *r = make(&f);
    check(r, "finished", true,
          "all 5 phones came to an end; 3 killed, frozen or unplugged on purpose");
    check(r, "phones", true, "no phone failed");
    check(r, "upgraded", true,
          "5 of 5 phones upgraded; 3 killed, frozen or unplugged on purpose");
    assert_int_equal(r->upgraded, 5);
    assert_int_equal(r->failed, 0);
    results_free(r);
    f.status[4].upgraded = 0;
    r = make(&f);
    check(r, "upgraded", false,
          "4 of 5 phones upgraded, expected all 5; summary.json lists each phone under per_phone");
    results_free(r);
    fleet8_free(&f);
}

/* "Upgraded" is to the plan's load: a configuration file of the user's own may say another. */
static void phones_on_another_load_are_not_upgraded(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    for (size_t i = 2; i < 7; i++)
        strcpy(f.status[i].running, "SCCP41.8-5-4S");
    strcpy(f.status[3].running, "");
    struct results *r = make(&f);
    check(r, "upgraded", false,
          "3 of 8 phones upgraded, expected all 8: "
          "SEP02760A6A0012 runs SCCP41.8-5-4S, not SCCP41.9-4-2SR3-1S, "
          "SEP02760A6A0013 runs nothing, not SCCP41.9-4-2SR3-1S, "
          "SEP02760A6A0014 runs SCCP41.8-5-4S, not SCCP41.9-4-2SR3-1S and 2 more; "
          "summary.json lists each phone under per_phone");
    results_free(r);
    fleet8_expect(&f, "upgraded: 3");
    r = make(&f);
    check(r, "upgraded", true, "3 of 8 phones upgraded");
    results_free(r);
    fleet8_free(&f);
}

/* A traditional run forms none, and nothing is said of them. */
static void hierarchies_are_judged_only_where_there_are_some(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    char dir[] = "/tmp/results.XXXXXX", path[64];
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/events.jsonl", dir);
    fclose(fopen(path, "w"));
    snprintf(path, sizeof path, "%s/tftp.log", dir);
    fclose(fopen(path, "w"));
    struct results *r = results_make(&f.plan, &f.facts, dir);
    assert_null(expectation(r, "hierarchy-children"));
    assert_non_null(expectation(r, "faithful"));
    assert_true(r->passed);
    results_free(r);
    unlink(path);
    snprintf(path, sizeof path, "%s/events.jsonl", dir);
    unlink(path);
    rmdir(dir);
    fleet8_free(&f);
}

static void time_out_names_who_does_what(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    f.facts.timed_out = true;
    f.status[4].state = PHONE_UPGRADE;
    f.status[4].upgraded = 0;
    f.status[4].screen = (struct screen){.component = FLEET8_JAR, .kb = 12, .percent = 61};
    struct results *r = make(&f);
    check(r, "finished", false, "not at an end: SEP02760A6A0014 (upgrade, " FLEET8_JAR
                                " 12 KB 61 %, no parent) when the time was up; see logs/");
    check(r, "upgraded", false, "7 of 8 phones upgraded, expected all 8; "
                                "summary.json lists each phone under per_phone");
    assert_int_equal(results_exit(r), 4);
    assert_string_equal(results_verdict(r), "timed out");
    results_free(r);
    fleet8_free(&f);
}

/* A phone process that died is in no end state: the run fails without any time-out. */
static void phone_without_an_end(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    f.status[0].state = PHONE_OFF;
    struct results *r = make(&f);
    check(r, "finished", false, "not at an end: SEP02760A6A0010 (off: its process has not "
                               "reported); see logs/");
    assert_int_equal(results_exit(r), 1);
    results_free(r);
    fleet8_free(&f);
}

static void lateness_p99(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    f.status[3].lateness[lateness_bucket(30000)] = 8;  /* of 808: one in 101 */
    f.status[3].lateness_max_us = 30000;
    struct results *r = make(&f);
    assert_int_equal(r->lateness_p99_us, 100);
    assert_int_equal(r->lateness_max_us, 30000);
    assert_true(r->faithful);
    results_free(r);
    f.status[3].lateness[lateness_bucket(30000)] = 9;  /* of 809: more than one in 100 */
    r = make(&f);
    assert_int_equal(r->lateness_p99_us, 30000); /* the bucket's bound is beyond the worst */
    check(r, "faithful", false,
          "99 in 100 timers at most 30.0 ms late, the worst 30.0 ms, in emulated time; "
          "25 ms are allowed: lower the speed (now 10), e.g. --speed 5");
    results_free(r);
    fleet8_free(&f);
}

static void lateness_beyond_all_buckets(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    f.status[0].lateness[LATENESS_BUCKETS - 1] = 800;
    f.status[0].lateness_max_us = 9000000000;
    struct results *r = make(&f);
    assert_int_equal(r->lateness_p99_us, 9000000000);
    results_free(r);
    for (size_t i = 0; i < FLEET8_PHONES; i++)
        memset(f.status[i].lateness, 0, sizeof f.status[i].lateness);
    r = make(&f);
    assert_int_equal(r->lateness_p99_us, 0);
    results_free(r);
    fleet8_free(&f);
}

static json_t *load(const char *dir, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    return root;
}

static void remove_outputs(const char *dir)
{
    static const char *const names[] = {"summary.json", "compare.json", "junit.xml", "report.html"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        unlink(path);
    }
    rmdir(dir);
}

static void summary_has_the_schema(void **state)
{
    (void)state;
    char dir[] = "/tmp/results.XXXXXX";
    struct fleet8 f;
    assert_non_null(mkdtemp(dir));
    fleet8_make(&f, FLEET8_PHONES);
    strcpy(f.status[2].status_text, "caf\xe9");
    strcpy(f.status[2].status_file, "apps41.sbn");
    strcpy(f.status[4].running, "SCCP41.8-5-4S");
    struct results *r = make(&f);
    assert_int_equal(results_write(r, dir, NULL), 0);
    json_t *root = load(dir, "summary.json"), *fetches, *hierarchies, *expectations;
    const char *name, *mode, *verdict;
    json_int_t schema, speed, seed, total, upgraded, failed, bytes, down, up, tcp, broadcasts;
    json_int_t ready, teardown, peak;
    double emulated, wall, p99, max, share;
    int faithful;
    assert_int_equal(json_unpack(root,
        "{s:I,s:s,s:s,s:I,s:I,s:s,s:{s:I,s:I,s:I},s:{s:I,s:o},s:{s:I,s:I},s:{s:I,s:I},s:o,"
        "s:{s:F,s:F},s:{s:{s:F,s:F},s:b},s:{s:I,s:I},s:{s:I,s:F},s:o}",
        "schema", &schema, "name", &name, "mode", &mode, "speed", &speed, "seed", &seed,
        "verdict", &verdict, "phones", "total", &total, "upgraded", &upgraded, "failed", &failed,
        "server", "bytes", &bytes, "fetches", &fetches, "wan", "bytes_down", &down, "bytes_up",
        &up, "lan", "tcp4051_bytes", &tcp, "udp4051_broadcasts", &broadcasts, "hierarchies",
        &hierarchies, "time", "emulated_s", &emulated, "wall_s", &wall, "fidelity",
        "timer_lateness_ms", "p99", &p99, "max", &max, "faithful", &faithful, "launch",
        "phones_ready_ms", &ready, "teardown_ms", &teardown, "memory", "peak_kib", &peak,
        "per_phone_kib", &share, "expectations", &expectations), 0);
    assert_int_equal(schema, 1);
    assert_string_equal(name, "fleet <8> & \"co\"");
    assert_string_equal(verdict, "failed");
    assert_int_equal(total, 8);
    assert_int_equal(upgraded, 7);
    assert_int_equal(json_integer_value(json_object_get(fetches, FLEET8_JAR)), 3);
    assert_int_equal(json_array_size(hierarchies), 3);
    assert_int_equal(json_array_size(expectations), 6);
    assert_true(emulated > 66.999 && emulated < 67.001 && share > 999.9 && share < 1000.1);
    json_t *phones = json_object_get(root, "per_phone");
    assert_string_equal(json_string_value(json_object_get(json_array_get(phones, 2),
                                                          "status_text")), "caf?");
    assert_string_equal(json_string_value(json_object_get(json_array_get(phones, 2),
                                                          "status_file")), "apps41.sbn");
    assert_true(json_is_false(json_object_get(json_array_get(phones, 4), "upgraded")));
    assert_true(json_is_true(json_object_get(json_array_get(phones, 5), "upgraded")));
    json_decref(root);
    results_free(r);
    remove_outputs(dir);
    fleet8_free(&f);
}

static void comparison_divides_traditional_by_pfs(void **state)
{
    (void)state;
    char dir[] = "/tmp/results.XXXXXX";
    struct fleet8 f, t;
    assert_non_null(mkdtemp(dir));
    fleet8_make(&f, FLEET8_PHONES);
    fleet8_make(&t, FLEET8_PHONES);
    t.fleet.mode = MODE_TRADITIONAL;
    t.facts.wan_bytes_down = 44000;
    t.facts.wan_bytes_up = 0;
    f.facts.emulated_us = 0;
    struct results *pfs = make(&f), *traditional = make(&t);
    assert_int_equal(compare_write(&(struct run_set){{traditional, pfs}, 2}, dir, NULL), 0);
    json_t *root = load(dir, "compare.json"), *ratios = json_object_get(root, "ratios");
    double wan = json_real_value(json_object_get(ratios, "wan_bytes"));
    assert_true(wan > 9.999 && wan < 10.001);
    assert_true(json_is_null(json_object_get(ratios, "emulated_s")));
    assert_string_equal(json_string_value(json_object_get(json_object_get(root, "traditional"),
                                                          "mode")), "traditional");
    json_decref(root);
    results_free(pfs);
    results_free(traditional);
    remove_outputs(dir);
    fleet8_free(&f);
    fleet8_free(&t);
}

static void junit_counts_and_escapes(void **state)
{
    (void)state;
    char dir[] = "/tmp/results.XXXXXX", junit[64];
    struct fleet8 f;
    assert_non_null(mkdtemp(dir));
    fleet8_make(&f, FLEET8_PHONES);
    f.status[1].state = PHONE_FAILED;
    strcpy(f.status[1].status_text, "<Auth> & \"Fail\"\x01\xff");
    strcpy(f.status[1].status_file, "a&b.sbn");
    f.status[2].state = PHONE_CONFIG;
    strcpy(f.status[3].running, "SCCP41.8-5-4S");
    f.status[4].state = PHONE_KILLED;
    struct results *r = make(&f);
    snprintf(junit, sizeof junit, "%s/mine.xml", dir);
    assert_int_equal(results_write(r, dir, junit), 0);
    char *text = fleet8_slurp(junit);
    assert_non_null(strstr(text, "<testsuites name=\"fleet &lt;8&gt; &amp; &quot;co&quot;\" "
                                 "tests=\"14\" failures=\"6\" errors=\"1\">"));
    assert_non_null(strstr(text, "<testcase classname=\"pfs.phones\" name=\"SEP02760A6A0011 "
                                 "CP-7961G\" time=\"61.000000\">\n      <failure type=\"phone "
                                 "failed\" message=\"&lt;Auth&gt; &amp; &quot;Fail&quot;"
                                 "\xef\xbf\xbd\xef\xbf\xbd: a&amp;b.sbn; see logs/SEP02760A6A0011.log\"/>"));
    assert_non_null(strstr(text, "<failure type=\"another load\" message=\"runs SCCP41.8-5-4S, "
                                 "not SCCP41.9-4-2SR3-1S\"/>"));
    assert_non_null(strstr(text, " failures=\"6\" errors=\"1\" skipped=\"1\" "));
    assert_non_null(strstr(text, "SEP02760A6A0014 CP-7961G\" time=\"64.000000\">\n"
                                 "      <skipped message=\"killed on purpose\"/>"));
    assert_non_null(strstr(text, "<error type=\"not at an end\" message=\"config: waits for "
                           "configuration from the server; see logs/"));
    free(text);
    unlink(junit);
    results_free(r);
    remove_outputs(dir);
    fleet8_free(&f);
}

static void write_nowhere(void *r)
{
    assert_int_equal(results_write(r, "/nonexistent", NULL), -ENOENT);
}

static void output_that_cannot_be_written(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    struct results *r = make(&f);
    char *said = fleet8_capture(STDERR_FILENO, write_nowhere, r);
    assert_non_null(strstr(said, "/nonexistent/summary.json: cannot be written: No such file"));
    free(said);
    results_free(r);
    fleet8_free(&f);
}

static void print_one(void *r)
{
    results_print(r, "out");
}

/* The same run as if it had been in the other mode. */
static void print_two(void *pfs)
{
    struct results traditional = *(struct results *)pfs;
    struct fleet fleet = *traditional.plan->fleet;
    struct plan plan = *traditional.plan;
    fleet.mode = MODE_TRADITIONAL;
    plan.fleet = &fleet;
    traditional.plan = &plan;
    compare_print(&(struct run_set){{&traditional, pfs}, 2}, "out");
}

static void printed_table_is_plain(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    f.facts.meter_dropped = 7;
    struct results *r = make(&f);
    char *said = fleet8_capture(STDOUT_FILENO, print_one, r);
    assert_null(strchr(said, '\033'));
    assert_non_null(strstr(said, "  emulated time                    1 min 07 s\n"));
    assert_non_null(strstr(said, "  phones upgraded                      8 of 8\n"));
    assert_non_null(strstr(said, "  server bytes                        9.4 KiB\n"));
    assert_non_null(strstr(said, "FAILED server_fetches_per_file: CP-7961G"));
    assert_non_null(strstr(said, "the meter missed 7 frames"));
    assert_non_null(strstr(said, "\nNOT PASSED (failed)\nin out: report.html "));
    free(said);
    said = fleet8_capture(STDOUT_FILENO, print_two, r);
    assert_non_null(strstr(said, "  WAN bytes down                      3.9 KiB        3.9 KiB"
                                 "            1.0\n"));
    free(said);
    results_free(r);
    fleet8_free(&f);
}

static void github_gets_errors_and_a_table(void **state)
{
    (void)state;
    char path[] = "/tmp/step.XXXXXX";
    struct fleet8 f;
    close(mkstemp(path));
    fleet8_make(&f, FLEET8_PHONES);
    f.status[0].state = PHONE_FAILED;
    strcpy(f.status[0].status_text, "50 %\r\n::error::x | <b>");
    struct results *r = make(&f);
    setenv("GITHUB_ACTIONS", "true", 1);
    setenv("GITHUB_STEP_SUMMARY", path, 1);
    char *said = fleet8_capture(STDOUT_FILENO, print_one, r), *table = fleet8_slurp(path);
    unsetenv("GITHUB_ACTIONS");
    unsetenv("GITHUB_STEP_SUMMARY");
    assert_non_null(strstr(said, "\n::error title=fleet pfs::phones: SEP02760A6A0010: 50 %25%0D%0A"
                                 "::error::x | <b> (logs/"));
    assert_non_null(strstr(table, "### fleet &lt;8&gt; &amp; &quot;co&quot;: not passed\n"));
    assert_non_null(strstr(table, "| phones upgraded | 8 of 8 |\n"));
    assert_non_null(strstr(table, "::error::x &#124; &lt;b&gt;"));
    free(said);
    free(table);
    unlink(path);
    results_free(r);
    fleet8_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(server_is_the_witness),
        cmocka_unit_test(fetches_per_file),
        cmocka_unit_test(fetches_of_phones_without_sharing_do_not_count),
        cmocka_unit_test(fetches_in_traditional_mode),
        cmocka_unit_test(file_that_the_server_never_sent),
        cmocka_unit_test(only_what_was_asked_is_expected),
        cmocka_unit_test(failed_phones_are_named),
        cmocka_unit_test(phones_put_out_on_purpose_are_no_failures),
        cmocka_unit_test(phones_on_another_load_are_not_upgraded),
        cmocka_unit_test(hierarchies_are_judged_only_where_there_are_some),
        cmocka_unit_test(time_out_names_who_does_what),
        cmocka_unit_test(phone_without_an_end),
        cmocka_unit_test(lateness_p99),
        cmocka_unit_test(lateness_beyond_all_buckets),
        cmocka_unit_test(summary_has_the_schema),
        cmocka_unit_test(comparison_divides_traditional_by_pfs),
        cmocka_unit_test(junit_counts_and_escapes),
        cmocka_unit_test(output_that_cannot_be_written),
        cmocka_unit_test(printed_table_is_plain),
        cmocka_unit_test(github_gets_errors_and_a_table),
    };
    unsetenv("GITHUB_ACTIONS");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
