/* speed.c - see speed.h. */
#include "netns/fleet/speed.h"
#include "netns/fleet/dhcpkeys.h"
#include "netns/fleet/fault.h"
#include "netns/fleet/lankeys.h"

#include <stdio.h>

/* The ceiling of an automatic speed is what the parts allow that live by real time (see
 * emu/time/README.md). */
#define CEILING 100      /* none does; beyond it, hardly a host is faster */
#define CEILING_REAL 10  /* a slowed phone's token bucket; a server that has met a cut line */
#define CEILING_LOSS 1   /* dnsmasq sends again what was lost after 2 s, times the speed */

#define LAG_AT_A_SPEED 5000 /* us: with less, the clock would stop at each event, and fall behind */

bool fleet_runs_free(const struct fleet *fleet)
{
    bool abroad = fleet->engine == ENGINE_EXTERNAL || fleet->manager.engine == MANAGER_EXTERNAL ||
                  (fleet->dhcp.engine == DHCP_EXTERNAL && dhcp_asked(fleet));
    return fleet->clock_free || abroad || lan_uplink(fleet);
}

static bool has_fault(const struct fleet *fleet, enum fault_do what)
{
    for (size_t i = 0; i < fleet->fault_count; i++)
        if (fleet->faults[i].what == what)
            return true;
    return false;
}

unsigned fleet_ceiling(const struct fleet *fleet)
{
    if (fleet->speed != SPEED_AUTO)
        return fleet->speed;
    if (fleet_runs_free(fleet))
        return 1;
    if (fleet->wan_loss > 0 || has_fault(fleet, FAULT_WAN_LOSS))
        return CEILING_LOSS;
    bool real = has_fault(fleet, FAULT_SLOW) || has_fault(fleet, FAULT_WAN_CUT);
    return real ? CEILING_REAL : CEILING;
}

const char *fleet_speed_said(const struct fleet *fleet, char out[FLEET_SPEED])
{
    if (fleet->speed == SPEED_AUTO)
        snprintf(out, FLEET_SPEED, "auto");
    else
        snprintf(out, FLEET_SPEED, "%u", fleet->speed);
    return out;
}

uint64_t fleet_lag_us(const struct fleet *fleet)
{
    if (fleet->lag_us != LAG_UNSET)
        return fleet->lag_us;
    return fleet->speed == SPEED_AUTO ? 0 : LAG_AT_A_SPEED;
}
