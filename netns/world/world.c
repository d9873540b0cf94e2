/* world.c - the namespaces around the phones, and what lies in them (links.h does the asking);
 * phones themselves are connected in dock.c.
 */
#include "netns/world/world-private.h"
#include "netns/fleet/addresses.h"
#include "netns/fleet/discoverykeys.h"
#include "netns/fleet/lankeys.h"
#include "netns/host/clock.h"
#include "netns/host/links.h"
#include "netns/host/netns.h"
#include "netns/host/offload.h"
#include "netns/text/say.h"
#include "netns/world/line.h"
#include "netns/world/uplink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BRIDGE_PORTS 1000 /* phones, on however few bridges; a kernel gives one 1,023 ports */
#define BRIDGE_NAME 16

/* How to ask for neighbours: a bridge of ours answers in a millisecond; in a real network an answer
 * takes its time, and questions are counted (gate.h). */
static const struct link_asking asking_site = {.wait_ms = 20};
static const struct link_asking asking_abroad = {.wait_ms = 1000, .known_ms = 20 * 60 * 1000};

void world_gateway_mac(const struct plan_subnet *subnet, uint8_t mac[6])
{
    mac[0] = 0x02;
    mac[1] = 0x76;
    memcpy(mac + 2, &subnet->gateway, 4);
}

int world_bridge_index(size_t subnet)
{
    return BR_INDEX + (int)subnet;
}

static void bridge_name(size_t subnet, char out[BRIDGE_NAME])
{
    snprintf(out, BRIDGE_NAME, "br%u", (unsigned)subnet);
}

void world_bridges(const struct plan *plan, char out[WORLD_BRIDGES])
{
    char name[BRIDGE_NAME];
    size_t len = 0;
    out[0] = '\0';
    for (size_t i = 0; i < plan->subnet_count && len < WORLD_BRIDGES; i++) {
        bridge_name(i, name);
        len += (size_t)snprintf(out + len, WORLD_BRIDGES - len, "%s%s", len ? " " : "", name);
    }
}

const char *world_way(const struct world *w)
{
    return lan_is_routed(w->plan->fleet) ? LINE_DEVICE : UPLINK_DEVICE;
}

/* ---- namespaces ----------------------------------------------------------------------- */

int world_place(struct nl_sock **sock)
{
    int ns = netns_new();
    if (ns < 0)
        return ns;
    *sock = links_open();
    if (*sock && link_up(*sock, LO_INDEX) == 0)
        return ns;
    close(ns);
    return -ENOBUFS;
}

void world_sysctl(const char *path, const char *value)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, value, strlen(value)) < 0)
        say_errno(errno, "cannot set %s", path);
    if (fd >= 0)
        close(fd);
}

/* Router and server place speak IPv4 only. A phone's IPv6 is kept silent by netlink: each further
 * write per phone costs time that grows with the square of their number. */
static void ipv6_off(void)
{
    static const char path[] = "/proc/sys/net/ipv6/conf/default/disable_ipv6";
    if (access(path, F_OK) == 0)
        world_sysctl(path, "1");
}

/* Whether phones talk to somebody beyond their LAN by TCP. */
static bool talk_beyond(const struct plan *plan)
{
    return plan->fleet->manager.engine >= MANAGER_OWN;
}

void world_probe_nothing(const struct plan *plan)
{
    if (talk_beyond(plan))
        world_sysctl("/proc/sys/net/ipv4/tcp_early_retrans", "0");
}

/* ---- the site and hq ------------------------------------------------------------------ */

const struct link_asking *world_asking(const struct fleet *fleet)
{
    return lan_uplink(fleet) ? &asking_abroad : &asking_site;
}

static int bridge_make(const struct plan *plan, size_t i, struct nl_sock *sock)
{
    const struct plan_subnet *subnet = &plan->subnets[i];
    uint8_t mac[6];
    char name[BRIDGE_NAME];
    world_gateway_mac(subnet, mac);
    bridge_name(i, name);
    int rc = link_bridge(sock, name, world_bridge_index(i), mac);
    if (rc == 0 && discovery_of(plan->fleet) & SPEAKS_LLDP)
        rc = link_bridge_passes_lldp(sock, world_bridge_index(i));
    if (rc == 0)
        rc = link_up(sock, world_bridge_index(i));
    if (rc == 0)
        rc = link_asks_once(sock, world_bridge_index(i), world_asking(plan->fleet));
    if (rc < 0 || !lan_is_routed(plan->fleet))
        return rc;
    return link_address(sock, world_bridge_index(i), subnet->gateway, subnet->prefix_len);
}

int world_wan_up(struct world *w)
{
    return line_up(w->plan, w->beside, w->links->site, w->links->hq);
}

/* The parts of world_make(), in the namespaces they belong to. */
static int site_make(struct world *w, int host_ns)
{
    w->site_ns = world_place(&w->links->site);
    if (w->site_ns < 0)
        return say_errno(-w->site_ns, "cannot create a network namespace");
    ipv6_off();
    world_sysctl("/proc/sys/net/ipv4/ip_forward", "1");
    int rc = 0;
    for (size_t i = 0; i < w->plan->subnet_count && rc == 0; i++)
        rc = bridge_make(w->plan, i, w->links->site);
    if (rc < 0)
        say("cannot create the site's bridges: %s", links_error(rc));
    if (rc == 0 && lan_uplink(w->plan->fleet))
        rc = uplink_join(w->plan, host_ns, w->site_ns, w->links->site, BR_INDEX);
    return rc < 0 ? -EIO : 0;
}

/* The host's own namespace, which is not changed but by what the line brings. */
static int hq_borrow(struct world *w, int host_ns)
{
    w->hq_ns = fcntl(host_ns, F_DUPFD_CLOEXEC, 0);
    int rc = w->hq_ns < 0 ? -errno : netns_enter(w->hq_ns);
    w->links->hq = rc < 0 ? NULL : links_open();
    return w->links->hq ? 0 : say_errno(rc < 0 ? -rc : ENOBUFS, "cannot enter the host's network");
}

static int hq_new(struct world *w)
{
    w->hq_ns = world_place(&w->links->hq);
    if (w->hq_ns < 0)
        return say_errno(-w->hq_ns, "cannot create a network namespace");
    ipv6_off();
    world_probe_nothing(w->plan);
    return 0;
}

static int hq_make(struct world *w, int host_ns)
{
    int rc = w->beside ? hq_borrow(w, host_ns) : hq_new(w);
    if (rc < 0 || w->plan->fleet->has_wan)
        return rc;
    rc = line_plain(w->hq_ns, w->beside, w->links->site);
    return rc < 0 ? rc : world_wan_up(w);
}

static struct world *world_alloc(const struct plan *plan)
{
    struct world *w = calloc(1, sizeof *w);
    struct links *links = calloc(1, sizeof *links);
    int *phone_ns = malloc((plan->count + 1) * sizeof *phone_ns);
    struct net_address *address = calloc(plan->count + 1, sizeof *address);
    if (!w || !links || !phone_ns || !address) {
        free(w);
        free(links);
        free(phone_ns);
        free(address);
        return NULL;
    }
    for (size_t i = 0; i < plan->count; i++)
        phone_ns[i] = -1;
    *w = (struct world){
        .plan = plan, .site_ns = -1, .hq_ns = -1, .phone_ns = phone_ns, .address = address,
        .links = links};
    return w;
}

struct world *world_make(const struct plan *plan, int host_ns)
{
    if (plan->count > BRIDGE_PORTS) {
        say("%zu phones are more than one bridge takes; at most %d", plan->count, BRIDGE_PORTS);
        return NULL;
    }
    struct world *w = world_alloc(plan);
    int back = w ? netns_here() : -ENOMEM;
    if (back < 0) {
        say_errno(-back, "cannot start to build the network");
        world_free(w);
        return NULL;
    }
    w->beside = plan->fleet->engine == ENGINE_EXTERNAL && !lan_uplink(plan->fleet);
    int rc = site_make(w, host_ns);
    if (rc == 0 && lan_is_routed(plan->fleet))
        rc = hq_make(w, host_ns);
    if (netns_leave(back, rc) == 0)
        return w;
    world_free(w);
    return NULL;
}

/* ---- looking -------------------------------------------------------------------------- */

/* How many links and ports are not in service yet, or a negative code. */
static int waiting_links(struct world *w)
{
    int parts[] = {link_ports_waiting(w->links->site), link_waiting(w->links->site, world_way(w)),
                   w->hq_ns < 0 ? 0 : link_waiting(w->links->hq, line_far_end(w->beside))};
    char bridge[BRIDGE_NAME];
    int waiting = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && waiting >= 0; i++)
        waiting = parts[i] < 0 ? parts[i] : waiting + parts[i];
    for (size_t i = 0; i < w->plan->subnet_count && waiting >= 0; i++) {
        bridge_name(i, bridge);
        int part = link_waiting(w->links->site, bridge);
        waiting = part < 0 ? part : waiting + part;
    }
    return waiting;
}

/* Seen twice: a link is said to be up a moment before it takes what is sent by it. */
int world_wait_forwarding(struct world *w, unsigned timeout_ms)
{
    long long deadline = clock_ms() + timeout_ms;
    for (int good = 0;;) {
        int waiting = waiting_links(w);
        good = waiting == 0 ? good + 1 : 0;
        if (good == 2)
            return 0;
        if (waiting < 0)
            return -EIO;
        if (clock_ms() >= deadline)
            return -ETIMEDOUT;
        poll(NULL, 0, 5); /* a look every 5 ms; the kernel tells port states by netlink only */
    }
}

int world_wan_bytes(struct world *w, uint64_t *down, uint64_t *up)
{
    return link_bytes(w->links->site, world_way(w), down, up) < 0 ? -ENODEV : 0;
}

/* What is not there yet, when a world was not finished, does not matter. */
static void leave_host(struct world *w)
{
    if (w->links->site && w->beside)
        link_remove(w->links->site, LINE_DEVICE);
    if (w->links->site && lan_uplink(w->plan->fleet))
        uplink_leave(w->links->site);
}

void world_free(struct world *w)
{
    if (!w)
        return;
    leave_host(w);
    for (size_t i = 0; i < w->plan->count; i++)
        if (w->phone_ns[i] >= 0)
            close(w->phone_ns[i]);
    links_close(w->links->site);
    links_close(w->links->hq);
    if (w->site_ns >= 0)
        close(w->site_ns);
    if (w->hq_ns >= 0)
        close(w->hq_ns);
    free(w->phone_ns);
    free(w->address);
    free(w->links);
    free(w);
}
