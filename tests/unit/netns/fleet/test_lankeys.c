/* test_lankeys.c - `lan:` of the fleet file, and what an uplink means for the rest of it. */
#include "netns/fleet/dhcpkeys.h"
#include "netns/fleet/lankeys.h"
#include "netns/fleet/speed.h"
#include "netns/plan/lan.h"
#include "netns/text/findingsay.h"
#include "tests/unit/netns/fleet_bench.h"

#include <arpa/inet.h>
#include <stdlib.h>

#define PHONES "phones: [{model: CP-7961G, count: 3}]\n"
#define SERVER "tftp: {address: 10.1.2.3}\n"

static struct fleet *fleet_said(const char *text)
{
    struct fleet *f = bench_read(text);
    if (!f)
        print_message("%s", bench_said);
    assert_non_null(f);
    return f;
}

static void an_island_is_as_ever(void **state)
{
    (void)state;
    struct fleet *f = fleet_said(PHONES);
    assert_null(lan_uplink(f));
    assert_true(lan_is_routed(f));
    assert_int_equal(f->engine, ENGINE_DNSMASQ);
    assert_int_equal(f->boot, BOOT_BULK);
    fleet_free(f);
}

static void with_an_uplink_our_own_parts_stand_aside(void **state)
{
    (void)state;
    struct fleet *f = fleet_said("lan: {uplink: eth1}\n" PHONES);
    assert_string_equal(lan_uplink(f), "eth1");
    assert_true(dhcp_asked_by_all(f));
    assert_int_equal(f->dhcp.engine, DHCP_EXTERNAL);
    assert_false(dhcp_is_ours(f));
    assert_false(lan_is_routed(f));
    assert_int_equal(f->engine, ENGINE_EXTERNAL);
    assert_int_equal(f->boot, BOOT_RATE);
    assert_true(f->boot_rate == UPLINK_PACE / 2.0); /* two packets of DHCP each */
    assert_true(fleet_runs_free(f));
    assert_int_equal(fleet_ceiling(f), 1);
    fleet_free(f);
}

static void what_the_file_says_counts(void **state)
{
    (void)state;
    struct fleet *f = fleet_said("lan: {bridge: br-lab, pace: 5}\nboot: bulk\ntftp: {engine: dnsmasq}\n"
                           "wan: {delay: 5ms}\n" PHONES);
    assert_string_equal(lan_uplink(f), "br-lab");
    assert_true(lan_is_routed(f));
    assert_int_equal(f->boot, BOOT_BULK);
    fleet_free(f);
    f = fleet_said("lan: {uplink: eth1, pace: 5, permits: [arp, macs]}\nboot_rate: 7\n" SERVER PHONES);
    assert_int_equal(f->uplink.pace, 5);
    assert_true(f->boot_rate == 7);
    assert_int_equal(f->uplink.permits, 1 << PERMIT_ARP | 1 << PERMIT_MACS);
    fleet_free(f);
    f = fleet_said("lan: {uplink: eth1, pace: 5}\naddresses: static\n" SERVER PHONES);
    assert_true(f->boot_rate == 5);
    fleet_free(f);
}

static void combinations_are_refused(void **state)
{
    static const struct {
        const char *text, *said;
    } all[] = {
        {"lan: {uplink: eth1, bridge: b}\n" SERVER, "there is uplink as well"},
        {"lan: {vlan: 7}\n", "lan.vlan: goes with uplink"},
        {"lan: {bridge: b, vlan: 7}\n" SERVER, "lan.vlan: goes with uplink"},
        {"lan: {pace: 7}\n", "lan.pace: goes with uplink or bridge"},
        {"lan: {uplink: eth1, subnets: {a: 10.1.2.0/24}}\n" SERVER, "one uplink is one network"},
        {"lan: {subnet: 10.1.2.0/24, router: 10.1.3.1}\n", "lan.router: is no address of"},
        {"lan: {subnet: 10.1.2.0/24, first: 10.1.3.1}\n", "lan.first: is no address of"},
        {"lan: {uplink: eth1}\nwan: {delay: 1ms}\n" SERVER, "before a server of the fleet's own"},
        {"lan: {uplink: eth1}\naddresses: static\n", "tftp.address is missing"},
        {"lan: {uplink: eth1}\ndhcp: {engine: own}\n", "behind a router of ours"},
        {"lan: {uplink: eth1}\nspeed: 2\n" SERVER, "time is real"},
        {"lan: {uplink: eth1/2}\n" SERVER, "the name of an interface"},
        {"lan: {uplink: an-overlong-name}\n" SERVER, "the name of an interface"},
        {"lan: {uplink: fleet%d}\n" SERVER, "the name of an interface"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char text[256];
        snprintf(text, sizeof text, "%s" PHONES, all[i].text);
        assert_null(bench_read(text));
        if (!strstr(bench_said, all[i].said))
            fail_msg("%s: %s", all[i].text, bench_said);
    }
}

static void phones_begin_where_they_are_told(void **state)
{
    (void)state;
    struct findings found = {0};
    size_t count;
    struct fleet *f = fleet_said("lan: {subnet: 10.1.2.0/24, router: 10.1.2.254, first: 10.1.2.100}\n"
                           PHONES);
    struct plan_subnet *s = lan_plan(f, &count, &found);
    assert_non_null(s);
    assert_int_equal(count, 1);
    assert_int_equal(s->gateway, inet_addr("10.1.2.254"));
    assert_int_equal(lan_address(s, 0), inet_addr("10.1.2.100"));
    assert_int_equal(lan_address(s, 2), inet_addr("10.1.2.102"));
    assert_int_equal(found.count, 0);
    free(s);
    fleet_free(f);
}

static void nobody_is_where_the_router_is(void **state)
{
    (void)state;
    struct findings found = {0};
    size_t count;
    struct fleet *f = fleet_said("lan: {uplink: eth1, subnet: 10.1.2.0/24, router: 10.1.2.18}\n"
                                 "addresses: static\ntftp: {address: 10.1.2.16}\n" PHONES);
    free(lan_plan(f, &count, &found));
    assert_int_equal(found.refusals, 2);
    assert_string_equal(found.items[0].remedy, "write lan.first: 10.1.2.19");
    assert_non_null(strstr(found.items[1].text, "tftp.address"));
    findings_free(&found);
    fleet_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_island_is_as_ever),
        cmocka_unit_test(with_an_uplink_our_own_parts_stand_aside),
        cmocka_unit_test(what_the_file_says_counts),
        cmocka_unit_test(combinations_are_refused),
        cmocka_unit_test(phones_begin_where_they_are_told),
        cmocka_unit_test(nobody_is_where_the_router_is),
    };
    return cmocka_run_group_tests(tests, bench_setup, bench_teardown);
}
