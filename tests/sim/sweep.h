/* sweep.h - many seeds of a plan on all processors. */
#ifndef SWEEP_H
#define SWEEP_H

#include "tests/sim/run.h"

#define SWEEP_FAILED_MAX 64 /* failed seeds that are remembered */

struct sweep_failure {
    uint64_t seed;
    char invariant[16]; /* "crash": the program ended; "hang": it did not */
};

struct sweep_result {
    uint64_t seeds, failed;
    struct sweep_failure failures[SWEEP_FAILED_MAX]; /* the first of them, by seed */
    usec longest;        /* emulated */
    double fetches;      /* of the file fetched most, on average */
    double broadcasts;   /* a phone, on average */
    double wall_s;
};

/* Runs count seeds from first on, in that many processes; 0: one per processor; stop: begins no
 * more after the first that failed. Shows how far it is on a terminal. */
struct sweep_result sweep(const struct plan *p, uint64_t first, uint64_t count, unsigned jobs,
                          bool stop);
/* The reports of the first failures, each in a process of its own: it may crash again. */
void sweep_report(const struct plan *p, const struct sweep_result *r, FILE *to);
/* One line. */
void sweep_summary(const struct sweep_result *r, uint64_t first, FILE *to);

#endif
