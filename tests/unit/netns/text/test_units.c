/* test_units.c - quantities as users write them. */
#include "netns/text/units.h"
#include "tests/unit/unit.h"

#include <math.h>

#define HOUR 3600000000ull

static void counts_keep_to_their_range(void **state)
{
    (void)state;
    uint64_t n = 7;
    assert_true(units_count("1", 1, 1000, &n));
    assert_int_equal(n, 1);
    assert_true(units_count("18446744073709551615", 0, UINT64_MAX, &n));
    assert_true(n == UINT64_MAX);
    static const char *const bad[] = {"",   "0",  "1001", "-1", "+1", " 1", "1 ", "1.0",
                                      "1e3", "x", "0x10", "18446744073709551616"};
    n = 7;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(units_count(bad[i], 1, 1000, &n));
    assert_int_equal(n, 7);
}

static void durations_have_a_unit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t us;
    } good[] = {{"0", 0},           {"0ms", 0},      {"250us", 250},   {"75ms", 75000},
                {"1.5s", 1500000},  {"2S", 2000000}, {"1m", 60000000}, {"1h", HOUR},
                {"0.0004ms", 0},    {".5ms", 500}};
    static const char *const bad[] = {"",      "75",  "-5ms", "ms",    "1.2.3s", "75 ms", "1h1m",
                                      "61m", "2h", "1e3ms", "nan", "inf", "99999999999999999999s"};
    uint64_t us;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(units_duration(good[i].text, HOUR, &us));
        assert_int_equal(us, good[i].us);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(units_duration(bad[i], HOUR, &us));
}

static void rates_are_decimal_bits(void **state)
{
    (void)state;
    uint64_t bps;
    assert_true(units_rate("1536kbit", &bps));
    assert_int_equal(bps, 1536000);
    assert_true(units_rate("100mbit", &bps));
    assert_int_equal(bps, 100000000);
    assert_true(units_rate("1.5Gbit", &bps));
    assert_int_equal(bps, 1500000000);
    assert_true(units_rate("9600bit", &bps));
    assert_int_equal(bps, 9600);
    assert_true(units_rate("unlimited", &bps));
    assert_int_equal(bps, 0);
    static const char *const bad[] = {"", "0", "0kbit", "999bit", "10", "10kbps", "2000gbit"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(units_rate(bad[i], &bps));
}

static void percentages_are_fractions(void **state)
{
    (void)state;
    double f;
    assert_true(units_percent("0.5%", &f));
    assert_true(fabs(f - 0.005) < 1e-12);
    assert_true(units_percent("100%", &f));
    assert_true(f == 1);
    assert_true(units_percent("0", &f));
    assert_true(f == 0);
    assert_false(units_percent("101%", &f));
    assert_false(units_percent("-1%", &f));
    assert_false(units_percent("0.5", &f));
}

static void decimals_have_no_unit(void **state)
{
    (void)state;
    double d;
    assert_true(units_decimal("0.25", 10, &d));
    assert_true(d == 0.25);
    assert_false(units_decimal("11", 10, &d));
    assert_false(units_decimal("1s", 10, &d));
    assert_false(units_decimal(".", 10, &d));
}

static void subnets_have_no_host_bits(void **state)
{
    (void)state;
    uint32_t net;
    unsigned len;
    assert_true(units_subnet("10.106.0.0/16", &net, &len));
    assert_int_equal(net, 0x0a6a0000);
    assert_int_equal(len, 16);
    assert_true(units_subnet("192.168.1.16/28", &net, &len));
    static const char *const bad[] = {"10.106.0.1/16", "10.106.0.0", "10.0.0.0/7", "10.0.0.0/29",
                                      "10.106.0/16", "999.0.0.0/8", "/16", "10.0.0.0/",
                                      "123456789012345678901234567890/16"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(units_subnet(bad[i], &net, &len));
}

static void addresses_are_those_of_hosts(void **state)
{
    (void)state;
    static const char *const bad[] = {"",          "10.1.2",    "10.1.2.256", "hq.example", "0.0.0.1",
                                      "127.0.0.1", "224.0.0.1", "10.1.2.3/8", " 10.1.2.3"};
    uint32_t ip = 0;
    assert_true(units_address("10.1.2.3", &ip));
    assert_memory_equal(&ip, "\x0a\x01\x02\x03", 4);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(units_address(bad[i], &ip));
}

static void macs_are_of_one_device(void **state)
{
    (void)state;
    static const char *const good[] = {
        "00:1B:54:C1:22:33",    "00-1b-54-c1-22-33",       "001b54C12233",
        "0:1b:54:c1:22:33",     "0-1B-54-C1-22-33",        "00.1b.54.c1.22.33",
        "001b.54c1.2233",       "001B-54C1-2233",          "001b:54c1:2233",
        "001b54-c12233",        "001B54:C12233",           "001b54.c12233",
        "0x001b54c12233",       "0X001B54C12233",          "SEP001B54C12233",
        "sep001b54c12233",      "SEP001B54C12233.cnf.xml", "0100.1b54.c122.33",
        "01-00-1b-54-c1-22-33", "01:00:1B:54:C1:22:33"};
    static const char *const bad[] = {"",
                                      "00:1B:54:C1:22",
                                      "00:1B:54-C1:22:33",
                                      "00:1B:54:C1:22:3G",
                                      "001B54C1223",
                                      "01:00:5E:00:00:01",
                                      "00:00:00:00:00:00",
                                      "00:1B:54:C1:22:33 ",
                                      "0:01B:54:C1:22:33",
                                      "00:1B:54:C1:22:33:44",
                                      "02-00-1b-54-c1-22-33", /* no Ethernet */
                                      "0200.1b54.c122.33",
                                      "001b.54c1.223",
                                      "1b.54c1.2233",
                                      "001b54-c1223",
                                      "001b5-4c12233",
                                      "00 1b 54 c1 22 33",
                                      ":1b:54:c1:22:33",
                                      "00:1b:54:c1:22:",
                                      "00::54:c1:22:33",
                                      "0x00:1b:54:c1:22:33",
                                      "SEP00:1B:54:C1:22:33",
                                      "SEP001B54C12233.cnf",
                                      "001B54C12233.cnf.xml",
                                      "SEP",
                                      "0x",
                                      "-",
                                      "10.106.0.16",
                                      "ffff.ffff.ffff",
                                      "01005e-000001",
                                      "SEP000000000000",
                                      "0x010000000000",
                                      "0100.0000.0000.00",
                                      "0:0:0:0:0:0"};
    uint64_t mac;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(units_mac(good[i], &mac));
        assert_true(mac == 0x001b54c12233);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(units_mac(bad[i], &mac));
    assert_true(units_mac("a:b:c:d:e:f", &mac));
    assert_true(mac == 0x0a0b0c0d0e0f);
    assert_true(units_mac("0100.1b54.c122.3a", &mac) && mac == 0x001b54c1223a);
}

/* What is a MAC address, but of no device, is refused in words. */
static void macs_of_nobody_are_told_why(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
    } cases[] = {{"ff:ff:ff:ff:ff:ff", "broadcast"}, {"FFFF.FFFF.FFFF", "broadcast"},
                 {"SEPFFFFFFFFFFFF", "broadcast"},   {"01:00:5e:00:00:01", "multicast"},
                 {"0100.5e00.0001", "multicast"},    {"1:0:5e:0:0:1", "multicast"},
                 {"333300-000001", "multicast"},     {"0:0:0:0:0:0", "all zero"},
                 {"000000000000", "all zero"},       {"0100.ffff.ffff.ffff", NULL},
                 {"00:1b:54:c1:22:33", NULL},        {"three", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *why = units_mac_why(cases[i].text);
        assert_true(!why == !cases[i].why);
        assert_true(!why || strstr(why, cases[i].why));
    }
}

static void the_nearest_word_is_near(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        int other;
    } rows[] = {{"speed", 1}, {"seed", 2}, {"phones", 3}, {"peerFirmwareSharing", 4}};
    char huge[300];
    memset(huge, 'a', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    assert_string_equal(units_nearest("phnes", rows, sizeof *rows, 4), "phones");
    assert_string_equal(units_nearest("sped", rows, sizeof *rows, 4), "speed");
    assert_string_equal(units_nearest("PEERFIRMWARESHARING", rows, sizeof *rows, 4),
                        "peerFirmwareSharing");
    assert_null(units_nearest("banana", rows, sizeof *rows, 4));
    assert_null(units_nearest("", rows, sizeof *rows, 0));
    assert_null(units_nearest(huge, rows, sizeof *rows, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_keep_to_their_range), cmocka_unit_test(durations_have_a_unit),
        cmocka_unit_test(rates_are_decimal_bits),     cmocka_unit_test(percentages_are_fractions),
        cmocka_unit_test(decimals_have_no_unit),      cmocka_unit_test(subnets_have_no_host_bits),
        cmocka_unit_test(the_nearest_word_is_near),   cmocka_unit_test(macs_are_of_one_device),
        cmocka_unit_test(macs_of_nobody_are_told_why),
        cmocka_unit_test(addresses_are_those_of_hosts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
