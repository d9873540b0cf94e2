/* test_page.c - the network configuration on the phone's web page, with and without its row. */
#include "emu/core/page.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <expat.h>

static char page[PAGE_MAX];

static void render(const char *model, unsigned quirks, bool pfs)
{
    struct phone_identity id = {.name = "SEP02760A6A0010", .quirks = quirks};
    const struct cnf cnf = {.load_server = inet_addr("10.9.8.7")};
    id.model = phone_model_find(model);
    id.ip = inet_addr("10.106.0.16");
    id.tftp_ip = inet_addr("255.255.255.255");
    size_t len = page_network(&id, &cnf, pfs, page);
    assert_int_equal(len, strlen(page));
    XML_Parser parser = XML_ParserCreate(NULL);
    assert_int_equal(XML_Parse(parser, page, (int)len, 1), XML_STATUS_OK);
    XML_ParserFree(parser);
}

static void row_says_whether_sharing_is_on(void **state)
{
    (void)state;
    render("CP-7961G", 0, true);
    assert_non_null(strstr(page, "<PeerFirmwareSharing>Yes</PeerFirmwareSharing>"));
    assert_non_null(strstr(page, "<LoadServer>10.9.8.7</LoadServer>"));
    assert_non_null(strstr(page, "<MACAddress>02760A6A0010</MACAddress>"));
    render("CP-7961G", QUIRK_IGNORES_PEERS, false);
    assert_non_null(strstr(page, "<PeerFirmwareSharing>No</PeerFirmwareSharing>"));
}

static void row_is_missing_by_quirk_and_without_the_feature(void **state)
{
    (void)state;
    render("CP-7961G", QUIRK_PAGE_LACKS_PFS_ROW, true);
    assert_null(strstr(page, "PeerFirmwareSharing"));
    render("CP-7960G", 0, false);
    assert_null(strstr(page, "PeerFirmwareSharing"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_says_whether_sharing_is_on),
        cmocka_unit_test(row_is_missing_by_quirk_and_without_the_feature),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
