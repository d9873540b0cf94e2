/* faults.h - what a seed does to a fleet: damage by chance, and a schedule of blows.
 *
 * A fault kind is one row of a table in faultkinds.c: its name, what it does, how long that lasts, and
 * how many fetches from the server beyond the first it can explain, for each file. A fifth of the
 * seeds has faults of one kind only, the others mix up to five. A few have a load of real size.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include "emu/sim/sim.h"

#include <stdio.h>

struct faults;

/* The faults of a seed. Fills in what the seed decides of *o: number of phones, start, port rate,
 * damage; the rest (firmware, loads, mode) is given. Never NULL. */
struct faults *faults_of_seed(uint64_t seed, struct sim_options *o);
/* Likewise, but faults of that kind only. NULL: there is no such kind. */
struct faults *faults_of_kind(const char *kind, uint64_t seed, struct sim_options *o);
/* Names of all kinds, ended by NULL. */
const char *const *faults_kinds(void);
void faults_free(struct faults *f);

/* Runs s, made with the options above, deals the blows and lifts what lasts, until the last has
 * been lifted and the damage by chance has been ended, or until bound. Returns the time from which
 * on nothing is damaged any more. */
usec faults_play(struct faults *f, struct sim *s, usec bound);

/* How many more fetches from the server, of any one file, these faults can explain. */
unsigned faults_explain(const struct faults *f, const struct sim_options *o);
/* Whether they can explain that a phone gives up: the server or the WAN was away for longer than
 * TFTP's patience, or a bit was flipped in what is not signed. */
bool faults_excuse(const struct faults *f);
/* A line per kind of damage, and per blow dealt so far: when, what, whom. */
void faults_print(const struct faults *f, FILE *to);

#endif
