/* fake_core.h - the shell on a real io_uring, carrying a core that is the test.
 *
 * The phone runs in a network namespace of the test's own and talks to itself by the loopback:
 * its connection to its own listener comes in as a caller. What the core does on each event is
 * the scenario's; it ends by a control message that it sends to itself.
 */
#ifndef FAKE_CORE_H
#define FAKE_CORE_H

#include "emu/core/phone.h"
#include "emu/shell/loop.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CHUNK  65536
#define CHUNKS 64

/* The core: a scenario of handlers, NULL where nothing is done, and what was seen. */
struct phone {
    const struct phone_ops *ops;
    void *ctx;
    struct phone_status status;
};

static struct scenario {
    void (*start)(struct phone *p, usec now);
    void (*timer)(struct phone *p, usec now);
    void (*udp)(struct phone *p, struct addr from, const void *data, size_t len);
    void (*connected)(struct phone *p, int conn);
    void (*data)(struct phone *p, int conn, const uint8_t *data, size_t len);
    void (*sent)(struct phone *p, int conn);
    void (*closed)(struct phone *p, int conn, int error);
    int accept_to; /* slot for callers */
} scene;

static struct seen {
    unsigned starts, accepts, datagrams, bodies, closes;
    size_t bytes;
    int error;
    usec deadline, fired;
    bool order_kept;
} seen;

static int control[2];
static uint8_t body[CHUNK * CHUNKS];
static uint32_t self;

static void tell(enum control_op op)
{
    struct control_msg m = {.op = op};
    assert_int_equal(send(control[0], &m, sizeof m, 0), sizeof m);
}

/* ---- the core's calls ---------------------------------------------------------------- */

struct phone *phone_new(const struct phone_identity *id, const struct phone_ops *ops, void *ctx)
{
    static struct phone one;
    (void)id;
    one = (struct phone){.ops = ops, .ctx = ctx};
    return &one;
}

void phone_free(struct phone *p)
{
    (void)p;
}

void phone_start(struct phone *p, usec now)
{
    seen.starts++;
    scene.start(p, now);
}

usec phone_deadline(const struct phone *p)
{
    (void)p;
    return seen.deadline;
}

void phone_run_timers(struct phone *p, usec now)
{
    seen.deadline = NEVER;
    scene.timer(p, now);
}

void phone_addressed(struct phone *p, usec now)
{
    (void)p, (void)now;
}

bool phone_dhcp(struct phone *p, struct addr from, const void *data, size_t len, usec now)
{
    phone_udp(p, from, data, len, now);
    return true;
}

void phone_frame(struct phone *p, enum frame_kind kind, const void *data, size_t len, usec now)
{
    (void)kind;
    phone_udp(p, (struct addr){0}, data, len, now);
}

void phone_udp(struct phone *p, struct addr from, const void *data, size_t len, usec now)
{
    (void)now;
    seen.datagrams++;
    if (scene.udp)
        scene.udp(p, from, data, len);
}

void phone_tftp(struct phone *p, struct addr from, const void *data, size_t len, usec now)
{
    phone_udp(p, from, data, len, now);
}

int phone_tcp_accepted(struct phone *p, uint32_t ip, usec now)
{
    (void)p, (void)now;
    assert_int_equal(ip, self);
    seen.accepts++;
    return scene.accept_to;
}

void phone_tcp_connected(struct phone *p, int conn, usec now)
{
    (void)now;
    if (scene.connected)
        scene.connected(p, conn);
}

void phone_tcp_data(struct phone *p, int conn, const void *data, size_t len, usec now)
{
    (void)now;
    if (scene.data)
        scene.data(p, conn, data, len);
}

void phone_tcp_sent(struct phone *p, int conn, usec now)
{
    (void)now;
    if (scene.sent)
        scene.sent(p, conn);
}

void phone_tcp_closed(struct phone *p, int conn, int error, usec now)
{
    (void)now;
    seen.closes++;
    seen.error = error;
    if (scene.closed)
        scene.closed(p, conn, error);
}

const struct phone_status *phone_status(const struct phone *p)
{
    return &p->status;
}

/* ---- bench --------------------------------------------------------------------------- */

static void run_with(struct scenario s, struct setup setup)
{
    scene = s;
    seen = (struct seen){.deadline = NEVER};
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, control), 0);
    setup.control_fd = control[1];
    tell(CONTROL_START);
    alarm(20); /* a scenario that never ends */
    assert_int_equal(loop_run(&setup), PHONE_EXIT_OK);
    alarm(0);
    if (control[0] >= 0)
        close(control[0]);
    close(control[1]);
}

static struct setup setup_of(void)
{
    int here = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct setup s = {.id = {.name = "SEP0000000000AA", .ip = self, .prefix_len = 8},
                              .speed = 1, .ready_fd = -1, .clock_fd = -1, .hands_fd = -1,
                              .call_fd = -1, .status_fd = -1,
                              .events_fd = -1, .log_fd = -1, .flash_fd = here, .store_fd = here,
                              .dhcp_fd = -1, .frame_fd = {-1, -1, -1}};
    return s;
}

static void run(struct scenario s)
{
    struct setup setup = setup_of();
    run_with(s, setup);
    close(setup.flash_fd);
}

static void stop_now(struct phone *p, usec now)
{
    (void)p, (void)now;
    tell(CONTROL_STOP);
}

/* ---- a namespace of our own ---------------------------------------------------------- */

static bool own_network(void)
{
    if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
        return false;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    bool up = ioctl(fd, SIOCSIFFLAGS, &lo) == 0;
    close(fd);
    return up;
}

/* Sets up and runs the tests; 77 where the host gives us no namespace. */
#define RUN_IN_OWN_NETWORK(tests)                                                                  \
    (prepare() ? cmocka_run_group_tests(tests, NULL, NULL) : 77)

static bool prepare(void)
{
    self = inet_addr("127.0.0.1");
    for (size_t i = 0; i < sizeof body; i++)
        body[i] = (uint8_t)(i * 13 + i / 4099);
    bool ready = own_network();
    if (!ready)
        print_message("skipped: no right to a network namespace here\n");
    return ready;
}

#endif
