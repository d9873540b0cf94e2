/* test_upgrade.c - the files of a load, from the first request to the boot into it; what is shown
 * meanwhile. How it can fail: test_upgrade_fails.c.
 */
#include "tests/unit/emu/core/core_play.h"

static struct bench *upgraded(bool pfs)
{
    struct bench *b = play_new_model(MODEL, pfs);
    play_start(b);
    play_to_end(b);
    return b;
}

static void assert_flash_is_the_servers(struct bench *b)
{
    for (size_t i = 0; i < BENCH_LOAD_FILES; i++) {
        const struct bench_file *held = bench_find(b->flash, bench_load[i]);
        const struct bench_file *from = bench_find(b->server, bench_load[i]);
        assert_non_null(held);
        assert_int_equal(held->len, from->len);
        assert_memory_equal(held->data, from->data, held->len);
    }
}

static const char *screen_events(const struct bench *b, size_t *at)
{
    while (*at < b->event_count)
        if (strstr(b->event[(*at)++], "\"event\":\"screen\""))
            return b->event[*at - 1];
    return NULL;
}

/* ---- the healthy ways ---------------------------------------------------------------- */

static void the_files_of_the_old_load_go(void **state)
{
    (void)state;
    struct bench *b = play_new_model(MODEL, false);
    bench_put(b->flash, "SCCP41.8-5-4S.loads", calloc(1, 10), 10);
    play_start(b);
    play_to_end(b);
    assert_phone(b, PHONE_IDLE, "");
    assert_null(bench_find(b->flash, "SCCP41.8-5-4S.loads"));
    assert_flash_is_the_servers(b);
    play_free(b);
}

static void upgrades_from_the_server(void **state)
{
    (void)state;
    struct bench *b = upgraded(false);
    assert_phone(b, PHONE_IDLE, "");
    assert_flash_is_the_servers(b);
    assert_string_equal(b->active, NEW_LOAD);
    assert_string_equal(phone_status(b->phone)->running, NEW_LOAD);
    assert_int_equal(phone_status(b->phone)->upgraded, 1);
    assert_int_equal(b->port_opens, 0); /* 4051 stays closed */
    assert_int_equal(b->udp_count, 0);
    assert_int_equal(count_requests(b, OWN_FILE), 2); /* asked again after the reboot */
    for (size_t i = 0; i < BENCH_LOAD_FILES; i++)
        assert_int_equal(count_requests(b, bench_load[i]), 1);
    play_free(b);
}

static void files_come_in_the_order_of_the_list(void **state)
{
    (void)state;
    struct bench *b = upgraded(false);
    const char *at = b->requested;
    for (size_t i = 0; i < BENCH_LOAD_FILES; i++) {
        at = strstr(at, bench_load[i]);
        assert_non_null(at);
    }
    play_free(b);
}

static void upgrades_alone_with_sharing_on(void **state)
{
    (void)state;
    struct bench *b = upgraded(true);
    assert_phone(b, PHONE_IDLE, "");
    assert_flash_is_the_servers(b);
    assert_int_equal(b->port_opens, 1);
    assert_false(b->listening); /* closed with the upgrade */
    assert_int_equal(count_events(b, "\"event\":\"root\""), BENCH_LOAD_FILES);
    assert_int_equal(b->udp_count, BENCH_LOAD_FILES * (1 + PFS_ADS));
    play_free(b);
}

static void says_what_happened_in_order(void **state)
{
    (void)state;
    static const char *const events[] = {
        "\"event\":\"boot\",\"load\":\"" OLD_LOAD, "\"event\":\"config\"",
        "\"event\":\"file\",\"file\":\"" INDEX "\",\"mode\":\"tftp\"",
        "\"event\":\"fetched\",\"file\":\"" INDEX "\",\"from\":\"tftp\",\"bytes\":652",
        "\"event\":\"authenticated\",\"file\":\"" INDEX "\",\"how\":\"signature\"",
        "\"event\":\"upgrade\",\"load\":\"" NEW_LOAD "\",\"files\":5",
        "\"event\":\"file\",\"file\":\"" FIRST "\",\"mode\":\"tftp\"",
        "\"event\":\"fetched\",\"file\":\"" FIRST, "\"event\":\"authenticated\",\"file\":\"" FIRST,
        "\"event\":\"fetched\",\"file\":\"cvm41sccp.9-4-2ES26.sbn",
        "\"event\":\"reboot\",\"load\":\"" NEW_LOAD, "\"event\":\"boot\",\"load\":\"" NEW_LOAD,
        "\"event\":\"config\"", "\"event\":\"idle\",\"load\":\"" NEW_LOAD,
    };
    struct bench *b = upgraded(false);
    size_t at = 0;
    for (size_t i = 0; i < sizeof events / sizeof *events; i++, at++) {
        while (at < b->event_count && !strstr(b->event[at], events[i]))
            at++;
        if (at == b->event_count)
            fail_msg("no %s, or not in that place", events[i]);
    }
    play_free(b);
}

static void a_load_name_of_full_length_works(void **state)
{
    (void)state;
    char load[58], index[NAME_MAX_LEN];
    memset(load, 'L', 57);
    load[57] = '\0';
    snprintf(index, sizeof index, "%s.loads", load);
    struct bench *b = play_new();
    play_name_load(b, load, false);
    play_start(b);
    play_to_end(b);
    assert_phone(b, PHONE_FAILED, "File not found");
    assert_int_equal(count_requests(b, index), 1);
    play_free(b);
}

/* ---- the screen ---------------------------------------------------------------------- */

static void the_screen_goes_by_the_contract(void **state)
{
    (void)state;
    for (int pfs = 0; pfs < 2; pfs++) {
        struct bench *b = play_new_model(MODEL, pfs);
        play_start(b);
        const struct screen *s = &phone_status(b->phone)->screen;
        assert_string_equal(s->title, "");
        while (phone_status(b->phone)->state != PHONE_UPGRADE)
            play_for(b, 10);
        assert_string_equal(s->title, "Upgrading");
        assert_string_equal(s->component, INDEX);
        assert_int_equal(s->icon, pfs);
        assert_int_equal(s->boxes, 0);
        while (!s->boxes)
            play_for(b, 10);
        assert_int_equal(s->boxes, 5);
        assert_string_equal(s->component, FIRST);
        assert_int_equal(s->box[0], BOX_NETWK);
        for (int i = 1; i < 5; i++)
            assert_int_equal(s->box[i], BOX_WAIT);
        while (s->box[0] != BOX_DOWNL)
            play_for(b, 10);
        while (s->kb < 10)
            play_for(b, 10);
        assert_int_equal(s->percent, 0); /* TFTP names no size */
        while (s->box[0] != BOX_WRITE)
            play_for(b, 10);
        while (s->box[1] != BOX_DOWNL)
            play_for(b, 10);
        assert_string_equal(s->component, "cnu41.9-4-2ES26.sbn");
        assert_int_equal(s->box[0], BOX_WRITE);
        while (phone_status(b->phone)->state == PHONE_UPGRADE)
            play_for(b, 10);
        assert_string_equal(s->title, "");
        assert_int_equal(s->icon, 0);
        assert_int_equal(s->boxes, 0);
        play_free(b);
    }
}

static void each_component_passes_through_its_boxes(void **state)
{
    (void)state;
    static const char *const boxes[] = {"NETWK", "DOWNL", "DOWNL", "AUTH", "WRITE", "WRITE"};
    struct bench *b = upgraded(false);
    size_t at = 0, box = 0;
    const char *e;
    while ((e = screen_events(b, &at)) && box < 6) {
        if (!strstr(e, "\"component\":\"" FIRST "\""))
            continue;
        if (strstr(e, boxes[box]))
            box++;
    }
    assert_int_equal(box, 6);
    size_t bytes = bench_find(b->server, FIRST)->len;
    char whole[200];
    snprintf(whole, sizeof whole, "\"component\":\"" FIRST "\",\"box\":\"WRITE\",\"percent\":100,"
                                  "\"kb\":%zu,\"icon\":0", bytes / 1024);
    assert_int_equal(count_events(b, whole), 1);
    assert_in_range(count_events(b, "\"event\":\"screen\",\"component\":\"" FIRST), 6, 15);
    play_free(b);
}

/* ---- restarts ------------------------------------------------------------------------ */

/* Power-cycled again and again at odd moments: what the flash holds is not asked for twice, and
 * the old load stays the one to boot until all files are there. */
static void a_restart_keeps_what_the_flash_holds(void **state)
{
    (void)state;
    for (int pfs = 0; pfs < 2; pfs++) {
        struct bench *b = play_new_model(MODEL, pfs);
        for (size_t held = 0; held < BENCH_LOAD_FILES; held++) {
            play_start(b);
            while (!bench_find(b->flash, bench_load[held]))
                play_for(b, 1370);
            if (held + 1 < BENCH_LOAD_FILES)
                assert_string_equal(b->active, "");
        }
        play_to_end(b);
        assert_phone(b, PHONE_IDLE, "");
        assert_flash_is_the_servers(b);
        for (size_t i = 0; i + 1 < BENCH_LOAD_FILES; i++) /* begun, perhaps, and cut off */
            assert_in_range(count_requests(b, bench_load[i]), 1, 2);
        play_free(b);
    }
}

static void all_on_the_flash_boots_at_once(void **state)
{
    (void)state;
    for (int pfs = 0; pfs < 2; pfs++) {
        struct bench *b = play_new_model(MODEL, pfs);
        for (size_t i = 0; i < BENCH_LOAD_FILES; i++)
            bench_put_sample(b->flash, "small", bench_load[i]);
        play_start(b);
        play_to_end(b);
        assert_phone(b, PHONE_IDLE, "");
        assert_string_equal(b->active, NEW_LOAD);
        assert_int_equal(count_requests(b, ".sbn"), 0);
        play_free(b);
    }
}

static void what_went_bad_on_the_flash_is_fetched_again(void **state)
{
    (void)state;
    struct bench *b = play_new_model(MODEL, false);
    for (size_t i = 0; i < BENCH_LOAD_FILES; i++)
        bench_put_sample(b->flash, "small", bench_load[i]);
    bench_find(b->flash, bench_load[3])->data[50000] ^= 4;
    play_start(b);
    play_to_end(b);
    assert_phone(b, PHONE_IDLE, "");
    assert_flash_is_the_servers(b);
    assert_int_equal(count_requests(b, ".sbn"), 1);
    play_free(b);
}

static void a_load_server_is_asked_instead(void **state)
{
    (void)state;
    struct bench *b = play_new();
    bench_put_text(b->server, OWN_FILE,
                   "<device><loadInformation>" NEW_LOAD "</loadInformation><vendorConfig>"
                   "<loadServer>192.168.0.9</loadServer></vendorConfig></device>");
    play_start(b);
    while (!count_requests(b, OWN_FILE))
        play_for(b, 10); /* one answer */
    assert_int_equal(b->asked_ip, SERVER_IP);
    while (!count_requests(b, FIRST))
        play_for(b, 10);
    assert_int_equal(b->asked_ip, 0x0900a8c0);
    play_to_end(b);
    assert_phone(b, PHONE_IDLE, "");
    assert_int_equal(b->asked_ip, SERVER_IP); /* the configuration again */
    play_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(upgrades_from_the_server),
        cmocka_unit_test(the_files_of_the_old_load_go),
        cmocka_unit_test(files_come_in_the_order_of_the_list),
        cmocka_unit_test(upgrades_alone_with_sharing_on),
        cmocka_unit_test(says_what_happened_in_order),
        cmocka_unit_test(a_load_name_of_full_length_works),
        cmocka_unit_test(the_screen_goes_by_the_contract),
        cmocka_unit_test(each_component_passes_through_its_boxes),
        cmocka_unit_test(a_restart_keeps_what_the_flash_holds),
        cmocka_unit_test(all_on_the_flash_boots_at_once),
        cmocka_unit_test(what_went_bad_on_the_flash_is_fetched_again),
        cmocka_unit_test(a_load_server_is_asked_instead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
