/* wan.h - the line between site and hq, where the fleet has a WAN. */
#ifndef WAN_H
#define WAN_H

#include "netns/world/fleettime.h"
#include "netns/world/relay.h"

#include <sys/types.h>

struct fleet;
struct world;

struct wan; /* two TAPs and the relay process between them */
/* Makes the TAPs in site and hq and starts the relay, a child of the caller, which lives by that
 * time. NULL after a message. */
struct wan *wan_start(struct world *w, const struct fleet_time *time);
/* What a WAN is like, in emulated units. */
struct wan_terms {
    uint64_t delay_us, rate_bps; /* rate 0: unlimited */
    double loss;
    bool cut;                    /* no frame passes */
};
struct wan_terms wan_terms_of(const struct fleet *fleet);
/* The same for the relay, one way (0: up, 1: down). */
struct relay_params wan_params(const struct fleet *fleet, const struct wan_terms *terms,
                               uint64_t way);
/* New terms for frames from now on. 0 or a negative errno. */
int wan_change(struct wan *wan, const struct fleet *fleet, const struct wan_terms *terms);
/* Whether the relay lives, given the pid of a child that ended; else false after a message. */
bool wan_alive(struct wan *wan, pid_t ended);
void wan_stop(struct wan *wan);

#endif
