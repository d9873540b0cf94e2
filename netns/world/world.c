/* world.c - the namespaces around the phones, and what lies in them (links.h does the asking).
 *
 * The quickest way found to launch a phone's network: unshare() here, keep the new namespace by
 * its descriptor, open one netlink socket inside, go back. One request to the site's socket
 * then creates the veth with its peer in place and the bridge as master; the rest goes through
 * the inner socket, which is closed at once. Moving a device between namespaces, or deleting
 * them one by one, costs twenty times as much: all is created in place, and dropped with the
 * namespace.
 *
 * Chosen by us, never asked back from the kernel: interface numbers and addresses. IPv6 is kept
 * silent (no phone speaks it). Permanent neighbour entries between gateway and phones save each
 * phone's first broadcast; from phone to phone the bridge answers ARP by the site's entries.
 *
 * Invariant: every function leaves the calling process in the namespace that it came from.
 */
#include "netns/world/world.h"
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
/* Interface numbers. A veth's two ends must not have the same: the kernel would take its carrier
 * for no urgent news, and leave the link dead for up to a second. */
#define LO_INDEX   1 /* in every namespace */
#define BR_INDEX   200  /* of the first bridge */
#define ETH_INDEX  101  /* of eth0 in a phone */
#define PORT_INDEX 1000 /* of the first phone's port: above what a kernel creates by itself */
#define BRIDGE_NAME 16

/* How to ask for neighbours: a bridge of ours answers in a millisecond; in a real network an answer
 * takes its time, and questions are counted (gate.h). */
static const struct link_asking asking_site = {.wait_ms = 20};
static const struct link_asking asking_abroad = {.wait_ms = 1000, .known_ms = 20 * 60 * 1000};

struct links {
    struct nl_sock *site, *hq;
};

/* A gateway's MAC by the plan's rule for phones: 02:76 and the address. */
static void gateway_mac(const struct plan_subnet *subnet, uint8_t mac[6])
{
    mac[0] = 0x02;
    mac[1] = 0x76;
    memcpy(mac + 2, &subnet->gateway, 4);
}

static int bridge_index(size_t subnet)
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

/* Makes a namespace with lo up and stays in it: its descriptor, and *sock inside. */
static int place_make(struct nl_sock **sock)
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

static void sysctl_set(const char *path, const char *value)
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
        sysctl_set(path, "1");
}

/* ---- the site and hq ------------------------------------------------------------------ */

static const struct link_asking *asking(const struct fleet *fleet)
{
    return lan_uplink(fleet) ? &asking_abroad : &asking_site;
}

static int bridge_make(const struct plan *plan, size_t i, struct nl_sock *sock)
{
    const struct plan_subnet *subnet = &plan->subnets[i];
    uint8_t mac[6];
    char name[BRIDGE_NAME];
    gateway_mac(subnet, mac);
    bridge_name(i, name);
    int rc = link_bridge(sock, name, bridge_index(i), mac);
    if (rc == 0 && discovery_of(plan->fleet) & SPEAKS_LLDP)
        rc = link_bridge_passes_lldp(sock, bridge_index(i));
    if (rc == 0)
        rc = link_up(sock, bridge_index(i));
    if (rc == 0)
        rc = link_asks_once(sock, bridge_index(i), asking(plan->fleet));
    if (rc < 0 || !lan_is_routed(plan->fleet))
        return rc;
    return link_address(sock, bridge_index(i), subnet->gateway, subnet->prefix_len);
}

int world_wan_up(struct world *w)
{
    return line_up(w->plan, w->beside, w->links->site, w->links->hq);
}

/* The parts of world_make(), in the namespaces they belong to. */
static int site_make(struct world *w, int host_ns)
{
    w->site_ns = place_make(&w->links->site);
    if (w->site_ns < 0)
        return say_errno(-w->site_ns, "cannot create a network namespace");
    ipv6_off();
    sysctl_set("/proc/sys/net/ipv4/ip_forward", "1");
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
    w->hq_ns = place_make(&w->links->hq);
    if (w->hq_ns < 0)
        return say_errno(-w->hq_ns, "cannot create a network namespace");
    ipv6_off();
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
    if (!w || !links || !phone_ns) {
        free(w);
        free(links);
        free(phone_ns);
        return NULL;
    }
    for (size_t i = 0; i < plan->count; i++)
        phone_ns[i] = -1;
    *w = (struct world){
        .plan = plan, .site_ns = -1, .hq_ns = -1, .phone_ns = phone_ns, .links = links};
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

/* ---- phones --------------------------------------------------------------------------- */

/* The kernel remembers round trips and windows of every peer it has talked to, as long as the
 * namespace lives: 200 KiB more with each upgrade of a lab of 200. A phone that lost its power
 * does not. Only /proc has the switch: 0.03 ms a phone at 200 phones, 0.13 at 1,000. */
static void forget_connections(void)
{
    sysctl_set("/proc/sys/net/ipv4/tcp_no_metrics_save", "1");
}

static int phone_link(struct world *w, size_t i, int ns)
{
    char name[16];
    snprintf(name, sizeof name, "p%zu", i + 1);
    struct link_pair pair = {.name = name,
                             .peer_name = PHONE_DEVICE,
                             .index = PORT_INDEX + (int)i,
                             .peer_index = ETH_INDEX,
                             .master = bridge_index(w->plan->phones[i].subnet),
                             .peer_ns = ns,
                             .peer_mac = w->plan->phones[i].mac};
    int rc = link_veth(w->links->site, &pair);
    return rc < 0 ? rc : link_port_answers_arp(w->links->site, pair.index);
}

static int phone_inside(const struct world *w, const struct plan_phone *phone, struct nl_sock *sock)
{
    const struct plan_subnet *subnet = &w->plan->subnets[phone->subnet];
    uint8_t mac[6];
    gateway_mac(subnet, mac);
    int rc = link_quiet(sock, ETH_INDEX);
    if (rc == 0)
        rc = link_address(sock, ETH_INDEX, phone->ip, subnet->prefix_len);
    if (rc == 0)
        rc = link_up(sock, ETH_INDEX);
    if (rc == 0)
        rc = link_default_route(sock, subnet->gateway);
    if (rc == 0 && lan_is_routed(w->plan->fleet))
        rc = link_neighbour(sock, ETH_INDEX, subnet->gateway, mac);
    if (rc == 0)
        rc = link_asks_once(sock, ETH_INDEX, asking(w->plan->fleet));
    if (rc < 0)
        return rc;
    return link_neighbour(w->links->site, bridge_index(phone->subnet), phone->ip, phone->mac);
}

int world_plain_frames(struct world *w)
{
    w->plain_frames = true;
    return w->hq_ns < 0 ? 0 : offload_off(w->hq_ns, line_far_end(w->beside));
}

int world_add_phone(struct world *w, size_t i)
{
    const struct plan_phone *phone = &w->plan->phones[i];
    struct nl_sock *inner = NULL;
    int back = netns_here(), ns = back < 0 ? back : place_make(&inner);
    if (ns >= 0)
        forget_connections();
    int rc = netns_leave(back, ns < 0 ? ns : 0);
    if (rc < 0)
        return say_errno(-rc, "cannot make the namespace of %s", phone->name);
    w->phone_ns[i] = ns;
    rc = phone_link(w, i, ns);
    if (rc == 0)
        rc = phone_inside(w, phone, inner);
    links_close(inner);
    if (rc < 0)
        say("cannot connect %s to the site: %s", phone->name, links_error(rc));
    if (rc < 0)
        return -EIO;
    return w->plain_frames ? offload_off(ns, PHONE_DEVICE) : 0;
}

/* ---- faults -------------------------------------------------------------------------- */

int world_plug(struct world *w, size_t i, bool in)
{
    int rc = (in ? link_up : link_down)(w->links->site, PORT_INDEX + (int)i);
    if (rc < 0)
        say("cannot %s %s: %s", in ? "plug in" : "unplug", w->plan->phones[i].name,
            links_error(rc));
    return rc < 0 ? -EIO : 0;
}

int world_limit(struct world *w, size_t i, uint64_t rate_bps)
{
    int back = netns_visit(w->phone_ns[i]), rc = back;
    struct nl_sock *inner = back < 0 ? NULL : links_open();
    if (inner && (rc = link_limit(inner, ETH_INDEX, (rate_bps + 7) / 8)) < 0)
        say("cannot limit what %s sends (by tc's token bucket): %s", w->plan->phones[i].name,
            links_error(rc));
    links_close(inner);
    return netns_leave(back, rc) == 0 && inner ? 0 : -EIO;
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

void world_free(struct world *w)
{
    if (!w)
        return;
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
    free(w->links);
    free(w);
}
