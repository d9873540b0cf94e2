/* fleettime.h - the memory of a fleet's clock (emu/time/clock.h) and of those who hold it
 * (emu/time/hands.h).
 *
 * Phones are handed both by descriptor: the clock can be mapped for reading only, whoever tries.
 */
#ifndef FLEETTIME_H
#define FLEETTIME_H

#include "emu/time/clock.h"
#include "emu/time/hands.h"
#include "emu/time/watch.h"
#include "netns/plan/plan.h"

struct fleet_time {
    struct clock *clock;
    struct hands *hands; /* NULL: the clock runs free */
    int clock_fd, hands_fd;
    unsigned ceiling;    /* in times of real time */
    int *call;           /* eventfds, one for each hand: who is due is called by his */
};
#define FLEET_TIME_NONE ((struct fleet_time){.clock_fd = -1, .hands_fd = -1})

/* Of a plan's phones. 0 or a negative errno; freed however far its making came. */
int fleettime_make(struct fleet_time *t, const struct plan *plan);
void fleettime_free(struct fleet_time *t);

/* It begins: free, or as its pacer lets it. */
void fleettime_begin(struct fleet_time *t);
/* To live by it. slot: hands_launcher(), hands_wan(), hands_manager(). */
struct watch fleettime_watch(const struct fleet_time *t, uint32_t (*slot)(const struct hands *));

/* Emulated us since the fleet's start; 0 before. */
uint64_t fleettime_now(const struct fleet_time *t);

#endif
