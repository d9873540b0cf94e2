/* links.c - see links.h. libnl does the encoding; where it has no words for an attribute, the
 * attribute is written out.
 */
#include "netns/host/links.h"
#include "netns/host/links-private.h"

#include <linux/if_bridge.h>
#include <stdbool.h>

#define BURST_LEAST 4096                 /* bytes: above any frame */
#define LIMIT_QUEUE (256 * 1024)         /* bytes that wait for a limited link */
#define RATE_MOST   UINT64_C(12500000000) /* bytes a second: no link is faster */
#define LEAST_RTO   1000                 /* ms [RFC 6298, 2.4] */

#define LLDP_GROUP  (1 << 0x0e)          /* the last byte of 01:80:c2:00:00:0e */

static void addr_put(struct nl_addr **p)
{
    nl_addr_put(*p);
}

struct nl_sock *links_open(void)
{
    struct nl_sock *sock = nl_socket_alloc();
    if (sock && nl_connect(sock, NETLINK_ROUTE) < 0) {
        nl_socket_free(sock);
        return NULL;
    }
    return sock;
}

void links_close(struct nl_sock *sock)
{
    nl_socket_free(sock);
}

const char *links_error(int code)
{
    return nl_geterror(code);
}

int link_bridge(struct nl_sock *sock, const char *name, int index, const uint8_t mac[6])
{
    struct ifinfomsg header = {.ifi_index = index};
    struct nl_msg *msg = nlmsg_alloc_simple(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    nlmsg_append(msg, &header, sizeof header, NLMSG_ALIGNTO);
    nla_put_string(msg, IFLA_IFNAME, name);
    nla_put(msg, IFLA_ADDRESS, 6, mac);
    struct nlattr *info = nla_nest_start(msg, IFLA_LINKINFO);
    nla_put_string(msg, IFLA_INFO_KIND, "bridge");
    struct nlattr *data = nla_nest_start(msg, IFLA_INFO_DATA);
    nla_put_u32(msg, IFLA_BR_STP_STATE, 0);
    nla_put_u32(msg, IFLA_BR_FORWARD_DELAY, 0);
    nla_put_u8(msg, IFLA_BR_MCAST_SNOOPING, 0);
    nla_nest_end(msg, data);
    nla_nest_end(msg, info);
    return nl_send_sync(sock, msg); /* frees msg */
}

int link_bridge_passes_lldp(struct nl_sock *sock, int index)
{
    struct ifinfomsg header = {.ifi_index = index};
    struct nl_msg *msg = nlmsg_alloc_simple(RTM_NEWLINK, 0);
    nlmsg_append(msg, &header, sizeof header, NLMSG_ALIGNTO);
    struct nlattr *info = nla_nest_start(msg, IFLA_LINKINFO);
    nla_put_string(msg, IFLA_INFO_KIND, "bridge");
    struct nlattr *data = nla_nest_start(msg, IFLA_INFO_DATA);
    nla_put_u16(msg, IFLA_BR_GROUP_FWD_MASK, LLDP_GROUP);
    nla_nest_end(msg, data);
    nla_nest_end(msg, info);
    return nl_send_sync(sock, msg); /* frees msg */
}

static void mac_set(struct rtnl_link *link, const uint8_t mac[6])
{
    struct nl_addr *a CLEANUP(addr_put) = nl_addr_build(AF_LLC, mac, 6);
    rtnl_link_set_addr(link, a);
}

int link_veth(struct nl_sock *sock, const struct link_pair *pair)
{
    struct rtnl_link *near CLEANUP(link_put) = rtnl_link_veth_alloc();
    struct rtnl_link *peer CLEANUP(link_put) = rtnl_link_veth_get_peer(near);
    rtnl_link_set_name(near, pair->name);
    rtnl_link_set_name(peer, pair->peer_name);
    rtnl_link_set_ns_fd(peer, pair->peer_ns);
    rtnl_link_set_ifindex(near, pair->index);
    if (pair->peer_index)
        rtnl_link_set_ifindex(peer, pair->peer_index);
    if (pair->master) {
        rtnl_link_set_master(near, pair->master);
        rtnl_link_set_flags(near, IFF_UP); /* the same on the peer fails with ENOTCONN */
    }
    if (pair->peer_mac)
        mac_set(peer, pair->peer_mac);
    return rtnl_link_add(sock, near, NLM_F_CREATE | NLM_F_EXCL);
}

/* By hand: libnl would have the lower link in the namespace of the upper. */
int link_over(struct nl_sock *sock, const struct link_over *over)
{
    struct ifinfomsg header = {.ifi_index = over->index};
    struct nl_msg *msg = nlmsg_alloc_simple(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    nlmsg_append(msg, &header, sizeof header, NLMSG_ALIGNTO);
    nla_put_string(msg, IFLA_IFNAME, over->name);
    nla_put_u32(msg, IFLA_LINK, (uint32_t)over->lower);
    nla_put_u32(msg, IFLA_NET_NS_FD, (uint32_t)over->ns);
    struct nlattr *info = nla_nest_start(msg, IFLA_LINKINFO);
    nla_put_string(msg, IFLA_INFO_KIND, over->vlan ? "vlan" : "macvlan");
    struct nlattr *data = nla_nest_start(msg, IFLA_INFO_DATA);
    if (over->vlan)
        nla_put_u16(msg, IFLA_VLAN_ID, (uint16_t)over->vlan);
    else
        nla_put_u32(msg, IFLA_MACVLAN_MODE, MACVLAN_MODE_PASSTHRU);
    nla_nest_end(msg, data);
    nla_nest_end(msg, info);
    return nl_send_sync(sock, msg); /* frees msg */
}

int link_join(struct nl_sock *sock, int index, int bridge)
{
    struct rtnl_link *change CLEANUP(link_put) = rtnl_link_alloc();
    rtnl_link_set_ifindex(change, index);
    rtnl_link_set_master(change, bridge);
    return rtnl_link_change(sock, change, change, 0);
}

int link_port_answers_arp(struct nl_sock *sock, int index)
{
    struct ifinfomsg header = {.ifi_family = AF_BRIDGE, .ifi_index = index};
    struct nl_msg *msg = nlmsg_alloc_simple(RTM_SETLINK, 0);
    nlmsg_append(msg, &header, sizeof header, NLMSG_ALIGNTO);
    struct nlattr *port = nla_nest_start(msg, IFLA_PROTINFO | NLA_F_NESTED);
    nla_put_u8(msg, IFLA_BRPORT_PROXYARP_WIFI, 1);
    nla_nest_end(msg, port);
    return nl_send_sync(sock, msg); /* frees msg */
}

int link_remove(struct nl_sock *sock, const char *name)
{
    struct rtnl_link *link CLEANUP(link_put) = rtnl_link_alloc();
    rtnl_link_set_name(link, name);
    return rtnl_link_delete(sock, link);
}

int link_up(struct nl_sock *sock, int index)
{
    struct rtnl_link *change CLEANUP(link_put) = rtnl_link_alloc();
    rtnl_link_set_ifindex(change, index);
    rtnl_link_set_flags(change, IFF_UP);
    return rtnl_link_change(sock, change, change, 0);
}

int link_down(struct nl_sock *sock, int index)
{
    struct rtnl_link *change CLEANUP(link_put) = rtnl_link_alloc();
    rtnl_link_set_ifindex(change, index);
    rtnl_link_unset_flags(change, IFF_UP);
    return rtnl_link_change(sock, change, change, 0);
}

static void tbf_put(struct nl_msg *msg, uint64_t rate)
{
    uint32_t burst = rate / 100 > BURST_LEAST ? (uint32_t)(rate / 100) : BURST_LEAST;
    struct tc_tbf_qopt options = {
        .rate = {.rate = rate < UINT32_MAX ? (uint32_t)rate : UINT32_MAX,
                 .linklayer = TC_LINKLAYER_ETHERNET},
        .limit = LIMIT_QUEUE};
    nla_put_string(msg, TCA_KIND, "tbf");
    struct nlattr *data = nla_nest_start(msg, TCA_OPTIONS);
    nla_put(msg, TCA_TBF_PARMS, sizeof options, &options);
    nla_put_u64(msg, TCA_TBF_RATE64, rate);
    nla_put_u32(msg, TCA_TBF_BURST, burst);
    nla_nest_end(msg, data);
}

/* By hand: libnl knows the token bucket only with tables and 31 bits of rate. */
int link_limit(struct nl_sock *sock, int index, uint64_t bytes_per_s)
{
    struct tcmsg header = {.tcm_family = AF_UNSPEC, .tcm_ifindex = index, .tcm_parent = TC_H_ROOT};
    bool none = bytes_per_s == 0 || bytes_per_s > RATE_MOST;
    struct nl_msg *msg = nlmsg_alloc_simple(none ? RTM_DELQDISC : RTM_NEWQDISC,
                                            none ? 0 : NLM_F_CREATE | NLM_F_REPLACE);
    nlmsg_append(msg, &header, sizeof header, NLMSG_ALIGNTO);
    if (!none)
        tbf_put(msg, bytes_per_s);
    int rc = nl_send_sync(sock, msg); /* frees msg */
    return none && rc == -NLE_OBJ_NOTFOUND ? 0 : rc; /* there was no limit */
}

int link_quiet(struct nl_sock *sock, int index)
{
    struct rtnl_link *change CLEANUP(link_put) = rtnl_link_alloc();
    rtnl_link_set_ifindex(change, index);
    int rc = rtnl_link_inet6_set_addr_gen_mode(change, IN6_ADDR_GEN_MODE_NONE);
    if (rc == 0)
        rc = rtnl_link_change(sock, change, change, 0);
    /* A kernel without IPv6 has nothing to be silenced. */
    return rc == -NLE_OPNOTSUPP || rc == -NLE_AF_NOSUPPORT ? 0 : rc;
}

static struct nl_addr *ip_addr(uint32_t ip, unsigned prefix)
{
    struct nl_addr *a = nl_addr_build(AF_INET, &ip, sizeof ip);
    nl_addr_set_prefixlen(a, (int)prefix);
    return a;
}

int link_address(struct nl_sock *sock, int index, uint32_t ip, unsigned prefix)
{
    struct nl_addr *local CLEANUP(addr_put) = ip_addr(ip, prefix);
    uint32_t all = ip | htonl((uint32_t)(0xffffffffull >> prefix));
    struct nl_addr *broadcast CLEANUP(addr_put) = ip_addr(all, 32);
    struct rtnl_addr *a = rtnl_addr_alloc();
    rtnl_addr_set_ifindex(a, index);
    rtnl_addr_set_local(a, local);
    rtnl_addr_set_broadcast(a, broadcast);
    int rc = rtnl_addr_add(sock, a, 0);
    rtnl_addr_put(a);
    return rc;
}

int link_address_remove(struct nl_sock *sock, int index, uint32_t ip, unsigned prefix)
{
    struct nl_addr *local CLEANUP(addr_put) = ip_addr(ip, prefix);
    struct rtnl_addr *a = rtnl_addr_alloc();
    rtnl_addr_set_ifindex(a, index);
    rtnl_addr_set_local(a, local);
    int rc = rtnl_addr_delete(sock, a, 0);
    rtnl_addr_put(a);
    return rc;
}

/* least_rto_ms 0: the kernel's own. */
static int add_route(struct nl_sock *sock, uint32_t network, unsigned prefix, uint32_t gateway,
                     unsigned least_rto_ms)
{
    struct nl_addr *to CLEANUP(addr_put) = ip_addr(network, prefix);
    struct nl_addr *via CLEANUP(addr_put) = ip_addr(gateway, 32);
    struct rtnl_route *route = rtnl_route_alloc();
    struct rtnl_nexthop *hop = rtnl_route_nh_alloc();
    rtnl_route_nh_set_gateway(hop, via);
    rtnl_route_add_nexthop(route, hop);
    rtnl_route_set_dst(route, to);
    rtnl_route_set_scope(route, RT_SCOPE_UNIVERSE);
    rtnl_route_set_metric(route, RTAX_QUICKACK, 1);
    if (least_rto_ms)
        rtnl_route_set_metric(route, RTAX_RTO_MIN, least_rto_ms);
    int rc = rtnl_route_add(sock, route, NLM_F_EXCL);
    rtnl_route_put(route);
    return rc;
}

int link_default_route(struct nl_sock *sock, uint32_t gateway)
{
    return add_route(sock, 0, 0, gateway, LEAST_RTO);
}

int link_route(struct nl_sock *sock, uint32_t network, unsigned prefix, uint32_t gateway)
{
    return add_route(sock, network, prefix, gateway, 0);
}

int link_neighbour(struct nl_sock *sock, int index, uint32_t ip, const uint8_t mac[6])
{
    struct nl_addr *dst CLEANUP(addr_put) = ip_addr(ip, 32);
    struct nl_addr *lladdr CLEANUP(addr_put) = nl_addr_build(AF_LLC, mac, 6);
    struct rtnl_neigh *n = rtnl_neigh_alloc();
    rtnl_neigh_set_ifindex(n, index);
    rtnl_neigh_set_dst(n, dst);
    rtnl_neigh_set_lladdr(n, lladdr);
    rtnl_neigh_set_state(n, NUD_PERMANENT);
    int rc = rtnl_neigh_add(sock, n, NLM_F_CREATE | NLM_F_REPLACE);
    rtnl_neigh_put(n);
    return rc;
}

int link_neighbour_remove(struct nl_sock *sock, int index, uint32_t ip)
{
    struct nl_addr *dst CLEANUP(addr_put) = ip_addr(ip, 32);
    struct rtnl_neigh *n = rtnl_neigh_alloc();
    rtnl_neigh_set_ifindex(n, index);
    rtnl_neigh_set_dst(n, dst);
    int rc = rtnl_neigh_delete(sock, n, 0);
    rtnl_neigh_put(n);
    return rc == -NLE_OBJ_NOTFOUND ? 0 : rc;
}

int link_asks_once(struct nl_sock *sock, int index, const struct link_asking *how)
{
    struct rtnl_neightbl *table = rtnl_neightbl_alloc();
    rtnl_neightbl_set_family(table, AF_INET);
    rtnl_neightbl_set_name(table, "arp_cache");
    rtnl_neightbl_set_dev(table, index);
    rtnl_neightbl_set_mcast_probes(table, 1);
    rtnl_neightbl_set_ucast_probes(table, 1);
    rtnl_neightbl_set_retrans_time(table, how->wait_ms);
    if (how->known_ms)
        rtnl_neightbl_set_base_reachable_time(table, how->known_ms);
    int rc = rtnl_neightbl_change(sock, table, table);
    rtnl_neightbl_put(table);
    return rc;
}

int link_find(struct nl_sock *sock, const char *name, uint8_t mac[6])
{
    struct rtnl_link *link CLEANUP(link_put) = NULL;
    int rc = rtnl_link_get_kernel(sock, 0, name, &link);
    if (rc < 0)
        return rc;
    memcpy(mac, nl_addr_get_binary_addr(rtnl_link_get_addr(link)), 6);
    return rtnl_link_get_ifindex(link);
}

int link_peer(struct nl_sock *sock, const char *name)
{
    struct rtnl_link *link CLEANUP(link_put) = NULL;
    int rc = rtnl_link_get_kernel(sock, 0, name, &link);
    return rc < 0 ? rc : rtnl_link_get_link(link);
}

int link_bytes(struct nl_sock *sock, const char *name, uint64_t *received, uint64_t *sent)
{
    struct rtnl_link *link CLEANUP(link_put) = NULL;
    int rc = rtnl_link_get_kernel(sock, 0, name, &link);
    if (rc < 0)
        return rc;
    *received = rtnl_link_get_stat(link, RTNL_LINK_RX_BYTES);
    *sent = rtnl_link_get_stat(link, RTNL_LINK_TX_BYTES);
    return 0;
}

/* A TAP's state is not always known. */
static bool in_service(struct rtnl_link *link)
{
    uint8_t state = rtnl_link_get_operstate(link);
    return state == IF_OPER_UP || state == IF_OPER_UNKNOWN;
}

int link_waiting(struct nl_sock *sock, const char *name)
{
    struct rtnl_link *link CLEANUP(link_put) = NULL;
    int rc = rtnl_link_get_kernel(sock, 0, name, &link);
    return rc < 0 ? rc : !in_service(link);
}

int link_ports_waiting(struct nl_sock *sock)
{
    struct nl_cache *cache CLEANUP(cache_put) = NULL;
    int rc = rtnl_link_alloc_cache(sock, AF_BRIDGE, &cache);
    if (rc < 0)
        return rc;
    int waiting = 0;
    for (struct nl_object *o = nl_cache_get_first(cache); o; o = nl_cache_get_next(o)) {
        struct rtnl_link *port = (struct rtnl_link *)o;
        /* The bridge itself is in the list too, as its own master. */
        if (rtnl_link_get_master(port) != rtnl_link_get_ifindex(port))
            waiting += rtnl_link_bridge_get_port_state(port) != BR_STATE_FORWARDING ||
                       !in_service(port);
    }
    return waiting;
}
