/* uplink.h - the site as a part of a real network.
 *
 *   ... --- p1 --- br0 --- uplink0 ==== eth1       a macvlan over an interface of the launcher's
 *              the site |             launcher     namespace, which it has to itself, or a VLAN
 *                                                  device over it
 *   ... --- p1 --- br0 --- uplink0 ---- fleetN --- br-lab    a veth into a bridge of that
 *
 * All of it is made in place in the site's namespace, and goes with that at the latest;
 * world_free() does not wait for the kernel to get there. The interface is then as it was: MAC
 * address, flags, MTU, and who listens to it; a bridge is so all the while. As long as the fleet
 * has it, nobody else hears anything from there but broadcasts: the launcher's namespace has no
 * use of addresses that it has there.
 *
 * The bridge is no part of the network's spanning tree and asks for no groups. What may leave, and
 * how often, says the gate (host/gate.h) at uplink0. ARP for phones is answered by the bridge, in
 * the site and from outside (world.c), so that phones that look for each other are not heard.
 */
#ifndef UPLINK_H
#define UPLINK_H

#include "netns/plan/plan.h"

struct nl_sock;
/* Joins the site's bridge, in site_ns with its socket, to what the fleet file names in host_ns: 0
 * or a negative errno after a message. */
int uplink_join(const struct plan *plan, int host_ns, int site_ns, struct nl_sock *site,
                int bridge);
/* Undoes that, whatever of it is there. */
void uplink_leave(struct nl_sock *site);

#endif
