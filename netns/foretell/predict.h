/* predict.h - the verb plan: the fleet at other sizes, foretold by the simulator.
 *
 *   call -> predict_take -> points and modes
 *   fleet file -> plan_make (loads, PFS of each group) -> description -> fleet-sim, one process a
 *   point, as many at a time as there are processors -> one JSON line -> struct prediction
 *
 * Nothing here knows how phones behave: fleet-sim runs their own core in virtual time (see
 * emu/sim/predict.c for what the two say to each other). It needs no privilege.
 *
 * The groups keep their proportion at every size, by largest remainder. Addresses are those that a
 * run would give; where the fleet's subnet holds too few, its prefix is shortened until it does.
 * With several subnets they just follow each other: what a subnet is to a phone is who hears it.
 * Faults and bulk changes do not count.
 * Configuration files are the launcher's; a SEP<MAC>.cnf.xml of the user's own does not count.
 */
#ifndef PREDICT_H
#define PREDICT_H

#include "netns/fleet/override.h"
#include "netns/plan/plan.h"

#include <stdio.h>

#define PREDICT_POINTS  64     /* sizes at most */
#define PREDICT_DEFAULT 9      /* in a range, unless told */
#define PREDICT_MOST    100000 /* phones */

/* What the command line asks, beside the fleet. */
struct predict_wish {
    size_t phones[PREDICT_POINTS]; /* rising */
    size_t count;
    bool mode[2];                  /* by enum fleet_mode */
    bool timed;                    /* --timeout was given: that of a file is for runs */
    bool sped;                     /* --speed likewise: a run at that speed is foretold, whose
                                      server's own timers are not sped up; else the real thing */
};

/* Takes out of the overrides what is meant for a prediction: "phones" without '=', "10..100000"
 * (points of them, evenly on a logarithmic scale), "48" or "8,48,200"; "mode" if it is "both".
 * points: --points, or NULL. False after a message. */
bool predict_take(struct predict_wish *wish, struct fleet_overrides *o, const char *points);

/* How many of so many phones each group has; out has group_count entries. */
void predict_scale(const struct fleet *fleet, size_t phones, size_t *out);

struct prediction {
    size_t phones;
    enum fleet_mode mode;
    size_t upgraded, failed;
    bool finished;           /* every phone came to an end */
    double emulated_s;       /* from the first power-on to the last phone's end */
    uint64_t wan_down, wan_up, wan_dropped; /* bytes, bytes, frames */
    uint64_t fetches;        /* of firmware, from the server */
    uint64_t broadcasts;
    unsigned depth;          /* phones from a root to the farthest below it; 0 without PFS */
    double cpu_s;            /* that the simulation took */
    char *said;              /* fleet-sim's own line */
};

struct predict {
    const struct fleet *fleet;
    const struct predict_wish *wish;
    struct predict_sample {  /* by mode: a phone of each group, what the groups come to */
        struct fleet fleet;
        struct plan *plan;   /* NULL: this mode is not wanted */
    } samples[2];
    struct prediction *rows; /* by phones, then traditional before PFS */
    size_t count;
    uint64_t load_bytes;     /* of all the loads together: what PFS fetches once */
    char *loads;             /* "SCCP41.9-4-2SR3-1S (253.9 KiB), ..." */
};

/* Whether phones ask for their addresses as a simulation has it: all of them, a server of ours that
 * is near. */
bool predict_asks(const struct fleet *fleet);
/* Looks whether the fleet can be planned: 0, or 2 after a message. Fleet and wish have to outlive
 * the prediction. */
int predict_make(struct predict *p, const struct fleet *fleet, const struct predict_wish *wish);
void predict_free(struct predict *p);

#endif
