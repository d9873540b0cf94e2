/* test_serverlog.c - dnsmasq's lines, genuine and odd. */
#include "netns/judge/serverlog.h"
#include "tests/unit/netns/fleet8.h"

static void check(const char *line, enum transfer_end end, const char *file, const char *client)
{
    struct transfer t;
    assert_true(serverlog_line(line, &t));
    assert_int_equal(t.end, end);
    assert_string_equal(t.file, file);
    assert_int_equal(t.client, inet_addr(client));
}

static void genuine_lines(void **state)
{
    (void)state;
    check("Nov 20 14:24:47 dnsmasq-tftp[5879]: sent /tmp/out/tftproot/a.sbn to 10.106.0.16\n",
          TRANSFER_SENT, "a.sbn", "10.106.0.16");
    check("dnsmasq-tftp[5899]: sent /tmp/out/tftproot/sub/b.sbn to 10.106.0.16", TRANSFER_SENT,
          "sub/b.sbn", "10.106.0.16");
    check("dnsmasq-tftp[1]: file /tmp/out/tftproot/ITLFile.tlv not found for 10.1.2.3\n",
          TRANSFER_NOT_FOUND, "ITLFile.tlv", "10.1.2.3");
    check("dnsmasq-tftp[1]: failed sending /tmp/out/tftproot/a.sbn to 10.1.2.3\n",
          TRANSFER_FAILED, "a.sbn", "10.1.2.3");
}

static void odd_names(void **state)
{
    (void)state;
    check("dnsmasq-tftp[1]: sent /out/tftproot//a.sbn to 10.0.0.1", TRANSFER_SENT, "a.sbn",
          "10.0.0.1");
    check("dnsmasq-tftp[1]: sent /out/tftproot/back to 9.9.9.9 to 10.0.0.1", TRANSFER_SENT,
          "back to 9.9.9.9", "10.0.0.1");
    check("dnsmasq-tftp[1]: sent /a/tftproot/run/tftproot/x to 10.0.0.1", TRANSFER_SENT, "x",
          "10.0.0.1");
    check("dnsmasq-tftp[1]: sent /srv/x.sbn to 10.0.0.1\r\n", TRANSFER_SENT, "/srv/x.sbn",
          "10.0.0.1");
}

static void lines_that_tell_nothing(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "", "\n", "dnsmasq-tftp[", "dnsmasq-tftp[1]: ", "dnsmasq-tftp[1]: sent ",
        "dnsmasq-tftp[1]: sent /tftproot/ to 10.0.0.1",
        "dnsmasq-tftp[1]: sent /tftproot/a to 10.0.0.256",
        "dnsmasq-tftp[1]: sent /tftproot/a to 10.0.0.1 and more",
        "dnsmasq-tftp[1]: sent /tftproot/a for 10.0.0.1",
        "dnsmasq-tftp[1]: TFTP root is /run/tftproot/",
        "dnsmasq-tftp[5879]: unsupported request from 10.106.0.17",
        "dnsmasq[5879]: sent /tftproot/a to 10.0.0.1",
        "sent /tftproot/a to 10.0.0.1",
    };
    struct transfer t;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_false(serverlog_line(lines[i], &t));
}

static void names_at_their_longest(void **state)
{
    (void)state;
    char line[400];
    struct transfer t;
    snprintf(line, sizeof line, "dnsmasq-tftp[1]: sent /tftproot/%0127d to 10.0.0.1", 7);
    assert_true(serverlog_line(line, &t));
    assert_int_equal(strlen(t.file), 127);
    snprintf(line, sizeof line, "dnsmasq-tftp[1]: sent /tftproot/%0128d to 10.0.0.1", 7);
    assert_false(serverlog_line(line, &t));
}

static void firmware_or_configuration(void **state)
{
    (void)state;
    assert_true(serverlog_is_firmware("SCCP41.9-4-2SR3-1S.loads"));
    assert_true(serverlog_is_firmware("jar41sccp.9-4-2ES26.sbn"));
    assert_true(serverlog_is_firmware("x"));
    assert_false(serverlog_is_firmware("SEP02760A6A0010.cnf.xml"));
    assert_false(serverlog_is_firmware("XMLDefault.CNF.XML"));
    assert_false(serverlog_is_firmware("ITLFile.tlv"));
}

static void whole_log(void **state)
{
    (void)state;
    struct serverlog *log = serverlog_read(FLEET8_DIR "/tftp.log");
    unsigned ends[TRANSFER_END_COUNT] = {0};
    assert_non_null(log);
    for (size_t i = 0; i < log->count; i++)
        ends[log->transfers[i].end]++;
    assert_int_equal(ends[TRANSFER_SENT], 8 + 4);
    assert_int_equal(ends[TRANSFER_FAILED], 1);
    assert_int_equal(ends[TRANSFER_NOT_FOUND], 8);
    serverlog_free(log);
}

static void read_nowhere(void *log)
{
    *(struct serverlog **)log = serverlog_read("/nonexistent/tftp.log");
}

static void log_that_is_not_there(void **state)
{
    (void)state;
    struct serverlog *log;
    char *said = fleet8_capture(STDERR_FILENO, read_nowhere, &log);
    assert_null(log);
    assert_string_equal(said, "/nonexistent/tftp.log: cannot read the TFTP server's log: "
                              "No such file or directory\n");
    free(said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(genuine_lines),
        cmocka_unit_test(odd_names),
        cmocka_unit_test(lines_that_tell_nothing),
        cmocka_unit_test(names_at_their_longest),
        cmocka_unit_test(firmware_or_configuration),
        cmocka_unit_test(whole_log),
        cmocka_unit_test(log_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
