/* dock.c - phones, connected to their site.
 *
 * The quickest way found to launch a phone's network: unshare() here, keep the new namespace by
 * its descriptor, open one netlink socket inside, go back. One request to the site's socket
 * then creates the veth with its peer in place and the bridge as master; the rest goes through
 * the inner socket, which is closed at once. Moving a device between namespaces, or deleting
 * them one by one, costs twenty times as much: all is created in place, and dropped with the
 * namespace.
 *
 * With its address, a phone's gateway is known to it and it to the site, by permanent neighbour
 * entries: they save each phone's first broadcast, and from phone to phone the bridge answers ARP
 * by the site's. A phone that asks for its address has none of these until it has it.
 */
#include "netns/fleet/addresses.h"
#include "netns/fleet/lankeys.h"
#include "netns/host/netns.h"
#include "netns/host/offload.h"
#include "netns/text/say.h"
#include "netns/world/line.h"
#include "netns/world/world-private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- phones --------------------------------------------------------------------------- */

/* The kernel remembers round trips and windows of every peer it has talked to, as long as the
 * namespace lives: 200 KiB more with each upgrade of a lab of 200. A phone that lost its power
 * does not. Only /proc has the switch: 0.03 ms a phone at 200 phones, 0.13 at 1,000. */
static void forget_connections(void)
{
    world_sysctl("/proc/sys/net/ipv4/tcp_no_metrics_save", "1");
}

/* A namespace has the host's reverse path filter, by which an interface without an address hears
 * nobody: nor the server that has one for it. */
static void hear_strangers(void)
{
    world_sysctl("/proc/sys/net/ipv4/conf/all/rp_filter", "0");
    world_sysctl("/proc/sys/net/ipv4/conf/default/rp_filter", "0");
}

static int phone_link(struct world *w, size_t i, int ns)
{
    char name[16];
    snprintf(name, sizeof name, "p%zu", i + 1);
    struct link_pair pair = {.name = name,
                             .peer_name = PHONE_DEVICE,
                             .index = PORT_INDEX + (int)i,
                             .peer_index = ETH_INDEX,
                             .master = world_bridge_index(w->plan->phones[i].subnet),
                             .peer_ns = ns,
                             .peer_mac = w->plan->phones[i].mac};
    int rc = link_veth(w->links->site, &pair);
    return rc < 0 ? rc : link_port_answers_arp(w->links->site, pair.index);
}

/* Up, and silent: without an address. */
static int phone_up(struct nl_sock *sock, const struct fleet *fleet)
{
    int rc = link_quiet(sock, ETH_INDEX);
    if (rc == 0)
        rc = link_up(sock, ETH_INDEX);
    return rc < 0 ? rc : link_asks_once(sock, ETH_INDEX, world_asking(fleet));
}

/* ---- addresses ------------------------------------------------------------------------ */

/* The kernel takes routes and neighbours of the interface away with its last address. */
static int address_take(const struct world *w, size_t i, struct nl_sock *sock)
{
    const struct net_address *has = &w->address[i];
    int rc = link_address_remove(sock, ETH_INDEX, has->ip, has->prefix_len);
    if (rc == 0)
        rc = link_neighbour_remove(w->links->site,
                                   world_bridge_index(w->plan->phones[i].subnet), has->ip);
    return rc;
}

/* Of a router of ours the address is known. */
static int router_set(const struct plan *plan, size_t i, uint32_t router, struct nl_sock *sock)
{
    const struct plan_subnet *subnet = &plan->subnets[plan->phones[i].subnet];
    bool ours = router == subnet->gateway && lan_is_routed(plan->fleet);
    uint8_t mac[6];
    world_gateway_mac(subnet, mac);
    int rc = link_default_route(sock, router);
    return rc < 0 || !ours ? rc : link_neighbour(sock, ETH_INDEX, router, mac);
}

static int address_give(const struct world *w, size_t i, const struct net_address *to,
                        struct nl_sock *sock)
{
    const struct plan_phone *phone = &w->plan->phones[i];
    int rc = link_address(sock, ETH_INDEX, to->ip, to->prefix_len);
    if (rc == 0 && to->router != 0)
        rc = router_set(w->plan, i, to->router, sock);
    return rc < 0 ? rc
                  : link_neighbour(w->links->site, world_bridge_index(phone->subnet), to->ip,
                                   phone->mac);
}

/* sock: in the phone's namespace. A netlink code. */
static int address_change(struct world *w, size_t i, const struct net_address *to,
                          struct nl_sock *sock)
{
    int rc = w->address[i].ip != 0 ? address_take(w, i, sock) : 0;
    w->address[i] = *to;
    return rc == 0 && to->ip != 0 ? address_give(w, i, to, sock) : rc;
}

static bool is_same(const struct net_address *a, const struct net_address *b)
{
    return a->ip == b->ip && a->router == b->router && a->prefix_len == b->prefix_len;
}

int world_address(struct world *w, size_t i, const struct net_address *to)
{
    if (is_same(&w->address[i], to))
        return 0;
    int back = netns_visit(w->phone_ns[i]);
    struct nl_sock *inner = back < 0 ? NULL : links_open();
    int rc = netns_leave(back, back < 0 ? back : inner ? 0 : -ENOBUFS);
    if (rc == 0 && (rc = address_change(w, i, to, inner)) < 0)
        say("%s cannot have the address that it asks for: %s", w->plan->phones[i].name,
            links_error(rc));
    links_close(inner);
    return rc < 0 ? -EIO : 0;
}

/* What it has from the first moment on. */
static int address_first(struct world *w, size_t i, struct nl_sock *sock)
{
    const struct plan_phone *phone = &w->plan->phones[i];
    const struct plan_subnet *subnet = &w->plan->subnets[phone->subnet];
    const struct net_address planned = {phone->ip, subnet->gateway, (uint8_t)subnet->prefix_len};
    return phone->dhcp ? 0 : address_change(w, i, &planned, sock);
}

/* ---- making --------------------------------------------------------------------------- */

int world_plain_frames(struct world *w)
{
    w->plain_frames = true;
    return w->hq_ns < 0 ? 0 : offload_off(w->hq_ns, line_far_end(w->beside));
}

int world_add_phone(struct world *w, size_t i)
{
    const struct plan_phone *phone = &w->plan->phones[i];
    struct nl_sock *inner = NULL;
    int back = netns_here(), ns = back < 0 ? back : world_place(&inner);
    if (ns >= 0)
        forget_connections();
    if (ns >= 0)
        world_probe_nothing(w->plan);
    if (ns >= 0 && phone->dhcp)
        hear_strangers();
    int rc = netns_leave(back, ns < 0 ? ns : 0);
    if (rc < 0)
        return say_errno(-rc, "cannot make the namespace of %s", phone->name);
    w->phone_ns[i] = ns;
    rc = phone_link(w, i, ns);
    if (rc == 0)
        rc = phone_up(inner, w->plan->fleet);
    if (rc == 0)
        rc = address_first(w, i, inner);
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

