/* test_output.c - the files that carry a verdict, and what is printed of it. */
#include "netns/fleet/speed.h"
#include "netns/report/print.h"
#include "netns/report/write.h"
#include "netns/text/json.h"
#include "tests/unit/netns/fleet8.h"

#include <errno.h>

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
    strcpy(f.status[2].status_server, "error 2 \"a \\ b\" \x01\xff");
    strcpy(f.status[4].running, "SCCP41.8-5-4S");
    struct results *r = fleet8_results(&f);
    assert_int_equal(write_run(r, dir, NULL), 0);
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
                                                          "status_text")), "caf\\xe9");
    assert_string_equal(json_string_value(json_object_get(json_array_get(phones, 2),
                                                          "status_file")), "apps41.sbn");
    assert_string_equal(json_string_value(json_object_get(json_array_get(phones, 2),
                                                          "status_server")),
                        "error 2 \"a \\ b\" \x01\\xff");
    assert_string_equal(json_string_value(json_object_get(json_array_get(phones, 3),
                                                          "status_server")), "");
    assert_true(json_is_false(json_object_get(json_array_get(phones, 4), "upgraded")));
    assert_true(json_is_true(json_object_get(json_array_get(phones, 5), "upgraded")));
    json_decref(root);
    results_free(r);
    remove_outputs(dir);
    fleet8_free(&f);
}

/* A run that a busy machine held up, one of whose phones hung. */
static void make_held_up(struct fleet8 *f)
{
    fleet8_make(f, FLEET8_PHONES);
    f->fleet.speed = SPEED_AUTO;
    f->fleet.lag_us = 5000;
    f->facts.clock = (struct clock_facts){
        .ran_ns = 6000000000, .unanswered = 9, .hung_count = 1, .hung = {2},
        .held_ns = {[CLOCK_HELD_BY_PHONES] = 2500000000, [CLOCK_HELD_BY_HOST] = 500000000},
        .holds = {[CLOCK_HELD_BY_PHONES] = 40, [CLOCK_HELD_BY_HOST] = 2}};
}

static double real_at(const json_t *map, const char *key)
{
    return json_real_value(json_object_get(map, key));
}

static json_int_t number_at(const json_t *map, const char *key)
{
    return json_integer_value(json_object_get(map, key));
}

static const char *text_at(const json_t *map, const char *key)
{
    return json_string_value(json_object_get(map, key));
}

static void summary_tells_what_became_of_time(void **state)
{
    (void)state;
    char dir[] = "/tmp/results.XXXXXX";
    struct fleet8 f;
    assert_non_null(mkdtemp(dir));
    make_held_up(&f);
    struct results *r = fleet8_results(&f);
    assert_int_equal(write_run(r, dir, NULL), 0);
    json_t *root = load(dir, "summary.json"), *clock = json_object_get(root, "clock");
    json_t *by = json_object_get(clock, "held_by"), *phones = json_object_get(by, "phones");
    assert_string_equal(text_at(root, "verdict"), "inconclusive");
    assert_int_equal(number_at(root, "speed"), 100);
    assert_string_equal(text_at(clock, "mode"), "held");
    assert_string_equal(text_at(clock, "speed"), "auto");
    assert_true(real_at(clock, "lag_ms") == 5 && real_at(clock, "ran_s") == 6);
    assert_true(real_at(clock, "held_s") == 3 && real_at(clock, "effective_speed") == 10);
    assert_int_equal(json_object_size(by), CLOCK_HOLDERS);
    assert_true(real_at(phones, "s") == 2.5 && number_at(phones, "times") == 40);
    assert_int_equal(number_at(json_object_get(by, "wan"), "times"), 0);
    assert_int_equal(number_at(clock, "unanswered"), 9);
    assert_int_equal(number_at(clock, "hung_count"), 1);
    assert_string_equal(json_string_value(json_array_get(json_object_get(clock, "hung"), 0)),
                        "SEP02760A6A0012");
    assert_int_equal(number_at(json_object_get(root, "fidelity"), "timers"), 800);
    json_decref(root);
    results_free(r);
    f.fleet.speed = 20;
    f.facts.clock = (struct clock_facts){.free = true};
    f.facts.wall_ms = 0;
    r = fleet8_results(&f);
    assert_int_equal(write_run(r, dir, NULL), 0);
    root = load(dir, "summary.json");
    clock = json_object_get(root, "clock");
    assert_string_equal(text_at(clock, "mode"), "free");
    assert_int_equal(number_at(clock, "speed"), 20);
    assert_true(json_is_null(json_object_get(clock, "lag_ms")));
    assert_true(json_is_null(json_object_get(clock, "effective_speed")));
    assert_int_equal(json_array_size(json_object_get(clock, "hung")), 0);
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
    struct results *pfs = fleet8_results(&f), *traditional = fleet8_results(&t);
    assert_int_equal(write_runs(&(struct run_set){{traditional, pfs}, 2}, dir, NULL), 0);
    json_t *root = load(dir, "compare.json"), *ratios = json_object_get(root, "ratios");
    double wan = real_at(ratios, "wan_bytes");
    assert_string_equal(text_at(root, "verdict"), "failed");
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
    strcpy(f.status[1].status_server, "error 0 \"]]> <busy>\"");
    f.status[2].state = PHONE_CONFIG;
    strcpy(f.status[3].running, "SCCP41.8-5-4S");
    f.status[4].state = PHONE_KILLED;
    struct results *r = fleet8_results(&f);
    snprintf(junit, sizeof junit, "%s/mine.xml", dir);
    assert_int_equal(write_run(r, dir, junit), 0);
    char *text = fleet8_slurp(junit);
    assert_non_null(strstr(text, "<testsuites name=\"fleet &lt;8&gt; &amp; &quot;co&quot;\" "
                                 "tests=\"14\" failures=\"6\" errors=\"1\">"));
    assert_non_null(strstr(text, "<testcase classname=\"pfs.phones\" name=\"SEP02760A6A0011 "
                                 "CP-7961G\" time=\"61.000000\">\n      <failure type=\"phone "
                                 "failed\" message=\"&lt;Auth&gt; &amp; &quot;Fail&quot;"
                                 "\\x01\\xff: a&amp;b.sbn, server: error 0 "
                                 "&quot;]]&gt; &lt;busy&gt;&quot;; see logs/SEP02760A6A0011.log\"/>"));
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

static void junit_has_no_failure_where_the_clock_was_at_fault(void **state)
{
    (void)state;
    char dir[] = "/tmp/results.XXXXXX", path[64];
    struct fleet8 f;
    assert_non_null(mkdtemp(dir));
    make_held_up(&f);
    assert_int_equal(fleet8_expect(&f, "{upgraded: all}"), 0);
    struct results *r = fleet8_results(&f);
    assert_int_equal(write_run(r, dir, NULL), 0);
    snprintf(path, sizeof path, "%s/junit.xml", dir);
    char *text = fleet8_slurp(path);
    assert_non_null(strstr(text, " failures=\"0\" errors=\"1\">"));
    assert_non_null(strstr(text, " failures=\"0\" errors=\"1\" skipped=\"0\" "));
    assert_non_null(strstr(text, "name=\"faithful\" time=\"0.000000\">\n      <error "
                                 "type=\"inconclusive\" message=\"99 in 100 timers"));
    assert_non_null(strstr(text, "without SEP02760A6A0012, which hung"));
    free(text);
    results_free(r);
    remove_outputs(dir);
    fleet8_free(&f);
}

static void write_nowhere(void *r)
{
    assert_int_equal(write_run(r, "/nonexistent", NULL), -ENOENT);
}

static void output_that_cannot_be_written(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    struct results *r = fleet8_results(&f);
    char *said = fleet8_capture(STDERR_FILENO, write_nowhere, r);
    assert_non_null(strstr(said, "/nonexistent/summary.json: cannot be written: No such file"));
    free(said);
    results_free(r);
    fleet8_free(&f);
}

static void print_one(void *r)
{
    print_run(r, "out");
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
    print_runs(&(struct run_set){{&traditional, pfs}, 2}, "out");
}

static void printed_table_is_plain(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    f.facts.meter_dropped = 7;
    f.facts.neighbours_refused = 9;
    struct results *r = fleet8_results(&f);
    char *said = fleet8_capture(STDOUT_FILENO, print_one, r);
    assert_null(strchr(said, '\033'));
    assert_non_null(strstr(said, "  emulated time                    1 min 07 s\n"));
    assert_non_null(strstr(said, "  phones upgraded                      8 of 8\n"));
    assert_non_null(strstr(said, "  server bytes                        9.4 KiB\n"));
    assert_non_null(strstr(said, "FAILED server_fetches_per_file: CP-7961G"));
    assert_non_null(strstr(said, "the meter missed 7 frames"));
    assert_non_null(strstr(said, "table of neighbours was full 9 times"));
    assert_non_null(strstr(said, "\nNOT PASSED (failed)\nin out: report.html "));
    free(said);
    said = fleet8_capture(STDOUT_FILENO, print_two, r);
    assert_non_null(strstr(said, "  WAN bytes down                      3.9 KiB        3.9 KiB"
                                 "            1.0\n"));
    free(said);
    results_free(r);
    fleet8_free(&f);
}

static void a_held_clock_is_printed(void **state)
{
    (void)state;
    struct fleet8 f;
    make_held_up(&f);
    struct results *r = fleet8_results(&f);
    char *said = fleet8_capture(STDOUT_FILENO, print_one, r);
    assert_non_null(strstr(said, ": 8 phones, pfs, speed auto, seed 1\n"));
    assert_non_null(strstr(said, "  effective speed                      10.0 x\n"));
    assert_non_null(strstr(said, "  FAILED faithful: "));
    assert_null(strstr(said, "the clock waited")); /* at such a speed it always does */
    assert_non_null(strstr(said, "  note: the clock went on without 9 messages that nobody"));
    assert_non_null(strstr(said, "\nINCONCLUSIVE (the clock was not faithful)\nin out: "));
    free(said);
    f.fleet.speed = 20;
    said = fleet8_capture(STDOUT_FILENO, print_one, r);
    assert_non_null(strstr(said, "  note: the clock waited 3.0 s of 6.0 s: 2.5 s for phones, 0.5 s "
                                 "for this machine\n"));
    free(said);
    said = fleet8_capture(STDOUT_FILENO, print_two, r);
    assert_non_null(strstr(said, "\nINCONCLUSIVE (the clock was not faithful)\nin out: "));
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
    struct results *r = fleet8_results(&f);
    setenv("GITHUB_ACTIONS", "true", 1);
    setenv("GITHUB_STEP_SUMMARY", path, 1);
    char *said = fleet8_capture(STDOUT_FILENO, print_one, r), *table = fleet8_slurp(path);
    unsetenv("GITHUB_ACTIONS");
    unsetenv("GITHUB_STEP_SUMMARY");
    assert_non_null(strstr(said, "\n::error title=fleet pfs::phones: SEP02760A6A0010: 50 %25\\x0d\\x0a"
                                 "::error::x | <b> (logs/"));
    assert_non_null(strstr(table, "### fleet &lt;8&gt; &amp; &quot;co&quot;: not passed (failed)\n"));
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
        cmocka_unit_test(summary_has_the_schema),
        cmocka_unit_test(summary_tells_what_became_of_time),
        cmocka_unit_test(comparison_divides_traditional_by_pfs),
        cmocka_unit_test(junit_counts_and_escapes),
        cmocka_unit_test(junit_has_no_failure_where_the_clock_was_at_fault),
        cmocka_unit_test(output_that_cannot_be_written),
        cmocka_unit_test(printed_table_is_plain),
        cmocka_unit_test(a_held_clock_is_printed),
        cmocka_unit_test(github_gets_errors_and_a_table),
    };
    unsetenv("GITHUB_ACTIONS");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
