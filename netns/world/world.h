/* world.h - the namespaces, links and servers around the phones.
 *
 *      [ phone 1 ]   [ phone 2 ]  ...  [ phone N ]     one anonymous network namespace each
 *        eth0          eth0              eth0
 *          |             |                 |
 *   +------p1------------p2-----  ...  ----pN------+
 *   |  br0   10.106.0.1/16 (subnet's first)  site  |    the site: a bridge for each subnet (br0,
 *   |                                              |    br1, ...), and the router between them
 *   |  wan0  172.31.255.1/30                       |
 *   +----|-----------------------------------------+
 *        |  TAP = relay = TAP   (or a plain veth: no WAN set)
 *   +----|-----------------------------------------+
 *   |  wan0  172.31.255.2/30     dnsmasq (TFTP) hq  |
 *   |        172.31.255.10       call manager      |
 *   +----------------------------------------------+
 *
 * Everything hangs on descriptors of the process that made it, and on processes inside its own
 * PID namespace: when it dies, however it dies, the kernel takes all of it away.
 *
 * With an external server there is no hq of our own: the line ends in the namespace that the
 * launcher was started in, the host's, as fleet0, with a route to the phones; the site's default
 * route leads there. Nothing else of the host is touched, and both vanish with the run.
 *
 * As part of a real network (uplink.h) the site has neither router nor line, unless the fleet has a
 * server of its own all the same; there is no hq then, and hq_ns is -1.
 */
#ifndef WORLD_H
#define WORLD_H

#include "netns/plan/plan.h"

struct world {
    const struct plan *plan;
    int site_ns, hq_ns;  /* descriptors of the two namespaces, close-on-exec */
    bool beside;         /* hq is the host's */
    bool plain_frames;   /* see world_plain_frames() */
    int *phone_ns;       /* plan->count of them */
    struct net_address *address; /* the same: what each phone's interface has; ip 0: none */
    struct links *links; /* private: netlink sockets */
};

/* Makes site and hq with bridges, addresses, routes and forwarding; and, without a WAN, the veth
 * between them (with one: two TAPs named wan0, see wan.h). host_ns: the namespace that the launcher
 * was started in, for an external server or an uplink; it stays the caller's. The caller's own is
 * otherwise no part of it, and the caller is in it again afterwards. At most 1,000 phones. The plan
 * has to outlive the world. NULL after a message. */
struct world *world_make(const struct plan *plan, int host_ns);
/* From now on what phones and server send looks in a capture as it does on a wire: checksums are
 * filled in and no frame is longer than the MTU, since the links' offloads are off. Else the kernel
 * spares itself both where a frame never leaves the machine. To be asked for before the first
 * phone. 0 or a negative errno after a message. */
int world_plain_frames(struct world *w);
/* The site's interface on the way to the server: its end of the line, or the uplink. */
const char *world_way(const struct world *w);
/* The names of the site's bridges, by spaces. */
#define WORLD_BRIDGES 512 /* characters at most */
void world_bridges(const struct plan *plan, char out[WORLD_BRIDGES]);
/* Makes phone i's namespace, its link to its bridge, its address and default route, in place; of
 * one that asks for its address, no more than the link. 0 or a negative errno after a message. */
int world_add_phone(struct world *w, size_t i);
/* Phone i has that address and router from now on, and no other; ip 0: none. 0 or a negative errno
 * after a message: then nobody reaches it. */
int world_address(struct world *w, size_t i, const struct net_address *to);
/* Blocks until every bridge port forwards and the WAN is in service; 0, or -ETIMEDOUT after
 * timeout_ms. */
int world_wait_forwarding(struct world *w, unsigned timeout_ms);
/* Takes the bridge's port of phone i down, or up again: the phone sees its carrier go and come.
 * 0 or a negative errno after a message. */
int world_plug(struct world *w, size_t i, bool in);
/* Limits all that phone i sends, in real bits a second; 0: no limit. 0 or a negative errno after
 * a message (a kernel without sch_tbf). */
int world_limit(struct world *w, size_t i, uint64_t rate_bps);
/* The way to the server: bytes from (down) and to (up) the server's side, kernel counters. */
int world_wan_bytes(struct world *w, uint64_t *down, uint64_t *up);
/* For wan.c, once both TAPs exist: gives the two wan0 their addresses, and hq its route. */
int world_wan_up(struct world *w);
/* Removes what links the launcher's namespace to the site, which is at once as it was; and closes
 * every descriptor: the kernel removes the other links with the namespaces, in its own time. */
void world_free(struct world *w);

#endif
