/* world_bench.h - a plan by hand, sockets in namespaces, and what a user would read: for the
 * tests of the world. They need root: without it each is skipped with the reason. */
#ifndef WORLD_BENCH_H
#define WORLD_BENCH_H

#include "netns/fleet/addresses.h"
#include "netns/host/clock.h"
#include "netns/host/netns.h"
#include "netns/host/spawn.h"
#include "netns/world/fleettime.h"
#include "netns/world/world.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NEED_ROOT()                                                                                \
    do {                                                                                           \
        if (geteuid() != 0) {                                                                      \
            print_message("skipped: needs root, for network namespaces\n");                        \
            skip();                                                                                \
        }                                                                                          \
    } while (0)

struct bench {
    struct fleet fleet;
    struct plan plan;
    struct plan_subnet subnets[2];
    struct world *w;
    struct fleet_time time;
};

static inline void bench_plan(struct bench *b, size_t phones)
{
    *b = (struct bench){.fleet = {.firmware = "/nonexistent", .speed = 1, .seed = 1},
                        .time = FLEET_TIME_NONE};
    b->plan = (struct plan){.fleet = &b->fleet,
                            .server = inet_addr(LINE_SERVER_IP),
                            .phones = test_calloc(phones, sizeof(struct plan_phone)),
                            .count = phones,
                            .subnets = b->subnets,
                            .subnet_count = 1};
    b->subnets[0] = (struct plan_subnet){.name = "10.106.0.0/16",
                                         .gateway = inet_addr("10.106.0.1"),
                                         .broadcast = inet_addr("10.106.255.255"),
                                         .prefix_len = 16,
                                         .phones = phones};
    for (size_t i = 0; i < phones; i++) {
        struct plan_phone *p = &b->plan.phones[i];
        p->ip = htonl(0x0a6a0010 + (uint32_t)i);
        memcpy(p->mac, "\x02\x76", 2);
        memcpy(p->mac + 2, &p->ip, 4);
        p->model = phone_model_find("CP-7961G");
        p->pfs = TRI_UNSET;
        snprintf(p->name, sizeof p->name, "SEP0276%08X", ntohl(p->ip));
    }
}

/* Time that runs free from now on, at the fleet's speed. */
static inline const struct fleet_time *bench_time(struct bench *b)
{
    b->fleet.clock_free = true;
    assert_int_equal(fleettime_make(&b->time, &b->plan), 0);
    clock_run_free(b->time.clock, clock_mono_ns(), b->fleet.speed);
    return &b->time;
}

/* The world of the plan, up, with every phone in it. */
static inline void bench_up(struct bench *b)
{
    b->w = world_make(&b->plan, -1);
    assert_non_null(b->w);
    for (size_t i = 0; i < b->plan.count; i++)
        assert_int_equal(world_add_phone(b->w, i), 0);
    assert_int_equal(world_wait_forwarding(b->w, 5000), 0);
}

static inline void bench_down(struct bench *b)
{
    world_free(b->w);
    fleettime_free(&b->time);
    test_free(b->plan.phones);
}

/* A socket of namespace ns, bound to ip:port (0: any). */
static inline int socket_in(int ns, int type, const char *ip, uint16_t port)
{
    int back = netns_visit(ns), one = 1;
    assert_true(back >= 0);
    int fd = netns_leave(back, socket(AF_INET, type | SOCK_CLOEXEC, 0));
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = inet_addr(ip)};
    setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof one);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

static inline void send_to(int fd, const char *ip, uint16_t port, const void *data, size_t len)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = inet_addr(ip)};
    assert_int_equal(sendto(fd, data, len, 0, (struct sockaddr *)&to, sizeof to), (ssize_t)len);
}

/* One datagram within timeout_ms: its length, from whom; or -1. */
static inline ssize_t hear(int fd, void *data, size_t size, struct sockaddr_in *from,
                           int timeout_ms)
{
    socklen_t len = sizeof *from;
    if (poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, timeout_ms) != 1)
        return -1;
    return recvfrom(fd, data, size, 0, (struct sockaddr *)from, from ? &len : NULL);
}

/* Standard error goes into a file until words_end(). */
struct words {
    int file, old;
};
static inline struct words words_begin(void)
{
    struct words s = {memfd_create("words", MFD_CLOEXEC), fcntl(2, F_DUPFD_CLOEXEC, 3)};
    dup2(s.file, 2);
    return s;
}
static inline const char *words_end(struct words s)
{
    static char text[4096];
    dup2(s.old, 2);
    close(s.old);
    ssize_t len = pread(s.file, text, sizeof text - 1, 0);
    text[len > 0 ? len : 0] = '\0';
    close(s.file);
    return text;
}

/* The child of this process that runs under that name; 0: none. */
static inline pid_t child_named(const char *name)
{
    char path[64], comm[32];
    int pid = 0;
    FILE *all = fopen("/proc/thread-self/children", "r");
    assert_non_null(all);
    while (fscanf(all, "%d", &pid) == 1) {
        snprintf(path, sizeof path, "/proc/%d/comm", pid);
        FILE *f = fopen(path, "r");
        bool match = f && fgets(comm, sizeof comm, f) && strncmp(comm, name, strlen(name)) == 0;
        if (f)
            fclose(f);
        if (match)
            break;
        pid = 0;
    }
    fclose(all);
    return pid;
}

/* A field of /proc/PID/status, without the white space before it. */
static inline const char *status_field(pid_t pid, const char *field)
{
    static char line[256];
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        if (strncmp(line, field, strlen(field)) == 0 && line[strlen(field)] == ':')
            break;
    fclose(f);
    line[strcspn(line, "\n")] = '\0';
    return line + strlen(field) + 1 + strspn(line + strlen(field) + 1, "\t ");
}

#endif
