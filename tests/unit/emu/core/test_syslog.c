/* test_syslog.c - lines for a log server, to the byte; and which lines a phone sends there. */
#include "emu/core/syslog.h"
#include "tests/unit/emu/core/core_play.h"

#include <arpa/inet.h>

#define DAY (86400 * USEC_SEC)

static void assert_line(enum log_level level, usec now, const char *want)
{
    char out[SYSLOG_MAX];
    size_t len = syslog_message(out, level, now, "SEP001B54C12233", "DLoad: a line");
    assert_int_equal(len, strlen(want));
    assert_memory_equal(out, want, len);
}

static void a_line_to_the_byte(void **state)
{
    (void)state;
    assert_line(LOG_WRN, 0, "<188>Jan  1 00:00:00 SEP001B54C12233 DLoad: a line");
    assert_line(LOG_NOT, 90 * USEC_SEC, "<189>Jan  1 00:01:30 SEP001B54C12233 DLoad: a line");
    assert_line(LOG_INF, DAY - 1, "<190>Jan  1 23:59:59 SEP001B54C12233 DLoad: a line");
    assert_line(LOG_DBG, 31 * DAY, "<191>Feb  1 00:00:00 SEP001B54C12233 DLoad: a line");
    assert_line(LOG_DBG, 58 * DAY, "<191>Feb 28 00:00:00 SEP001B54C12233 DLoad: a line");
    assert_line(LOG_DBG, 59 * DAY, "<191>Mar  1 00:00:00 SEP001B54C12233 DLoad: a line");
    assert_line(LOG_DBG, 364 * DAY, "<191>Dec 31 00:00:00 SEP001B54C12233 DLoad: a line");
    assert_line(LOG_DBG, 365 * DAY, "<191>Jan  1 00:00:00 SEP001B54C12233 DLoad: a line");
}

static void a_long_line_is_cut(void **state)
{
    (void)state;
    char out[SYSLOG_MAX], text[3000] = "";
    memset(text, 'x', sizeof text - 1);
    assert_int_equal(syslog_message(out, LOG_WRN, 0, "SEP001B54C12233", text), SYSLOG_MAX - 1);
}

/* A root that fetches, with a log server in its configuration, or with none. */
static struct bench *root_with(const char *element)
{
    struct bench *b = play_new();
    char text[512];
    snprintf(text, sizeof text,
             "<device><loadInformation>" NEW_LOAD "</loadInformation><vendorConfig>"
             "<peerFirmwareSharing>1</peerFirmwareSharing>%s</vendorConfig></device>", element);
    bench_put_text(b->server, OWN_FILE, text);
    play_start(b);
    play_for(b, 60 * USEC_SEC);
    return b;
}

static void the_sharing_is_logged_there_and_nothing_else(void **state)
{
    (void)state;
    struct bench *b = root_with("<logServer>10.9.8.7:1514</logServer>");
    assert_true(b->lines > 0 && b->lines < b->log_count);
    assert_int_equal(b->line_to.ip, inet_addr("10.9.8.7"));
    assert_int_equal(b->line_to.port, 1514);
    assert_memory_equal(b->line, "<1", 2);
    assert_non_null(strstr(b->line, "SEP0800270027F8 DLoad: "));
    /* the console has the same words */
    size_t found = 0;
    for (size_t i = 0; i < b->log_count; i++)
        found += strcmp(console_text(b->log[i]), strstr(b->line, "DLoad: ")) == 0;
    assert_true(found > 0);
    play_free(b);
}

static void without_one_nothing_leaves(void **state)
{
    (void)state;
    static const char *const elements[] = {"", "<logServer></logServer>",
                                           "<logServer>log.example.com</logServer>",
                                           "<logServer>10.9.8.7:0</logServer>",
                                           "<logServer>10.9.8.7:1514x</logServer>",
                                           "<logServer>10.9.8</logServer>"};
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
        struct bench *b = root_with(elements[i]);
        assert_int_equal(b->lines, 0);
        play_free(b);
    }
}

static void the_port_is_514_where_none_is_named(void **state)
{
    (void)state;
    struct bench *b = root_with("<logServer>10.9.8.7</logServer>");
    assert_int_equal(b->line_to.port, 514);
    play_free(b);
    b = root_with("<logServer>10.9.8.7 5140</logServer>");
    assert_int_equal(b->line_to.port, 5140);
    play_free(b);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_to_the_byte),
        cmocka_unit_test(a_long_line_is_cut),
        cmocka_unit_test(the_sharing_is_logged_there_and_nothing_else),
        cmocka_unit_test(without_one_nothing_leaves),
        cmocka_unit_test(the_port_is_514_where_none_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
