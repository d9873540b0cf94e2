/* test_dhcpkeys.c - who asks for his address, and what there is to say of who answers. */
#include "netns/fleet/dhcpkeys.h"
#include "netns/fleet/speed.h"
#include "tests/unit/netns/fleet_bench.h"

static void nobody_asks_by_default(void **state)
{
    (void)state;
    struct fleet *f = bench_read("phones: [{model: CP-7961G}]\n");
    assert_non_null(f);
    assert_false(dhcp_asked(f));
    assert_false(dhcp_is_ours(f));
    assert_int_equal(f->dhcp.engine, DHCP_OWN);
    assert_int_equal(f->dhcp.at, DHCP_AT_SITE);
    assert_int_equal(f->dhcp.lease_s, 8 * 3600);
    assert_int_equal(f->dhcp.pool, 0);
    assert_int_equal(dhcp_named_by(f), 1 << TFTP_BY_OPTION_150);
    fleet_free(f);
}

static void the_nearest_level_decides(void **state)
{
    (void)state;
    struct fleet *f =
        bench_read("addresses: dhcp\n"
                   "lan: {subnets: {a: 10.1.0.0/24, b: {subnet: 10.2.0.0/24, addresses: static}}}\n"
                   "phones: [{model: CP-7961G}, {model: CP-7961G, subnet: b},\n"
                   "  {model: CP-7961G, subnet: b, addresses: dhcp},\n"
                   "  {model: CP-7961G, addresses: static}]\n");
    static const bool asks[] = {true, false, true, false};
    assert_string_equal(bench_said, "");
    assert_non_null(f);
    assert_int_equal(f->subnets[1].net, 0x0a020000);
    assert_int_equal(f->subnets[1].prefix_len, 24);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(dhcp_asked_by(f, &f->groups[i]), asks[i]);
    assert_true(dhcp_is_ours(f));
    assert_false(fleet_runs_free(f));
    fleet_free(f);
}

static void all_of_a_server_is_read(void **state)
{
    (void)state;
    struct fleet *f = bench_read("addresses: dhcp\n"
                                 "dhcp: {at: headquarters, lease: 2m, tftp: [66, siaddr], prefer: 66, "
                                 "pool: 7}\n"
                                 "phones: [{model: CP-7961G}]\n");
    assert_non_null(f);
    assert_int_equal(f->dhcp.at, DHCP_AT_HQ);
    assert_int_equal(f->dhcp.lease_s, 120);
    assert_int_equal(f->dhcp.prefer, TFTP_BY_OPTION_66);
    assert_int_equal(f->dhcp.pool, 7);
    assert_int_equal(dhcp_named_by(f), 1 << TFTP_BY_OPTION_66 | 1 << TFTP_BY_SIADDR);
    fleet_free(f);
    f = bench_read("dhcp: {tftp: none}\nphones: [{model: CP-7961G, addresses: dhcp}]\n");
    assert_non_null(f);
    assert_int_equal(dhcp_named_by(f), 0);
    fleet_free(f);
}

static void a_server_that_is_not_ours_cannot_wait(void **state)
{
    (void)state;
    struct fleet *f = bench_read("addresses: dhcp\ndhcp: {engine: external, prefer: siaddr}\n"
                                 "phones: [{model: CP-7961G}]\n");
    assert_non_null(f);
    assert_true(dhcp_asked(f));
    assert_false(dhcp_is_ours(f));
    assert_true(fleet_runs_free(f));
    fleet_free(f);
}

#define PHONES "phones: [{model: CP-7961G, addresses: dhcp}]\n"

static void what_makes_no_sense_is_refused_at_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
    } bad[] = {
        {"addresses: dhpc\n" PHONES, ":1:12: addresses takes one of static, dhcp, not 'dhpc'"},
        {"dhcp: {lease: 90s}\n" PHONES, ":1:15: dhcp.lease: our server gives no lease below two "},
        {"dhcp: {pool: 0}\n" PHONES, ":1:14: dhcp.pool takes a whole number of addresses from 1 "},
        {"dhcp: {tftp: [150, 43]}\n" PHONES, ":1:20: dhcp.tftp takes one or a list of 150, 66, "},
        {"dhcp: {tftp: [150, none]}\n" PHONES, ":1:14: dhcp.tftp: none goes with no other"},
        {"dhcp: {engine: external, pool: 4}\n" PHONES, ":1:32: dhcp.pool: an external server is "},
        {"tftp: {engine: external, address: 192.0.2.1}\ndhcp: {at: headquarters}\n" PHONES,
         ":2:12: dhcp.at: with an external TFTP server there are no headquarters of ours"},
        {"lan: {subnets: {a: {addresses: dhcp}}}\n" PHONES, "lan.subnets.a.subnet is missing"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_null(bench_read(bad[i].text));
        if (!strstr(bench_said, bad[i].said))
            fail_msg("%s does not say %s", bench_said, bad[i].said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_asks_by_default),
        cmocka_unit_test(the_nearest_level_decides),
        cmocka_unit_test(all_of_a_server_is_read),
        cmocka_unit_test(a_server_that_is_not_ours_cannot_wait),
        cmocka_unit_test(what_makes_no_sense_is_refused_at_its_place),
    };
    return cmocka_run_group_tests(tests, bench_setup, bench_teardown);
}
