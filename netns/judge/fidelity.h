/* fidelity.h - whether the clock of a run was one that phones could live by.
 *
 * Every phone counts how late its timers fired, in emulated time. What protocol and patience can
 * bear is a tenth of the 250 ms tick: 25 ms.
 *
 * A clock that is held waits for whoever is behind, so that lateness stays within the fleet's lag,
 * however busy the host. It was not faithful when it had to go on without a phone, which hung, or
 * when 99 in 100 timers were not within those 25 ms after all.
 *
 * A clock that runs free is the host's, and a host is late by chance: one timer in a hundred may
 * be. Of a few dozen timers the 99th percentile is the latest, so that one late timer would decide;
 * what is asked is therefore whether so many late ones are more than that share explains. Were each
 * timer late with a chance of 1 in 100, independently, the late among n would be distributed
 * binomially; where the chance of k or more of them is below 1 in 100, the clock was not faithful:
 * of 36 timers three, of 1000 nineteen. Of clocks that are just good enough that blames one in a
 * hundred. Late timers that come in bursts are no chance, and are what it is to find.
 */
#ifndef FIDELITY_H
#define FIDELITY_H

#include "netns/plan/plan.h"
#include "netns/world/facts.h"

#include <stddef.h>

#define FIDELITY_US 25000

struct fidelity {
    uint64_t timers, late;   /* that fired; surely by more than FIDELITY_US too late */
    uint64_t p99_us, max_us; /* what 99 in 100 of them kept, and the worst */
    bool faithful;
};
/* Of so many phones. */
struct fidelity fidelity_of(const struct run_facts *facts, size_t phones);

/* The chance that of so many timers so many, or more, are late, each with a chance of 1 in 100: 0
 * to 1; 1 where they are no more than 1 in 100. */
double fidelity_chance(uint64_t timers, uint64_t late);
/* Whether so many are more than that explains. */
bool fidelity_exceeds(uint64_t timers, uint64_t late);

/* Emulated seconds in a real one, over the whole run; NAN: not known. */
double fidelity_speed(const struct run_facts *facts);

/* For whom the clock stood: as a key, and in words behind "for". */
extern const struct fidelity_holder {
    const char *key, *words;
} fidelity_holders[CLOCK_HOLDERS];
/* What the one is called that the clock went on without as number i, below CLOCK_HUNG. */
const char *fidelity_hung(const struct clock_facts *clock, const struct plan *plan, size_t i);
/* How long it stood for all of them, in ns. */
uint64_t fidelity_held(const struct clock_facts *clock);
/* "the clock waited 3.2 s of 14.0 s: 2.9 s for phones, 0.3 s for this machine": out, or NULL where
 * it stood for no more than a tenth of the time. */
#define FIDELITY_TEXT 256
const char *fidelity_waits(const struct clock_facts *clock, char out[FIDELITY_TEXT]);

#endif
