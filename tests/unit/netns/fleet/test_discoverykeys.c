/* test_discoverykeys.c - `discovery:` of the fleet file. */
#include "netns/fleet/discoverykeys.h"
#include "tests/unit/netns/fleet_bench.h"

#define PHONES "phones: [{model: CP-7961G}]\n"

static void assert_speaks(const char *text, unsigned speaks)
{
    struct fleet *f = bench_read(text);
    assert_non_null(f);
    assert_int_equal(discovery_of(f), speaks);
    fleet_free(f);
}

static void it_is_a_list_or_a_word(void **state)
{
    (void)state;
    assert_speaks("discovery: cdp\n" PHONES, SPEAKS_CDP);
    assert_speaks("discovery: [lldp]\n" PHONES, SPEAKS_LLDP);
    assert_speaks("discovery: [cdp, lldp]\n" PHONES, SPEAKS_CDP | SPEAKS_LLDP);
}

static void on_a_lan_of_the_fleets_own_there_is_none(void **state)
{
    (void)state;
    assert_speaks(PHONES, 0);
    assert_speaks("discovery: none\n" PHONES, 0);
}

static void at_an_uplink_there_are_both(void **state)
{
    (void)state;
    assert_speaks("lan: {uplink: eth1}\ntftp: {address: 10.1.1.1}\n" PHONES,
                  SPEAKS_CDP | SPEAKS_LLDP);
    assert_speaks("lan: {bridge: br1}\ntftp: {address: 10.1.1.1}\ndiscovery: lldp\n" PHONES,
                  SPEAKS_LLDP);
    assert_speaks("lan: {bridge: br1}\ntftp: {address: 10.1.1.1}\ndiscovery: none\n" PHONES, 0);
}

static void mistakes_are_named(void **state)
{
    (void)state;
    assert_null(bench_read("discovery: [none, cdp]\n" PHONES));
    assert_string_equal(bench_said,
                        "t.fleet.yml:1:12: discovery: none goes with no other; take it out\n");
    assert_null(bench_read("discovery: [edp]\n" PHONES));
    assert_non_null(strstr(bench_said, "lldp"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_a_list_or_a_word),
        cmocka_unit_test(on_a_lan_of_the_fleets_own_there_is_none),
        cmocka_unit_test(at_an_uplink_there_are_both),
        cmocka_unit_test(mistakes_are_named),
    };
    return cmocka_run_group_tests(tests, bench_setup, bench_teardown);
}
