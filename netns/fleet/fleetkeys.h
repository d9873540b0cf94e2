/* fleetkeys.h - what a fleet file may hold, for its readers. */
#ifndef FLEETKEYS_H
#define FLEETKEYS_H

#include "netns/fleet/fleet.h"
#include "netns/text/schema.h"

/* The tables, from the top. */
extern const struct schema_key fleet_keys[];
extern const struct fleet fleet_defaults;

/* Combinations that the tables cannot express: mistakes, said at their places. Only to be asked
 * when every single value is sound. */
unsigned fleet_check(const struct fleet *f);

#endif
