/* lines.h - fleets without faults that fetch loads of real size over lines as they are: what a seed
 * draws, or a cell of a grid. Several megabytes, 64 kbit/s to 10 Mbit/s, up to 600 ms one way, with
 * and without loss: transfers last longer than every time-out of the protocol.
 */
#ifndef LINES_H
#define LINES_H

#include "emu/sim/sim.h"

#include <stdio.h>

/* A load of real size, and a line to it: of all fleets without faults, and of some that have. */
void lines_draw(uint64_t *draws, struct sim_options *o);
/* The fleet of a seed: some phones, of one or two models and subnets. */
void lines_of_seed(uint64_t seed, struct sim_options *o);
/* The grid's cells, counted from 1. */
size_t lines_cells(void);
void lines_of_cell(uint64_t cell, struct sim_options *o);
/* One line: phones, groups, load and line. */
void lines_print(const struct sim_options *o, FILE *to);

#endif
