/* lan.h - the subnets of a plan, and the addresses of its phones in them.
 *
 * The gateway is a subnet's first address; phones follow from its 16th (10th in a subnet of fewer
 * than 64 addresses) on; or both as the file has it.
 */
#ifndef LAN_H
#define LAN_H

#include "netns/plan/plan.h"

/* What a plan knows of the fleet's subnets, *count of them, the first one's name where it has none
 * being its network; the caller frees. NULL: there are phones for which there is no room, as found
 * says then. */
struct plan_subnet *lan_plan(const struct fleet *fleet, size_t *count, struct findings *found);
/* The address of a subnet's phone, counted from 0; network order. */
uint32_t lan_address(const struct plan_subnet *subnet, size_t phone);

#endif
