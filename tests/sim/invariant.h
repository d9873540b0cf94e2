/* invariant.h - what must be true of a simulated fleet, looked at after every event.
 *
 * An invariant is one row of the table in invariant.c: its name, what it says, when it is looked
 * at, and the function that looks. Each looks only at the phone that the event happened to and at
 * its neighbours, so that the price of an event does not grow with the fleet.
 *
 * Peers learn of each other by messages, so some invariants may be broken for a while. How long that
 * is follows from the phones' own constants:
 *
 *   NEWS     a link on which only one end still counts: a PFS_SILENCE of waiting, another one when
 *            sending then begins, and one PFS_ALIVE; whatever the network does meanwhile, but not
 *            counting time in which a phone stands still
 *   SETTLE   two roots that never heard each other, from when nothing is damaged any more: until
 *            both have reminded the subnet, PFS_AD_INTERVAL and one PFS_TICK
 *   SLACK    in each: clocks that drift, and the second between two looks for damage
 *   the end  invariants_patience()
 */
#ifndef INVARIANT_H
#define INVARIANT_H

#include "emu/sim/sim.h"

#define SLACK  (2 * USEC_SEC)
#define NEWS   (2 * PFS_SILENCE + PFS_ALIVE + SLACK)
#define SETTLE (PFS_AD_INTERVAL + PFS_TICK + SLACK)

/* How much of what depends on the faults is allowed. */
struct limits {
    unsigned fetches;      /* from the server, of any one file */
    bool exact;            /* not that: there are no faults, and each hierarchy fetches once; nor
                              does any patience end while bytes flow */
    uint64_t broadcasts;
    bool excused;          /* a phone may give up */
};

/* The first thing found wrong with a run. */
struct breach {
    const char *invariant; /* its name; NULL: nothing */
    const char *promise;   /* what should have been */
    char text[256];        /* what was */
    usec at;
    long phones[8];        /* who is concerned */
    size_t count;
};

/* Broadcasts near linear in the number of phones: every phone may begin a turn when it comes late,
 * and every fault explained may begin one anew. A turn is an election: a claim, its Ads and the
 * confirmation of whoever wins it, fewer of the others; and answers, of which there are no more
 * than claims to answer. Reminders, one a minute of each group of phones, come on top. */
uint64_t invariants_broadcasts(size_t phones, unsigned turns);

struct invariants;
struct invariants *invariants_new(size_t phones, const struct limits *limits);
void invariants_free(struct invariants *v);

/* An event happened to that phone. */
void invariants_step(struct invariants *v, struct sim *s, size_t phone);
/* A fault was dealt or lifted. */
void invariants_blow(struct invariants *v, usec at);
/* The simulator itself, or who compares runs, found that one broken. phone may be -1. */
void invariants_report(struct invariants *v, usec at, long phone, const char *invariant,
                       const char *text);
/* The run is over: all have ended or were given invariants_patience(). */
void invariants_end(struct invariants *v, struct sim *s);

/* Whether a phone that is on has not ended its upgrade. */
bool invariants_busy(const struct sim *s);
/* Emulated time within which every phone has to end once nothing is damaged any more. */
usec invariants_patience(const struct sim *s);
/* Emulated time within which a phone and its call manager know of each other what is true. */
usec invariants_news(const struct sim *s);
const struct breach *invariants_breach(const struct invariants *v);

#endif
