/* test_cnf.c - configuration files: what is read of them, and where. */
#include "tests/unit/emu/core/cnf_bench.h"

static const char default_file[] =
    "<Default>\n"
    "<callManagerGroup><members><member priority=\"0\"/></members></callManagerGroup>\n"
    "<loadInformation308 model=\"Cisco 7961G-GE\">SCCP41.wrong-308</loadInformation308>\n"
    "<loadInformation30018 model=\"Cisco 7961\">\n\t " LOAD " \r\n</loadInformation30018>\n"
    "<loadInformation3001 model=\"x\">SCCP41.wrong-3001</loadInformation3001>\n"
    "<loadInformation30006 model=\"Cisco 7970\">SCCP70.9-4-2SR3-1S</loadInformation30006>\n"
    "<loadInformation>SCCP41.wrong</loadInformation>\n"
    "</Default>\n";

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
                              "<loadInformation30018>b</loadInformation30018>"
                              "<loadinformation>c</loadinformation></device>");
    assert_string_equal(cnf.load, "");
    assert_false(cnf.pfs);
}

static void what_stands_in_a_wrong_place_is_said(void **state)
{
    (void)state;
    assert_false(warned("<device><peerFirmwareSharing>1</peerFirmwareSharing></device>",
                        CONFIG_WARNS_UNREAD, "line 1, column 31: peerFirmwareSharing outside "
                        "<vendorConfig> is not read").pfs);
    assert_false(warned("<device><VendorConfig><peerFirmwareSharing>1</peerFirmwareSharing>"
                        "</VendorConfig></device>", CONFIG_WARNS_UNREAD, "line 1, column 45: "
                        "peerFirmwareSharing outside <vendorConfig> is not read").pfs);
    assert_int_equal(warned("<device><loadServer>10.1.2.3</loadServer></device>",
                            CONFIG_WARNS_UNREAD, "line 1, column 29: loadServer outside "
                            "<vendorConfig> is not read").load_server, 0);
    assert_string_equal(warned("<device><vendorConfig><loadInformation>a</loadInformation>"
                               "</vendorConfig></device>", CONFIG_WARNS_UNREAD, "line 1, column "
                               "41: loadInformation in <vendorConfig> is not read").load, "");
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

static void the_last_of_two_counts(void **state)
{
    (void)state;
    struct cnf cnf = warned("<device><loadInformation>a</loadInformation>\n"
                            "<loadInformation>b</loadInformation></device>", CONFIG_WARNS_TWICE,
                            "line 2, column 19: loadInformation stands twice, before at line 1, "
                            "column 27: the last one counts");
    assert_string_equal(cnf.load, "b");
    cnf = warned("<Default><loadInformation30018>a</loadInformation30018>"
                 "<loadInformation30018>b</loadInformation30018>"
                 "<loadInformation115>c</loadInformation115><loadInformation115>d"
                 "</loadInformation115></Default>", CONFIG_WARNS_TWICE,
                 "line 1, column 79: loadInformation30018 stands twice, before at line 1, column "
                 "33: the last one counts");
    assert_string_equal(cnf.load, "b");
    cnf = accepted("<device><loadInformation>a</loadInformation><loadInformation> a "
                   "</loadInformation></device>"); /* no contradiction */
    assert_string_equal(cnf.load, "a");
}

static void text_around_a_child_is_one_text(void **state)
{
    (void)state;
    struct cnf cnf = accepted("<device><loadInformation> SCCP<x>no</x>41 </loadInformation>"
                              "</device>");
    assert_string_equal(cnf.load, "SCCP41");
}

static void any_amount_of_white_space_is_trimmed(void **state)
{
    (void)state;
    char text[2000];
    snprintf(text, sizeof text, LOADINFO("%500s%-500s"), LOAD, "");
    assert_string_equal(accepted(text).load, LOAD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_phones_own_file),
        cmocka_unit_test(any_split_gives_the_same),
        cmocka_unit_test(the_default_file_goes_by_device_type),
        cmocka_unit_test(what_is_missing_has_its_default),
        cmocka_unit_test(names_count_only_in_their_place),
        cmocka_unit_test(what_stands_in_a_wrong_place_is_said),
        cmocka_unit_test(what_is_not_read_is_said),
        cmocka_unit_test(the_last_of_two_counts),
        cmocka_unit_test(text_around_a_child_is_one_text),
        cmocka_unit_test(any_amount_of_white_space_is_trimmed),
    };
    return cmocka_run_group_tests(tests, NULL, close_last);
}
