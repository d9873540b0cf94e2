/* test_upgrade_fails.c - every way in which an upgrade can fail, and port 4051 in use. */
#include "emu/core/upgrade.h"
#include "tests/unit/emu/core/core_play.h"

/* ---- what fails ---------------------------------------------------------------------- */

static void assert_fails(struct bench *b, bool pfs, const char *text, const char *file)
{
    char event[200];
    play_configure(b, pfs);
    play_start(b);
    play_to_end(b);
    assert_phone(b, PHONE_FAILED, text);
    snprintf(event, sizeof event, "\"event\":\"failed\",\"text\":\"%s\",\"file\":\"%s\"", text,
             file);
    assert_int_equal(count_events(b, event), 1);
    assert_string_equal(phone_status(b->phone)->screen.title, text);
    assert_int_equal(phone_status(b->phone)->screen.icon, 0);
    assert_string_equal(phone_status(b->phone)->running, OLD_LOAD);
    assert_string_equal(b->active, ""); /* the old load is what boots */
    assert_false(b->listening);
    assert_false(b->downloading);
    assert_int_equal(phone_deadline(b->phone), NEVER);
    if (strcmp(file, INDEX) != 0)
        assert_int_equal(phone_status(b->phone)->screen.box[0], BOX_ERROR);
    play_free(b);
}

static void missing_files_are_not_found(void **state)
{
    (void)state;
    for (int pfs = 0; pfs < 2; pfs++)
        for (size_t i = 0; i < 2; i++) {
            struct bench *b = play_new();
            bench_remove(b->server, bench_load[i]);
            assert_fails(b, pfs, "File not found", bench_load[i]);
        }
}

static void a_bad_signature_fails(void **state)
{
    (void)state;
    for (int pfs = 0; pfs < 2; pfs++)
        for (size_t i = 0; i < 2; i++) {
            struct bench *b = play_new();
            struct bench_file *f = bench_find(b->server, bench_load[i]);
            f->data[f->len - 1] ^= 1;
            assert_fails(b, pfs, "Auth Fail", bench_load[i]);
        }
}

static void a_file_under_anothers_name_fails(void **state)
{
    (void)state;
    struct bench *b = play_new();
    const struct bench_file *f = bench_find(b->server, bench_load[2]);
    bench_put(b->server, FIRST, memcpy(malloc(f->len), f->data, f->len), f->len);
    assert_fails(b, false, "Auth Fail", FIRST);
}

static void a_malformed_list_fails(void **state)
{
    (void)state;
    static const char *const loads[] = {"SCCP41.truncated-list", "SCCP41.empty-list",
                                        "SCCP41.path-in-list", "SCCP41.twice-in-list"};
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++) {
        struct bench *b = play_new();
        char list[NAME_MAX_LEN];
        snprintf(list, sizeof list, "%s.loads", loads[i]);
        bench_put_sample(b->server, "bad", list);
        play_name_load(b, loads[i], false);
        play_start(b);
        play_to_end(b);
        assert_phone(b, PHONE_FAILED, "Load ID incorrect");
        assert_string_equal(b->active, "");
        play_free(b);
    }
}

/* The configuration names a load whose list is that of the new one. */
static void rename_load(struct bench *b, const char *load, bool pfs)
{
    char index[NAME_MAX_LEN];
    snprintf(index, sizeof index, "%s.loads", load);
    const struct bench_file *f = bench_find(b->server, INDEX);
    bench_put(b->server, index, memcpy(malloc(f->len), f->data, f->len), f->len);
    play_name_load(b, load, pfs);
}

/* A whole, signed load: its name alone says that it is for other hardware. */
static void a_load_of_another_model_is_rejected(void **state)
{
    (void)state;
    static const struct {
        const char *model, *load;
    } cases[] = {
        {"CP-7961G", "SIP42.9-9-9S"},       {"CP-7961G", "SCCP42.9-4-2SR3-1S"},
        {"CP-7961G", "TERM70.7-0-2-0S"},    {"CP-7970G", "sip41.8-0-3S"},
        {"CP-7906G", "SIP42.9-4-2S"},       {"CP-7961G", "term65.default"},
        {"CP-7942G", "P0S3-8-12-00"},       {"CP-7940G", "SCCP41.9-4-2SR3-1S"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int pfs = 0; pfs < 2; pfs++) {
            struct bench *b = play_new_model(cases[i].model, pfs);
            char index[NAME_MAX_LEN];
            b->id.authentication = AUTH_STRUCTURE;
            b->id.quirks = QUIRK_SKIPS_AUTHENTICATION; /* so that any bytes will do */
            play_reborn(b);
            rename_load(b, cases[i].load, pfs);
            snprintf(index, sizeof index, "%s.loads", cases[i].load);
            play_start(b);
            play_to_end(b);
            assert_phone(b, PHONE_FAILED, "Load rejected HC");
            assert_string_equal(phone_status(b->phone)->status_file, index);
            assert_string_equal(phone_status(b->phone)->running, OLD_LOAD);
            assert_int_equal(count_requests(b, index), 1);
            assert_int_equal(count_requests(b, FIRST), 0);
            assert_string_equal(b->active, "");
            assert_false(b->listening);
            play_free(b);
        }
}

static void a_sip_load_of_its_own_is_taken(void **state)
{
    (void)state;
    static const char *const loads[] = {"SIP41.9-4-2SR3-1S", "TERM41.7-0-2-0S", "my.own"};
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++) {
        struct bench *b = play_new();
        play_quirks(b, QUIRK_SKIPS_AUTHENTICATION);
        rename_load(b, loads[i], false);
        play_start(b);
        while (*b->active == '\0' && phone_status(b->phone)->state != PHONE_FAILED)
            play_for(b, USEC_SEC);
        assert_string_equal(b->active, loads[i]);
        play_free(b);
    }
}

static void a_bad_archive_fails(void **state)
{
    (void)state;
    struct bench *b = play_new();
    bench_put_sample(b->server, "bad", "SCCP41.bad-archive.loads");
    static const char *const parts[] = {"jar41sccp.good.sbn", "cnu41.good.sbn", "dsp41.good.sbn",
                                        "apps41.bad-archive.sbn", "cvm41sccp.good.sbn"};
    for (size_t i = 0; i < 5; i++)
        bench_put_sample(b->server, "bad", parts[i]);
    play_name_load(b, "SCCP41.bad-archive", false);
    play_start(b);
    play_to_end(b);
    assert_phone(b, PHONE_FAILED, "Checksum Error");
    play_free(b);
}

static void a_silent_server_is_a_timeout(void **state)
{
    (void)state;
    for (int pfs = 0; pfs < 2; pfs++) {
        struct bench *b = play_new_model(MODEL, pfs);
        play_start(b);
        while (!count_requests(b, FIRST))
            play_for(b, USEC_MS);
        b->server_down = true;
        play_to_end(b);
        assert_phone(b, PHONE_FAILED, "TFTP timeout");
        assert_string_equal(b->active, "");
        play_free(b);
    }
}

/* A server forgets a transfer long before the outage ends that broke it. */
static void a_broken_transfer_begins_again(void **state)
{
    (void)state;
    for (int pfs = 0; pfs < 2; pfs++) {
        struct bench *b = play_new_model(MODEL, pfs);
        play_start(b);
        while (phone_status(b->phone)->screen.kb < 2)
            play_for(b, USEC_MS);
        char name[128];
        strcpy(name, b->phone->fetch.name);
        size_t asked = count_requests(b, name);
        b->server_down = true;
        while (count_requests(b, name) == asked && phone_status(b->phone)->state == PHONE_UPGRADE)
            play_for(b, USEC_SEC);
        b->server_down = false; /* and answers the request, no ACK from before */
        play_to_end(b);
        assert_phone(b, PHONE_IDLE, "");
        assert_int_equal(count_requests(b, name), asked + 1);
        play_free(b);
    }
}

/* What a server says of a file of the load, how often, and how it ends; with sharing and without. */
static void what_a_server_says_of_firmware(void **state)
{
    (void)state;
    static const struct {
        uint16_t code;
        uint32_t block;
        unsigned times;
        const char *ends; /* NULL: well */
        unsigned asked;
    } cases[] = {
        {1, 0, 99, "File not found", 1},
        {2, 0, 99, "TFTP error", 1},
        {8, 0, 99, "TFTP error", 1},
        {0, 0, 5, NULL, 6},
        {3, 0, 3, NULL, 4},
        {3, 0, 99, "TFTP error", 6},
        {0, 0, 99, "TFTP error", 6},
        {0, 2, 1, NULL, 2},
        {1, 3, 2, NULL, 3},
        {2, 4, 3, NULL, 4},
        {3, 2, 99, "TFTP error", 4},
        {BENCH_SILENT, 2, 2, NULL, 3},
        {BENCH_SILENT, 0, 99, "TFTP timeout", 6},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int pfs = 0; pfs < 2; pfs++) {
            struct bench *b = play_new_model(MODEL, pfs);
            b->answers[0] = (struct bench_answer){bench_load[2], cases[i].block, cases[i].code,
                                                  "so \"it\" is", 0, cases[i].times};
            play_start(b);
            play_to_end(b);
            assert_int_equal(count_requests(b, bench_load[2]), cases[i].asked);
            assert_phone(b, cases[i].ends ? PHONE_FAILED : PHONE_IDLE,
                         cases[i].ends ? cases[i].ends : "");
            for (size_t n = 0; n < BENCH_LOAD_FILES && !cases[i].ends; n++) {
                const struct bench_file *f = bench_find(b->flash, bench_load[n]);
                assert_int_equal(f->len, bench_find(b->server, bench_load[n])->len);
                assert_memory_equal(f->data, bench_find(b->server, bench_load[n])->data, f->len);
            }
            play_free(b);
        }
}

/* No two requests of a fleet at one time: waits double, and spread by a quarter. */
static void tries_after_an_error_are_spaced(void **state)
{
    (void)state;
    struct bench *b = play_new_model(MODEL, false);
    b->answers[0] = (struct bench_answer){FIRST, 2, 0, "", 0, 99};
    play_start(b);
    usec asked_at[TFTP_BREAKS + 1];
    for (size_t i = 0; i < TFTP_BREAKS + 1; i++) {
        while (count_requests(b, FIRST) == i)
            play_for(b, 100 * USEC_MS);
        asked_at[i] = b->now;
    }
    for (size_t i = 0; i < TFTP_BREAKS; i++) {
        usec pause = TFTP_TIMEOUT << i;
        assert_in_range(asked_at[i + 1] - asked_at[i], pause - USEC_SEC, pause * 5 / 4 + USEC_SEC);
    }
    play_free(b);
}

/* What the server said stands in the record, the event and the log, whatever bytes it sent; of a
 * failure that is none of its making nothing is said. */
static void the_servers_words_are_told(void **state)
{
    (void)state;
    static const struct {
        struct bench_answer answer;
        const char *text, *said, *json;
    } cases[] = {
        {{FIRST, 0, 2, "no \"x\" \\ <b>&'\x01\x80\xff\n", 0, 99}, "TFTP error",
         "error 2 \"no \"x\" \\ <b>&'....\"", "error 2 \\\"no \\\"x\\\" \\\\ <b>&'....\\\""},
        {{FIRST, 0, 1, "", 0, 99}, "File not found", "error 1", "error 1"},
        {{FIRST, 0, 0, "\0\6blksize\0" "1428", 15, 99}, "TFTP error",
         "an acknowledgement of options (OACK)", "an acknowledgement of options (OACK)"},
        {{FIRST, 2, 0, "overload", 0, 99}, "TFTP error", "error 0 \"overload\"",
         "error 0 \\\"overload\\\""},
        {{FIRST, 0, BENCH_SILENT, "", 0, 99}, "TFTP timeout", "", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench *b = play_new_model(MODEL, false);
        char event[300], line[300];
        b->answers[0] = cases[i].answer;
        play_start(b);
        play_to_end(b);
        assert_phone(b, PHONE_FAILED, cases[i].text);
        assert_string_equal(phone_status(b->phone)->status_file, FIRST);
        assert_string_equal(phone_status(b->phone)->status_server, cases[i].said);
        snprintf(event, sizeof event, "\"text\":\"%s\",\"file\":\"" FIRST "\"%s%s%s}", cases[i].text,
                 cases[i].json ? ",\"server\":\"" : "", cases[i].json ? cases[i].json : "",
                 cases[i].json ? "\"" : "");
        assert_int_equal(count_events(b, event), 1);
        snprintf(line, sizeof line, "DLoad: TFTP " FIRST ": %s",
                 *cases[i].said ? cases[i].said : "no answer");
        assert_in_range(count_log(b, line), 1, TFTP_TRIES);
        play_free(b);
    }
    struct bench *b = play_new_model(MODEL, false);
    b->answers[0] = (struct bench_answer){FIRST, 2, 0, "busy", 0, 1};
    bench_find(b->server, FIRST)->data[2000] ^= 1;
    play_start(b);
    play_to_end(b);
    assert_phone(b, PHONE_FAILED, "Auth Fail");
    assert_string_equal(phone_status(b->phone)->status_server, "");
    play_free(b);
}

static void a_failing_flash_fails_with_words(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct bench *b = play_new();
        *(int *[]){&b->flash_begin_error, &b->flash_append_error, &b->flash_commit_error,
                   &b->flash_activate_error}[i] = -ENOSPC;
        play_configure(b, false);
        play_start(b);
        play_to_end(b);
        assert_phone(b, PHONE_FAILED, "Flash Error");
        assert_int_equal(count_log(b, "(null)"), 0);
        assert_int_equal(count_events(b, "\"event\":\"fetched\""), i == 3 ? BENCH_LOAD_FILES : 0);
        assert_string_equal(b->active, "");
        assert_string_equal(phone_status(b->phone)->running, OLD_LOAD);
        play_free(b);
    }
}

/* With a load server set there is no fallback: neither peers nor the TFTP server help. */
static void a_silent_load_server_is_a_timeout(void **state)
{
    (void)state;
    for (int pfs = 0; pfs < 2; pfs++) {
        struct bench *b = play_new();
        char text[256];
        snprintf(text, sizeof text,
                 "<device><loadInformation>" NEW_LOAD "</loadInformation><vendorConfig>"
                 "<loadServer>192.168.0.9</loadServer><peerFirmwareSharing>%d"
                 "</peerFirmwareSharing></vendorConfig></device>", pfs);
        bench_put_text(b->server, OWN_FILE, text);
        play_start(b);
        while (!count_requests(b, INDEX))
            play_for(b, 10);
        b->server_down = true; /* whoever it is that is asked from now on */
        while (phone_status(b->phone)->state == PHONE_UPGRADE) {
            assert_int_equal(b->asked_ip, 0x0900a8c0);
            play_for(b, 100 * USEC_MS);
        }
        assert_phone(b, PHONE_FAILED, "TFTP timeout");
        assert_string_equal(b->active, "");
        assert_int_equal(count_events(b, "\"event\":\"fetched\""), 0);
        play_free(b);
    }
}

static void a_file_larger_than_any_flash_is_cut_off(void **state)
{
    (void)state;
    struct bench *b = play_new_model(MODEL, false);
    size_t len = PFS_FILE_MAX + 1;
    bench_put(b->server, INDEX, calloc(1, len), len);
    play_start(b);
    while (!count_requests(b, INDEX))
        play_for(b, USEC_MS);
    b->phone->fetch.bytes = PFS_FILE_MAX - 100; /* as if so much had come */
    play_to_end(b);
    assert_phone(b, PHONE_FAILED, "Flash Error");
    play_free(b);
}

/* ---- port 4051 ----------------------------------------------------------------------- */

static void a_port_in_use_is_tried_again(void **state)
{
    (void)state;
    struct bench *b = play_new();
    b->port_error = -EADDRINUSE;
    b->port_errors = UPGRADE_PORT_TRIES - 1;
    play_start(b);
    play_to_end(b);
    assert_phone(b, PHONE_IDLE, "");
    assert_int_equal(b->port_opens, UPGRADE_PORT_TRIES);
    assert_int_equal(count_events(b, "\"mode\":\"pfs\""), BENCH_LOAD_FILES);
    play_free(b);
}

static void a_port_that_stays_in_use_leads_to_the_server(void **state)
{
    (void)state;
    static const int errors[] = {-EADDRINUSE, -EACCES};
    for (size_t i = 0; i < 2; i++) {
        struct bench *b = play_new();
        b->port_error = errors[i];
        b->port_errors = -1;
        play_start(b);
        while (phone_status(b->phone)->screen.boxes == 0)
            play_for(b, USEC_MS);
        assert_int_equal(phone_status(b->phone)->screen.icon, 0); /* nothing is shared */
        play_to_end(b);
        assert_phone(b, PHONE_IDLE, "");
        assert_int_equal(b->port_opens, i ? 1 : UPGRADE_PORT_TRIES);
        assert_int_equal(count_events(b, "\"mode\":\"tftp\""), BENCH_LOAD_FILES);
        assert_int_equal(count_events(b, "\"event\":\"fallback\",\"file\":\"all\""), 1);
        assert_int_equal(count_log(b, i ? "port 4051: Permission denied"
                                        : "port 4051: in use by another program"), 1);
        assert_int_equal(b->udp_count, 0);
        play_free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_files_are_not_found),
        cmocka_unit_test(a_bad_signature_fails),
        cmocka_unit_test(a_file_under_anothers_name_fails),
        cmocka_unit_test(a_malformed_list_fails),
        cmocka_unit_test(a_load_of_another_model_is_rejected),
        cmocka_unit_test(a_sip_load_of_its_own_is_taken),
        cmocka_unit_test(a_bad_archive_fails),
        cmocka_unit_test(a_silent_server_is_a_timeout),
        cmocka_unit_test(a_silent_load_server_is_a_timeout),
        cmocka_unit_test(a_broken_transfer_begins_again),
        cmocka_unit_test(what_a_server_says_of_firmware),
        cmocka_unit_test(tries_after_an_error_are_spaced),
        cmocka_unit_test(the_servers_words_are_told),
        cmocka_unit_test(a_failing_flash_fails_with_words),
        cmocka_unit_test(a_file_larger_than_any_flash_is_cut_off),
        cmocka_unit_test(a_port_in_use_is_tried_again),
        cmocka_unit_test(a_port_that_stays_in_use_leads_to_the_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
