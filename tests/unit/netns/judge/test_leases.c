/* test_leases.c - dnsmasq's words on addresses, held against what phones say. */
#include "netns/judge/leases.h"
#include "netns/plan/roster.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <unistd.h>

static struct plan_phone phones[3] = {
    {.name = "SEP02760A6A0010", .dhcp = true},
    {.name = "SEP02760A6A0011", .dhcp = true},
    {.name = "SEP02760A6A0012"},
};
static const struct plan plan = {.phones = phones, .count = 3};

static const char log_text[] =
    "dnsmasq-dhcp[5]: DHCP, static leases only on 10.106.0.0, lease time 8h\n"
    "dnsmasq-dhcp[5]: DHCPDISCOVER(br0) 02:76:0a:6a:00:10 \n"
    "dnsmasq-dhcp[5]: DHCPOFFER(br0) 10.106.0.16 02:76:0a:6a:00:10 \n"
    "dnsmasq-dhcp[5]: DHCPREQUEST(br0) 10.106.0.16 02:76:0a:6a:00:10 \n"
    "dnsmasq-dhcp[5]: DHCPACK(br0) 10.106.0.9 02:76:0a:6a:00:10 SEP02760A6A0010\n"
    "dnsmasq-dhcp[5]: DHCPNAK(br0) 10.106.0.9 02:76:0a:6a:00:10 lease not found\n"
    "Nov 20 14:24:47 dnsmasq-dhcp[5]: DHCPACK(br0) 10.106.0.16 02:76:0a:6a:00:10 SEP02760A6A0010\n"
    "dnsmasq-dhcp[5]: DHCPDISCOVER(br0) 02:76:0a:6a:00:11 no address available\n"
    "dnsmasq-dhcp[5]: DHCPACK(br0) 10.106.0.77 00:11:22:33:44:55 stranger\n"
    "dnsmasq-dhcp[5]: DHCPACK(br0) 10.106.0.300 02:76:0a:6a:00:11\n"
    "dnsmasq-dhcp[5]: DHCPACK(br0\n"
    "dnsmasq-tftp[5]: DHCPACK(br0) 10.106.0.99 02:76:0a:6a:00:11\n";

static void what_the_log_says_counts(void **state)
{
    (void)state;
    char path[] = "/tmp/test-leases-XXXXXX";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, log_text, sizeof log_text - 1), sizeof log_text - 1);
    close(fd);
    struct phone_status status[3] = {{.ip = inet_addr("10.106.0.16"),
                                      .tftp_by = TFTP_BY_OPTION_150},
                                     {.ip = 0},
                                     {.ip = inet_addr("10.106.0.18")}};
    struct leases l;
    assert_int_equal(leases_read(&l, &plan, status, path), 0);
    unlink(path);
    assert_int_equal(l.asking, 2);
    assert_int_equal(l.held, 1);
    assert_int_equal(l.by[TFTP_BY_OPTION_150], 1);
    assert_int_equal(l.acks, 3);
    assert_int_equal(l.naks, 1);
    assert_int_equal(l.refusals, 1);
    assert_int_equal(l.given[0], inet_addr("10.106.0.16")); /* the last */
    assert_int_equal(l.given[1], 0);
    assert_true(leases_agree(&l, status, 0));
    assert_true(leases_agree(&l, status, 1)); /* has none */
    status[1].ip = inet_addr("10.106.0.16");
    assert_false(leases_agree(&l, status, 1));
    leases_free(&l);
}

static void without_a_log_nothing_is_held_against_it(void **state)
{
    (void)state;
    const struct phone_status status[3] = {{.ip = inet_addr("192.0.2.7")}};
    struct leases l;
    assert_int_equal(leases_read(&l, &plan, status, NULL), 0);
    assert_false(l.witnessed);
    assert_true(leases_agree(&l, status, 0));
    leases_free(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_log_says_counts),
        cmocka_unit_test(without_a_log_nothing_is_held_against_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
