/* test_cnf_values.c - values of a configuration: those that a phone can use, and others. */
#include "tests/unit/emu/core/cnf_bench.h"

#include <arpa/inet.h>

static void sharing_is_0_or_1(void **state)
{
    (void)state;
#define PFS(value)                                                                                 \
    "<device><vendorConfig><peerFirmwareSharing>" value "</peerFirmwareSharing></vendorConfig>"   \
    "</device>"
    assert_true(accepted(PFS("1")).pfs);
    assert_false(accepted(PFS("0")).pfs);
    assert_true(accepted(PFS("\n\t 1 \n")).pfs);
    assert_true(accepted(PFS("&#49;")).pfs);
    assert_true(accepted(PFS("<!-- on --><![CDATA[1]]>")).pfs);

    static const char why[] = "line 1, column %zu: peerFirmwareSharing is neither 0 nor 1";
    static const char *const bad[] = {"2", "", "on", "true", "01", "-1", "1 1", "Enabled", "off"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[200], want[100];
        snprintf(text, sizeof text, PFS("%s"), bad[i]);
        snprintf(want, sizeof want, why,
                 strlen("<device><vendorConfig><peerFirmwareSharing>") + strlen(bad[i]) + 1);
        assert_false(unusable(text, want, "it counts as 0").pfs);
    }
}

/* A bad one after a good one is the last all the same. */
static void a_useless_value_takes_the_default_back(void **state)
{
    (void)state;
    assert_false(taken("<device><vendorConfig><peerFirmwareSharing>1</peerFirmwareSharing>"
                       "<peerFirmwareSharing>on</peerFirmwareSharing></vendorConfig></device>").pfs);
    assert_true(taken("<device><vendorConfig><peerFirmwareSharing>on</peerFirmwareSharing>"
                      "<peerFirmwareSharing>1</peerFirmwareSharing></vendorConfig></device>").pfs);
    struct cnf cnf = taken("<device><vendorConfig><loadServer>10.1.2.3</loadServer>"
                           "<loadServer>10.1.2</loadServer></vendorConfig>"
                           "<loadInformation>a</loadInformation><loadInformation>/</loadInformation>"
                           "</device>");
    assert_string_equal(cnf.load, "");
    assert_int_equal(cnf.load_server, 0);
    for (size_t i = 0; i < 4; i++) /* of each that it is no use, and that it stands twice */
        assert_int_equal(cnf_warning(parser, i)->kind,
                         i % 2 ? CONFIG_WARNS_TWICE : CONFIG_WARNS_VALUE);
    assert_null(cnf_warning(parser, 4));
}

static void many_warnings_are_bounded(void **state)
{
    (void)state;
    char text[8000] = "<device><vendorConfig>";
    for (int i = 0; i < 100; i++)
        strcat(text, "<peerFirmwareSharing>on</peerFirmwareSharing>");
    strcat(text, "</vendorConfig><loadInformation>" LOAD "</loadInformation></device>");
    assert_string_equal(taken(text).load, LOAD);
    assert_non_null(cnf_warning(parser, CNF_WARNINGS - 1));
    assert_null(cnf_warning(parser, CNF_WARNINGS));
}

static void a_load_is_a_plain_file_name(void **state)
{
    (void)state;
    static const char why[] = "line 2, column %zu: load is not a plain file name";
    static const char *const bad[] = {"../../etc/passwd", "a/b", ".", "..", "a&#9;b", "\xc3\xa9t"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[200], want[100];
        snprintf(text, sizeof text, LOADINFO("%s"), bad[i]);
        size_t chars = strlen(bad[i]) - (i == 5); /* columns count characters, not bytes */
        snprintf(want, sizeof want, why, strlen("<loadInformation>") + chars + 1);
        assert_string_equal(unusable(text, want, "none is named").load, "");
    }
}

/* 57 characters and ".loads" are the longest name that a file can have here. */
static void a_load_fits_with_its_suffix(void **state)
{
    (void)state;
    char name[400], text[600];
    memset(name, 'x', sizeof name);
    for (size_t len = 50; len < sizeof name; len++) {
        snprintf(text, sizeof text, LOADINFO("%.*s"), (int)len, name);
        if (len <= 57)
            assert_int_equal(strlen(accepted(text).load), len);
        else if (len == 58)
            unusable(text, "line 2, column 76: load name is longer than 57 characters, a limit of "
                           "the emulator", "none is named");
        else if (len == 300)
            unusable(text, "line 2, column 318: text is too long", "none is named");
        else
            assert_string_equal(taken(text).load, "");
    }
}

static void a_load_server_is_an_address(void **state)
{
    (void)state;
#define SERVER_FILE(value)                                                                         \
    "<device><vendorConfig><loadServer>" value "</loadServer></vendorConfig></device>"
    assert_int_equal(accepted(SERVER_FILE(" 192.0.2.255 ")).load_server,
                     inet_addr("192.0.2.255"));
    static const char why[] = "line 1, column %zu: loadServer is not an IPv4 address";
    static const char *const bad[] = {"10.0.0.256", "10.0.0", "1", "fe80::1", "tftp example",
                                      ".example", "a..b", "10.0.0.1:69", "http://tftp/"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[200], want[100];
        snprintf(text, sizeof text, SERVER_FILE("%s"), bad[i]);
        snprintf(want, sizeof want, why,
                 strlen("<device><vendorConfig><loadServer>") + strlen(bad[i]) + 1);
        assert_int_equal(unusable(text, want, "none is named").load_server, 0);
    }
}

/* It is legal, for all generations; nothing resolves it. */
static void a_host_name_is_legal(void **state)
{
    (void)state;
    static const char *const names[] = {"tftp", "tftp.example.com", "cucm_pub-1.local",
                                        "10.example", "1a"};
    for (size_t i = 0; i < 2 * sizeof names / sizeof *names; i++) {
        char text[400], want[160];
        const char *name = names[i / 2];
        second = i % 2;
        snprintf(text, sizeof text, SERVER_FILE("%s"), name);
        snprintf(want, sizeof want, "line 1, column %zu: loadServer is a host name, which is not "
                 "resolved: firmware is taken from the TFTP server",
                 strlen("<device><vendorConfig><loadServer>") + strlen(name) + 1);
        assert_int_equal(warned(text, CONFIG_WARNS_HOST, want).load_server, 0);
        snprintf(text, sizeof text, "<device><devicePool><callManagerGroup><members><member>"
                 "<callManager>\n<processNodeName>%s</processNodeName></callManager></member>"
                 "</members></callManagerGroup></devicePool></device>", name);
        snprintf(want, sizeof want, "line 2, column %zu: processNodeName is a host name, which is "
                 "not resolved", strlen("<processNodeName>") + strlen(name) + 1);
        warned(text, CONFIG_WARNS_HOST, want);
    }
    second = false;
}

#define MEMBER(attribute, node, port)                                                              \
    "<member " attribute "><callManager>" port "<processNodeName>" node "</processNodeName>"       \
    "</callManager></member>"
#define PORT(n) "<ports><ethernetPhonePort>" n "</ethernetPhonePort></ports>"
#define GROUP(members) "<callManagerGroup><members>" members "</members></callManagerGroup>"

/* The first five that have an address, by their priority, or else as they stand. */
static void managers_come_in_their_order(void **state)
{
    (void)state;
    struct cnf cnf = accepted(
        "<device><devicePool>"
        GROUP(MEMBER("priority=\"2\"", "10.0.0.3", PORT("2443"))
              MEMBER("priority='0'", " 10.0.0.1 ", PORT("2000"))
              MEMBER("priority='1'", "10.0.0.2", "") MEMBER("priority='1'", "", PORT("9"))
              MEMBER("priority='x'", "10.0.0.9", PORT("65536")))
        "</devicePool></device>");
    static const struct {
        const char *ip;
        uint16_t port;
    } want[] = {{"10.0.0.1", 2000}, {"10.0.0.9", 2000}, {"10.0.0.2", 2000}, {"10.0.0.3", 2443}};
    assert_int_equal(cnf.manager_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(cnf.managers[i].ip, inet_addr(want[i].ip));
        assert_int_equal(cnf.managers[i].port, want[i].port);
    }
    cnf = accepted("<Default>" GROUP(
        MEMBER("", "10.0.0.1", "") MEMBER("", "10.0.0.2", "") MEMBER("", "10.0.0.3", "")
        MEMBER("", "10.0.0.4", "") MEMBER("", "10.0.0.5", "") MEMBER("", "10.0.0.6", ""))
        "</Default>");
    assert_int_equal(cnf.manager_count, CNF_MANAGERS);
    assert_int_equal(cnf.managers[4].ip, inet_addr("10.0.0.5"));
    cnf = accepted("<device>" GROUP(MEMBER("", "10.0.0.1", "")) "</device>"); /* elsewhere */
    assert_int_equal(cnf.manager_count, 0);
}

/* What is no address is none, and never in the way. */
static void any_process_node_will_do(void **state)
{
    (void)state;
    char longest[401];
    memset(longest, '7', 400);
    longest[400] = '\0';
    const char *const nodes[] = {"", "10.0.0.2", "fe80::1", "10.0.0.256", "a b", longest};
    for (size_t i = 0; i < 2 * sizeof nodes / sizeof *nodes; i++) {
        char text[1000];
        second = i % 2;
        snprintf(text, sizeof text, "<device><devicePool><callManagerGroup><members><member>"
                 "<callManager><processNodeName>%s</processNodeName></callManager></member>"
                 "</members></callManagerGroup></devicePool></device>", nodes[i / 2]);
        accepted(text);
    }
    second = false;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sharing_is_0_or_1),
        cmocka_unit_test(a_useless_value_takes_the_default_back),
        cmocka_unit_test(many_warnings_are_bounded),
        cmocka_unit_test(a_load_is_a_plain_file_name),
        cmocka_unit_test(a_load_fits_with_its_suffix),
        cmocka_unit_test(a_load_server_is_an_address),
        cmocka_unit_test(a_host_name_is_legal),
        cmocka_unit_test(managers_come_in_their_order),
        cmocka_unit_test(any_process_node_will_do),
    };
    return cmocka_run_group_tests(tests, NULL, close_last);
}
