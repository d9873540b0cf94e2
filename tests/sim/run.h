/* run.h - one simulated fleet from power-on to its end, under the eyes of the invariants.
 *
 * What is run is told by a plan and a number: a number alone is all that a replay takes.
 */
#ifndef RUN_H
#define RUN_H

#include "tests/sim/invariant.h"

#include <stdio.h>

/* A fleet without blows, and how sharply it is bounded. */
struct fleet {
    const char *name, *text; /* no name: ends a table */
    size_t phones;
    bool traditional;
    double loss;         /* share of datagrams, for all of the run */
    unsigned spread_s;   /* power-on times are random within this */
    unsigned fetches;    /* at most, of any file */
    unsigned broadcasts; /* at most */
    unsigned seeds;      /* how many of them the fixed set runs */
    enum sim_foe foe;    /* with whom it has to end within twice the time that it takes without, */
    unsigned foes;
    unsigned drip;       /* bytes a second of a dripper, */
    unsigned delay_s;    /* or so much later than without */
};

/* Where the faults come from: a fleet of its own, a kind, or neither: whatever the seed decides. Or
 * there are none, and what the seed decides, or counts as a cell of the grid, is the line. */
struct plan {
    const struct fleet *fleet;
    const char *kind;
    bool lines, grid;
    bool twice;          /* run again: the same trace is demanded */
};

struct outcome {
    bool good;
    char invariant[16];  /* the one that was broken */
    usec ended;
    size_t phones;
    size_t upgraded;
    unsigned fetches;    /* of the file fetched most */
    unsigned all_fetches; /* of firmware */
    uint64_t broadcasts;
};

/* Runs that seed of it. A report: who looks for the cause of a breach wants to read the timeline;
 * NULL: not. console: all lines of all phones on standard output. */
struct outcome run_seed(const struct plan *p, uint64_t seed, FILE *report, bool console);

#endif
