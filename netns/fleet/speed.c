/* speed.c - see speed.h. */
#include "netns/fleet/speed.h"
#include "netns/fleet/fault.h"

#include <stdio.h>

/* All that a fleet does waits for its clock, but for the kernel's TCP, whose timers of 40 and 200
 * ms stay out of sight (emu/time/README.md); beyond this, hardly a host is faster. Where a real
 * timer decides, it is late by that times the speed: dnsmasq's 2 s for a lost block are 20 s
 * then. */
#define CEILING_AUTO 100
#define CEILING_REAL 10
#define LAG_AT_A_SPEED 5000 /* us: with less, the clock would stop at each event, and fall behind */

bool fleet_runs_free(const struct fleet *fleet)
{
    return fleet->clock_free || fleet->engine == ENGINE_EXTERNAL;
}

/* Whether something of the host's decides in it that no clock holds: the server, which sends what
 * was lost again, or the kernel, which slows a phone down. */
static bool lives_by_real_time(const struct fleet *fleet)
{
    bool does = fleet->wan_loss > 0;
    for (size_t i = 0; i < fleet->fault_count; i++)
        does |= fleet->faults[i].what == FAULT_WAN_LOSS || fleet->faults[i].what == FAULT_SLOW;
    return does;
}

unsigned fleet_ceiling(const struct fleet *fleet)
{
    if (fleet->speed != SPEED_AUTO)
        return fleet->speed;
    return fleet_runs_free(fleet) ? 1 : lives_by_real_time(fleet) ? CEILING_REAL : CEILING_AUTO;
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
