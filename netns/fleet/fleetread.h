/* fleetread.h - from a fleet file, --set and the common options to a fleet.
 *
 * YAML by a table schema. Unknown keys, wrong types, values out of range and impossible
 * combinations are refused with file, line and column before anything is created.
 *
 * Options of the command line are put into the tree that was read from the file, and go through
 * the same tables: whatever can be written in the file can be said by --set, and is checked alike.
 */
#ifndef FLEETREAD_H
#define FLEETREAD_H

#include "netns/fleet/fleet.h"
#include "netns/fleet/override.h"

/* Reads file ("-": standard input; NULL: the bundled demo, base directory root_dir) and applies
 * the overrides, whose strings must outlive the fleet. Relative paths in the file are taken from
 * the directory it lies in, or, when not found there, from the working directory and then from
 * root_dir. Returns the fleet, or NULL after one message per mistake on standard error
 * ("FILE:LINE:COLUMN: what is wrong; what to do"). */
struct fleet *fleet_read(const char *file, const char *root_dir, const struct fleet_overrides *o);

/* ---- variants ------------------------------------------------------------------------
 *
 * A file may describe several fleets that differ in little: `variants` maps a name to values by
 * their paths, as --set takes them. `mode: both` is short for two that differ in mode. */
/* Their names into names, in the order of the file; how many, 0: the fleet is one. */
size_t fleet_variants(const struct fleet *base, const char *names[VARIANTS_MAX]);
/* Reads that one; the base must outlive it. The command line's overrides win over the variant's.
 * NULL after messages. */
struct fleet *fleet_variant(const struct fleet *base, const char *name,
                            const struct fleet_overrides *o);

#endif
