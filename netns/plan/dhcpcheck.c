/* dhcpcheck.c - see dhcpcheck.h. */
#include "netns/plan/dhcpcheck.h"
#include "netns/fleet/dhcpkeys.h"

#include <stdio.h>

#define NAMED 3 /* of those who get no address */

/* The most phones of a subnet that ask. */
static size_t most_asking(const struct plan *plan)
{
    size_t most = 0;
    for (unsigned s = 0; s < plan->subnet_count; s++) {
        size_t asking = 0;
        for (size_t i = 0; i < plan->count; i++)
            asking += plan->phones[i].subnet == s && plan->phones[i].dhcp;
        most = asking > most ? asking : most;
    }
    return most;
}

/* "SEP..., SEP... and 4 more" of a subnet who ask in vain; how many. */
static size_t in_vain(const struct plan *plan, unsigned subnet, char out[96])
{
    size_t count = 0, len = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_phone *p = &plan->phones[i];
        if (p->subnet != subnet || !p->dhcp || p->ip)
            continue;
        if (count++ < NAMED)
            len += (size_t)snprintf(out + len, 96 - len, "%s%s", len ? ", " : "", p->name);
    }
    if (count > NAMED)
        snprintf(out + len, 96 - len, " and %zu more", count - NAMED);
    return count;
}

static void check_pool(const struct plan *plan, struct findings *found)
{
    char right[24], names[96];
    snprintf(right, sizeof right, "%zu", most_asking(plan));
    const struct finding_words words = {.right = right};
    for (unsigned s = 0; s < plan->subnet_count; s++) {
        size_t count = in_vain(plan, s, names);
        if (count > 0)
            fleet_tell(found, FINDING_DHCP_POOL, plan->fleet, "dhcp.pool", &words,
                       "dhcp.pool: in %s %zu phones get no address (DHCP timeout): %s",
                       plan->subnets[s].name, count, names);
    }
}

void dhcpcheck(const struct plan *plan, struct findings *found)
{
    const struct fleet *f = plan->fleet;
    if (!dhcp_is_ours(f))
        return;
    check_pool(plan, found);
    if (dhcp_named_by(f) == 0)
        fleet_tell(found, FINDING_DHCP_NAMES_NONE, f, "dhcp.tftp", NULL,
                   "dhcp.tftp: no TFTP server is named to phones that ask for their addresses: "
                   "they find no configuration and no firmware");
}
