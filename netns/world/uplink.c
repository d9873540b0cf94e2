/* uplink.c - see uplink.h. */
#include "netns/world/uplink.h"
#include "netns/fleet/addresses.h"
#include "netns/fleet/dhcpkeys.h"
#include "netns/fleet/lankeys.h"
#include "netns/host/gate.h"
#include "netns/host/links.h"
#include "netns/host/netns.h"
#include "netns/text/say.h"

#include <errno.h>
#include <string.h>

#define UPLINK_INDEX 104 /* in the site */

/* What both ends are made with. */
struct ends {
    const struct plan *plan;
    const struct fleet_uplink *wish;
    int host_ns, site_ns;
    struct nl_sock *host, *site;
};

/* A socket in the launcher's namespace; NULL: there is none. */
static struct nl_sock *host_open(int host_ns)
{
    int back = netns_visit(host_ns);
    struct nl_sock *sock = back < 0 ? NULL : links_open();
    if (netns_leave(back, back < 0 ? back : 0) == 0)
        return sock;
    links_close(sock);
    return NULL;
}

static int over_interface(const struct ends *e)
{
    uint8_t mac[6];
    const struct link_over over = {.name = UPLINK_DEVICE, .index = UPLINK_INDEX,
                                   .lower = link_find(e->host, e->wish->interface, mac),
                                   .ns = e->site_ns, .vlan = e->wish->vlan};
    return over.lower < 0 ? over.lower : link_over(e->host, &over);
}

/* The MAC address of the port: that of the first phone, with a beginning that none is above. A
 * bridge that was given no address has the lowest of its ports', which is to stay what it was; so
 * libvirt makes them, from fe on. No frame is sent from it. */
static void port_mac(const struct plan *plan, uint8_t mac[6])
{
    memcpy(mac, plan->phones[0].mac, 6);
    mac[0] = 0xfe; /* locally administered, unicast */
    mac[1] = 0xff;
}

static int into_bridge(const struct ends *e)
{
    uint8_t theirs[6], ours[6];
    const struct link_pair pair = {.name = UPLINK_DEVICE, .peer_name = "fleet%d",
                                   .index = UPLINK_INDEX, .peer_ns = e->host_ns, .peer_mac = ours};
    int bridge = link_find(e->host, e->wish->bridge, theirs);
    port_mac(e->plan, ours);
    int rc = bridge < 0 ? bridge : link_veth(e->site, &pair);
    int peer = rc < 0 ? rc : link_peer(e->site, UPLINK_DEVICE);
    if (peer >= 0)
        rc = link_quiet(e->host, peer);
    if (peer >= 0 && rc == 0)
        rc = link_join(e->host, peer, bridge);
    return peer < 0 ? peer : rc < 0 ? rc : link_up(e->host, peer);
}

/* The near end: nothing leaves before its gate is there. */
static int let_in(const struct ends *e, const struct gate *gate, int bridge)
{
    int rc = gate_set(e->site, UPLINK_INDEX, gate);
    if (rc == 0)
        rc = link_quiet(e->site, UPLINK_INDEX);
    if (rc == 0)
        rc = link_up(e->site, UPLINK_INDEX);
    if (rc == 0)
        rc = link_join(e->site, UPLINK_INDEX, bridge);
    return rc < 0 ? rc : link_port_answers_arp(e->site, UPLINK_INDEX);
}

int uplink_join(const struct plan *plan, int host_ns, int site_ns, struct nl_sock *site, int bridge)
{
    const struct fleet_uplink *wish = &plan->fleet->uplink;
    struct ends e = {.plan = plan, .wish = wish, .host_ns = host_ns, .site_ns = site_ns,
                     .host = host_open(host_ns), .site = site};
    if (!e.host)
        return say_errno(ENOBUFS, "cannot enter the network of the uplink");
    int rc = wish->interface ? over_interface(&e) : into_bridge(&e);
    if (rc < 0)
        say("cannot join %s: %s%s", lan_uplink(plan->fleet), links_error(rc),
            wish->interface ? "; does another run, or a macvlan, have it?" : "");
    const struct gate gate = {.pace = wish->pace, .serves_dhcp = dhcp_is_ours(plan->fleet)};
    int gated = rc < 0 ? 0 : let_in(&e, &gate, bridge);
    if (gated < 0)
        say("cannot set the gate of %s: %s; the kernel needs sch_htb and cls_bpf (modprobe both)",
            lan_uplink(plan->fleet), links_error(gated));
    links_close(e.host);
    return rc < 0 || gated < 0 ? -EIO : 0;
}

/* The bridge first, as link_join() has it: who is removed is taken down before its bridge hears. */
void uplink_leave(struct nl_sock *site)
{
    link_join(site, UPLINK_INDEX, 0);
    link_remove(site, UPLINK_DEVICE);
}
