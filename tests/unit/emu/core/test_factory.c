/* test_factory.c - a phone with no load on its flash: what it asks for, in which order, and what it
 * runs then.
 */
#include "tests/unit/emu/core/core_scene.h"

#include <arpa/inet.h>

#define FACTORY       "term61.default"
#define FACTORY_INDEX FACTORY ".loads"

/* What it was delivered with does not count: it is gone. */
static struct bench *reset_model(const char *model)
{
    struct bench *b = play_new_model(model, true);
    bench_put_sample(b->server, "small", FACTORY_INDEX);
    b->id.factory_reset = true;
    play_reborn(b);
    return b;
}

static void until_state(struct bench *b, enum phone_state state)
{
    usec until = b->now + 60 * USEC_SEC;
    while (phone_status(b->phone)->state != state && b->now < until)
        play_for(b, 100);
    assert_int_equal(phone_status(b->phone)->state, state);
}

static size_t place_of_event(const struct bench *b, const char *text)
{
    for (size_t i = 0; i < b->event_count; i++)
        if (strstr(b->event[i], text))
            return i;
    fail_msg("no event %s", text);
    return 0;
}

/* ---- the healthy way ----------------------------------------------------------------- */

static void it_starts_anew_by_the_factory_load(void **state)
{
    (void)state;
    struct bench *b = reset_model(MODEL);
    play_start(b);
    play_to_end(b);
    assert_phone(b, PHONE_IDLE, "");
    assert_string_equal(phone_status(b->phone)->running, NEW_LOAD);
    assert_int_equal(phone_status(b->phone)->upgraded, 1);
    assert_memory_equal(b->requested, FACTORY_INDEX " " FIRST " ",
                        sizeof FACTORY_INDEX + sizeof FIRST);
    for (size_t i = 0; i < BENCH_LOAD_FILES; i++) /* those of the factory load are the same */
        assert_int_equal(count_requests(b, bench_load[i]), 1);
    assert_int_equal(count_requests(b, OWN_FILE), 2); /* below each of its loads */
    assert_true(place_of_event(b, "\"boot\",\"load\":\"\"") <
                place_of_event(b, "\"upgrade\",\"load\":\"" FACTORY "\",\"files\":5"));
    assert_true(place_of_event(b, "\"boot\",\"load\":\"" FACTORY) <
                place_of_event(b, "\"config\""));
    assert_true(place_of_event(b, "\"config\"") <
                place_of_event(b, "\"upgrade\",\"load\":\"" NEW_LOAD));
    assert_null(bench_find(b->flash, FACTORY_INDEX));
    assert_string_equal(b->active, NEW_LOAD);
    play_free(b);
}

/* No configuration has said that it may share, nor who else serves firmware. */
static void the_factory_load_comes_from_the_tftp_server(void **state)
{
    (void)state;
    struct bench *b = reset_model(MODEL);
    bench_put_text(b->server, OWN_FILE,
                   "<device><loadInformation>" NEW_LOAD "</loadInformation><vendorConfig>"
                   "<peerFirmwareSharing>1</peerFirmwareSharing>"
                   "<loadServer>192.168.0.77</loadServer></vendorConfig></device>");
    play_start(b);
    until_state(b, PHONE_UPGRADE);
    assert_string_equal(phone_status(b->phone)->running, "");
    assert_int_equal(phone_status(b->phone)->pfs, 0);
    assert_int_equal(phone_status(b->phone)->screen.icon, 0);
    assert_int_equal(b->port_opens, 0);
    assert_int_equal(count_requests(b, "SEP"), 0);
    until_state(b, PHONE_BOOT);
    assert_int_equal(b->asked_ip, SERVER_IP);
    assert_int_equal(b->udp_count, 0);
    until_state(b, PHONE_UPGRADE); /* now as its configuration says */
    assert_int_equal(phone_status(b->phone)->pfs, 1);
    assert_int_equal(b->port_opens, 1);
    while (!count_requests(b, INDEX))
        play_for(b, USEC_MS);
    assert_int_equal(b->asked_ip, inet_addr("192.168.0.77"));
    play_to_end(b);
    assert_phone(b, PHONE_IDLE, "");
    assert_int_equal(count_events(b, "\"event\":\"root\""), 1); /* of the index alone */
    play_free(b);
}

static void each_model_asks_for_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < phone_model_count; i++) {
        char first[NAME_MAX_LEN + 8];
        const struct phone_model *m = &phone_models[i];
        struct bench *b = reset_model(m->name);
        snprintf(first, sizeof first, "%s%s", m->factory ? m->factory : "CTLSEP0800270027F8.tlv",
                 m->factory ? ".loads " : " ");
        bench_remove(b->server, FACTORY_INDEX);
        play_start(b);
        play_for(b, 10 * USEC_SEC);
        assert_memory_equal(b->requested, first, strlen(first));
        if (m->factory)
            assert_phone(b, PHONE_FAILED, "File not found");
        play_free(b);
    }
}

/* ---- the second generation ----------------------------------------------------------- */

static void a_model_without_one_goes_to_its_configuration(void **state)
{
    (void)state;
    struct bench *b = reset_model("CP-7960G");
    play_old_model(b, true);
    play_start(b);
    until_state(b, PHONE_UPGRADE);
    assert_string_equal(phone_status(b->phone)->running, "");
    assert_int_equal(count_requests(b, ".default."), 0);
    play_to_end(b);
    assert_phone(b, PHONE_IDLE, "");
    assert_string_equal(phone_status(b->phone)->running, OLD_MODEL_LOAD);
    play_free(b);
}

static void nothing_to_run_and_none_named_fails(void **state)
{
    (void)state;
    struct bench *b = reset_model("CP-7960G");
    bench_put_text(b->server, OWN_FILE, "<device/>");
    play_start(b);
    play_to_end(b);
    assert_phone(b, PHONE_FAILED, "Load ID incorrect");
    assert_string_equal(phone_status(b->phone)->status_file, OWN_FILE);
    play_free(b);
}

/* ---- what comes in between ----------------------------------------------------------- */

static void interrupted_it_begins_again_and_keeps_its_files(void **state)
{
    (void)state;
    for (int process = 0; process < 2; process++) {
        struct bench *b = reset_model(MODEL);
        play_start(b);
        while (!bench_find(b->flash, bench_load[3]))
            play_for(b, 100);
        if (process)
            play_reborn(b); /* nothing activated: nothing to run still */
        play_start(b);
        assert_string_equal(phone_status(b->phone)->running, "");
        play_to_end(b);
        assert_phone(b, PHONE_IDLE, "");
        assert_string_equal(phone_status(b->phone)->running, NEW_LOAD);
        for (size_t i = 1; i < BENCH_LOAD_FILES; i++)
            if (i != 4) /* was on its way */
                assert_int_equal(count_requests(b, bench_load[i]), 1);
        assert_int_equal(count_requests(b, FACTORY_INDEX), 1);
        play_free(b);
    }
}

/* The launcher's word is about the first power-on; what has been activated since counts more. */
static void with_a_load_again_it_is_a_phone_like_others(void **state)
{
    (void)state;
    struct bench *b = reset_model(MODEL);
    play_start(b);
    play_to_end(b);
    play_start(b);
    play_to_end(b);
    assert_phone(b, PHONE_IDLE, "");
    assert_int_equal(count_requests(b, FACTORY_INDEX), 1);
    play_free(b);
}

static void a_factory_load_that_is_bad_or_missing_fails(void **state)
{
    (void)state;
    struct bench *b = reset_model(MODEL);
    bench_find(b->server, FIRST)->data[300] ^= 1;
    play_start(b);
    play_to_end(b);
    assert_phone(b, PHONE_FAILED, "Auth Fail");
    assert_string_equal(phone_status(b->phone)->status_file, FIRST);
    assert_string_equal(phone_status(b->phone)->running, "");
    assert_string_equal(b->active, "");
    bench_find(b->server, FIRST)->data[300] ^= 1; /* mended, and reset */
    play_start(b);
    play_to_end(b);
    assert_phone(b, PHONE_IDLE, "");
    play_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_starts_anew_by_the_factory_load),
        cmocka_unit_test(the_factory_load_comes_from_the_tftp_server),
        cmocka_unit_test(each_model_asks_for_its_own),
        cmocka_unit_test(a_model_without_one_goes_to_its_configuration),
        cmocka_unit_test(nothing_to_run_and_none_named_fails),
        cmocka_unit_test(interrupted_it_begins_again_and_keeps_its_files),
        cmocka_unit_test(with_a_load_again_it_is_a_phone_like_others),
        cmocka_unit_test(a_factory_load_that_is_bad_or_missing_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
