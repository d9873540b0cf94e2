/* The meter's counts against packets that the test sends itself. */
#include "netns/world/facts.h"
#include "netns/world/meter.h"
#include "tests/unit/netns/world_bench.h"

static void datagrams_by_kind(void **state)
{
    (void)state;
    NEED_ROOT();
    struct bench b;
    bench_plan(&b, 3);
    bench_up(&b);
    struct meter *m = meter_open(b.w, NULL);
    assert_non_null(m);
    int one = socket_in(b.w->phone_ns[0], SOCK_DGRAM, "10.106.0.16", 4051);
    int two = socket_in(b.w->phone_ns[1], SOCK_DGRAM, "0.0.0.0", 4051);
    int other = socket_in(b.w->phone_ns[0], SOCK_DGRAM, "10.106.0.16", 5000);
    int there = socket_in(b.w->phone_ns[1], SOCK_DGRAM, "10.106.0.17", 5000);
    int gateway = socket_in(b.w->site_ns, SOCK_DGRAM, "10.106.0.1", 5000);
    int server = socket_in(b.w->hq_ns, SOCK_DGRAM, LINE_SERVER_IP, 69);
    char data[100] = "";

    for (int i = 0; i < 3; i++)
        send_to(one, "10.106.255.255", 4051, data, 100); /* broadcasts, 128 bytes of IP each */
    send_to(two, "10.106.0.16", 4051, data, 50);         /* 78 bytes */
    send_to(two, "10.106.0.18", 4051, data, 10);         /* 38; closed: an ICMP error comes back */
    send_to(other, "10.106.0.17", 5000, data, 10);       /* other */
    send_to(other, "10.106.255.255", 5000, data, 10);    /* other */
    send_to(gateway, "10.106.0.17", 5000, data, 10);     /* the router's own: none of these */
    for (int i = 0; i < 4; i++)
        send_to(other, LINE_SERVER_IP, 69, data, 20);
    for (int i = 0; i < 5; i++)
        send_to(server, "10.106.0.16", 5000, data, 20);
    for (int i = 0; i < 4; i++)
        assert_int_equal(hear(server, data, sizeof data, NULL, 2000), 20);
    for (int i = 0; i < 5; i++)
        assert_int_equal(hear(other, data, sizeof data, NULL, 2000), 20);
    assert_int_equal(hear(there, data, sizeof data, NULL, 2000), 10);

    struct meter_counts c = meter_read(m);
    assert_int_equal(c.udp4051_broadcasts, 3);
    assert_int_equal(c.udp4051_bytes, 3 * 128 + 78 + 38);
    assert_int_equal(c.tftp_frames, 9);
    assert_int_equal(c.other_frames, 2);
    assert_int_equal(c.tcp4051_bytes, 0);
    assert_int_equal(c.dropped, 0);
    assert_int_equal(meter_read(m).udp4051_broadcasts, 3); /* sums, not differences */
    close(one), close(two), close(other), close(there), close(gateway), close(server);
    meter_close(m);
    bench_down(&b);
}

/* Two phones, one connection on port 4051, len bytes; the bytes that TCP's own packets add. */
static uint64_t tcp_overhead(struct bench *b, struct meter *m, size_t len)
{
    static char data[1 << 20];
    uint64_t before = meter_read(m).tcp4051_bytes;
    int listener = socket_in(b->w->phone_ns[1], SOCK_STREAM, "10.106.0.17", 4051);
    int from = socket_in(b->w->phone_ns[0], SOCK_STREAM, "10.106.0.16", 0);
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(4051),
                             .sin_addr.s_addr = inet_addr("10.106.0.17")};
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(connect(from, (struct sockaddr *)&to, sizeof to), 0);
    int accepted = accept(listener, NULL, NULL);
    fcntl(from, F_SETFL, O_NONBLOCK);
    for (size_t sent = 0, got = 0; got < len;) {
        ssize_t n = sent < len ? write(from, data, len - sent) : 0;
        sent += n > 0 ? (size_t)n : 0;
        n = recv(accepted, data, sizeof data, sent < len ? MSG_DONTWAIT : 0);
        got += n > 0 ? (size_t)n : 0;
    }
    close(from), close(accepted), close(listener);
    uint64_t counted = meter_read(m).tcp4051_bytes - before;
    assert_true(counted > len);
    return counted - len;
}

static void tcp_bytes_with_offload(void **state)
{
    (void)state;
    NEED_ROOT();
    struct bench b;
    bench_plan(&b, 2);
    bench_up(&b);
    struct meter *m = meter_open(b.w, NULL);
    assert_non_null(m);
    /* A handshake and a close: seven or so bare headers of 52 to 60 bytes. */
    assert_in_range(tcp_overhead(&b, m, 100), 6 * 52, 10 * 60);
    /* Each segment may come by itself or with others in one frame of up to 64 KiB: between 17
     * and some 730 headers one way, no more acknowledgements the other. Had frames been counted
     * twice, or cut at the capture's length, it would be far off. */
    assert_in_range(tcp_overhead(&b, m, 1 << 20), 17 * 52, 2 * 740 * 60);
    struct meter_counts c = meter_read(m);
    assert_int_equal(c.other_frames, 0);
    assert_int_equal(c.dropped, 0);
    meter_close(m);
    bench_down(&b);
}

/* One connection to port 4051 of phone `to`, opened by phone `from` out of that port. */
static void connect_once(struct bench *b, size_t from, size_t to, int listener, uint16_t port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(4051)};
    char ip[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &b->plan.phones[from].ip, ip, sizeof ip);
    int fd = socket_in(b->w->phone_ns[from], SOCK_STREAM, ip, port);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    at.sin_addr.s_addr = b->plan.phones[to].ip;
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), listener < 0 ? -1 : 0);
    if (listener >= 0) {
        int accepted = accept(listener, NULL, NULL);
        setsockopt(accepted, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0},
                   sizeof(struct linger));
        close(accepted);
    }
    close(fd);
}

static void sessions_by_phone(void **state)
{
    (void)state;
    NEED_ROOT();
    struct bench b;
    struct phone_traffic t[3] = {0};
    bench_plan(&b, 3);
    bench_up(&b);
    struct meter *m = meter_open(b.w, t);
    assert_non_null(m);
    int first = socket_in(b.w->phone_ns[0], SOCK_STREAM, "10.106.0.16", 4051);
    int second = socket_in(b.w->phone_ns[1], SOCK_STREAM, "10.106.0.17", 4051);
    assert_int_equal(listen(first, 4), 0);
    assert_int_equal(listen(second, 4), 0);
    connect_once(&b, 1, 0, first, 5000);
    connect_once(&b, 1, 0, first, 5000); /* anew by the same ports: two connections */
    connect_once(&b, 2, 1, second, 0);
    connect_once(&b, 0, 2, -1, 0); /* nobody listens: none */
    meter_read(m);
    assert_int_equal(t[0].accepted, 2);
    assert_int_equal(t[0].opened, 0);
    assert_int_equal(t[1].accepted, 1);
    assert_int_equal(t[1].opened, 2);
    assert_int_equal(t[2].accepted, 0);
    assert_int_equal(t[2].opened, 1);
    close(first), close(second);
    meter_close(m);
    bench_down(&b);
}

/* Two bridges; what is routed from one to the other counts once. */
static void subnets_by_bridge(void **state)
{
    (void)state;
    NEED_ROOT();
    struct bench b;
    char data[100] = "";
    bench_plan(&b, 2);
    b.subnets[0] = (struct plan_subnet){.gateway = inet_addr("10.106.0.1"), .prefix_len = 24,
                                        .broadcast = inet_addr("10.106.0.255")};
    b.subnets[1] = (struct plan_subnet){.gateway = inet_addr("10.106.1.1"), .prefix_len = 24,
                                        .broadcast = inet_addr("10.106.1.255")};
    b.plan.subnet_count = 2;
    b.plan.phones[1].subnet = 1;
    b.plan.phones[1].ip = inet_addr("10.106.1.16");
    bench_up(&b);
    struct meter *m = meter_open(b.w, NULL);
    assert_non_null(m);
    int one = socket_in(b.w->phone_ns[0], SOCK_DGRAM, "10.106.0.16", 4051);
    int two = socket_in(b.w->phone_ns[1], SOCK_DGRAM, "0.0.0.0", 4051);
    int other = socket_in(b.w->phone_ns[0], SOCK_DGRAM, "10.106.0.16", 5000);
    int there = socket_in(b.w->phone_ns[1], SOCK_DGRAM, "10.106.1.16", 5000);
    send_to(one, "10.106.0.255", 4051, data, 10);
    send_to(one, "255.255.255.255", 4051, data, 10);
    send_to(one, "10.106.1.255", 4051, data, 10); /* the router does not pass it on */
    send_to(other, "10.106.1.16", 5000, data, 10);
    assert_int_equal(hear(there, data, sizeof data, NULL, 2000), 10);
    assert_int_equal(hear(two, data, sizeof data, NULL, 50), -1);
    struct meter_counts c = meter_read(m);
    assert_int_equal(c.udp4051_broadcasts, 2);
    assert_int_equal(c.udp4051_bytes, 3 * 38);
    assert_int_equal(c.other_frames, 1);
    close(one), close(two), close(other), close(there);
    meter_close(m);
    bench_down(&b);
}

/* More frames than the ring holds, unread; then all that is missing is owned up to. */
static void overrun_is_counted(void **state)
{
    (void)state;
    NEED_ROOT();
    enum { SENT = 100000 };
    struct bench b;
    bench_plan(&b, 2);
    bench_up(&b);
    struct meter *m = meter_open(b.w, NULL);
    int one = socket_in(b.w->phone_ns[0], SOCK_DGRAM, "10.106.0.16", 4051);
    int two = socket_in(b.w->phone_ns[1], SOCK_DGRAM, "0.0.0.0", 4051);
    for (int i = 0; i < SENT; i++)
        send_to(one, "10.106.255.255", 4051, "x", 1);
    struct meter_counts c = meter_read(m);
    assert_true(c.dropped > 0);
    assert_true(c.udp4051_broadcasts > 10000);
    assert_true(c.udp4051_broadcasts + c.dropped <= SENT);
    assert_int_equal(c.udp4051_bytes, c.udp4051_broadcasts * 29);
    /* And it goes on counting. */
    send_to(one, "10.106.255.255", 4051, "x", 1);
    assert_int_equal(meter_read(m).udp4051_broadcasts, c.udp4051_broadcasts + 1);
    close(one), close(two);
    meter_close(m);
    bench_down(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datagrams_by_kind),
        cmocka_unit_test(tcp_bytes_with_offload),
        cmocka_unit_test(sessions_by_phone),
        cmocka_unit_test(subnets_by_bridge),
        cmocka_unit_test(overrun_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
