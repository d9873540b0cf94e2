/* test_cnf.c - configuration files: real ones, broken ones, hostile ones. */
#include "emu/core/cnf.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <errno.h>

#define TYPE 30018 /* CP-7961G */
#define LOAD "SCCP41.9-4-2SR3-1S"

/* In the form in which call managers write it: xsi: is never declared. */
static const char sep_file[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
    "<device  xsi:type=\"axl:XIPPhone\" ctiid=\"94\" uuid=\"{b1a6e9b2-9e1d-4d6c-9f7a-1}\">\n"
    "<fullConfig>true</fullConfig>\n"
    "<deviceProtocol>SCCP</deviceProtocol>\n"
    "<devicePool uuid=\"{1b1b9eb6-7803-11d3-bdf0-00108302ead1}\">\n"
    " <name>Default</name>\n"
    " <dateTimeSetting><ntps><ntp><name>ntp &amp; clock</name></ntp></ntps></dateTimeSetting>\n"
    " <callManagerGroup><members>\n"
    "  <member priority=\"0\"><callManager><ports><ethernetPhonePort>2000</ethernetPhonePort>\n"
    "   </ports><processNodeName>10.0.0.2</processNodeName></callManager></member>\n"
    " </members><loadInformation>SCCP00.not-this-one</loadInformation></callManagerGroup>\n"
    "</devicePool>\n"
    "<commonProfile><phonePassword></phonePassword></commonProfile>\n"
    "<loadInformation>" LOAD "</loadInformation>\n"
    "<vendorConfig>\n"
    " <disableSpeaker>false</disableSpeaker><webAccess>0</webAccess>\n"
    " <loadServer>10.1.2.3</loadServer>\n"
    " <peerFirmwareSharing>1</peerFirmwareSharing>\n"
    "</vendorConfig>\n"
    "<versionStamp>1284570837-bbc096cb</versionStamp>\n"
    "</device>\n";

static const char default_file[] =
    "<Default>\n"
    "<callManagerGroup><members><member priority=\"0\"/></members></callManagerGroup>\n"
    "<loadInformation308 model=\"Cisco 7961G-GE\">SCCP41.wrong-308</loadInformation308>\n"
    "<loadInformation30018 model=\"Cisco 7961\">\n\t " LOAD " \r\n</loadInformation30018>\n"
    "<loadInformation3001 model=\"x\">SCCP41.wrong-3001</loadInformation3001>\n"
    "<loadInformation30006 model=\"Cisco 7970\">SCCP70.9-4-2SR3-1S</loadInformation30006>\n"
    "<loadInformation>SCCP41.wrong</loadInformation>\n"
    "</Default>\n";

static struct cnf_parser *parser;
static bool second; /* read as 7940 and 7960 do */

/* Parses text in pieces; what went wrong stays to be asked of `parser`. */
static int parse_pieces(const char *text, size_t len, size_t piece, uint32_t type, struct cnf *out)
{
    const struct phone_model model = {.type = type, .pfs = !second};
    memset(out, 0xee, sizeof *out);
    cnf_close(parser);
    parser = cnf_open(&model);
    assert_non_null(parser);
    for (size_t at = 0; at < len; at += piece) {
        int error = cnf_feed(parser, text + at, len - at < piece ? len - at : piece);
        if (error) {
            assert_int_equal(cnf_finish(parser, out), error);
            return error;
        }
    }
    return cnf_finish(parser, out);
}

static struct cnf taken(const char *text)
{
    struct cnf cnf;
    if (parse_pieces(text, strlen(text), 512, TYPE, &cnf))
        fail_msg("refused: %s", cnf_error(parser));
    assert_string_equal(cnf_error(parser), "");
    return cnf;
}

/* Without a word. */
static struct cnf accepted(const char *text)
{
    struct cnf cnf = taken(text);
    if (cnf_warning(parser, 0))
        fail_msg("%s", cnf_warning(parser, 0)->text);
    return cnf;
}

static void refused(const char *text, const char *why)
{
    struct cnf cnf, before;
    memset(&before, 0xee, sizeof before);
    assert_int_equal(parse_pieces(text, strlen(text), 512, TYPE, &cnf), -EINVAL);
    assert_string_equal(cnf_error(parser), why);
    assert_memory_equal(&cnf, &before, sizeof cnf);
}

/* A phone of the third generation warns once, in these words, and goes on. */
static struct cnf warned(const char *text, enum config_warning kind, const char *why)
{
    struct cnf cnf = taken(text);
    assert_non_null(cnf_warning(parser, 0));
    assert_string_equal(cnf_warning(parser, 0)->text, why);
    assert_int_equal(cnf_warning(parser, 0)->kind, kind);
    assert_null(cnf_warning(parser, 1));
    return cnf;
}

/* The value is no use: the third generation takes the default, the second refuses the file. */
static struct cnf unusable(const char *text, const char *why, const char *instead)
{
    char both[200];
    snprintf(both, sizeof both, "%s: %s", why, instead);
    struct cnf cnf = warned(text, CONFIG_WARNS_VALUE, both);
    second = true;
    refused(text, why);
    second = false;
    return cnf;
}

static void a_phones_own_file(void **state)
{
    (void)state;
    struct cnf cnf = accepted(sep_file);
    assert_string_equal(cnf.load, LOAD);
    assert_true(cnf.pfs);
    assert_int_equal(cnf.load_server, inet_addr("10.1.2.3"));
}

static void any_split_gives_the_same(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < sizeof sep_file; piece++) {
        struct cnf cnf;
        assert_int_equal(parse_pieces(sep_file, sizeof sep_file - 1, piece, TYPE, &cnf), 0);
        assert_string_equal(cnf.load, LOAD);
        assert_true(cnf.pfs);
        assert_int_equal(cnf.load_server, inet_addr("10.1.2.3"));
    }
}

static void any_truncation_is_refused(void **state)
{
    (void)state;
    size_t whole = (size_t)(strstr(sep_file, "</device>") - sep_file) + strlen("</device>");
    for (size_t len = 0; len < whole; len++) {
        struct cnf cnf;
        assert_int_equal(parse_pieces(sep_file, len, 512, TYPE, &cnf), -EINVAL);
        assert_non_null(strstr(cnf_error(parser), "line "));
    }
}

static void the_default_file_goes_by_device_type(void **state)
{
    (void)state;
    static const struct {
        uint32_t type;
        const char *load;
    } want[] = {{30018, LOAD}, {308, "SCCP41.wrong-308"}, {30006, "SCCP70.9-4-2SR3-1S"},
                {437, ""},     {3, ""},                   {UINT32_MAX, ""}};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        struct cnf cnf;
        assert_int_equal(
            parse_pieces(default_file, sizeof default_file - 1, 7, want[i].type, &cnf), 0);
        assert_string_equal(cnf.load, want[i].load);
        assert_false(cnf.pfs);
        assert_int_equal(cnf.load_server, 0);
    }
}

static void what_is_missing_has_its_default(void **state)
{
    (void)state;
    struct cnf cnf = accepted("<device/>");
    assert_string_equal(cnf.load, "");
    assert_false(cnf.pfs);
    assert_int_equal(cnf.load_server, 0);
    cnf = accepted("<device><loadInformation/><vendorConfig><loadServer></loadServer>"
                   "</vendorConfig></device>");
    assert_string_equal(cnf.load, "");
    assert_int_equal(cnf.load_server, 0);
}

static void names_count_only_in_their_place(void **state)
{
    (void)state;
    struct cnf cnf = accepted("<device><x><loadInformation>a</loadInformation></x>"
                              "<peerFirmwareSharing>1</peerFirmwareSharing>"
                              "<VendorConfig><peerFirmwareSharing>1</peerFirmwareSharing>"
                              "</VendorConfig><loadInformation30018>b</loadInformation30018>"
                              "<loadinformation>c</loadinformation></device>");
    assert_string_equal(cnf.load, "");
    assert_false(cnf.pfs);
}

/* Where each published file has it otherwise: decided once, and never without a word. */
static void what_is_not_read_is_said(void **state)
{
    (void)state;
    for (int generation = 2; generation <= 3; generation++) {
        second = generation == 2;
        struct cnf cnf = warned("<Default><vendorConfig><peerFirmwareSharing>1"
                                "</peerFirmwareSharing></vendorConfig></Default>",
                                CONFIG_WARNS_UNREAD,
                                "line 1, column 46: peerFirmwareSharing in <Default> is not read");
        assert_false(cnf.pfs);
        cnf = warned("<Default><vendorConfig><loadServer>10.1.2.3</loadServer></vendorConfig>"
                     "</Default>", CONFIG_WARNS_UNREAD,
                     "line 1, column 44: loadServer in <Default> is not read");
        assert_int_equal(cnf.load_server, 0);
        cnf = warned("<Default><loadInformation>SCCP41.x</loadInformation>"
                     "<loadInformation30018>" LOAD "</loadInformation30018></Default>",
                     CONFIG_WARNS_UNREAD,
                     "line 1, column 35: loadInformation without a type number is not read");
        assert_string_equal(cnf.load, LOAD);
        cnf = warned("<Default><loadInformation030018>SCCP41.x</loadInformation030018></Default>",
                     CONFIG_WARNS_UNREAD,
                     "line 1, column 41: a type number with zeros before it is not read");
        assert_string_equal(cnf.load, "");
        cnf = warned("<Default><loadInformation0></loadInformation0></Default>",
                     CONFIG_WARNS_UNREAD, "line 1, column 28: a type number with zeros before it is not read");
    }
    second = false;
}

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
    assert_non_null(cnf_warning(parser, 1));
    assert_null(cnf_warning(parser, 2));
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

static void the_last_of_two_counts(void **state)
{
    (void)state;
    struct cnf cnf = accepted("<device><loadInformation>a</loadInformation>"
                              "<loadInformation>b</loadInformation></device>");
    assert_string_equal(cnf.load, "b");
}

static void text_around_a_child_is_one_text(void **state)
{
    (void)state;
    struct cnf cnf = accepted("<device><loadInformation> SCCP<x>no</x>41 </loadInformation>"
                              "</device>");
    assert_string_equal(cnf.load, "SCCP41");
}

static void a_load_is_a_plain_file_name(void **state)
{
    (void)state;
#define LOADINFO(value) "<device>\n<loadInformation>" value "</loadInformation></device>"
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

static void any_amount_of_white_space_is_trimmed(void **state)
{
    (void)state;
    char text[2000];
    snprintf(text, sizeof text, LOADINFO("%500s%-500s"), LOAD, "");
    assert_string_equal(accepted(text).load, LOAD);
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

/* Not used, and so never in the way. */
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

static void broken_files_name_the_place(void **state)
{
    (void)state;
    refused("", "line 1, column 1: no element found");
    refused("<device>\n<a>\n  <b></a>\n</device>", "line 3, column 8: mismatched tag");
    refused("<device>\n", "line 2, column 1: no element found");
    refused("<device></device>\n<device></device>",
            "line 2, column 1: junk after document element");
    refused("File not found", "line 1, column 1: syntax error");
    refused("<device>&nbsp;</device>", "line 1, column 9: undefined entity");
    refused("<device a='1' a='2'/>", "line 1, column 15: duplicate attribute");
    refused("<device>\xff</device>", "line 1, column 9: not well-formed (invalid token)");
    refused("<?xml version='1.0' encoding='KOI-8'?><device/>",
            "line 1, column 31: unknown encoding");
}

static void other_roots_are_refused(void **state)
{
    (void)state;
    static const char why[] = "line 1, column 1: root element is neither <device> nor <Default>";
    refused("<html><body/></html>", why);
    refused("<Device/>", why);
    refused("<default><loadInformation30018>x</loadInformation30018></default>", why);
}

static void a_nul_is_no_text(void **state)
{
    (void)state;
    static const char text[] = "<device><loadInformation>a\0b</loadInformation></device>";
    struct cnf cnf;
    assert_int_equal(parse_pieces(text, sizeof text - 1, 512, TYPE, &cnf), -EINVAL);
}

static void entity_bombs_are_refused(void **state)
{
    (void)state;
    refused("<!DOCTYPE device [\n<!ENTITY a \"ha\">\n<!ENTITY b \"&a;&a;&a;&a;&a;&a;\">\n"
            "<!ENTITY c \"&b;&b;&b;&b;&b;&b;\">]>\n<device>&c;</device>",
            "line 2, column 12: entity declarations are refused");
    refused("<!DOCTYPE device [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
            "<device><loadInformation>&x;</loadInformation></device>",
            "line 1, column 57: entity declarations are refused");
    refused("<!DOCTYPE device [<!ENTITY % p \"<!ELEMENT device ANY>\"> %p;]><device/>",
            "line 1, column 32: entity declarations are refused");
}

/* depth elements, one in the other, around a load that must not count. */
static int nested(size_t depth, size_t name_len)
{
    size_t size = depth * (2 * name_len + 8) + 200, len = 0;
    char *text = malloc(size);
    char name[300];
    memset(name, 'n', name_len);
    name[name_len] = '\0';
    len += (size_t)sprintf(text + len, "<device>");
    for (size_t i = 1; i < depth; i++)
        len += (size_t)sprintf(text + len, "<%s>", name);
    len += (size_t)sprintf(text + len, "<!-- innermost -->");
    for (size_t i = 1; i < depth; i++)
        len += (size_t)sprintf(text + len, "</%s>", name);
    len += (size_t)sprintf(text + len, "<loadInformation>" LOAD "</loadInformation></device>");

    struct cnf cnf;
    int error = parse_pieces(text, len, 512, TYPE, &cnf);
    if (!error)
        assert_string_equal(cnf.load, LOAD);
    free(text);
    return error;
}

static void depth_is_bounded(void **state)
{
    (void)state;
    assert_int_equal(nested(60, 1), 0);
    assert_int_equal(nested(64, 200), 0);
    assert_int_equal(nested(65, 1), -EINVAL);
    assert_string_equal(cnf_error(parser), "line 1, column 198: elements nested too deeply");
    assert_int_equal(nested(20000, 10), -EINVAL);
}

static void size_is_bounded(void **state)
{
    (void)state;
    static const char head[] = "<device><!--";
    char block[512];
    memset(block, 'x', sizeof block);
    cnf_close(parser);
    parser = cnf_open(NULL);
    assert_int_equal(cnf_feed(parser, head, strlen(head)), 0);
    size_t blocks = 0;
    while (cnf_feed(parser, block, sizeof block) == 0)
        blocks++;
    assert_int_equal(blocks, CNF_MAX / sizeof block - 1);
    assert_non_null(strstr(cnf_error(parser), "the file has more than 1024 KiB, a limit of the emulator"));
}

static int close_last(void **state)
{
    (void)state;
    cnf_close(parser);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_phones_own_file),
        cmocka_unit_test(any_split_gives_the_same),
        cmocka_unit_test(any_truncation_is_refused),
        cmocka_unit_test(the_default_file_goes_by_device_type),
        cmocka_unit_test(what_is_missing_has_its_default),
        cmocka_unit_test(names_count_only_in_their_place),
        cmocka_unit_test(what_is_not_read_is_said),
        cmocka_unit_test(sharing_is_0_or_1),
        cmocka_unit_test(a_useless_value_takes_the_default_back),
        cmocka_unit_test(many_warnings_are_bounded),
        cmocka_unit_test(the_last_of_two_counts),
        cmocka_unit_test(text_around_a_child_is_one_text),
        cmocka_unit_test(a_load_is_a_plain_file_name),
        cmocka_unit_test(a_load_fits_with_its_suffix),
        cmocka_unit_test(any_amount_of_white_space_is_trimmed),
        cmocka_unit_test(a_load_server_is_an_address),
        cmocka_unit_test(a_host_name_is_legal),
        cmocka_unit_test(any_process_node_will_do),
        cmocka_unit_test(broken_files_name_the_place),
        cmocka_unit_test(other_roots_are_refused),
        cmocka_unit_test(a_nul_is_no_text),
        cmocka_unit_test(entity_bombs_are_refused),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(size_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, close_last);
}
