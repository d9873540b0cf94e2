/* bulk.h - bulk changes: the fleet file's `set`, on the plan.
 *
 *   set:
 *     - {phones: CP-7970G, peerFirmwareSharing: false}        before the run: on the phone's page
 *     - {phones: all, load: LOAD, at: 60s, reset: all}        then, and all are reset at once
 *     - {phones: 1..20, load: LOAD, at: settled, reset: 0.5}  when all rest; one is reset every 2 s
 *
 * A rule is the fault `set` (fault.h): with a moment it waits in the agenda like any other;
 * without, it is done to the plan before anything starts. Later rules win.
 */
#ifndef BULK_H
#define BULK_H

#include "netns/fleet/fault.h"
#include "netns/plan/plan.h"
#include "netns/plan/stock.h"

/* Does a SET to a phone of the plan: what its model or the mode has no use for stays as it is. */
void bulk_set(const struct fault *f, const struct fleet *fleet, struct plan_phone *phone);
/* NULL, or why a SET cannot reach that phone. */
const char *bulk_misses(const struct plan_phone *phone);

/* Does those rules that have no moment. Adds to found what is wrong with any of them: phones that
 * the plan does not have, loads that the root has not or that are of another model. */
void bulk_apply(struct plan *plan, const struct stock *stock, struct findings *found);
/* For a lab with a call manager of its own: phones whose file is ours to write name in it the load
 * that they run. They come up, register and are idle; what they are to go to is for a SET to say,
 * and a reset. */
void bulk_hold_back(struct plan *plan);
/* Whether a rule will turn peer firmware sharing on in the run. */
bool bulk_shares_later(const struct fleet *fleet);

#endif
