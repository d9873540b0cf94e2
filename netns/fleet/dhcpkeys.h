/* dhcpkeys.h - `addresses:` and `dhcp:` of the fleet file: who has his address by DHCP, and from
 * whom.
 *
 *   addresses: dhcp                        of the fleet, a subnet, a group: the nearest decides
 *   dhcp: {engine: own, at: site, lease: 8h, tftp: [150], pool: 20}
 */
#ifndef DHCPKEYS_H
#define DHCPKEYS_H

#include "netns/fleet/fleet.h"

#define DHCP_LEASE_LEAST 120 /* s: dnsmasq makes this of anything shorter */
#define DHCP_DEFAULTS    {.lease_s = 8 * 3600}

extern const struct schema_key dhcp_keys[];

/* Fills in what a real network means where the file is silent: phones ask there, of a server that
 * is not ours; and no more of them boot in a second than may ask in it. After lan_settle(). */
void dhcp_settle(struct fleet *fleet);
/* Combinations that the keys cannot express: says and counts mistakes. */
unsigned dhcp_check(const struct fleet *fleet);

/* Whether a group's phones ask for their addresses; whether anybody does. */
bool dhcp_asked_by(const struct fleet *fleet, const struct fleet_group *group);
bool dhcp_asked(const struct fleet *fleet);
bool dhcp_asked_by_all(const struct fleet *fleet);
/* Whether somebody asks, and a server of ours answers. */
bool dhcp_is_ours(const struct fleet *fleet);
/* By what our own server names the TFTP server: bits 1 << enum tftp_source, or 0. */
unsigned dhcp_named_by(const struct fleet *fleet);

#endif
