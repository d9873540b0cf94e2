/* test_config.c - from power-on to a configuration: which files are asked for, and what their
 * absence, their nonsense and the server's silence lead to.
 */
#include "emu/core/life.h"
#include "tests/unit/emu/core/core_play.h"

#define ALL_BUT_DEFAULT "CTLSEP0800270027F8.tlv ITLSEP0800270027F8.tlv ITLFile.tlv " OWN_FILE " "

/* Until it idles, upgrades or has failed. */
static void boot(struct bench *b)
{
    play_start(b);
    usec until = b->now + 600 * USEC_SEC;
    while (phone_status(b->phone)->state < PHONE_UPGRADE && b->now < until)
        play_for(b, 100);
}

static void set_running(struct bench *b, const char *load)
{
    phone_free(b->phone);
    snprintf(b->id.running, sizeof b->id.running, "%s", load);
    b->phone = phone_new(&b->id, &bench_ops, b);
}

static void boots_for_a_while(void **state)
{
    (void)state;
    struct bench *b = play_new();
    assert_int_equal(phone_deadline(b->phone), NEVER);
    play_start(b);
    assert_phone(b, PHONE_BOOT, "");
    assert_in_range(phone_deadline(b->phone), LIFE_BOOT_TIME, LIFE_BOOT_TIME + LIFE_BOOT_SPREAD);
    assert_int_equal(count_events(b, "\"event\":\"boot\",\"load\":\"" OLD_LOAD "\""), 1);
    play_for(b, LIFE_BOOT_TIME - 1);
    assert_string_equal(b->requested, "");
    play_free(b);
}

static void asks_in_the_phones_order_and_takes_its_own_file(void **state)
{
    (void)state;
    struct bench *b = play_new();
    bench_put_text(b->server, "XMLDefault.cnf.xml", "never read");
    boot(b);
    assert_memory_equal(b->requested, ALL_BUT_DEFAULT, strlen(ALL_BUT_DEFAULT));
    assert_int_equal(count_requests(b, "XMLDefault"), 0);
    assert_phone(b, PHONE_UPGRADE, "");
    assert_int_equal(phone_status(b->phone)->pfs, 1);
    assert_int_equal(count_events(b, "\"event\":\"config\",\"file\":\"" OWN_FILE
                                     "\",\"load\":\"" NEW_LOAD "\",\"pfs\":1"), 1);
    play_free(b);
}

static void trust_lists_that_are_there_are_skipped(void **state)
{
    (void)state;
    struct bench *b = play_new();
    bench_put_text(b->server, "CTLSEP0800270027F8.tlv", "<device>not a configuration");
    boot(b);
    assert_phone(b, PHONE_UPGRADE, "");
    play_free(b);
}

/* Whatever a server says of a list that the phone has not, or says nothing of it. */
static void trust_lists_that_are_refused_stop_nobody(void **state)
{
    (void)state;
    static const char *const lists[] = {"CTLSEP", "ITLSEP", "ITLFile"};
    static const uint16_t codes[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x100, 0xfffe, BENCH_SILENT};
    for (size_t n = 0; n < sizeof codes / sizeof *codes; n++)
        for (size_t all = 0; all < 2; all++) {
            struct bench *b = play_new();
            for (size_t i = 0; i < (all ? 3 : 1); i++)
                b->answers[i] = (struct bench_answer){.name = lists[all ? i : n % 3],
                                                      .code = codes[n], .text = "no", .times = 99};
            boot(b);
            assert_phone(b, PHONE_UPGRADE, "");
            for (size_t i = 0; i < 3; i++)
                assert_in_range(count_requests(b, lists[i]), 1, 2);
            assert_int_equal(count_requests(b, OWN_FILE), 1);
            play_free(b);
        }
}

/* Nor does one that breaks off, is no TFTP, or comes in blocks of another size. */
static void trust_lists_that_come_to_nothing_stop_nobody(void **state)
{
    (void)state;
    static char large[4 + 513] = "\0\3\0\1";
    static const struct bench_answer answers[] = {
        {"CTLSEP", 2, 0, "gone", 0, 99},
        {"CTLSEP", 2, BENCH_SILENT, "", 0, 99},
        {"CTLSEP", 0, 0, "\0\6blksize\0" "1428", 14, 99},
        {"ITLSEP", 0, 0, "\1\2\3\4\5", 5, 99},
        {"ITLFile", 0, 0, "\0\5", 2, 99},
        {"ITLFile", 0, 0, large, sizeof large, 99},
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct bench *b = play_new();
        bench_put(b->server, "CTLSEP0800270027F8.tlv", calloc(1, 3000), 3000);
        b->answers[0] = answers[i];
        boot(b);
        assert_phone(b, PHONE_UPGRADE, "");
        play_free(b);
    }
}

/* A server that is silent to all three lists costs the boot less than a minute. */
static void silence_about_trust_lists_is_short(void **state)
{
    (void)state;
    for (uint32_t random = 0; random < 3; random++) {
        struct bench *b = play_new();
        b->random_fixed = true;
        b->random = random * 0x7fffffffu;
        b->answers[0] = (struct bench_answer){"CTL", 0, BENCH_SILENT, "", 0, 99};
        b->answers[1] = (struct bench_answer){"ITL", 0, BENCH_SILENT, "", 0, 99};
        boot(b);
        assert_phone(b, PHONE_UPGRADE, "");
        assert_in_range(b->now, 3 * 12 * USEC_SEC, 60 * USEC_SEC);
        play_free(b);
    }
}

static void without_its_own_file_it_takes_the_default(void **state)
{
    (void)state;
    struct bench *b = play_new();
    bench_remove(b->server, OWN_FILE);
    bench_put_text(b->server, "XMLDefault.cnf.xml",
                   "<Default><loadInformation308>OTHER</loadInformation308>"
                   "<loadInformation30018>" NEW_LOAD "</loadInformation30018></Default>");
    boot(b);
    assert_memory_equal(b->requested, ALL_BUT_DEFAULT "XMLDefault.cnf.xml ",
                        strlen(ALL_BUT_DEFAULT) + 19);
    assert_phone(b, PHONE_UPGRADE, "");
    assert_int_equal(phone_status(b->phone)->pfs, 0); /* off by default */
    assert_string_equal(b->phone->cnf.load, NEW_LOAD);
    play_free(b);
}

static void without_any_file_it_fails(void **state)
{
    (void)state;
    struct bench *b = play_new();
    bench_remove(b->server, OWN_FILE);
    boot(b);
    assert_phone(b, PHONE_FAILED, "CFG file not found");
    assert_int_equal(count_events(b, "\"event\":\"failed\",\"text\":\"CFG file not found\","
                                     "\"file\":\"XMLDefault.cnf.xml\""), 1);
    assert_int_equal(phone_deadline(b->phone), NEVER);
    play_free(b);
}

static void a_malformed_file_fails(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "<device><loadInformation>X</device>", "<phone/>", "", "\xff\xfe", "<device>",
        "<!DOCTYPE device [<!ENTITY a \"b\">]><device>&a;</device>",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct bench *b = play_new();
        bench_put_text(b->server, OWN_FILE, bad[i]);
        boot(b);
        assert_phone(b, PHONE_FAILED, "CFG file error");
        assert_int_equal(count_log(b, "WRN"), 2); /* where in it, and that it failed */
        assert_int_equal(count_log(b, OWN_FILE ": "), 1);
        play_free(b);
    }
}

#define ELEMENT(name, value) "<" name ">" value "</" name ">"
#define FILE_OF(load, settings)                                                                    \
    "<device>" ELEMENT("loadInformation", load) "<vendorConfig>" settings "</vendorConfig></device>"
#define SHARING(value) ELEMENT("peerFirmwareSharing", value)

/* A value that a phone cannot use: the third generation warns, takes the default and goes on. */
static void a_useless_value_is_logged_and_passed_over(void **state)
{
    (void)state;
    static const struct {
        const char *file, *log;
        bool pfs, loads; /* afterwards: sharing is on; it goes to the new load */
    } cases[] = {
        {FILE_OF(NEW_LOAD, SHARING("on")), "peerFirmwareSharing is neither 0 nor 1", false, true},
        {FILE_OF(NEW_LOAD, SHARING("yes")), "peerFirmwareSharing is neither 0 nor 1", false, true},
        {FILE_OF(NEW_LOAD, SHARING("1") ELEMENT("loadServer", "10.0.0.256")),
         "loadServer is not an IPv4 address", true, true},
        {FILE_OF("../../etc/passwd", SHARING("1")), "load is not a plain file name", true, false},
        {FILE_OF("SCCP41.a-name-that-has-far-more-letters-than-a-file-of-a-phone", SHARING("1")),
         "load name is longer than 57 characters", true, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench *b = play_new();
        bench_put_text(b->server, OWN_FILE, cases[i].file);
        boot(b);
        assert_phone(b, cases[i].loads ? PHONE_UPGRADE : PHONE_IDLE, "");
        assert_int_equal(phone_status(b->phone)->pfs, cases[i].pfs);
        assert_int_equal(b->phone->cnf.load_server, 0);
        assert_int_equal(count_log(b, "WRN"), 1);
        assert_int_equal(count_log(b, cases[i].log), 1);
        play_free(b);

        b = play_new_model("CP-7960G", true); /* the second generation does not */
        bench_put_text(b->server, OWN_FILE, cases[i].file);
        boot(b);
        assert_phone(b, PHONE_FAILED, "CFG file error");
        assert_int_equal(count_log(b, cases[i].log), 1);
        play_free(b);
    }
}

/* Nothing resolves it: the index is asked of the TFTP server, and the log says why. */
static void a_load_server_by_name_is_said_not_to_be_asked(void **state)
{
    (void)state;
    struct bench *b = play_new();
    bench_put_text(b->server, OWN_FILE,
                   FILE_OF(NEW_LOAD, ELEMENT("loadServer", "tftp.example.com")));
    boot(b);
    assert_int_equal(count_log(b, "loadServer is a host name, which is not resolved"), 1);
    play_for(b, 600 * USEC_SEC);
    assert_phone(b, PHONE_IDLE, "");
    assert_string_equal(phone_status(b->phone)->running, NEW_LOAD);
    play_free(b);
}

/* Cut after every byte: a file is never taken for whole when it is not. */
static void a_file_cut_anywhere_fails(void **state)
{
    (void)state;
    struct bench *b = play_new();
    size_t len = bench_find(b->server, OWN_FILE)->len;
    play_free(b);
    for (size_t cut = 0; cut < len; cut += 7) {
        b = play_new();
        bench_find(b->server, OWN_FILE)->len = cut;
        boot(b);
        assert_phone(b, PHONE_FAILED, "CFG file error");
        play_free(b);
    }
}

static void a_file_longer_than_one_block_is_read_whole(void **state)
{
    (void)state;
    struct bench *b = play_new();
    char text[4096] = "<device><!-- ";
    memset(text + 13, 'x', 2000);
    strcpy(text + 2013, " --><loadInformation>" NEW_LOAD "</loadInformation></device>");
    bench_put_text(b->server, OWN_FILE, text);
    boot(b);
    assert_phone(b, PHONE_UPGRADE, "");
    play_free(b);
}

static void a_silent_server_is_a_timeout(void **state)
{
    (void)state;
    struct bench *b = play_new();
    b->server_down = true;
    boot(b);
    assert_phone(b, PHONE_FAILED, "TFTP timeout");
    assert_int_equal(count_requests(b, ".tlv"), 6);
    assert_int_equal(count_requests(b, OWN_FILE), TFTP_TRIES);
    assert_int_equal(count_requests(b, "XMLDefault"), 0);
    assert_string_equal(phone_status(b->phone)->status_file, OWN_FILE);
    play_free(b);
}

/* What a server says of the configuration, how often it says so, how the phone ends, and how often
 * it has asked. File not found alone leads to the next file. */
static void what_a_server_says_of_a_configuration(void **state)
{
    (void)state;
    static const struct {
        uint16_t code;
        uint32_t block;
        unsigned times;
        const char *ends; /* NULL: well */
        unsigned asked;
    } cases[] = {
        {1, 0, 99, "CFG file not found", 1},
        {2, 0, 99, "TFTP error", 1},
        {4, 0, 99, "TFTP error", 1},
        {8, 0, 99, "TFTP error", 1},
        {0, 0, 2, NULL, 3},
        {3, 0, 1, NULL, 2},
        {77, 0, 5, NULL, 6}, /* a code of nobody's is as good as none */
        {0, 0, 99, "TFTP error", 6},
        {3, 0, 99, "TFTP error", 6},
        {BENCH_SILENT, 0, 3, NULL, 4},
        {BENCH_SILENT, 0, 99, "TFTP timeout", 6},
        {0, 2, 1, NULL, 2}, /* in the middle, whatever the code */
        {1, 2, 2, NULL, 3},
        {2, 2, 3, NULL, 4},
        {3, 2, 99, "TFTP error", 4},
        {BENCH_SILENT, 2, 2, NULL, 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench *b = play_new();
        char text[2048];
        memset(text, ' ', sizeof text);
        memcpy(text, "<device>", 8);
        strcpy(text + 900, "<loadInformation>" NEW_LOAD "</loadInformation></device>");
        bench_put_text(b->server, OWN_FILE, text);
        b->answers[0] = (struct bench_answer){OWN_FILE, cases[i].block, cases[i].code, "so it is",
                                              0, cases[i].times};
        boot(b);
        assert_phone(b, cases[i].ends ? PHONE_FAILED : PHONE_UPGRADE,
                     cases[i].ends ? cases[i].ends : "");
        assert_int_equal(count_requests(b, OWN_FILE), cases[i].asked);
        assert_int_equal(count_requests(b, "XMLDefault"), cases[i].code == 1 && !cases[i].block);
        play_free(b);
    }
}

static void a_server_that_falls_silent_in_between(void **state)
{
    (void)state;
    struct bench *b = play_new();
    play_start(b);
    while (!count_requests(b, OWN_FILE))
        play_for(b, 10); /* one answer */
    b->server_down = true;
    while (phone_status(b->phone)->state == PHONE_CONFIG)
        play_for(b, USEC_SEC);
    assert_phone(b, PHONE_FAILED, "TFTP timeout");
    play_free(b);
}

static void the_load_that_runs_already_is_kept(void **state)
{
    (void)state;
    struct bench *b = play_new();
    set_running(b, NEW_LOAD);
    boot(b);
    assert_phone(b, PHONE_IDLE, "");
    assert_int_equal(phone_status(b->phone)->upgraded, 1);
    assert_int_equal(count_requests(b, ".loads"), 0);
    assert_int_equal(b->port_opens, 0);
    assert_int_equal(count_events(b, "\"event\":\"idle\",\"load\":\"" NEW_LOAD "\""), 1);
    assert_string_equal(b->active, "");
    assert_int_equal(phone_deadline(b->phone), NEVER);
    play_free(b);
}

static void no_load_named_keeps_what_runs(void **state)
{
    (void)state;
    struct bench *b = play_new();
    bench_put_text(b->server, OWN_FILE, "<device><loadInformation></loadInformation></device>");
    boot(b);
    assert_phone(b, PHONE_IDLE, "");
    assert_int_equal(phone_status(b->phone)->upgraded, 0);
    assert_string_equal(phone_status(b->phone)->running, OLD_LOAD);
    play_free(b);
}

/* Sharing is on in the file, but this model cannot. */
static void a_model_without_sharing_does_not_share(void **state)
{
    (void)state;
    struct bench *b = play_new_model("CP-7960G", true);
    play_old_model(b, true);
    boot(b);
    assert_phone(b, PHONE_UPGRADE, "");
    assert_int_equal(phone_status(b->phone)->pfs, 0);
    assert_int_equal(b->port_opens, 0);
    play_free(b);
}

/* Reset in mid-configuration, again and again: each time it starts from the beginning. */
static void a_reset_starts_over(void **state)
{
    (void)state;
    struct bench *b = play_new();
    for (int i = 0; i < 20; i++) {
        play_start(b);
        play_for(b, LIFE_BOOT_TIME + LIFE_BOOT_SPREAD);
        for (int k = 0; k < i && b->reply_len; k++)
            play_reply(b);
    }
    b->server_down = true;
    play_start(b);
    assert_phone(b, PHONE_BOOT, "");
    b->server_down = false;
    boot(b);
    assert_phone(b, PHONE_UPGRADE, "");
    play_free(b);
}

static void a_failed_phone_recovers_by_a_reset(void **state)
{
    (void)state;
    struct bench *b = play_new();
    bench_remove(b->server, OWN_FILE);
    boot(b);
    assert_phone(b, PHONE_FAILED, "CFG file not found");
    play_configure(b, true);
    boot(b);
    assert_phone(b, PHONE_UPGRADE, "");
    play_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boots_for_a_while),
        cmocka_unit_test(asks_in_the_phones_order_and_takes_its_own_file),
        cmocka_unit_test(trust_lists_that_are_there_are_skipped),
        cmocka_unit_test(trust_lists_that_are_refused_stop_nobody),
        cmocka_unit_test(trust_lists_that_come_to_nothing_stop_nobody),
        cmocka_unit_test(silence_about_trust_lists_is_short),
        cmocka_unit_test(without_its_own_file_it_takes_the_default),
        cmocka_unit_test(without_any_file_it_fails),
        cmocka_unit_test(a_malformed_file_fails),
        cmocka_unit_test(a_useless_value_is_logged_and_passed_over),
        cmocka_unit_test(a_load_server_by_name_is_said_not_to_be_asked),
        cmocka_unit_test(a_file_cut_anywhere_fails),
        cmocka_unit_test(a_file_longer_than_one_block_is_read_whole),
        cmocka_unit_test(a_silent_server_is_a_timeout),
        cmocka_unit_test(what_a_server_says_of_a_configuration),
        cmocka_unit_test(a_server_that_falls_silent_in_between),
        cmocka_unit_test(the_load_that_runs_already_is_kept),
        cmocka_unit_test(no_load_named_keeps_what_runs),
        cmocka_unit_test(a_model_without_sharing_does_not_share),
        cmocka_unit_test(a_reset_starts_over),
        cmocka_unit_test(a_failed_phone_recovers_by_a_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
