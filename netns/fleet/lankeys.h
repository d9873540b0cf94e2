/* lankeys.h - `lan:` of the fleet file: the site's own subnets (subnet.h), or a real network that
 * the site is a part of.
 *
 *   lan: {uplink: eth1}                  by an interface of this machine, taken whole
 *   lan: {uplink: eth1, vlan: 77}        likewise, its frames tagged
 *   lan: {bridge: br-lab}                by a port of a bridge of this machine
 *
 * With an uplink whatever phones need is the network's: addresses, which they ask for by DHCP,
 * router, TFTP server. Ours stand aside unless the file names them: `tftp: {engine: dnsmasq}`
 * brings router and server, with the WAN between them; `addresses: static` or
 * `dhcp: {engine: own}` the addresses. Time is real.
 */
#ifndef LANKEYS_H
#define LANKEYS_H

#include "netns/fleet/fleet.h"

#define UPLINK_PACE 10 /* ARP frames, and DHCP packets, a second: a port may be shut above 15 */

/* What a switch port may hold against a fleet, and the word by which the user says that it is seen
 * to. */
#define PERMITS(X)                                                                                 \
    X(MACS, "macs")       /* port security counts them */                                          \
    X(ARP, "arp")         /* ARP inspection */                                                     \
    X(DHCP, "dhcp")       /* DHCP snooping */                                                      \
    X(BPDU, "bpdu")       /* BPDU guard, where a bridge with a spanning tree is joined */          \
    X(FOREIGN, "foreign") /* hypervisors, clouds and access points: frames of MACs not theirs */
enum permit {
#define X(id, word) PERMIT_##id,
    PERMITS(X)
#undef X
        PERMIT_COUNT
};
extern const char *const permit_words[PERMIT_COUNT];

extern const struct schema_key lan_keys[];

/* Fills in what an uplink means for keys that the file does not say. To be called before anything
 * that looks at other keys. */
void lan_settle(struct fleet *fleet);
/* Combinations that the keys cannot express: says and counts mistakes. */
unsigned lan_check(const struct fleet *fleet);

/* The interface or bridge by which the site is part of a real network; NULL: it is an island. */
const char *lan_uplink(const struct fleet *fleet);
/* Whether a router of ours is in the site, and a line to a server behind it. */
bool lan_is_routed(const struct fleet *fleet);

#endif
