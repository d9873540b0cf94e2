/* test_quirks.c - each quirk of a phone, beside a phone that is healthy. */
#include "tests/unit/core_scene.h"

/* Until the phone idles or has failed. */
static void run(struct bench *b)
{
    usec until = b->now + 3600 * USEC_SEC;
    while (phone_status(b->phone)->state != PHONE_IDLE &&
           phone_status(b->phone)->state != PHONE_FAILED && b->now < until)
        play_for(b, 100 * USEC_MS);
}

static struct bench *with_quirks(unsigned quirks)
{
    struct bench *b = play_new();
    play_quirks(b, quirks);
    return b;
}

static void assert_upgraded_alone(struct bench *b, bool pfs_said)
{
    play_start(b);
    run(b);
    assert_phone(b, PHONE_IDLE, "");
    assert_string_equal(phone_status(b->phone)->running, NEW_LOAD);
    assert_int_equal(phone_status(b->phone)->pfs, pfs_said);
    assert_int_equal(count_events(b, pfs_said ? "\"pfs\":1" : "\"pfs\":0"), 2);
    for (size_t i = 0; i < BENCH_LOAD_FILES; i++)
        assert_int_equal(count_requests(b, bench_load[i]), 1);
}

/* ---- sharing ------------------------------------------------------------------------- */

static void assert_no_part_in_sharing(const struct bench *b)
{
    assert_int_equal(b->port_opens, 0);
    assert_int_equal(b->udp_count, 0);
    assert_int_equal(count_events(b, "\"mode\":\"tftp\""), BENCH_LOAD_FILES);
    assert_int_equal(count_events(b, "\"icon\":1"), 0);
}

static void a_phone_that_ignores_its_peers(void **state)
{
    (void)state;
    struct bench *b = with_quirks(QUIRK_IGNORES_PEERS);
    assert_upgraded_alone(b, true);
    assert_no_part_in_sharing(b);
    play_free(b);
}

static void a_phone_whose_sharing_stays_off(void **state)
{
    (void)state;
    struct bench *b = with_quirks(QUIRK_PFS_DISABLED);
    assert_upgraded_alone(b, false);
    assert_no_part_in_sharing(b);
    play_free(b);
}

/* Those that are the web page's or the configuration's change nothing here. */
static void a_healthy_phone_shares(void **state)
{
    (void)state;
    static const unsigned none[] = {0, QUIRK_PAGE_LACKS_PFS_ROW, QUIRK_CONFIG_LACKS_PFS,
                                    QUIRK_BULK_MISSES};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        struct bench *b = with_quirks(none[i]);
        assert_upgraded_alone(b, true);
        assert_int_equal(b->port_opens, 1);
        assert_int_equal(count_events(b, "\"mode\":\"pfs\""), BENCH_LOAD_FILES);
        assert_int_not_equal(count_events(b, "\"icon\":1"), 0);
        play_free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_phone_that_ignores_its_peers),
        cmocka_unit_test(a_phone_whose_sharing_stays_off),
        cmocka_unit_test(a_healthy_phone_shares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
