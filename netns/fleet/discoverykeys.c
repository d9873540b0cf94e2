/* discoverykeys.c - see discoverykeys.h. */
#include "netns/fleet/discoverykeys.h"
#include "netns/fleet/lankeys.h"

#define SPEAKS_NONE 4u
#define SPEAKS_ALL  (SPEAKS_CDP | SPEAKS_LLDP)

const struct schema_word discovery_words[] = {
    {"cdp", SPEAKS_CDP}, {"lldp", SPEAKS_LLDP}, {"none", SPEAKS_NONE}, {NULL, 0}};

unsigned discovery_check(const struct fleet *fleet)
{
    if (!(fleet->discovery & SPEAKS_NONE) || fleet->discovery == SPEAKS_NONE)
        return 0;
    fleet_complain(fleet, "discovery", "discovery: none goes with no other; take it out");
    return 1;
}

unsigned discovery_of(const struct fleet *fleet)
{
    unsigned unsaid = lan_uplink(fleet) ? SPEAKS_ALL : 0;
    return fleet->discovery ? fleet->discovery & SPEAKS_ALL : unsaid;
}
