/* Namespaces, links and privileges, tried out in the kernel itself. */
#include "netns/host/caps.h"
#include "netns/host/ids.h"
#include "netns/world/meter.h"
#include "netns/world/wan.h"
#include "tests/unit/netns/world_bench.h"

static void phones_and_server_talk(void **state)
{
    (void)state;
    NEED_ROOT();
    struct bench b;
    bench_plan(&b, 3);
    bench_up(&b);
    int one = socket_in(b.w->phone_ns[0], SOCK_DGRAM, "10.106.0.16", 4051);
    int two = socket_in(b.w->phone_ns[1], SOCK_DGRAM, "0.0.0.0", 4051);
    int three = socket_in(b.w->phone_ns[2], SOCK_DGRAM, "0.0.0.0", 4051);
    int server = socket_in(b.w->hq_ns, SOCK_DGRAM, LINE_SERVER_IP, 69);
    struct sockaddr_in from;
    char text[16];

    send_to(one, "10.106.0.17", 4051, "hello", 5);
    assert_int_equal(hear(two, text, sizeof text, &from, 2000), 5);
    assert_int_equal(from.sin_addr.s_addr, inet_addr("10.106.0.16"));
    assert_int_equal(hear(three, text, sizeof text, NULL, 50), -1);

    send_to(one, "10.106.255.255", 4051, "all", 3);
    assert_int_equal(hear(two, text, sizeof text, NULL, 2000), 3);
    assert_int_equal(hear(three, text, sizeof text, NULL, 2000), 3);

    send_to(two, LINE_SERVER_IP, 69, "read", 4);
    assert_int_equal(hear(server, text, sizeof text, &from, 2000), 4);
    assert_int_equal(from.sin_addr.s_addr, inet_addr("10.106.0.17")); /* routed, not translated */
    send_to(server, "10.106.0.17", 4051, "data", 4);
    assert_int_equal(hear(two, text, sizeof text, NULL, 2000), 4);
    close(one), close(two), close(three), close(server);
    bench_down(&b);
}

static void mac_and_namespace_as_planned(void **state)
{
    (void)state;
    NEED_ROOT();
    struct bench b;
    bench_plan(&b, 1);
    struct stat before, after, phone;
    assert_int_equal(stat("/proc/self/ns/net", &before), 0);
    bench_up(&b);
    assert_int_equal(stat("/proc/self/ns/net", &after), 0);
    assert_int_equal(fstat(b.w->phone_ns[0], &phone), 0);
    assert_int_equal(before.st_ino, after.st_ino); /* back where we were */
    assert_int_not_equal(phone.st_ino, after.st_ino);
    assert_int_equal(fcntl(b.w->phone_ns[0], F_GETFD), FD_CLOEXEC);
    int fd = socket_in(b.w->phone_ns[0], SOCK_DGRAM, "0.0.0.0", 0);
    struct ifreq request = {.ifr_name = "eth0"};
    assert_int_equal(ioctl(fd, SIOCGIFHWADDR, &request), 0);
    assert_memory_equal(request.ifr_hwaddr.sa_data, b.plan.phones[0].mac, 6);
    assert_int_equal(ioctl(fd, SIOCGIFBRDADDR, &request), 0);
    close(fd);
    bench_down(&b);
}

/* So many at once, so often; a kernel keeps 1,024 of all namespaces, unless that was raised. */
static void ask_for_nobody(int fd, uint8_t where)
{
    char ip[INET_ADDRSTRLEN];
    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &(int){1 << 24}, sizeof(int)); /* all wait there */
    for (int round = 0; round < 8; round++) {
        for (int i = 0; i < 400; i++) {
            snprintf(ip, sizeof ip, "10.106.%d.%d", where + round * 2 + i / 200, 1 + i % 200);
            struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(4051),
                                     .sin_addr.s_addr = inet_addr(ip)};
            sendto(fd, "you", 3, 0, (struct sockaddr *)&to, sizeof to);
        }
        poll(NULL, 0, 100);
    }
}

static void who_is_not_there_takes_nobodys_place(void **state)
{
    (void)state;
    NEED_ROOT();
    struct bench b;
    char text[16];
    bench_plan(&b, 3);
    bench_up(&b);
    int one = socket_in(b.w->phone_ns[0], SOCK_DGRAM, "10.106.0.16", 4051);
    int two = socket_in(b.w->phone_ns[1], SOCK_DGRAM, "0.0.0.0", 4051);
    int three = socket_in(b.w->phone_ns[2], SOCK_DGRAM, "0.0.0.0", 4051);
    int site = socket_in(b.w->site_ns, SOCK_DGRAM, "10.106.0.1", 4051);
    ask_for_nobody(one, 100);
    send_to(one, "10.106.0.17", 4051, "hello", 5);
    assert_int_equal(hear(two, text, sizeof text, NULL, 2000), 5);
    ask_for_nobody(site, 150);
    send_to(one, "10.106.0.18", 4051, "hello", 5);
    assert_int_equal(hear(three, text, sizeof text, NULL, 2000), 5);
    close(one), close(two), close(three), close(site);
    bench_down(&b);
}

static void a_port_is_unplugged_and_plugged_in_again(void **state)
{
    (void)state;
    NEED_ROOT();
    struct bench b;
    char text[16];
    bench_plan(&b, 2);
    bench_up(&b);
    int one = socket_in(b.w->phone_ns[0], SOCK_DGRAM, "10.106.0.16", 4051);
    int two = socket_in(b.w->phone_ns[1], SOCK_DGRAM, "0.0.0.0", 4051);
    assert_int_equal(world_plug(b.w, 1, false), 0);
    send_to(one, "10.106.0.17", 4051, "lost", 4);
    assert_int_equal(hear(two, text, sizeof text, NULL, 100), -1);
    assert_int_equal(world_plug(b.w, 1, true), 0);
    assert_int_equal(world_wait_forwarding(b.w, 5000), 0);
    ssize_t got = -1;
    for (int tries = 0; tries < 50 && got < 0; tries++) { /* its carrier comes a little later */
        send_to(one, "10.106.0.17", 4051, "back", 4);
        got = hear(two, text, sizeof text, NULL, 100);
    }
    assert_int_equal(got, 4);
    close(one), close(two);
    bench_down(&b);
}

/* Ten datagrams are 10,420 bytes on the link: 4,096 of them fill the bucket at once. */
static void a_limit_holds_what_one_phone_sends(void **state)
{
    (void)state;
    NEED_ROOT();
    static const char kilo[1000];
    char text[1000];
    struct bench b;
    bench_plan(&b, 2);
    bench_up(&b);
    int one = socket_in(b.w->phone_ns[0], SOCK_DGRAM, "10.106.0.16", 4051);
    int two = socket_in(b.w->phone_ns[1], SOCK_DGRAM, "0.0.0.0", 4051);
    assert_int_equal(world_limit(b.w, 0, 80000), 0);
    assert_int_equal(world_limit(b.w, 0, 80000), 0); /* anew, over the old one */
    long long begun = clock_ms();
    for (int i = 0; i < 10; i++)
        send_to(one, "10.106.0.17", 4051, kilo, sizeof kilo);
    for (int i = 0; i < 10; i++)
        assert_int_equal(hear(two, text, sizeof text, NULL, 5000), 1000);
    assert_true(clock_ms() - begun >= 600); /* (10,420 - 4,096) bytes at 10,000 a second */
    assert_int_equal(world_limit(b.w, 0, 0), 0);
    assert_int_equal(world_limit(b.w, 0, 0), 0);
    assert_int_equal(world_limit(b.w, 1, UINT64_MAX), 0); /* no link is that fast: no limit */
    for (int i = 0; i < 10; i++)
        send_to(one, "10.106.0.17", 4051, kilo, sizeof kilo);
    for (int i = 0; i < 10; i++)
        assert_int_equal(hear(two, text, sizeof text, NULL, 2000), 1000);
    close(one), close(two);
    bench_down(&b);
}

static void waits_for_every_port(void **state)
{
    (void)state;
    NEED_ROOT();
    struct bench b;
    bench_plan(&b, 2);
    bench_up(&b);
    int fd = socket_in(b.w->phone_ns[1], SOCK_DGRAM, "0.0.0.0", 0);
    struct ifreq request = {.ifr_name = "eth0", .ifr_flags = 0};
    assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &request), 0);
    /* Its port loses the carrier by the kernel's own deferred work. */
    long long deadline = clock_ms() + 5000;
    while (world_wait_forwarding(b.w, 0) == 0)
        assert_true(clock_ms() < deadline);
    assert_int_equal(world_wait_forwarding(b.w, 50), -ETIMEDOUT);
    request.ifr_flags = IFF_UP;
    assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &request), 0);
    assert_int_equal(world_wait_forwarding(b.w, 5000), 0);
    close(fd);
    bench_down(&b);
}

static void too_many_for_one_bridge(void **state)
{
    (void)state;
    struct bench b;
    bench_plan(&b, 1001);
    struct words words = words_begin();
    struct world *w = world_make(&b.plan, -1);
    const char *said = words_end(words);
    assert_null(w);
    assert_string_equal(said, "fleet: 1001 phones are more than one bridge takes; at most 1000\n");
    test_free(b.plan.phones);
}

/* Ten datagrams of 100 bytes up and three of 50 down: headers of 14, 20 and 8 bytes, and no
 * frame that nobody asked for. */
static void wan_bytes_are_exact(void **state)
{
    NEED_ROOT();
    struct bench b;
    bench_plan(&b, 1);
    b.fleet.has_wan = *state != NULL;
    b.fleet.wan_delay_us = 1000;
    b.w = world_make(&b.plan, -1);
    assert_non_null(b.w);
    struct wan *wan = b.fleet.has_wan ? wan_start(b.w, bench_time(&b)) : NULL;
    assert_int_equal(wan != NULL, b.fleet.has_wan);
    assert_int_equal(world_add_phone(b.w, 0), 0);
    assert_int_equal(world_wait_forwarding(b.w, 5000), 0);
    int phone = socket_in(b.w->phone_ns[0], SOCK_DGRAM, "10.106.0.16", 1000);
    int server = socket_in(b.w->hq_ns, SOCK_DGRAM, LINE_SERVER_IP, 69);
    char data[100] = "";
    for (int i = 0; i < 10; i++) {
        send_to(phone, LINE_SERVER_IP, 69, data, 100);
        assert_int_equal(hear(server, data, sizeof data, NULL, 2000), 100);
    }
    for (int i = 0; i < 3; i++) {
        send_to(server, "10.106.0.16", 1000, data, 50);
        assert_int_equal(hear(phone, data, sizeof data, NULL, 2000), 50);
    }
    uint64_t down, up;
    assert_int_equal(world_wan_bytes(b.w, &down, &up), 0);
    assert_int_equal(up, 10 * (100 + 42));
    assert_int_equal(down, 3 * (50 + 42));
    close(phone), close(server);
    wan_stop(wan);
    bench_down(&b);
}

/* 400 ms at speed 20 are 20 ms; 64 kbit/s at speed 20 send 1,042 bytes in 6.5 ms. */
static void wan_is_scaled_by_speed(void **state)
{
    (void)state;
    NEED_ROOT();
    struct bench b;
    bench_plan(&b, 1);
    b.fleet.has_wan = true;
    b.fleet.wan_delay_us = 400000;
    b.fleet.wan_rate_bps = 64000;
    b.fleet.speed = 20;
    b.w = world_make(&b.plan, -1);
    struct wan *wan = wan_start(b.w, bench_time(&b));
    assert_non_null(wan);
    int site = socket_in(b.w->site_ns, SOCK_DGRAM, LINE_SITE_IP, 1000);
    int server = socket_in(b.w->hq_ns, SOCK_DGRAM, LINE_SERVER_IP, 69);
    char data[1000] = "";
    long long start = clock_ms();
    for (int i = 0; i < 5; i++)
        send_to(site, LINE_SERVER_IP, 69, data, sizeof data);
    for (int i = 0; i < 5; i++)
        assert_int_equal(hear(server, data, sizeof data, NULL, 2000), 1000);
    long long took = clock_ms() - start; /* 20 + 5 * 6.5 = 52.5 ms, and never less */
    assert_in_range(took, 51, 52 + 60);

    pid_t relay = child_named("fleet-wan");
    assert_true(relay > 0);
    assert_string_equal(status_field(relay, "CapEff"), "0000000000000000");
    assert_string_equal(status_field(relay, "CapBnd"), "0000000000000000");
    assert_string_equal(status_field(relay, "NoNewPrivs"), "1");
    assert_string_equal(status_field(relay, "Uid"), "65534\t65534\t65534\t65534");
    assert_true(wan_alive(wan, 1));
    kill(relay, SIGKILL);
    waitpid(relay, NULL, 0);
    struct words words = words_begin();
    assert_false(wan_alive(wan, relay));
    assert_non_null(strstr(words_end(words), "relay process has ended"));
    send_to(site, LINE_SERVER_IP, 69, data, sizeof data);
    assert_int_equal(hear(server, data, sizeof data, NULL, 100), -1);
    close(site), close(server);
    wan_stop(wan);
    bench_down(&b);
}

/* Runs check in a child and expects it to return 0. */
static void in_child(int (*check)(void))
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(check());
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

#define WANT(condition)                                                                            \
    do {                                                                                           \
        if (!(condition))                                                                          \
            return __LINE__ & 127;                                                                 \
    } while (0)
#define CAP_BIT(n) (1ull << (n))

static uint64_t own_caps(const char *field)
{
    return strtoull(status_field(getpid(), field), NULL, 16);
}

static int nothing_left(void)
{
    WANT(caps_drop(IDS_NOBODY, IDS_NOBODY, NULL) == 0);
    WANT(own_caps("CapEff") == 0 && own_caps("CapPrm") == 0 && own_caps("CapBnd") == 0);
    WANT(own_caps("CapInh") == 0 && own_caps("CapAmb") == 0);
    WANT(strcmp(status_field(getpid(), "Uid"), "65534\t65534\t65534\t65534") == 0);
    WANT(strcmp(status_field(getpid(), "Gid"), "65534\t65534\t65534\t65534") == 0);
    WANT(*status_field(getpid(), "Groups") == '\0');
    WANT(strcmp(status_field(getpid(), "NoNewPrivs"), "1") == 0);
    WANT(setuid(0) < 0 && errno == EPERM);
    return 0;
}

static int two_left(void)
{
    WANT(caps_drop(1, 1, (const int[]){2, 10, -1}) == 0); /* DAC_READ_SEARCH, NET_BIND_SERVICE */
    uint64_t two = CAP_BIT(2) | CAP_BIT(10);
    WANT(own_caps("CapEff") == two && own_caps("CapAmb") == two && own_caps("CapBnd") == two);
    return 0;
}

static int enough_for_a_world(void)
{
    WANT(caps_limit_setup() == 0);
    WANT(own_caps("CapEff") == own_caps("CapPrm") && own_caps("CapBnd") == own_caps("CapEff"));
    WANT(
        !(own_caps("CapEff") & (CAP_BIT(16) | CAP_BIT(22) | CAP_BIT(25)))); /* MODULE, BOOT, TIME */
    struct bench b;
    bench_plan(&b, 1);
    b.fleet.has_wan = true;
    WANT((b.w = world_make(&b.plan, -1)) != NULL && world_add_phone(b.w, 0) == 0);
    WANT(wan_start(b.w, bench_time(&b)) != NULL && meter_open(b.w, NULL) != NULL);
    WANT(caps_drop(IDS_NOBODY, IDS_NOBODY, NULL) == 0);
    struct words words = words_begin();
    WANT(caps_limit_setup() == -EPERM);
    WANT(strstr(words_end(words), "no capability cap_sys_admin (to make and enter namespaces)"));
    return 0;
}

static void privilege_in_stages(void **state)
{
    (void)state;
    NEED_ROOT();
    in_child(nothing_left);
    in_child(two_left);
    in_child(enough_for_a_world);
}

static void spawn_tells_what_failed(void **state)
{
    (void)state;
    struct words words = words_begin();
    const char *argv[] = {"no-such-program", NULL};
    struct spawn s = {
        .argv = argv, .package = "some-package", .netns = -1, .in = -1, .out = -1, .err = -1};
    assert_int_equal(spawn(&s), -ENOENT);
    s.netns = 0; /* standard input is no namespace */
    assert_true(spawn(&s) < 0);
    const char *said = words_end(words);
    assert_non_null(strstr(said, "fleet: no-such-program is missing; install the Debian package "
                                 "some-package\n"));
    assert_non_null(strstr(said, "cannot start no-such-program: failed to enter its namespace: "));
}

static void spawn_keeps_what_it_is_told(void **state)
{
    (void)state;
    int out = memfd_create("out", MFD_CLOEXEC), kept = memfd_create("kept", MFD_CLOEXEC);
    int closed = memfd_create("closed", MFD_CLOEXEC), status;
    char script[128], text[64] = "";
    snprintf(script, sizeof script,
             "echo hi; test -e /proc/self/fd/%d && ! test -e /proc/self/fd/%d", kept, closed);
    const char *argv[] = {"sh", "-c", script, NULL};
    pid_t pid = spawn(&(struct spawn){.argv = argv,
                                      .netns = -1,
                                      .in = -1,
                                      .out = out,
                                      .err = -1,
                                      .keep_fds = (const int[]){kept, -1}});
    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_int_equal(pread(out, text, sizeof text, 0), 3);
    assert_string_equal(text, "hi\n");
    close(out), close(kept), close(closed);
}

int main(void)
{
    static int with_wan;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phones_and_server_talk),
        cmocka_unit_test(mac_and_namespace_as_planned),
        cmocka_unit_test(who_is_not_there_takes_nobodys_place),
        cmocka_unit_test(a_port_is_unplugged_and_plugged_in_again),
        cmocka_unit_test(a_limit_holds_what_one_phone_sends),
        cmocka_unit_test(waits_for_every_port),
        cmocka_unit_test(too_many_for_one_bridge),
        cmocka_unit_test(wan_bytes_are_exact),
        cmocka_unit_test_prestate(wan_bytes_are_exact, &with_wan),
        cmocka_unit_test(wan_is_scaled_by_speed),
        cmocka_unit_test(privilege_in_stages),
        cmocka_unit_test(spawn_tells_what_failed),
        cmocka_unit_test(spawn_keeps_what_it_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
