/* subnet.h - the subnets of the site: as the file says them, and the addresses in them.
 *
 *   lan: {subnet: 10.106.0.0/16}                  one, with or without this line
 *   lan: {subnets: {floor1: 10.106.0.0/24, ...}}  several; a group of phones names its own, or is
 *                                                 in the first
 *
 * The gateway is a subnet's first address; phones follow from its 16th (10th in a subnet of fewer
 * than 64 addresses) on.
 */
#ifndef SUBNET_H
#define SUBNET_H

#include "netns/plan.h"
#include "netns/schema.h"

#define SUBNETS_MAX 64

#define SUBNET_TAKES "a network from /8 to /28 without host bits, such as 10.106.0.0/16"
#define SUBNET_PATTERN "^([0-9]{1,3}[.]){3}[0-9]{1,3}/(8|9|1[0-9]|2[0-8])$"
/* Into a struct fleet_subnet, of which the field is the member net. */
bool set_subnet(const char *text, const struct schema_key *key, void *field);
extern const struct schema_elements subnet_elements;

/* Mistakes of the file, said at their places: how many. */
unsigned subnet_check_all(const struct fleet *fleet);

/* Whether an address, in network order, is of any of them. */
bool subnet_has(const struct fleet *fleet, uint32_t ip);

/* What a plan knows of the fleet's subnets, *count of them, the first one's name where it has none
 * being its network; the caller frees. NULL: there are phones for which there is no room, as found
 * says then. */
struct plan_subnet *subnet_plan(const struct fleet *fleet, size_t *count, struct findings *found);
/* The place in that array of the subnet that a group of phones is in. */
unsigned subnet_of(const struct fleet *fleet, const struct fleet_group *group);
/* The address of a subnet's phone, counted from 0; network order. */
uint32_t subnet_address(const struct plan_subnet *subnet, size_t phone);

#endif
