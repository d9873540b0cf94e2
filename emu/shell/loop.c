/* loop.c - see loop.h. */
#include "emu/shell/loop.h"

#include "emu/core/phone.h"
#include "emu/shell/carrier.h"

#include <err.h>
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define HEAR_ROUNDS 16 /* of what comes while it is heard: timers must not wait for ever */
#define RING_TRIES    100
#define RING_PAUSE_US 20000

/* ---- control ------------------------------------------------------------------------- */

static void listen_control(struct carrier *c)
{
    ring_recv(c->ring, c->setup->control_fd, (struct ring_ref){.op = RING_CONTROL}, &c->control,
              sizeof c->control);
}

/* Once an emulated second, whatever the phone does: its own timers are too few, and too much in
 * step with the fleet's bursts, to tell how late this host is. A clock that waits needs it less. */
static usec sample_every(const struct carrier *c)
{
    return c->watch.hands ? 5 * USEC_SEC : USEC_SEC;
}

/* Power-on or reset. */
static void start(struct carrier *c)
{
    carrier_silence(c);
    carrier_ops.flash_discard(c);
    carrier_ops.flash_release(c);
    watch_start(&c->watch, c->setup->speed);
    c->started = true;
    c->sample_at = c->now + carrier_ops.random(c) % sample_every(c); /* phones out of step */
    phone_start(c->phone, c->now);
}

/* From the clock's pacer. */
static void listen_call(struct carrier *c)
{
    if (c->setup->call_fd >= 0)
        ring_calls(c->ring, c->setup->call_fd, (struct ring_ref){.op = RING_CALL});
}

/* Answers come in the order of the requests: only the last one is news. */
static void addressed(struct carrier *c)
{
    if (c->addressing == 0 || --c->addressing > 0)
        return;
    watch_answered(&c->watch, WATCH_SERVER);
    if (c->started)
        phone_addressed(c->phone, c->now);
}

static void control_done(struct carrier *c, int res)
{
    bool whole = res == (int)sizeof c->control;
    if (res <= 0 || (whole && c->control.op == CONTROL_STOP)) /* end of file: no launcher */
        c->stopping = true;
    else if (whole && c->control.op == CONTROL_START)
        start(c);
    else if (whole && c->control.op == CONTROL_CORRUPT)
        flash_corrupt(c->flash);
    else if (whole && c->control.op == CONTROL_RESUMED)
        c->excused = true;
    else if (whole && c->control.op == CONTROL_STORED)
        flash_settle(c->flash);
    else if (whole && c->control.op == CONTROL_ADDRESSED)
        addressed(c);
    if (!c->stopping)
        listen_control(c);
}

/* ---- the loop ------------------------------------------------------------------------ */

typedef void datagram_handler(struct phone *p, struct addr from, const void *data, size_t len,
                              usec now);

static void datagram_done(struct carrier *c, const struct ear *e, const struct ring_done *done,
                          datagram_handler *handle)
{
    if (done->ref.generation != e->generation)
        return;
    if (!done->more) /* out of buffers, or an error of the network: neither lasts */
        ring_datagrams(c->ring, e->fd, done->ref);
    if (done->data && e == &c->tftp)
        watch_answered(&c->watch, WATCH_SERVER);
    if (done->data)
        handle(c->phone, done->from, done->data, (size_t)done->res, c->now);
}

/* Of the sockets that the launcher has bound. They are heard from the first to the last moment, as
 * they cannot be closed; who does not listen misses what comes. */
static void dhcp_done(struct carrier *c, const struct ring_done *done)
{
    if (!done->more)
        ring_datagrams(c->ring, c->setup->dhcp_fd, done->ref);
    if (!done->data || !c->dhcp_open)
        return;
    if (!phone_dhcp(c->phone, done->from, done->data, (size_t)done->res, c->now))
        return;
    watch_answered(&c->watch, WATCH_SERVER);
    watch_answered(&c->watch, WATCH_ROUTER);
}

static void frame_done(struct carrier *c, const struct ring_done *done)
{
    if (!done->more)
        ring_datagrams(c->ring, c->setup->frame_fd[done->ref.slot], done->ref);
    if (done->ref.slot == FRAME_ARP)
        watch_answered(&c->watch, WATCH_KERNEL);
    if (done->data && c->started)
        phone_frame(c->phone, done->ref.slot, done->data, (size_t)done->res, c->now);
}

/* Who calls has something to say. */
static void accepted(struct carrier *c, int fd)
{
    watch_expect(&c->watch, WATCH_KERNEL);
    tcp_accepted(&c->tcp, c->phone, fd, c->now);
}

static void accept_done(struct carrier *c, const struct ring_done *done)
{
    bool current = done->ref.generation == c->listener.generation;
    if (current && !done->more)
        c->deaf = true; /* out of descriptors: at once it would only fail again, and again */
    if (done->res >= 0 && current)
        accepted(c, done->res);
    else if (done->res >= 0)
        close(done->res);
}

static void dispatch(struct carrier *c, const struct ring_done *done)
{
    switch ((enum ring_op)done->ref.op) {
    case RING_NONE:
        break;
    case RING_CALL: /* something is due: its time comes behind what has been heard */
        if (!done->more)
            listen_call(c);
        break;
    case RING_CONTROL:
        control_done(c, done->res);
        break;
    case RING_UDP:
        datagram_done(c, &c->udp, done, phone_udp);
        break;
    case RING_TFTP:
        datagram_done(c, &c->tftp, done, phone_tftp);
        break;
    case RING_DHCP:
        dhcp_done(c, done);
        break;
    case RING_FRAME:
        frame_done(c, done);
        break;
    case RING_ACCEPT:
        accept_done(c, done);
        break;
    case RING_CONNECT:
    case RING_RECV:
        watch_answered(&c->watch, WATCH_KERNEL);
        tcp_done(&c->tcp, c->phone, done, c->now);
        carrier_heard(c);
        break;
    case RING_SEND:
        tcp_done(&c->tcp, c->phone, done, c->now);
        break;
    }
}

static void listen_again(struct carrier *c)
{
    if (c->deaf && c->listener.fd >= 0)
        ring_accept(c->ring, c->listener.fd, carrier_ear(&c->listener, RING_ACCEPT));
    c->deaf = false;
}

static void measure(struct carrier *c, usec due)
{
    if (!c->excused)
        report_lateness(&c->report, c->watch.clock_us - due);
}

static void run_timers(struct carrier *c)
{
    tcp_timers(&c->tcp, c->phone, c->now);
    if (c->sample_at <= c->now) {
        measure(c, c->sample_at);
        c->sample_at = c->now + sample_every(c);
    }
    for (usec at; c->started && (at = phone_deadline(c->phone)) <= c->now;) {
        listen_again(c);
        measure(c, at);
        phone_run_timers(c->phone, c->now);
    }
}

static usec next_deadline(const struct carrier *c)
{
    usec deadline = tcp_deadline(&c->tcp);
    if (c->started && phone_deadline(c->phone) < deadline)
        deadline = phone_deadline(c->phone);
    return c->sample_at < deadline ? c->sample_at : deadline;
}

static void finish_wakeup(struct carrier *c)
{
    if (c->release)
        carrier_ops.flash_release(c);
    report_flush(&c->report);
    c->excused = false;
}

static bool timers_due(const struct carrier *c)
{
    return c->sample_at <= c->now || (c->started && phone_deadline(c->phone) <= c->now);
}

/* A wait ends with some of what has come, not with all of it, and after the process was stopped
 * with none: so before a timer runs, the rest is asked for. A phone with a hand always asks: it has
 * taken out its mail for all of it. */
static void hear(struct carrier *c)
{
    int rounds = 0;
    do
        for (struct ring_done done; !c->stopping && ring_next(c->ring, &done);)
            dispatch(c, &done);
    while (!c->stopping && (timers_due(c) || c->watch.hands) && rounds++ < HEAR_ROUNDS &&
           ring_more(c->ring));
}

static int wakeup(struct carrier *c)
{
    ring_submit(c->ring); /* before it rests: until then it holds the clock for what it sends */
    int error = ring_wait(c->ring, watch_rest(&c->watch, next_deadline(c)));
    c->now = watch_wake(&c->watch);
    if (c->watch.mailed && c->dhcp_open) /* it comes from the site's relay when that is run */
        watch_expect(&c->watch, WATCH_ROUTER);
    hear(c);
    if (!c->stopping)
        run_timers(c);
    finish_wakeup(c);
    return error;
}

static int loop(struct carrier *c)
{
    while (!c->stopping) {
        int error = wakeup(c);
        if (error) {
            warnx("%s: io_uring stopped working: %s", c->id.name, strerror(-error));
            return PHONE_EXIT_HOST;
        }
    }
    return PHONE_EXIT_OK;
}

/* ---- set-up -------------------------------------------------------------------------- */

/* FNV-1a of the name, so that phones of one seed differ. */
static uint64_t mixed_seed(uint64_t seed, const char *name)
{
    uint64_t h = 0xcbf29ce484222325u ^ seed;
    for (; *name; name++)
        h = (h ^ (uint8_t)*name) * 0x100000001b3u;
    return h;
}

/* The kernel takes back late what the ring of a process that has just ended was charged for: this
 * phone's own, before it was started anew, or a neighbour's of the same user. */
static struct ring *ring_patiently(int *error)
{
    struct ring *ring = ring_new(error);
    for (int tries = 0; !ring && *error == -ENOMEM && tries < RING_TRIES; tries++) {
        usleep(RING_PAUSE_US);
        ring = ring_new(error);
    }
    return ring;
}

/* NULL, or what is missing. */
static const char *set_up(struct carrier *c)
{
    const struct setup *s = c->setup;
    int error = watch_map(&c->watch, s->clock_fd, s->hands_fd, s->slot);
    if (error)
        return error == -ERANGE ? "the clock's memory ends before this phone's hand"
                                : strerror(-error);
    if (s->status_fd >= 0)
        error = report_map(&c->report, s->status_fd, s->slot);
    if (error)
        return error == -ERANGE ? "the status memory ends before this phone's slot"
                                : strerror(-error);
    c->ring = ring_patiently(&error);
    if (!c->ring)
        return ring_refusal(error);
    tcp_init(&c->tcp, c->ring);
    c->flash = flash_new(s->flash_fd, &(struct store){.fd = s->store_fd, .way = s->store_way,
                                                      .keeper = s->control_fd});
    if (!c->flash)
        return strerror(ENOMEM);
    char load[NAME_MAX_LEN];
    if (flash_active(c->flash, load) == 0) { /* so no factory reset since */
        memcpy(c->id.running, load, sizeof c->id.running);
        c->id.factory_reset = false;
    }
    c->phone = phone_new(&c->id, &carrier_ops, c);
    return c->phone ? NULL : strerror(ENOMEM);
}

static void listen_bound(struct carrier *c)
{
    if (c->setup->dhcp_fd >= 0)
        ring_datagrams(c->ring, c->setup->dhcp_fd, (struct ring_ref){.op = RING_DHCP});
    for (int kind = 0; kind < FRAME_KIND_COUNT; kind++)
        if (c->setup->frame_fd[kind] >= 0)
            ring_datagrams(c->ring, c->setup->frame_fd[kind],
                           (struct ring_ref){.op = RING_FRAME, .slot = (uint8_t)kind});
}

static void announce(struct carrier *c)
{
    struct phone_status ready = {.state = PHONE_READY};
    if (!c->id.factory_reset)
        memcpy(ready.running, c->id.running, sizeof ready.running);
    report_status(&c->report, &ready);
    report_flush(&c->report);
    listen_call(c);
    listen_bound(c);
    if (c->setup->control_fd >= 0)
        listen_control(c);
    else
        start(c);
    uint64_t one = 1;
    if (c->setup->ready_fd >= 0 && write(c->setup->ready_fd, &one, sizeof one) < 0)
        warn("%s: cannot say that it is ready", c->id.name);
}

/* The ring may write to a connection's memory until it has let go of it. */
static void tear_down(struct carrier *c)
{
    if (c->phone && c->ring) {
        carrier_silence(c);
        struct ring_done done;
        while (tcp_busy(&c->tcp) && ring_wait(c->ring, 1000000) == 0)
            while (ring_next(c->ring, &done))
                dispatch(c, &done);
    }
    ring_free(c->ring);
    phone_free(c->phone);
    flash_free(c->flash);
    report_unmap(&c->report);
    watch_unmap(&c->watch);
}

int loop_run(const struct setup *setup)
{
    struct carrier c = {.setup = setup, .id = setup->id,
                        .address = {.ip = setup->id.ip, .prefix_len = setup->id.prefix_len},
                        .udp.fd = -1, .listener.fd = -1,
                        .tftp.fd = -1, .sample_at = NEVER,
                        .random = mixed_seed(setup->seed, setup->id.name)};
    report_init(&c.report, setup->log_fd, setup->events_fd);
    prctl(PR_SET_TIMERSLACK, 1);
    const char *missing = set_up(&c);
    int code = PHONE_EXIT_HOST;
    if (missing) {
        warnx("%s: %s", c.id.name, missing);
    } else {
        announce(&c);
        code = loop(&c);
    }
    tear_down(&c);
    if (c.report.now.lost && code == PHONE_EXIT_OK) {
        warnx("%s: not all that it wrote is there: %s", c.id.name,
              strerror(c.report.now.lost_errno));
        code = PHONE_EXIT_HOST;
    }
    return code;
}
