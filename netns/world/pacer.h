/* pacer.h - the process that lets the fleet's clock run (pace.h), as its phones allow. */
#ifndef PACER_H
#define PACER_H

#include "netns/world/facts.h"
#include "netns/world/fleettime.h"

#include <sys/types.h>

struct pacer;
/* Starts it, a child of the caller; the clock stands at 0 until hands_begin(). fate: of each phone;
 * who has one does not hold the clock. facts: shared memory, which it fills as time goes on.
 * NULL after a message. */
struct pacer *pacer_start(const struct plan *plan, const struct fleet_time *time,
                          const uint8_t *fate, struct clock_facts *facts);
/* Whether it lives, given the pid of a child that ended; else false after a message. */
bool pacer_alive(struct pacer *pacer, pid_t ended);
void pacer_stop(struct pacer *pacer);

#endif
