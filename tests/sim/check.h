/* check.h - the set of simulated fleets that `make check` runs. */
#ifndef CHECK_H
#define CHECK_H

#include "tests/sim/sweep.h"

/* All of it, as TAP on standard output. 0 when all is well. */
int check_tap(void);
/* The plan for a fleet's or a fault kind's name, or "lines" or "grid"; NULL: whatever the seed
 * decides. False: there is no such name. */
bool check_plan(const char *name, struct plan *p);
/* All such names, a line of them. */
void check_names(FILE *to);
/* grid.c: every cell of the grid of lines, a line each. 0 when all is well. */
int grid_print(FILE *to);

#endif
