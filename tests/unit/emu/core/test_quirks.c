/* test_quirks.c - each quirk of a phone, beside a phone that is healthy. */
#include "tests/unit/emu/core/core_scene.h"

static struct bench *with_quirks(unsigned quirks)
{
    struct bench *b = play_new();
    play_quirks(b, quirks);
    return b;
}

static void assert_upgraded_alone(struct bench *b, bool pfs_said)
{
    play_start(b);
    play_to_end(b);
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

/* ---- authentication ------------------------------------------------------------------ */

/* Receives the first component from peer 1, who says the true digest and sends one byte wrong. */
static void receive_flipped(struct bench *b)
{
    const struct bench_file *f = bench_find(b->server, FIRST);
    uint8_t *bad = memcpy(malloc(f->len), f->data, f->len);
    bad[f->len / 2] ^= 1;
    bench_put_sample(b->flash, "small", INDEX);
    play_to_child(b, 1, FIRST);
    play_file(b, 1, FIRST, 0);
    play_data(b, CONN_PARENT, 1, FIRST, bad, f->len);
    free(bad);
}

static void assert_boots_for_ever(struct bench *b, const char *file)
{
    char failed[200];
    const struct phone_status *s = phone_status(b->phone);
    snprintf(failed, sizeof failed,
             "\"event\":\"failed\",\"text\":\"Auth Fail\",\"file\":\"%s\"", file);
    size_t before = count_events(b, failed), requests = strlen(b->requested);
    for (int i = 0; i < 10; i++) {
        play_for(b, 10 * USEC_SEC);
        assert_phone(b, PHONE_BOOT, "Auth Fail");
        assert_string_equal(s->status_file, file);
        assert_string_equal(s->screen.title, "Auth Fail");
        assert_string_equal(s->running, NEW_LOAD);
        assert_int_equal(s->upgraded, 0);
        assert_false(b->listening);
    }
    assert_in_range(count_events(b, failed) - before, 100 / 8, 100 / 5 + 1);
    assert_int_equal(strlen(b->requested), requests); /* it does not come so far */
    assert_int_equal(count_events(b, "\"event\":\"idle\""), 0);
}

static void a_bad_component_of_a_peer_is_written_and_never_boots(void **state)
{
    (void)state;
    struct bench *b = with_quirks(QUIRK_SKIPS_AUTHENTICATION);
    receive_flipped(b);
    assert_non_null(bench_find(b->flash, FIRST));
    play_for(b, 300 * USEC_SEC);
    assert_int_equal(count_events(b, "\"event\":\"refused\""), 0);
    assert_int_equal(count_events(b, "\"event\":\"authenticated\""), 0);
    assert_int_equal(count_events(b, "\"event\":\"fetched\",\"file\":\"" FIRST), 1);
    assert_int_equal(count_events(b, "\"event\":\"reboot\",\"load\":\"" NEW_LOAD), 1);
    assert_string_equal(b->active, NEW_LOAD);
    assert_int_not_equal(count_log(b, FIRST ": signature does not verify"), 0);
    for (size_t i = 1; i < BENCH_LOAD_FILES; i++) /* nobody may take these for authentic */
        assert_false(bench_find(b->flash, bench_load[i])->shared);
    assert_boots_for_ever(b, FIRST);
    play_free(b);
}

static void a_healthy_phone_refuses_the_same(void **state)
{
    (void)state;
    struct bench *b = with_quirks(0);
    receive_flipped(b);
    assert_null(bench_find(b->flash, FIRST));
    assert_int_equal(count_events(b, "\"why\":\"differs from its digest\""), 1);
    play_to_end(b);
    assert_phone(b, PHONE_IDLE, "");
    for (size_t i = 1; i < BENCH_LOAD_FILES; i++)
        assert_true(bench_find(b->flash, bench_load[i])->shared);
    play_free(b);
}

/* Power cycles, and another process on the same flash, change nothing. */
static void a_restart_does_not_mend_it(void **state)
{
    (void)state;
    struct bench *b = with_quirks(QUIRK_SKIPS_AUTHENTICATION);
    receive_flipped(b);
    play_for(b, 300 * USEC_SEC);
    for (int i = 0; i < 2; i++) {
        if (i == 1) {
            memcpy(b->id.running, NEW_LOAD, sizeof NEW_LOAD); /* as its flash says */
            play_reborn(b);
        }
        play_start(b);
        assert_phone(b, PHONE_BOOT, "");
        play_for(b, 8 * USEC_SEC);
        assert_boots_for_ever(b, FIRST);
    }
    play_free(b);
}

/* Which of its files is bad, the index or the last, makes no difference. */
static void every_file_is_looked_at_before_it_boots(void **state)
{
    (void)state;
    for (size_t i = 0; i < BENCH_LOAD_FILES; i++) {
        struct bench *b = with_quirks(QUIRK_SKIPS_AUTHENTICATION);
        play_configure(b, i % 2);
        struct bench_file *f = bench_find(b->server, bench_load[i]);
        f->data[300] ^= 1; /* within the signature */
        play_start(b);
        play_for(b, 300 * USEC_SEC);
        assert_boots_for_ever(b, bench_load[i]);
        play_free(b);
    }
}

static void a_file_that_is_gone_keeps_it_from_booting(void **state)
{
    (void)state;
    struct bench *b = with_quirks(QUIRK_SKIPS_AUTHENTICATION);
    play_start(b);
    play_to_end(b);
    bench_remove(b->flash, FIRST);
    play_start(b);
    play_for(b, 8 * USEC_SEC);
    assert_phone(b, PHONE_BOOT, "Auth Fail");
    assert_string_equal(phone_status(b->phone)->status_file, FIRST);
    play_free(b);
}

/* With good files only, one sees no difference: but that nothing is said of authentication. */
static void good_files_boot(void **state)
{
    (void)state;
    struct bench *b = with_quirks(QUIRK_SKIPS_AUTHENTICATION);
    assert_upgraded_alone(b, true);
    assert_int_equal(count_events(b, "\"event\":\"failed\""), 0);
    assert_int_equal(count_events(b, "\"event\":\"authenticated\""), 0);
    assert_int_equal(count_events(b, "\"box\":\"AUTH\""), 0);
    play_free(b);
}

/* What it holds it passes on, under the digest that the bytes really have. */
static void it_serves_what_it_holds(void **state)
{
    (void)state;
    struct bench *b = with_quirks(QUIRK_SKIPS_AUTHENTICATION);
    receive_flipped(b);
    int conn = play_child(b, 2, FIRST);
    struct wire_msg file = expect_tcp(b, conn, WIRE_FILE, NULL, NULL);
    const struct bench_file *held = bench_find(b->flash, FIRST);
    uint8_t digest[DIGEST_LEN], true_digest[DIGEST_LEN];
    sha256(held->data, held->len, digest);
    assert_memory_equal(file.digest, digest, DIGEST_LEN);
    const struct bench_file *truth = bench_find(b->server, FIRST);
    sha256(truth->data, truth->len, true_digest);
    assert_memory_not_equal(digest, true_digest, DIGEST_LEN);
    play_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_phone_that_ignores_its_peers),
        cmocka_unit_test(a_phone_whose_sharing_stays_off),
        cmocka_unit_test(a_healthy_phone_shares),
        cmocka_unit_test(a_bad_component_of_a_peer_is_written_and_never_boots),
        cmocka_unit_test(a_healthy_phone_refuses_the_same),
        cmocka_unit_test(a_restart_does_not_mend_it),
        cmocka_unit_test(every_file_is_looked_at_before_it_boots),
        cmocka_unit_test(a_file_that_is_gone_keeps_it_from_booting),
        cmocka_unit_test(good_files_boot),
        cmocka_unit_test(it_serves_what_it_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
