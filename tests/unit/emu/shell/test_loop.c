/* test_loop.c - the shell's loop: datagrams, the order of a wake-up, control, report, and
 * the moments at which the core is called by a clock that waits. */
#include "emu/shell/sock.h"
#include "emu/time/clock.h"
#include "emu/time/hands.h"
#include "tests/unit/emu/shell/fake_core.h"

#include <sys/eventfd.h>
#include <sys/mman.h>

/* ---- datagrams ----------------------------------------------------------------------- */

#define BURST 100

static void burst(struct phone *p, usec now)
{
    (void)now;
    assert_int_equal(p->ops->peer_open(p->ctx), 0);
    p->ops->udp_send(p->ctx, self, body, 4000); /* too long: dropped, and no more */
    for (int i = 0; i < BURST; i++)
        p->ops->udp_send(p->ctx, self, body, 500);
    p->ops->udp_broadcast(p->ctx, body, 1900);
}

static void burst_heard(struct phone *p, struct addr from, const void *data, size_t len)
{
    (void)p;
    assert_int_equal(from.ip, self);
    assert_int_equal(from.port, CPPDP_PORT);
    assert_int_equal(len, seen.datagrams <= BURST ? 500 : 1900);
    assert_memory_equal(data, body, len);
    if (seen.datagrams == BURST + 1)
        tell(CONTROL_STOP);
}

static void more_datagrams_than_buffers(void **state)
{
    (void)state;
    run((struct scenario){.start = burst, .udp = burst_heard});
    assert_int_equal(seen.datagrams, BURST + 1);
}

/* A port that nobody listens on answers by ICMP; the socket hears the next one all the same. */
static void tftp_start(struct phone *p, usec now)
{
    (void)now;
    assert_int_equal(p->ops->peer_open(p->ctx), 0);
    assert_int_equal(p->ops->tftp_open(p->ctx), 0);
    p->ops->tftp_send(p->ctx, (struct addr){self, TFTP_PORT}, "x", 1);
    p->ops->tftp_send(p->ctx, (struct addr){self, CPPDP_PORT}, "y", 1);
}

static void tftp_heard(struct phone *p, struct addr from, const void *data, size_t len)
{
    static struct addr first;
    assert_int_equal(len, seen.datagrams == 2 ? 0 : 1);
    if (seen.datagrams == 1) { /* at 4051, from our TFTP port: send it something back */
        assert_int_equal(*(const char *)data, 'y');
        first = from;
        int fd = sock_udp(0);
        sock_send(fd, from, "", 0);
        close(fd);
    } else if (seen.datagrams == 2) { /* a fresh port each time */
        assert_int_equal(p->ops->tftp_open(p->ctx), 0);
        p->ops->tftp_send(p->ctx, (struct addr){self, CPPDP_PORT}, "z", 1);
    } else {
        assert_int_not_equal(from.port, first.port);
        tell(CONTROL_STOP);
    }
}

static void tftp_socket(void **state)
{
    (void)state;
    run((struct scenario){.start = tftp_start, .udp = tftp_heard});
    assert_int_equal(seen.datagrams, 3);
}

/* ---- time, control, report ----------------------------------------------------------- */

/* The datagram and the deadline are both due when the phone wakes up. */
static void busy_start(struct phone *p, usec now)
{
    assert_int_equal(p->ops->peer_open(p->ctx), 0);
    p->ops->udp_send(p->ctx, self, body, 10);
    seen.deadline = now + 2 * USEC_MS;
    usleep(10000);
}

static void order_timer(struct phone *p, usec now)
{
    seen.order_kept = seen.datagrams == 1;
    stop_now(p, now);
}

static void heard_comes_before_timers(void **state)
{
    (void)state;
    run((struct scenario){.start = busy_start, .timer = order_timer});
    assert_true(seen.order_kept);
}

static void timer_start(struct phone *p, usec now)
{
    (void)p;
    seen.deadline = now + 5000 * USEC_MS;
}

static void timer_fires(struct phone *p, usec now)
{
    seen.fired = now;
    p->status.state = PHONE_IDLE;
    p->ops->status(p->ctx, &p->status);
    p->ops->log(p->ctx, "a line");
    p->ops->event(p->ctx, "{}");
    tell(CONTROL_STOP);
}

static void lateness_status_and_lines_are_reported(void **state)
{
    (void)state;
    int status = memfd_create("status", 0), log = memfd_create("log", 0);
    int events = memfd_create("events", 0), ready = eventfd(0, 0);
    assert_int_equal(ftruncate(status, 8 * sizeof(struct phone_status)), 0);
    struct setup s = setup_of();
    s.speed = 100;
    s.slot = 7;
    s.status_fd = status;
    s.log_fd = log;
    s.events_fd = events;
    s.ready_fd = ready;
    run_with((struct scenario){.start = timer_start, .timer = timer_fires}, s);
    close(s.flash_fd);

    struct phone_status all[8], now;
    uint64_t one;
    char text[16] = "";
    assert_int_equal(read(ready, &one, sizeof one), sizeof one);
    assert_int_equal(one, 1);
    assert_int_equal(pread(log, text, sizeof text, 0), 7);
    assert_string_equal(text, "a line\n");
    assert_int_equal(pread(events, text, 3, 0), 3);
    assert_memory_equal(text, "{}\n", 3);
    assert_int_equal(pread(status, all, sizeof all, 0), sizeof all);
    status_read(&all[7], &now);
    assert_int_equal(now.state, PHONE_IDLE);
    assert_int_equal(now.seq % 2, 0);
    unsigned fired = 0;
    for (int i = 0; i < LATENESS_BUCKETS; i++)
        fired += now.lateness[i];
    assert_in_range(fired, 1 + 4, 1 + 5); /* the timer after 5 s, and a sample each second */
    assert_true(now.lateness[lateness_bucket(now.lateness_max_us)] >= 1);
    assert_true(seen.fired >= 5000 * USEC_MS); /* never early */
    close(status), close(log), close(events), close(ready);
}

static void status_memory_too_small(void **state)
{
    (void)state;
    int status = memfd_create("status", 0);
    assert_int_equal(ftruncate(status, 8 * sizeof(struct phone_status) - 1), 0);
    struct setup s = setup_of();
    s.slot = 7;
    s.status_fd = status;
    s.control_fd = -1;
    assert_int_equal(loop_run(&s), PHONE_EXIT_HOST);
    close(s.flash_fd);
    close(status);
}

static void hang_up(struct phone *p, usec now)
{
    (void)p, (void)now;
    send(control[0], "?", 1, 0); /* not a message: ignored */
    close(control[0]);
    control[0] = -1;
}

static void the_launchers_end_is_ours(void **state)
{
    (void)state;
    run((struct scenario){.start = hang_up});
    assert_int_equal(seen.starts, 1);
}

/* ---- a clock that waits --------------------------------------------------------------- */

#define SLOTS (1 + HANDS_OTHERS)
#define FAR   3600000000000u
#define TRIES 100 /* on a machine that may be busy for longer than an answer is waited for */

static struct hands *hands;

static void *mapped(int *fd, size_t size)
{
    *fd = memfd_create("held", 0);
    assert_int_equal(ftruncate(*fd, (off_t)size), 0);
    return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
}

/* A phone in a fleet whose clock stands at from_us, or runs on from there, a thousand times too
 * fast; it is switched on by mail of that moment. */
static void run_held(struct scenario s, uint64_t from_us, bool runs, uint64_t mail_us)
{
    struct setup setup = setup_of();
    struct clock *clock = mapped(&setup.clock_fd, sizeof *clock);
    hands = mapped(&setup.hands_fd, hands_size(SLOTS));
    hands_init(hands, SLOTS);
    hands->server_is_near = true;
    hands->lag_us = FAR;
    hands_mail(hands, 0, mail_us);
    clock_set(clock, &(struct clock_course){.from_ns = clock_mono_ns(), .from_us = from_us,
                                            .granted_us = runs ? FAR : from_us,
                                            .pace = 1000000});
    run_with(s, setup);
    munmap(clock, sizeof *clock);
    munmap(hands, hands_size(SLOTS));
    close(setup.clock_fd), close(setup.hands_fd), close(setup.flash_fd);
}

static void note_moment(struct phone *p, usec now)
{
    seen.fired = now;
    stop_now(p, now);
}

/* However far the clock is by the time that it hears of it. */
static void it_boots_at_the_moment_of_its_power_on(void **state)
{
    (void)state;
    run_held((struct scenario){.start = note_moment}, 9000, false, 4000);
    assert_int_equal(seen.starts, 1);
    assert_int_equal(seen.fired, 4000);
}

/* What a socket that was closed leaves in the ring is no answer. */
static void ask(struct phone *p, usec now)
{
    (void)now;
    assert_int_equal(p->ops->peer_open(p->ctx), 0);
    assert_int_equal(p->ops->tftp_open(p->ctx), 0);
    assert_int_equal(p->ops->tftp_open(p->ctx), 0);
    p->ops->tftp_send(p->ctx, (struct addr){self, TFTP_PORT}, "x", 1); /* nobody is there */
    p->ops->udp_send(p->ctx, self, body, 10);
}

/* Two wake-ups later it looks at the time. */
static void meanwhile(struct phone *p, struct addr from, const void *data, size_t len)
{
    (void)from, (void)data, (void)len;
    if (seen.datagrams == 1)
        p->ops->udp_send(p->ctx, self, body, 10);
    else
        seen.deadline = 1;
}

static void time_stands_until_a_near_server_answers(void **state)
{
    (void)state;
    bool stood = false;
    for (int n = 0; n < TRIES && !stood; n++) {
        run_held((struct scenario){.start = ask, .udp = meanwhile, .timer = note_moment}, 9000,
                 true, 4000);
        stood = seen.fired == 4000;
    }
    assert_true(stood);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(more_datagrams_than_buffers),
        cmocka_unit_test(tftp_socket),
        cmocka_unit_test(heard_comes_before_timers),
        cmocka_unit_test(lateness_status_and_lines_are_reported),
        cmocka_unit_test(status_memory_too_small),
        cmocka_unit_test(the_launchers_end_is_ours),
        cmocka_unit_test(it_boots_at_the_moment_of_its_power_on),
        cmocka_unit_test(time_stands_until_a_near_server_answers),
    };
    return RUN_IN_OWN_NETWORK(tests);
}
