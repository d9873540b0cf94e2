/* world-private.h - the inside of world.c (site and headquarters) and dock.c (phones).
 *
 * Chosen by us, never asked back from the kernel: interface numbers and addresses. IPv6 is kept
 * silent (no phone speaks it).
 *
 * Invariant: every function leaves the calling process in the namespace that it came from.
 */
#ifndef WORLD_PRIVATE_H
#define WORLD_PRIVATE_H

#include "netns/host/links.h"
#include "netns/world/world.h"

/* Interface numbers. A veth's two ends must not have the same: the kernel would take its carrier
 * for no urgent news, and leave the link dead for up to a second. */
#define LO_INDEX   1 /* in every namespace */
#define BR_INDEX   200  /* of the first bridge */
#define ETH_INDEX  101  /* of eth0 in a phone */
#define PORT_INDEX 1000 /* of the first phone's port: above what a kernel creates by itself */

struct links {
    struct nl_sock *site, *hq;
};

/* A gateway's MAC by the plan's rule for phones: 02:76 and the address. */
void world_gateway_mac(const struct plan_subnet *subnet, uint8_t mac[6]);
int world_bridge_index(size_t subnet);
/* Makes a namespace with lo up and stays in it: its descriptor, and *sock inside. */
int world_place(struct nl_sock **sock);
/* How a fleet's links ask for neighbours. */
const struct link_asking *world_asking(const struct fleet *fleet);
/* Where phones talk to somebody beyond their LAN by TCP: in this namespace, no probe for a tail
 * that may be lost (RFC 8985). It comes some milliseconds after the last segment, which a clock
 * that stands makes of any round trip. */
void world_probe_nothing(const struct plan *plan);
/* Says so where it cannot be set. */
void world_sysctl(const char *path, const char *value);

#endif
