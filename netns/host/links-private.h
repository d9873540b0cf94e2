/* links-private.h - libnl, for who asks the kernel about links: links.c, interface.c, gate.c. */
#ifndef LINKS_PRIVATE_H
#define LINKS_PRIVATE_H

#include <arpa/inet.h> /* before the kernel's own words for the same */
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/bridge.h>
#include <netlink/route/link/inet6.h>
#include <netlink/route/link/veth.h>
#include <netlink/route/neightbl.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/route.h>
#include <string.h>

#define CLEANUP(f) __attribute__((cleanup(f)))

static inline void link_put(struct rtnl_link **p)
{
    rtnl_link_put(*p);
}

static inline void cache_put(struct nl_cache **p)
{
    nl_cache_free(*p);
}

#endif
