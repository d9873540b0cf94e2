/* test_dhcpserver.c - phones without an address, who gives them one, and what the kernel then has:
 * by DISCOVERs of our own, laid out by RFC 2131. */
#include "netns/host/lansock.h"
#include "netns/world/dhcpserver.h"
#include "tests/unit/netns/world_bench.h"

#include <ifaddrs.h>
#include <linux/if_ether.h>

enum { MESSAGE = 300, COOKIE = 236, OFFER = 2, YIADDR = 16, SIADDR = 20, GIADDR = 24, CHADDR = 28 };

static struct dhcpserver *server;
static char folder[64];
static int log_fd;

static void up(struct bench *b, size_t phones, const struct fleet_dhcp *dhcp)
{
    bench_plan(b, phones);
    b->fleet.dhcp = *dhcp;
    for (size_t i = 0; i < phones; i++)
        b->plan.phones[i].dhcp = true;
    b->plan.phones[phones - 1].ip = 0; /* none is left for the last */
    bench_up(b);
    strcpy(folder, "/tmp/test-dhcp-XXXXXX");
    assert_non_null(mkdtemp(folder));
    log_fd = memfd_create("dhcp.log", MFD_CLOEXEC);
    server = dhcpserver_start(b->w, folder, log_fd);
    assert_non_null(server);
}

static void down(struct bench *b)
{
    char command[96];
    assert_int_equal(dhcpserver_stop(server), 0);
    close(log_fd);
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
    bench_down(b);
}

static int client(const struct bench *b, size_t i)
{
    int back = netns_visit(b->w->phone_ns[i]);
    int fd = netns_leave(back, lansock_dhcp(PHONE_DEVICE, b->plan.phones[i].mac));
    assert_true(fd >= 0);
    return fd;
}

static void discover(int fd, const uint8_t mac[6])
{
    static const uint8_t options[] = {99, 130, 83, 99, 53, 1, 1, 55, 3, 1, 3, 150, 255};
    uint8_t m[MESSAGE] = {1, 1, 6, 0, 0, 0, 0, 7, 0, 0, 0x80};
    memcpy(m + CHADDR, mac, 6);
    memcpy(m + COOKIE, options, sizeof options);
    send_to(fd, "255.255.255.255", 67, m, sizeof m);
}

static uint32_t field(const uint8_t *m, size_t at)
{
    uint32_t ip;
    memcpy(&ip, m + at, sizeof ip);
    return ip;
}

/* The option of that code with its length; NULL: there is none. */
static const uint8_t *option(const uint8_t *m, size_t len, uint8_t code)
{
    for (size_t at = COOKIE + 4; at + 1 < len && m[at] != 255; at += m[at] ? 2u + m[at + 1] : 1)
        if (m[at] == code)
            return m + at + 1;
    return NULL;
}

static void is_offered(const uint8_t *m, size_t len, const char *ip, const char *router)
{
    const uint8_t *type = option(m, len, 53), *tftp = option(m, len, 150), *gateway;
    assert_int_equal(field(m, YIADDR), inet_addr(ip));
    assert_true(type && type[1] == OFFER);
    assert_true(tftp && tftp[0] == 4);
    assert_int_equal(field(tftp, 1), inet_addr(LINE_SERVER_IP));
    gateway = option(m, len, 3);
    assert_true(gateway && gateway[0] == 4);
    assert_int_equal(field(gateway, 1), inet_addr(router));
}

static void each_is_offered_its_own_and_hears_nobody_elses(struct bench *b, const char *giaddr)
{
    uint8_t m[1500];
    int fd[3] = {client(b, 0), client(b, 1), client(b, 2)};
    ssize_t len = -1;
    for (int tries = 0; tries < 10 && len < 0; tries++) { /* as phones do: frames may be lost */
        discover(fd[1], b->plan.phones[1].mac);
        len = hear(fd[1], m, sizeof m, NULL, 1000);
    }
    assert_true(len > COOKIE);
    is_offered(m, (size_t)len, "10.106.0.17", "10.106.0.1");
    assert_int_equal(field(m, GIADDR), inet_addr(giaddr));
    assert_int_equal(hear(fd[0], m, sizeof m, NULL, 50), -1);
    discover(fd[2], b->plan.phones[2].mac);
    assert_int_equal(hear(fd[2], m, sizeof m, NULL, 300), -1);
    for (int i = 0; i < 3; i++)
        close(fd[i]);
}

static void a_server_of_the_site_answers(void **state)
{
    (void)state;
    NEED_ROOT();
    struct bench b;
    up(&b, 3, &(struct fleet_dhcp){.lease_s = 3600});
    each_is_offered_its_own_and_hears_nobody_elses(&b, "0.0.0.0");
    down(&b);
}

static void a_server_at_headquarters_answers_by_a_relay(void **state)
{
    (void)state;
    NEED_ROOT();
    struct bench b;
    up(&b, 3, &(struct fleet_dhcp){.lease_s = 3600, .at = DHCP_AT_HQ});
    each_is_offered_its_own_and_hears_nobody_elses(&b, "10.106.0.1");
    down(&b);
}

/* The address of eth0 in a phone's namespace; 0: none. */
static uint32_t address_of(const struct bench *b, size_t i)
{
    uint32_t ip = 0;
    struct ifaddrs *all;
    int back = netns_visit(b->w->phone_ns[i]);
    assert_int_equal(netns_leave(back, getifaddrs(&all)), 0);
    for (struct ifaddrs *a = all; a; a = a->ifa_next)
        if (strcmp(a->ifa_name, PHONE_DEVICE) == 0 && a->ifa_addr &&
            a->ifa_addr->sa_family == AF_INET)
            ip = ((struct sockaddr_in *)(void *)a->ifa_addr)->sin_addr.s_addr;
    freeifaddrs(all);
    return ip;
}

static void an_address_comes_changes_and_goes(void **state)
{
    (void)state;
    NEED_ROOT();
    struct bench b;
    char text[16];
    bench_plan(&b, 2);
    b.plan.phones[0].dhcp = true;
    bench_up(&b);
    const struct net_address first = {inet_addr("10.106.0.16"), inet_addr("10.106.0.1"), 16},
                             second = {inet_addr("10.106.7.7"), inet_addr("10.106.0.1"), 16};
    assert_int_equal(address_of(&b, 0), 0);
    assert_int_equal(address_of(&b, 1), inet_addr("10.106.0.17"));
    assert_int_equal(world_address(b.w, 0, &first), 0);
    assert_int_equal(address_of(&b, 0), first.ip);
    assert_int_equal(world_address(b.w, 0, &second), 0);
    assert_int_equal(address_of(&b, 0), second.ip);
    int server_side = socket_in(b.w->hq_ns, SOCK_DGRAM, LINE_SERVER_IP, 69);
    int phone = socket_in(b.w->phone_ns[0], SOCK_DGRAM, "0.0.0.0", 4051);
    int peer = socket_in(b.w->phone_ns[1], SOCK_DGRAM, "0.0.0.0", 4051);
    send_to(phone, LINE_SERVER_IP, 69, "up", 2);
    assert_int_equal(hear(server_side, text, sizeof text, NULL, 2000), 2);
    send_to(peer, "10.106.7.7", 4051, "hello", 5);
    assert_int_equal(hear(phone, text, sizeof text, NULL, 2000), 5);
    assert_int_equal(world_address(b.w, 0, &(struct net_address){0}), 0);
    assert_int_equal(address_of(&b, 0), 0);
    send_to(peer, "10.106.7.7", 4051, "hello", 5);
    assert_int_equal(hear(phone, text, sizeof text, NULL, 100), -1);
    assert_int_equal(world_address(b.w, 0, &first), 0);
    send_to(phone, LINE_SERVER_IP, 69, "back", 4);
    assert_int_equal(hear(server_side, text, sizeof text, NULL, 2000), 4);
    close(server_side), close(phone), close(peer);
    bench_down(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_of_the_site_answers),
        cmocka_unit_test(a_server_at_headquarters_answers_by_a_relay),
        cmocka_unit_test(an_address_comes_changes_and_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
