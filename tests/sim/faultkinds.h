/* faultkinds.h - the table of what can go wrong in a simulated fleet. */
#ifndef FAULTKINDS_H
#define FAULTKINDS_H

#include "emu/sim/sim.h"

/* A kind is damage by chance, which has a rate or sets options before the start, or a blow, which
 * has deal(); a late phone is both. */
struct fault_kind {
    const char *name;   /* NULL ends the table */
    size_t rate;        /* of damage: offset + 1 of a double in struct sim_options; 0: none */
    double most;        /* the highest it may be */
    void (*set)(struct sim_options *o, uint64_t *draws);
    void (*deal)(struct sim *s, size_t i);
    bool (*whom)(struct sim *s, size_t i); /* hits the first phone to be so; NULL: any one, */
    bool nobody;                           /* or, where this is set, none in particular */
    void (*lift)(struct sim *s); /* ends what the blow began, */
    unsigned lasts_s;            /* so many seconds later at most */
    /* Fetches from the server, of any one file, that it explains: by each blow, or by the damage
     * as a whole; and one more for each so many phones (0: none). */
    unsigned fetches, per_phones;
    bool excuses;       /* it can make a phone give up */
};
extern const struct fault_kind fault_kinds[];

#endif
