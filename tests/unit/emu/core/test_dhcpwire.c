/* test_dhcpwire.c - DHCP messages as bytes: those of a phone, those of servers, and nonsense. */
#include "emu/core/dhcpwire.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>

static uint8_t bytes[2048];
static size_t used;

static void put(const void *data, size_t len)
{
    memcpy(bytes + used, data, len);
    used += len;
}

/* The fixed part of an answer, with its cookie. */
static void begin(void)
{
    memset(bytes, 0, sizeof bytes);
    memcpy(bytes, "\x02\x01\x06\x00\x00\x00\x1b\x3a", 8);
    memcpy(bytes + 16, "\x0a\x01\x02\x03\x0a\x01\x02\x04", 8); /* yiaddr, siaddr */
    memcpy(bytes + 28, "\x00\x1b\x2a\x89\x36\x98", 6);
    memcpy(bytes + 236, "\x63\x82\x53\x63", 4);
    used = 240;
}

static void option(uint8_t code, const void *data, uint8_t len)
{
    put(&code, 1);
    put(&len, 1);
    put(data, len);
}

static struct dhcp_message read_good(void)
{
    struct dhcp_message m;
    uint8_t *exact = malloc(used); /* so that a read past its end is seen */
    memcpy(exact, bytes, used);
    assert_null(dhcpwire_read(exact, used, &m));
    free(exact);
    return m;
}

static const char *why_not(const void *data, size_t len)
{
    struct dhcp_message m;
    uint8_t *exact = malloc(len ? len : 1);
    memcpy(exact, data, len);
    const char *why = dhcpwire_read(exact, len, &m);
    free(exact);
    return why;
}

static void a_discover_is_a_phones_to_the_byte(void **state)
{
    (void)state;
    /* After the dump of a CP-7911G: 48 s, xid 0x1b3a. */
    static const uint8_t head[] = {1, 1, 6, 0, 0, 0, 0x1b, 0x3a, 0, 48, 0x80, 0};
    static const uint8_t tail[] =
        "\x63\x82\x53\x63" "\x35\x01\x01" "\x3d\x07\x01\x00\x1b\x2a\x89\x36\x98"
        "\x0c\x0f" "SEP001B2A893698" "\x3c\x26" "Cisco Systems, Inc. IP Phone CP-7911G\0"
        "\x37\x07\x01\x42\x06\x03\x0f\x96\x23\xff";
    static const uint8_t mac[] = {0x00, 0x1b, 0x2a, 0x89, 0x36, 0x98};
    struct dhcp_message m = {.op = DHCP_BOOTREQUEST, .xid = 0x1b3a, .secs = 48,
                             .flags = DHCP_BROADCAST, .type = DHCP_DISCOVER,
                             .client_id = {7, {1, 0x00, 0x1b, 0x2a, 0x89, 0x36, 0x98}},
                             .host_name = "SEP001B2A893698",
                             .vendor_class = {38, "Cisco Systems, Inc. IP Phone CP-7911G"},
                             .parameters = {7, {1, 66, 6, 3, 15, 150, 35}}};
    uint8_t out[DHCP_BUILT], expected[DHCP_BUILT] = {0};
    memcpy(m.mac, mac, sizeof mac);
    memcpy(expected, head, sizeof head);
    memcpy(expected + 28, mac, sizeof mac);
    memcpy(expected + 236, tail, sizeof tail - 1);
    memset(out, 0xaa, sizeof out);
    assert_int_equal(dhcpwire_build(&m, out), 548);
    assert_memory_equal(out, expected, sizeof out);

    struct dhcp_message back;
    assert_null(dhcpwire_read(out, sizeof out, &back));
    assert_memory_equal(&back, &m, sizeof m);
}

static void an_answer_is_read(void **state)
{
    (void)state;
    begin();
    option(53, "\x02", 1);
    option(54, "\x0a\x01\x02\x01", 4);
    option(51, "\x00\x00\x0e\x10", 4);
    option(58, "\x00\x00\x07\x08", 4);
    option(1, "\xff\xff\xff\x00", 4);
    option(3, "\x0a\x01\x02\x01\x0a\x01\x02\x02", 8);
    option(15, "lab.example", 11);
    option(66, "10.1.2.9\0", 9);
    option(43, "vendor's own", 12);
    option(150, "\x0a\x01\x02\x09\x0a\x01\x02\x0a", 8);
    put("\0\0\xff" "\x36\x04", 5); /* behind END nothing counts */
    struct dhcp_message m = read_good();
    assert_int_equal(m.op, DHCP_BOOTREPLY);
    assert_int_equal(m.xid, 0x1b3a);
    assert_int_equal(m.type, DHCP_OFFER);
    assert_int_equal(m.yiaddr, inet_addr("10.1.2.3"));
    assert_int_equal(m.siaddr, inet_addr("10.1.2.4"));
    assert_int_equal(m.server, inet_addr("10.1.2.1"));
    assert_int_equal(m.lease, 3600);
    assert_int_equal(m.renew, 1800);
    assert_int_equal(m.rebind, 0);
    assert_int_equal(m.routers.count, 2);
    assert_int_equal(m.routers.at[1], inet_addr("10.1.2.2"));
    assert_string_equal(m.domain, "lab.example");
    assert_string_equal(m.tftp_name, "10.1.2.9");
    assert_int_equal(m.tftp.count, 2);
    assert_int_equal(m.tftp.at[0], inet_addr("10.1.2.9"));
    assert_int_equal(m.odd, 0);
}

static void parts_are_put_together_in_the_order_of_fields(void **state)
{
    (void)state;
    begin();
    memcpy(bytes + 44, "\x96\x02\x02\x0b\xff", 5);  /* sname: the end of 150 */
    memcpy(bytes + 108, "\x96\x02\x0a\x01\xff", 5); /* file: its middle */
    option(53, "\x05", 1);
    option(52, "\x03", 1);
    option(150, "\x0a\x01", 2);
    option(54, "\x0a\x01\x02\x01", 4);
    option(150, "\x02\x09", 2);
    put("\xff", 1);
    struct dhcp_message m = read_good();
    assert_int_equal(m.tftp.count, 2);
    assert_int_equal(m.tftp.at[0], inet_addr("10.1.2.9"));
    assert_int_equal(m.tftp.at[1], inet_addr("10.1.2.11"));
    assert_int_equal(m.odd, 0);

    bytes[245] = 0; /* 52 lends nothing now */
    m = read_good();
    assert_int_equal(m.tftp.count, 1);
}

static void wrong_lengths_are_as_if_it_were_not_there(void **state)
{
    (void)state;
    static const struct {
        uint8_t code, len;
    } wrong[] = {{53, 0}, {53, 2}, {54, 3}, {54, 5}, {51, 2}, {1, 0}, {1, 8}, {3, 0}, {3, 7},
                 {150, 1}, {66, 0}, {61, 65}, {60, 255}};
    uint8_t value[255];
    memset(value, 7, sizeof value);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        begin();
        option(wrong[i].code, value, wrong[i].len);
        put("\xff", 1);
        struct dhcp_message m = read_good(), none = {.op = 2, .xid = 0x1b3a};
        none.yiaddr = m.yiaddr;
        none.siaddr = m.siaddr;
        memcpy(none.mac, m.mac, sizeof m.mac);
        none.odd = wrong[i].code;
        assert_memory_equal(&m, &none, sizeof m);
    }
    begin();
    option(54, "\x0a\x01\x02\x01", 4); /* twice: it is one of eight bytes (RFC 3396) */
    option(54, "\x0a\x01\x02\x02", 4);
    struct dhcp_message m = read_good();
    assert_int_equal(m.server, 0);
    assert_int_equal(m.odd, 54);
}

static void texts_and_lists_are_cut(void **state)
{
    (void)state;
    char text[255];
    memset(text, 'x', sizeof text);
    memcpy(text, "a\x01\xff\n", 4);
    begin();
    option(15, text, 255);
    option(15, text, 255);
    for (int i = 0; i < 7; i++)
        option(3, "\x0a\x01\x02\x01\x0a\x01\x02\x02", 8);
    struct dhcp_message m = read_good();
    assert_int_equal(strlen(m.domain), DHCP_NAME - 1);
    assert_memory_equal(m.domain, "a...xx", 6);
    assert_int_equal(m.routers.count, DHCP_LIST);
}

static void what_is_no_message_is_refused(void **state)
{
    (void)state;
    begin();
    option(53, "\x02", 1);
    put("\xff", 1);
    for (size_t len = 0; len < 240; len++)
        assert_non_null(why_not(bytes, len));
    assert_null(why_not(bytes, 240)); /* no option at all */
    assert_non_null(why_not(bytes, 241)); /* a code without length */
    assert_non_null(why_not(bytes, 242));
    assert_null(why_not(bytes, 243)); /* no END: all there is */
    assert_non_null(why_not(bytes, DHCP_READ_MAX + 1));
    static const struct {
        size_t at;
        uint8_t value;
    } wrong[] = {{1, 6}, {2, 8}, {236, 0}, {239, 0x64}, {241, 200}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        uint8_t was = bytes[wrong[i].at];
        bytes[wrong[i].at] = wrong[i].value;
        assert_non_null(why_not(bytes, used));
        bytes[wrong[i].at] = was;
    }
    begin();
    option(52, "\x01", 1);
    bytes[108] = 3; /* in the file field an option that runs out of it */
    bytes[109] = 127;
    assert_string_equal(why_not(bytes, used), "an option runs past its end");
}

static void who_is_asked_is_told_by_xid_and_mac(void **state)
{
    (void)state;
    static const uint8_t mac[] = {0x00, 0x1b, 0x2a, 0x89, 0x36, 0x98}, other[6] = {2};
    begin();
    assert_true(dhcpwire_answers(bytes, used, 0x1b3a, mac));
    assert_false(dhcpwire_answers(bytes, used, 0x1b3b, mac));
    assert_false(dhcpwire_answers(bytes, used, 0x1b3a, other));
    assert_false(dhcpwire_answers(bytes, 33, 0x1b3a, mac));
    bytes[0] = DHCP_BOOTREQUEST;
    assert_false(dhcpwire_answers(bytes, used, 0x1b3a, mac));
}

static void masks_are_bits_from_the_left(void **state)
{
    (void)state;
    static const struct {
        const char *mask;
        unsigned prefix;
    } table[] = {{"255.255.255.0", 24}, {"128.0.0.0", 1}, {"255.255.255.252", 30},
                 {"255.255.255.254", 0}, {"255.255.255.255", 0}, {"0.0.0.0", 0},
                 {"255.0.255.0", 0}, {"0.0.0.255", 0}, {"255.255.128.0", 17}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_int_equal(dhcpwire_prefix(inet_addr(table[i].mask)), table[i].prefix);
}

static void a_message_that_does_not_fit_is_not_built(void **state)
{
    (void)state;
    struct dhcp_message m = {.op = DHCP_BOOTREPLY, .type = DHCP_ACK};
    uint8_t out[DHCP_BUILT + 8];
    memset(out, 0x5a, sizeof out);
    for (size_t i = 0; i < DHCP_NAME - 1; i++)
        m.domain[i] = m.tftp_name[i] = m.host_name[i] = m.said[i] = 'x';
    m.client_id.len = m.vendor_class.len = m.parameters.len = DHCP_NAME;
    assert_int_equal(dhcpwire_build(&m, out), 0);
    for (size_t i = DHCP_BUILT; i < sizeof out; i++)
        assert_int_equal(out[i], 0x5a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_discover_is_a_phones_to_the_byte),
        cmocka_unit_test(an_answer_is_read),
        cmocka_unit_test(parts_are_put_together_in_the_order_of_fields),
        cmocka_unit_test(wrong_lengths_are_as_if_it_were_not_there),
        cmocka_unit_test(texts_and_lists_are_cut),
        cmocka_unit_test(what_is_no_message_is_refused),
        cmocka_unit_test(who_is_asked_is_told_by_xid_and_mac),
        cmocka_unit_test(masks_are_bits_from_the_left),
        cmocka_unit_test(a_message_that_does_not_fit_is_not_built),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
