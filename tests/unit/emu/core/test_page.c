/* test_page.c - the network configuration on the phone's web page, with and without its row. */
#include "emu/core/page.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <expat.h>

static char page[PAGE_MAX];

static void render_with(const struct dhcp_lease *lease, const char *model, unsigned quirks,
                        bool pfs)
{
    struct phone_identity id = {.name = "SEP02760A6A0010", .quirks = quirks};
    const struct cnf cnf = {.load_server = inet_addr("10.9.8.7")};
    id.model = phone_model_find(model);
    id.ip = inet_addr("10.106.0.16");
    id.prefix_len = 20;
    id.router = inet_addr("10.106.0.1");
    id.tftp_ip = inet_addr("255.255.255.255");
    size_t len = page_network(&id, lease, &cnf, pfs, page);
    assert_int_equal(len, strlen(page));
    XML_Parser parser = XML_ParserCreate(NULL);
    assert_int_equal(XML_Parse(parser, page, (int)len, 1), XML_STATUS_OK);
    XML_ParserFree(parser);
}

static void render(const char *model, unsigned quirks, bool pfs)
{
    render_with(&(struct dhcp_lease){0}, model, quirks, pfs);
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

static void rows_say_what_a_server_gave(void **state)
{
    (void)state;
    struct dhcp_lease lease = {.server = inet_addr("10.106.0.2"), .domain = "a&b<\"c'>.lab",
                               .tftp = {inet_addr("10.9.9.1"), inet_addr("10.9.9.2")}};
    render_with(&lease, "CP-7961G", 0, true);
    assert_non_null(strstr(page, "<DHCPServer>10.106.0.2</DHCPServer>"));
    assert_non_null(strstr(page, "<DomainName>a&#38;b&#60;&#34;c&#39;&#62;.lab</DomainName>"));
    assert_non_null(strstr(page, "<SubNetMask>255.255.240.0</SubNetMask>"));
    assert_non_null(strstr(page, "<TFTPServer1>10.9.9.1</TFTPServer1>"));
    assert_non_null(strstr(page, "<TFTPServer2>10.9.9.2</TFTPServer2>"));
    assert_non_null(strstr(page, "<DefaultRouter1>10.106.0.1</DefaultRouter1>"));
    render("CP-7961G", 0, true);
    assert_non_null(strstr(page, "<DHCPServer></DHCPServer>"));
    assert_non_null(strstr(page, "<TFTPServer1>255.255.255.255</TFTPServer1>"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_says_whether_sharing_is_on),
        cmocka_unit_test(rows_say_what_a_server_gave),
        cmocka_unit_test(row_is_missing_by_quirk_and_without_the_feature),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
