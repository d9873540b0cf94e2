/* test_results.c - the verdict from the witnesses of eight phones. */
#include "netns/judge/figures.h"
#include "netns/judge/judge.h"
#include "tests/unit/netns/fleet8.h"

#include <errno.h>

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

static bool shares_jar(const void *of, size_t phone, const char *file)
{
    const struct results *r = of;
    return r->sharing[phone] && strcmp(file, FLEET8_JAR) == 0;
}

static void server_is_the_witness(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    struct results *r = fleet8_results(&f);
    unsigned jar = 0, others = 0;
    for (size_t i = 0; i < r->fetches.count; i++)
        if (strcmp(r->fetches.rows[i].file, FLEET8_JAR) == 0) {
            jar += r->fetches.rows[i].count;
            others += r->fetches.rows[i].model == NULL;
        }
    assert_int_equal(jar, 3);
    assert_int_equal(others, 1);
    assert_int_equal(r->fetches.bytes, 652 + 3 * 3000);
    assert_int_equal(r->fetches.failed, 1);
    struct fetches some = {0};
    const struct fetches_wish wish = {
        .plan = r->plan, .log = r->server, .asked = shares_jar, .of = r};
    assert_int_equal(fetches_count(&some, &wish), 0);
    assert_int_equal(some.count, 1);
    assert_int_equal(some.rows->count, 2);
    assert_int_equal(some.bytes, 0);
    assert_string_equal(some.rows->takers[1]->name, "SEP02760A6A0017");
    fetches_free(&some);
    results_free(r);
    fleet8_free(&f);
}

static void fetches_per_file(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    struct results *r = fleet8_results(&f);
    check(r, "server_fetches_per_file", false,
          "CP-7961G " FLEET8_JAR ": 2 by SEP02760A6A0011, SEP02760A6A0017"
          "; expected 1 for each file and model; see tftp.log");
    assert_false(r->passed);
    assert_int_equal(results_verdict(r), VERDICT_FAILED);
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
    struct results *r = fleet8_results(&f);
    check(r, "server_fetches_per_file", true, "1 for each of 2 files and models, expected 1; see tftp.log");
    assert_true(r->passed);
    assert_int_equal(results_verdict(r), VERDICT_PASSED);
    results_free(r);
    fleet8_free(&f);
}

/* Sharing that is off by mistake is what the wish is there to find. */
static void a_fleet_without_sharing_does_not_meet_the_wish(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    for (size_t i = 0; i < FLEET8_PHONES; i++) {
        f.plan.phones[i].pfs = TRI_OFF;
        f.status[i].pfs = 0;
    }
    struct results *r = fleet8_results(&f);
    check(r, "server_fetches_per_file", false,
          "no phone that took firmware has peer firmware sharing on: each fetched its own; see "
          "tftp.log; the cause: peerFirmwareSharing is on for no phone");
    results_free(r);
    fleet8_free(&f);
}

static void fetches_in_traditional_mode(void **state)
{
    (void)state;
    struct fleet8 f;
    fleet8_make(&f, FLEET8_PHONES);
    f.fleet.mode = MODE_TRADITIONAL;
    struct results *r = fleet8_results(&f);
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
    struct results *r = judge_run(&f.plan, &f.facts, dir);
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
    struct results *r = fleet8_results(&f);
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
    strcpy(f.status[3].status_server, "error 1 \"no such file\"");
    struct results *r = fleet8_results(&f);
    check(r, "phones", false,
          "SEP02760A6A0011: File not found: apps41.9-4-2ES26.sbn (logs/SEP02760A6A0011.log), "
          "SEP02760A6A0012: no status text (logs/SEP02760A6A0012.log), "
          "SEP02760A6A0013: File not found, server: error 1 \"no such file\" (logs/SEP02760A6A0013.log) and 2 more");
    check(r, "upgraded", true, "3 of 8 phones upgraded");
    assert_false(r->passed);
    assert_int_equal(r->failed, 5);
    results_free(r);
    fleet8_free(&f);
}

/* Three of the longest a phone can say stand in it whole. */
static void the_longest_words_are_not_cut(void **state)
{
    (void)state;
    struct fleet8 f;
    char said[3 * 300], *at = said;
    fleet8_make(&f, FLEET8_PHONES);
    for (size_t i = 0; i < 3; i++) {
        struct phone_status *s = &f.status[i];
        s->state = PHONE_FAILED;
        memset(s->status_text, 'a' + (int)i, 30);
        memset(s->status_file, 'f', sizeof s->status_file - 1);
        memset(s->status_server, 'A' + (int)i, sizeof s->status_server - 1);
        s->status_text[30] = '\0';
        at += sprintf(at, "%sSEP02760A6A001%zu: %s: %s, server: %s (logs/SEP02760A6A001%zu.log)",
                      i ? ", " : "", i, s->status_text, s->status_file, s->status_server, i);
    }
    struct results *r = fleet8_results(&f);
    check(r, "phones", false, said);
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
    struct results *r = fleet8_results(&f);
    check(r, "finished", true,
          "all 5 phones came to an end; 3 killed, frozen or unplugged on purpose");
    check(r, "phones", true, "no phone failed");
    check(r, "upgraded", true,
          "5 of 5 phones upgraded; 3 killed, frozen or unplugged on purpose");
    assert_int_equal(r->upgraded, 5);
    assert_int_equal(r->failed, 0);
    results_free(r);
    f.status[4].upgraded = 0;
    r = fleet8_results(&f);
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
    struct results *r = fleet8_results(&f);
    check(r, "upgraded", false,
          "3 of 8 phones upgraded, expected all 8: "
          "SEP02760A6A0012 runs SCCP41.8-5-4S, not SCCP41.9-4-2SR3-1S, "
          "SEP02760A6A0013 runs nothing, not SCCP41.9-4-2SR3-1S, "
          "SEP02760A6A0014 runs SCCP41.8-5-4S, not SCCP41.9-4-2SR3-1S and 2 more; "
          "summary.json lists each phone under per_phone");
    results_free(r);
    fleet8_expect(&f, "upgraded: 3");
    r = fleet8_results(&f);
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
    struct results *r = judge_run(&f.plan, &f.facts, dir);
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
    struct results *r = fleet8_results(&f);
    check(r, "finished", false, "not at an end: SEP02760A6A0014 (upgrade, " FLEET8_JAR
                                " 12 KB 61 %, no parent) when the time was up; see logs/");
    check(r, "upgraded", false, "7 of 8 phones upgraded, expected all 8; "
                                "summary.json lists each phone under per_phone");
    assert_int_equal(results_verdict(r), VERDICT_TIMED_OUT);
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
    struct results *r = fleet8_results(&f);
    check(r, "finished", false, "not at an end: SEP02760A6A0010 (off: its process has not "
                               "reported); see logs/");
    assert_int_equal(results_verdict(r), VERDICT_FAILED);
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
    struct results *r = fleet8_results(&f);
    assert_int_equal(r->clock.p99_us, 100);
    assert_int_equal(r->clock.max_us, 30000);
    assert_true(r->clock.faithful);
    results_free(r);
    f.status[3].lateness[lateness_bucket(30000)] = 9;  /* of 809: more than one in 100 */
    r = fleet8_results(&f);
    assert_int_equal(r->clock.p99_us, 30000); /* the bucket's bound is beyond the worst */
    check(r, "faithful", false,
          "99 in 100 timers at most 30.0 ms late, the worst 30.0 ms, in emulated time; "
          "more than 25 ms; run it again");
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
    struct results *r = fleet8_results(&f);
    assert_int_equal(r->clock.p99_us, 9000000000);
    results_free(r);
    for (size_t i = 0; i < FLEET8_PHONES; i++)
        memset(f.status[i].lateness, 0, sizeof f.status[i].lateness);
    r = fleet8_results(&f);
    assert_int_equal(r->clock.p99_us, 0);
    results_free(r);
    fleet8_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(server_is_the_witness),
        cmocka_unit_test(fetches_per_file),
        cmocka_unit_test(fetches_of_phones_without_sharing_do_not_count),
        cmocka_unit_test(a_fleet_without_sharing_does_not_meet_the_wish),
        cmocka_unit_test(fetches_in_traditional_mode),
        cmocka_unit_test(file_that_the_server_never_sent),
        cmocka_unit_test(only_what_was_asked_is_expected),
        cmocka_unit_test(failed_phones_are_named),
        cmocka_unit_test(the_longest_words_are_not_cut),
        cmocka_unit_test(phones_put_out_on_purpose_are_no_failures),
        cmocka_unit_test(phones_on_another_load_are_not_upgraded),
        cmocka_unit_test(hierarchies_are_judged_only_where_there_are_some),
        cmocka_unit_test(time_out_names_who_does_what),
        cmocka_unit_test(phone_without_an_end),
        cmocka_unit_test(lateness_p99),
        cmocka_unit_test(lateness_beyond_all_buckets),
    };
    unsetenv("GITHUB_ACTIONS");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
