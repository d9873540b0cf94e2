/* fleetkeys.h - between fleetfile.c, which says what a fleet file may hold, and its readers. */
#ifndef FLEETKEYS_H
#define FLEETKEYS_H

#include "netns/fleetfile.h"
#include "netns/schema.h"

/* The tables, from the top. */
extern const struct schema_key fleet_keys[];
extern const struct fleet fleet_defaults;

/* Combinations that the tables cannot express: mistakes, said at their places. Only to be asked
 * when every single value is sound. */
unsigned fleet_check(const struct fleet *f);

#endif
