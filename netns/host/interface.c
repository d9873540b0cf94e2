/* interface.c - see interface.h: by netlink; what that does not tell, by ethtool and sysfs. */
#include "netns/host/interface.h"
#include "netns/host/links-private.h"
#include "netns/host/links.h"
#include "netns/text/units.h"

#include <linux/ethtool.h>
#include <linux/if_arp.h>
#include <linux/sockios.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define MANY 256

/* ---- one link ----------------------------------------------------------------------- */

static void take_name(char *out, size_t size, const char *name)
{
    snprintf(out, size, "%s", name ? name : "");
}

static void look_master(struct nl_sock *sock, struct rtnl_link *link, struct interface *i)
{
    struct rtnl_link *master CLEANUP(link_put) = NULL;
    int index = rtnl_link_get_master(link);
    if (index == 0 || rtnl_link_get_kernel(sock, index, NULL, &master) < 0)
        return;
    take_name(i->master, sizeof i->master, rtnl_link_get_name(master));
    take_name(i->master_kind, sizeof i->master_kind, rtnl_link_get_type(master));
}

static void look_link(struct nl_sock *sock, struct rtnl_link *link, struct interface *i)
{
    unsigned flags = rtnl_link_get_flags(link);
    take_name(i->name, sizeof i->name, rtnl_link_get_name(link));
    take_name(i->kind, sizeof i->kind, rtnl_link_get_type(link));
    i->index = rtnl_link_get_ifindex(link);
    i->ethernet = rtnl_link_get_arptype(link) == ARPHRD_ETHER;
    i->loopback = flags & IFF_LOOPBACK;
    i->up = flags & IFF_UP;
    i->carrier = flags & IFF_LOWER_UP;
    look_master(sock, link, i);
}

/* ---- what points to it -------------------------------------------------------------- */

static void look_routes(struct nl_sock *sock, struct interface *i)
{
    struct nl_cache *routes CLEANUP(cache_put) = NULL;
    if (rtnl_route_alloc_cache(sock, AF_UNSPEC, 0, &routes) < 0)
        return;
    for (struct nl_object *o = nl_cache_get_first(routes); o; o = nl_cache_get_next(o)) {
        struct rtnl_route *r = (struct rtnl_route *)o;
        bool here = rtnl_route_get_table(r) == RT_TABLE_MAIN &&
                    rtnl_route_get_type(r) == RTN_UNICAST &&
                    nl_addr_get_prefixlen(rtnl_route_get_dst(r)) == 0;
        for (int n = 0; here && n < rtnl_route_get_nnexthops(r); n++)
            i->default_route |=
                rtnl_route_nh_get_ifindex(rtnl_route_nexthop_n(r, n)) == i->index;
    }
}

static void look_addresses(struct nl_sock *sock, struct interface *i)
{
    struct nl_cache *all CLEANUP(cache_put) = NULL;
    if (rtnl_addr_alloc_cache(sock, &all) < 0)
        return;
    for (struct nl_object *o = nl_cache_get_first(all); o; o = nl_cache_get_next(o)) {
        struct rtnl_addr *a = (struct rtnl_addr *)o;
        struct nl_addr *local = rtnl_addr_get_local(a);
        if (rtnl_addr_get_ifindex(a) == i->index && local && nl_addr_get_family(local) == AF_INET)
            inet_ntop(AF_INET, nl_addr_get_binary_addr(local), i->address, sizeof i->address);
    }
}

/* ---- what netlink does not tell ----------------------------------------------------- */

static void look_driver(struct interface *i)
{
    struct ethtool_drvinfo info = {.cmd = ETHTOOL_GDRVINFO};
    struct ifreq request = {.ifr_data = (char *)&info};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    memcpy(request.ifr_name, i->name, sizeof i->name);
    if (fd >= 0 && ioctl(fd, SIOCETHTOOL, &request) == 0)
        snprintf(i->driver, sizeof i->driver, "%.31s", info.driver);
    if (fd >= 0)
        close(fd);
}

static bool sys_number(const char *name, const char *what, long *value)
{
    char path[128];
    snprintf(path, sizeof path, "/sys/class/net/%s/%s", name, what);
    FILE *in = fopen(path, "re");
    bool good = in && fscanf(in, "%ld", value) == 1;
    if (in)
        fclose(in);
    return good;
}

/* Sysfs may be that of another namespace, where the name is another link's. */
static void look_sys(struct interface *i)
{
    char path[128];
    long index = 0, on = 0;
    if (!sys_number(i->name, "ifindex", &index) || index != i->index)
        return;
    i->spans = sys_number(i->name, "bridge/stp_state", &on) && on != 0;
    snprintf(path, sizeof path, "/sys/class/net/%s/phy80211", i->name);
    i->wireless = access(path, F_OK) == 0;
}

int interface_look(const char *name, struct interface *out)
{
    struct nl_sock *sock = links_open();
    struct rtnl_link *link CLEANUP(link_put) = NULL;
    int rc = sock ? rtnl_link_get_kernel(sock, 0, name, &link) : -NLE_NOMEM;
    *out = (struct interface){0};
    if (rc == 0) {
        look_link(sock, link, out);
        look_routes(sock, out);
        look_addresses(sock, out);
        look_driver(out);
        look_sys(out);
    }
    links_close(sock);
    return rc < 0 ? -1 : 0;
}

/* ---- all of them -------------------------------------------------------------------- */

const char *interface_names(const char *name, char near[INTERFACE_NAME], char *out, size_t size)
{
    struct nl_sock *sock = links_open();
    struct nl_cache *all CLEANUP(cache_put) = NULL;
    const char *names[MANY];
    size_t count = 0, len = 0;
    out[0] = near[0] = '\0';
    if (!sock || rtnl_link_alloc_cache(sock, AF_UNSPEC, &all) < 0) {
        links_close(sock);
        return out;
    }
    for (struct nl_object *o = nl_cache_get_first(all); o; o = nl_cache_get_next(o)) {
        struct rtnl_link *link = (struct rtnl_link *)o;
        if (rtnl_link_get_flags(link) & IFF_LOOPBACK || count == MANY)
            continue;
        names[count++] = rtnl_link_get_name(link);
        if (len < size)
            len += (size_t)snprintf(out + len, size - len, "%s%s", len ? ", " : "",
                                    names[count - 1]);
    }
    take_name(near, INTERFACE_NAME, units_nearest(name, names, sizeof *names, count));
    links_close(sock);
    return out;
}
