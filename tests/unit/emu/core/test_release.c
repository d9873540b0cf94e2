/* test_release.c - which firmware takes which in one step: the rule by names, and phones under
 * it.
 */
#include "emu/core/release.h"
#include "tests/unit/emu/core/core_scene.h"

/* ---- names --------------------------------------------------------------------------- */

static void older_than_8_3_3_refuses_what_is_beyond_8_5_2(void **state)
{
    (void)state;
    static const char *const older[] = {"SCCP41.8-3-2S", "SCCP41.8-3-2SR1S", "SCCP70.8-2-2SR4S",
                                        "SCCP41.7-0-3S", "SIP41.8-0-4SR3AS", "SCCP41.8-3-2",
                                        "TERM41.7-0-2-0S", "TERM70.7-0-1-0s", "SCCP41.8-3-1-21S",
                                        "SIP41.8-0-1-11S", "SCCP41.8-0-4ES4-0-1S"};
    static const char *const knows_both[] = {"SCCP41.8-3-3S", "SCCP41.8-3-3SR2S", "SCCP41.8-4-4S",
                                             "SCCP41.8-5-2S", "SCCP41.8-4-2-38S",
                                             "SIP41.8-4-2-30S", "SCCP41.8-5-2TH1-9S"};
    static const char *const beyond[] = {"SCCP41.8-5-2SR1S", "SCCP41.8-5-3S", "SCCP41.8-5-4S",
                                         "SCCP41.9-0-2S", "SCCP41.9-4-2SR3-1S", "SCCP41.10-1-1S",
                                         "SCCP41.9-4-2-1S", "SIP41.8-5-2SR1-2S", "SCCP41.9-4-2s"};
#define COUNT(a) (sizeof(a) / sizeof *(a))
    for (size_t i = 0; i < COUNT(older); i++) {
        for (size_t j = 0; j < COUNT(beyond); j++)
            assert_true(release_refused(older[i], beyond[j]));
        for (size_t j = 0; j < COUNT(knows_both); j++)
            assert_false(release_refused(older[i], knows_both[j]));
        for (size_t j = 0; j < COUNT(older); j++)
            assert_false(release_refused(older[i], older[j]));
    }
    for (size_t i = 0; i < COUNT(beyond); i++) {
        for (size_t j = 0; j < COUNT(knows_both); j++)
            assert_false(release_refused(knows_both[j], beyond[i]));
        for (size_t j = 0; j < COUNT(older); j++)
            assert_false(release_refused(beyond[i], older[j]));
    }
}

static void other_names_have_no_rule(void **state)
{
    (void)state;
    static const char *const others[] = {
        "",          "term61.default",   "SCCP41.good",       "P00308010200",    "SCCP41.",
        "SCCP41",    "SCCP41.9-4",       "SCCP41.9-4-",       "P0S3-8-12-00",    "SCCP.9-4-2S",
        "41.9-4-2S", "SCCP41.99999-1-1S", "SCCP41.-9-4-2S",   "P00303020214",    "SCCP41.9--4-2S",
        "9-4-2S",    "SCCP41.9-4-2@",     "SCCP41 .9-4-2S",
    };
    for (size_t i = 0; i < COUNT(others); i++) {
        assert_false(release_refused(others[i], "SCCP41.9-4-2SR3-1S"));
        assert_false(release_refused("SCCP41.8-3-2S", others[i]));
    }
}

/* ---- phones -------------------------------------------------------------------------- */

static struct bench *running(const char *load, bool pfs)
{
    struct bench *b = play_new();
    play_configure(b, pfs);
    snprintf(b->id.running, sizeof b->id.running, "%s", load);
    play_reborn(b);
    play_start(b);
    return b;
}

/* In the time given, each boot ends with the index; what came before it is as it was. */
static void assert_loops(struct bench *b, usec time, size_t least)
{
    static const char failed[] = "\"event\":\"failed\",\"text\":\"Auth Fail\",\"file\":\"" INDEX;
    const struct phone_status *s = phone_status(b->phone);
    size_t before = count_events(b, failed);
    for (usec until = b->now + time; b->now < until;) {
        play_for(b, USEC_SEC);
        assert_string_equal(s->status_text, "Auth Fail");
        assert_string_equal(s->status_file, INDEX);
        assert_string_equal(s->running, "SCCP41.8-3-2S");
        assert_int_not_equal(s->state, PHONE_IDLE);
        assert_int_not_equal(s->state, PHONE_FAILED);
        if (s->state == PHONE_BOOT)
            assert_string_equal(s->screen.title, "Auth Fail");
        assert_null(bench_find(b->flash, INDEX));
    }
    assert_true(count_events(b, failed) - before >= least);
    assert_int_equal(count_events(b, failed), count_log(b, "Auth Fail " INDEX));
    assert_int_equal(count_events(b, "\"event\":\"authenticated\""), 0);
    assert_int_equal(count_requests(b, FIRST), 0);
    assert_string_equal(b->active, "");
}

static void the_step_that_is_too_long_ends_in_a_loop(void **state)
{
    (void)state;
    for (int pfs = 0; pfs < 2; pfs++) {
        struct bench *b = running("SCCP41.8-3-2S", pfs);
        play_for(b, 30 * USEC_SEC);
        assert_loops(b, 90 * USEC_SEC, 3);
        assert_true(count_requests(b, INDEX) >= 4); /* each time anew */
        assert_true(count_requests(b, OWN_FILE) >= 4);
        play_free(b);
    }
}

/* A peer has it, good: that does not help, and the phone asks no further peers. */
static void what_a_peer_sends_is_refused_as_well(void **state)
{
    (void)state;
    struct bench *b = running("SCCP41.8-3-2S", true);
    assert_true(play_until(b, PFS_LISTENING, b->now + 60 * USEC_SEC));
    play_claim(b, 1, INDEX, STRENGTH_CONFIRMED | 9, true);
    assert_true(play_until(b, PFS_JOIN, b->now + USEC_SEC));
    play_link(b, 1, INDEX);
    play_alive(b, CONN_PARENT, 1, INDEX, 0);
    play_file(b, 1, INDEX, 0);
    const struct bench_file *f = bench_find(b->server, INDEX);
    play_data(b, CONN_PARENT, 1, INDEX, f->data, f->len);
    assert_phone(b, PHONE_BOOT, "Auth Fail");
    assert_int_equal(count_events(b, "\"why\":\"not authenticated\""), 1);
    assert_loops(b, 60 * USEC_SEC, 2);
    play_free(b);
}

/* Every phone that knows the new key may go on, whoever has looked at the file before. */
static void one_that_knows_both_keys_upgrades(void **state)
{
    (void)state;
    static const char *const loads[] = {"SCCP41.8-3-3S", "SCCP41.8-5-2S", "SCCP41.8-5-4S",
                                        "SCCP41.unknown"};
    for (size_t i = 0; i < COUNT(loads); i++) {
        struct bench *b = running(loads[i], true);
        play_for(b, 300 * USEC_SEC);
        assert_phone(b, PHONE_IDLE, "");
        assert_string_equal(phone_status(b->phone)->running, NEW_LOAD);
        play_free(b);
    }
}

/* The way round it, also out of the loop: its configuration is read at each boot. */
static void a_load_in_between_leads_there(void **state)
{
    (void)state;
    static const char *const between[] = {
        "SCCP41.8-5-2S.loads",       "jar41sccp.8-5-2TH1-9.sbn", "cnu41.8-5-2TH1-9.sbn",
        "apps41.8-5-2TH1-9.sbn", "dsp41.8-5-2TH1-9.sbn",     "cvm41sccp.8-5-2TH1-9.sbn"};
    struct bench *b = running("SCCP41.8-3-2S", true);
    for (size_t i = 0; i < COUNT(between); i++)
        bench_put_sample(b->server, "old", between[i]);
    play_for(b, 60 * USEC_SEC);
    assert_loops(b, 60 * USEC_SEC, 2);
    play_name_load(b, "SCCP41.8-5-2S", true);
    play_for(b, 300 * USEC_SEC);
    assert_phone(b, PHONE_IDLE, "");
    assert_string_equal(phone_status(b->phone)->running, "SCCP41.8-5-2S");
    assert_string_equal(phone_status(b->phone)->screen.title, "");
    play_configure(b, true);
    play_start(b);
    play_for(b, 300 * USEC_SEC);
    assert_phone(b, PHONE_IDLE, "");
    assert_string_equal(phone_status(b->phone)->running, NEW_LOAD);
    assert_int_equal(count_events(b, "\"event\":\"reboot\""), 2);
    play_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(older_than_8_3_3_refuses_what_is_beyond_8_5_2),
        cmocka_unit_test(other_names_have_no_rule),
        cmocka_unit_test(the_step_that_is_too_long_ends_in_a_loop),
        cmocka_unit_test(what_a_peer_sends_is_refused_as_well),
        cmocka_unit_test(one_that_knows_both_keys_upgrades),
        cmocka_unit_test(a_load_in_between_leads_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
