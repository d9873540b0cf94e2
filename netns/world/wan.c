/* wan.c - the link between site and hq: two TAPs, and the relay process that joins them.
 *
 * Both TAPs are opened by set-up, inside their namespaces; a descriptor goes on working in any
 * namespace and for any user. The relay is a servant of its own that keeps these two, a socket, and
 * nothing else. Delay, rate and queue are of emulated time; it is given others by the socket, at
 * any time.
 *
 * Set-up keeps its descriptors too: the devices and their counters outlive the relay.
 */
#include "netns/world/wan.h"
#include "netns/fleet/addresses.h"
#include "netns/host/netns.h"
#include "netns/host/servant.h"
#include "netns/text/say.h"
#include "netns/world/line.h"
#include "netns/world/relay.h"
#include "netns/world/world.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUEUE_LEAST (64 * 1024)

struct wan {
    pid_t pid;  /* 0: has ended */
    int tap[2]; /* the site's, hq's */
    int orders; /* to the relay */
};

/* A TAP of that name in the caller's present namespace. */
static int tap_make(const char *name)
{
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC), rc = 0;
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0)
        rc = -errno;
    if (rc < 0 && fd >= 0)
        close(fd);
    return rc < 0 ? rc : fd;
}

static int tap_open(int ns, const char *name)
{
    int back = netns_visit(ns), fd = netns_leave(back, back < 0 ? back : tap_make(name));
    return fd < 0 ? say_errno(-fd, "cannot create the TAP device %s through /dev/net/tun", name)
                  : fd;
}

struct wan_terms wan_terms_of(const struct fleet *fleet)
{
    return (struct wan_terms){.delay_us = fleet->wan_delay_us,
                              .rate_bps = fleet->wan_rate_bps,
                              .loss = fleet->wan_loss};
}

/* A queue holds a second of the link, as routers of such links do, and never
 * less than QUEUE_LEAST. */
struct relay_params wan_params(const struct fleet *fleet, const struct wan_terms *terms,
                               uint64_t way)
{
    uint64_t second = terms->rate_bps / 8;
    return (struct relay_params){.delay_ns = terms->delay_us * 1000,
                                 .rate_bps = terms->rate_bps,
                                 .queue_bytes = second > QUEUE_LEAST ? second : QUEUE_LEAST,
                                 .loss = terms->cut ? 1 : terms->loss,
                                 .seed = fleet->seed * 2 + way};
}

static void relay_work(void *of)
{
    relay_run(of);
}

/* Starts the relay with its end of a new pair of sockets; the other is wan->orders. */
static int relay_start(struct wan *wan, const struct fleet *fleet, const struct fleet_time *time)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return say_errno(errno, "cannot make the WAN's socket");
    wan->orders = pair[0];
    struct wan_terms terms = wan_terms_of(fleet);
    struct relay relay = {.tap = {0, 1}, .orders = 2, .call = time->hands ? 3 : -1,
                          .watch = fleettime_watch(time, hands_wan)};
    const int fds[] = {wan->tap[0], wan->tap[1], pair[1],
                       time->hands ? time->call[relay.watch.slot] : -1};
    for (uint64_t i = 0; i < 2; i++) {
        struct relay_params params = wan_params(fleet, &terms, i);
        relay_way_init(&relay.way[i], &params);
    }
    wan->pid = servant_fork("fleet-wan", fds, time->hands ? 4 : 3, relay_work, &relay);
    close(pair[1]);
    return wan->pid < 0 ? say_errno(-wan->pid, "cannot start the WAN's relay") : 0;
}

struct wan *wan_start(struct world *w, const struct fleet_time *time)
{
    struct wan *wan = malloc(sizeof *wan);
    if (!wan) {
        say_errno(errno, "cannot start the WAN");
        return NULL;
    }
    *wan = (struct wan){.tap = {-1, -1}, .orders = -1};
    wan->tap[0] = tap_open(w->site_ns, LINE_DEVICE);
    wan->tap[1] = wan->tap[0] < 0 ? -1 : tap_open(w->hq_ns, line_far_end(w->beside));
    int rc = wan->tap[1] < 0 ? -1 : world_wan_up(w);
    if (rc == 0)
        rc = relay_start(wan, w->plan->fleet, time);
    if (rc == 0)
        return wan;
    wan_stop(wan);
    return NULL;
}

int wan_change(struct wan *wan, const struct fleet *fleet, const struct wan_terms *terms)
{
    struct relay_params params = wan_params(fleet, terms, 0);
    ssize_t sent = send(wan->orders, &params, sizeof params, MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent == sizeof params ? 0 : -EPIPE;
}

bool wan_alive(struct wan *wan, pid_t ended)
{
    return servant_alive(&wan->pid, ended, "the WAN's relay process has ended: site and server are "
                                           "cut off from each other");
}

void wan_stop(struct wan *wan)
{
    if (!wan)
        return;
    servant_end(wan->pid);
    const int fds[] = {wan->tap[0], wan->tap[1], wan->orders};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    free(wan);
}
