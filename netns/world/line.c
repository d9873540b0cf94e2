/* line.c - see line.h. */
#include "netns/world/line.h"
#include "netns/fleet/addresses.h"
#include "netns/host/links.h"
#include "netns/text/say.h"

#include <arpa/inet.h>
#include <errno.h>

#define WAN_INDEX  102 /* interface number of a plain wan0 in the site; in hq the next */
#define WAN_PREFIX 30

struct wan_end {
    struct nl_sock *sock;
    const char *name, *ip;
    int index;
    uint8_t mac[6];
};

static int wan_end_up(struct wan_end *end)
{
    end->index = link_find(end->sock, end->name, end->mac);
    if (end->index < 0)
        return end->index;
    int rc = link_quiet(end->sock, end->index); /* in the host's namespace, IPv6 may be on */
    if (rc == 0)
        rc = link_address(end->sock, end->index, inet_addr(end->ip), WAN_PREFIX);
    return rc < 0 ? rc : link_up(end->sock, end->index);
}

/* Each knows the other: no ARP crosses the line, which may be slower than ARP is patient. */
static int wan_meet(const struct wan_end *end, const struct wan_end *other)
{
    return link_neighbour(end->sock, end->index, inet_addr(other->ip), other->mac);
}

/* Our own call manager has an address of its own, at the same end as the TFTP server. */
static int manager_place(const struct plan *plan, const struct wan_end *site,
                         const struct wan_end *hq)
{
    uint32_t ip = plan->fleet->manager.address[0];
    int rc = link_address(hq->sock, hq->index, ip, 32);
    return rc < 0 ? rc : link_route(site->sock, ip, 32, inet_addr(hq->ip));
}

const char *line_far_end(bool beside)
{
    return beside ? "fleet0" : LINE_DEVICE;
}

/* Of our own hq, everything lies behind the line; of the host, only the phones do. */
static int routes_make(const struct plan *plan, bool beside, const struct wan_end *site,
                       const struct wan_end *hq)
{
    uint32_t via = inet_addr(site->ip);
    if (!beside)
        return link_default_route(hq->sock, via);
    int rc = link_default_route(site->sock, inet_addr(hq->ip));
    for (size_t i = 0; i < plan->subnet_count && rc == 0; i++) {
        const struct plan_subnet *s = &plan->subnets[i];
        uint32_t mask = htonl(UINT32_MAX << (32 - s->prefix_len));
        rc = link_route(hq->sock, s->gateway & mask, s->prefix_len, via);
    }
    return rc;
}

int line_up(const struct plan *plan, bool beside, struct nl_sock *site_sock,
            struct nl_sock *hq_sock)
{
    struct wan_end site = {.sock = site_sock, .name = LINE_DEVICE, .ip = LINE_SITE_IP};
    struct wan_end hq = {.sock = hq_sock, .name = line_far_end(beside), .ip = LINE_SERVER_IP};
    int rc = wan_end_up(&site);
    if (rc == 0)
        rc = wan_end_up(&hq);
    if (rc == 0 && plan->fleet->manager.engine == MANAGER_OWN)
        rc = manager_place(plan, &site, &hq);
    if (rc == 0)
        rc = wan_meet(&site, &hq);
    if (rc == 0)
        rc = wan_meet(&hq, &site);
    if (rc == 0)
        rc = routes_make(plan, beside, &site, &hq);
    if (rc < 0)
        say("cannot bring up the link between site and server: %s%s", links_error(rc),
            beside ? "; has this host a route to the phones' subnet already?" : "");
    return rc < 0 ? -EIO : 0;
}

int line_plain(int hq_ns, bool beside, struct nl_sock *site)
{
    const struct link_pair plain = {.name = LINE_DEVICE,
                                    .peer_name = line_far_end(beside),
                                    .index = WAN_INDEX,
                                    .peer_index = beside ? 0 : WAN_INDEX + 1,
                                    .peer_ns = hq_ns};
    int rc = link_veth(site, &plain);
    if (rc < 0)
        say("cannot create the link between site and server: %s%s", links_error(rc),
            beside ? "; is there another run with an external server, which has fleet0?" : "");
    return rc < 0 ? -EIO : 0;
}
