/* speed.h - how fast emulated time may pass, and how exact it has to be. */
#ifndef SPEED_H
#define SPEED_H

#include "netns/fleet/fleet.h"

/* Of fleet->speed: as fast as the host carries, up to a ceiling. */
#define SPEED_AUTO 0
/* How many times as fast as real time emulated time may pass at most. */
unsigned fleet_ceiling(const struct fleet *fleet);
/* "auto", "20": what was asked for. Returns out. */
#define FLEET_SPEED 16
const char *fleet_speed_said(const struct fleet *fleet, char out[FLEET_SPEED]);
/* How late, in emulated us, the clock lets a timer be: where the file does not say, not at all at a
 * speed that is as the host has it, and a little where the speed is to be kept. */
#define LAG_UNSET UINT64_MAX
uint64_t fleet_lag_us(const struct fleet *fleet);
/* Whether the clock runs free: a server that nobody holds back cannot wait. */
bool fleet_runs_free(const struct fleet *fleet);

#endif
