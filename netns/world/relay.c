/* relay.c - see relay.h. */
#include "netns/world/relay.h"
#include "emu/random.h"
#include "netns/host/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH      64    /* frames read from one TAP before the other one is looked at */
#define SPIN_NS    40000 /* a wake-up is about this late: the rest is waited awake */

struct relay_frame {
    struct relay_frame *next;
    uint64_t due;
    size_t len;
    uint8_t data[];
};

/* ---- one direction ---------------------------------------------------------------------- */

void relay_way_init(struct relay_way *way, const struct relay_params *params)
{
    *way = (struct relay_way){.params = *params, .random = params->seed};
    way->last = &way->first;
}

void relay_way_clear(struct relay_way *way)
{
    for (struct relay_frame *f = way->first, *next; f; f = next) {
        next = f->next;
        free(f);
    }
    struct relay_params params = way->params;
    relay_way_init(way, &params);
}

void relay_way_change(struct relay_way *way, const struct relay_params *params)
{
    uint64_t seed = way->params.seed;
    way->params = *params;
    way->params.seed = seed;
    way->link_free = 0; /* what waits was sent at the old rate: the line begins anew behind it */
}

static uint64_t scale(uint64_t value, uint64_t factor, uint64_t divisor)
{
    return (uint64_t)((unsigned __int128)value * factor / divisor);
}

/* Puts the frame on the link: when its last bit has left, or RELAY_NEVER if there is no room. */
static uint64_t link_send(struct relay_way *way, uint64_t now, size_t len)
{
    uint64_t rate = way->params.rate_bps;
    if (rate == 0)
        return now;
    uint64_t start = way->link_free > now ? way->link_free : now;
    uint64_t waiting = scale(start - now, rate, 8 * NS_PER_SEC);
    if (waiting + len > way->params.queue_bytes && waiting > 0)
        return RELAY_NEVER;
    way->link_free = start + scale(len, 8 * NS_PER_SEC, rate);
    return way->link_free;
}

void relay_take(struct relay_way *way, uint64_t now, const void *data, size_t len)
{
    uint64_t sent = way->frames < RELAY_FRAMES ? link_send(way, now, len) : RELAY_NEVER;
    struct relay_frame *f = sent == RELAY_NEVER ? NULL : malloc(sizeof *f + len);
    if (!f) {
        way->overflowed++;
        return;
    }
    if (random_share(&way->random) < way->params.loss) {
        way->lost++;
        free(f);
        return;
    }
    f->next = NULL;
    f->due = sent + way->params.delay_ns;
    f->len = len;
    memcpy(f->data, data, len);
    *way->last = f;
    way->last = &f->next;
    way->frames++;
}

uint64_t relay_due(const struct relay_way *way)
{
    return way->first ? way->first->due : RELAY_NEVER;
}

size_t relay_give(struct relay_way *way, uint64_t now, uint8_t data[RELAY_MTU])
{
    struct relay_frame *f = way->first;
    if (!f || f->due > now)
        return 0;
    size_t len = f->len;
    memcpy(data, f->data, len);
    way->first = f->next;
    if (!way->first)
        way->last = &way->first;
    way->frames--;
    free(f);
    return len;
}

/* ---- the loop --------------------------------------------------------------------------- */

static int take_all(struct relay_way *way, uint64_t now, int tap)
{
    uint8_t data[RELAY_MTU];
    for (int n = 0; n < BATCH; n++) {
        ssize_t len = read(tap, data, sizeof data);
        if (len < 0)
            return errno == EAGAIN || errno == EINTR ? 0 : -errno;
        relay_take(way, now, data, (size_t)len);
    }
    return 0;
}

static void give_due(struct relay_way *way, uint64_t now, int tap)
{
    uint8_t data[RELAY_MTU];
    for (size_t len; (len = relay_give(way, now, data)) > 0;)
        if (write(tap, data, len) < 0)
            way->refused++; /* as a device does that has no room */
}

/* Sleeps until a frame comes or one is due: a little less, the rest is spent awake. */
static int wait_next(const struct relay_way way[2], struct pollfd fds[3], uint64_t now)
{
    uint64_t due[2] = {relay_due(&way[0]), relay_due(&way[1])};
    uint64_t next = due[0] < due[1] ? due[0] : due[1];
    uint64_t left = next > now + SPIN_NS ? next - now - SPIN_NS : 0;
    struct timespec timeout = {(time_t)(left / NS_PER_SEC), (long)(left % NS_PER_SEC)};
    int n = ppoll(fds, 3, next == RELAY_NEVER ? NULL : &timeout, NULL);
    if (n < 0)
        return errno == EINTR ? 0 : -errno;
    int events = fds[0].revents | fds[1].revents;
    return (events & (POLLERR | POLLNVAL)) != 0 ? -EIO : 0;
}

/* Its end of file means nothing: who gives the orders ends this process too, when it ends. */
static void take_order(struct relay_way way[2], struct pollfd *orders)
{
    struct relay_params params;
    if (recv(orders->fd, &params, sizeof params, MSG_DONTWAIT) != sizeof params) {
        orders->fd = -1;
        return;
    }
    for (int i = 0; i < 2; i++)
        relay_way_change(&way[i], &params);
}

int relay_run(struct relay_way way[2], const int tap[2], int orders)
{
    struct pollfd fds[3] = {{.fd = tap[0], .events = POLLIN},
                            {.fd = tap[1], .events = POLLIN},
                            {.fd = orders, .events = POLLIN}};
    prctl(PR_SET_TIMERSLACK, 1);
    for (int rc = 0; rc == 0;) {
        if (fds[2].revents != 0)
            take_order(way, &fds[2]);
        uint64_t now = clock_ns();
        for (int i = 0; i < 2 && rc == 0; i++) {
            if (fds[i].revents & POLLIN)
                rc = take_all(&way[i], now, tap[i]);
            give_due(&way[i], now, tap[1 - i]);
        }
        rc = rc < 0 ? rc : wait_next(way, fds, clock_ns());
        if (rc < 0)
            return rc;
    }
    return 0;
}
