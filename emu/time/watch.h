/* watch.h - how a phone, the WAN or the launcher lives by the clock: the fleet's, or one of its
 * own.
 *
 * Awake, its hand (hands.h) stands at the moment that it works at; at rest, at its next deadline.
 * The clock may be a little ahead by the time that it wakes: it works at the moment of what it woke
 * for, its deadline, or the sending of what has come. So being late for the clock is not being
 * late, and those whom the clock lets run side by side add no delay of theirs to each other's.
 *
 * At rest nobody sets a timer for his deadline: the pacer calls him (pacer.h), by a descriptor of
 * his. Only by a clock that waits for nobody he has to wake by himself. Where a message of its own
 * makes a kernel or a server answer at once, which nobody announces, it stays awake for the clock
 * until the answer is there, or time is up (not counted while this host runs nobody); and for
 * HANDS_AIR_NS where it had mail.
 */
#ifndef WATCH_H
#define WATCH_H

#include "emu/time/clock.h"
#include "emu/time/hands.h"

/* Who answers at once: a kernel, whoever runs; a server has to be run first, and so has the router
 * that relays to one. */
enum watch_from { WATCH_KERNEL, WATCH_SERVER, WATCH_ROUTER, WATCH_FROM_COUNT };

struct watch {
    struct clock own;
    const struct clock *clock;
    struct hands *hands; /* NULL: the clock waits for nobody */
    uint32_t slot;
    uint64_t now;        /* emulated us: the moment that it works at; never goes back */
    uint64_t clock_us;   /* what the clock showed as it woke */
    uint64_t deadline;   /* until which it rested */
    bool mailed;         /* it woke with mail: not all that was sent need be there yet */
    uint64_t answer_ns[WATCH_FROM_COUNT]; /* real: until when one is expected; 0: none is */
    uint64_t looks_ns;   /* real: when it looks whether there is one; 0: it does not */
};

struct watch watch_of(const struct clock *clock, struct hands *hands, uint32_t slot);
/* The same from descriptors of their memory. clock_fd -1: a clock of its own, to be started with
 * watch_start(); hands_fd -1: none. 0, or a negative errno: -ERANGE when that memory ends before
 * the slot's hand. */
int watch_map(struct watch *w, int clock_fd, int hands_fd, uint32_t slot);
void watch_unmap(struct watch *w);
/* A clock of its own runs from now on, unless it does already. */
void watch_start(struct watch *w, uint32_t speed);

/* Awake: the moment to work at. */
uint64_t watch_wake(struct watch *w);
/* An answer of theirs will be here at once; it is, or none is expected any more. */
void watch_expect(struct watch *w, enum watch_from from);
void watch_answered(struct watch *w, enum watch_from from);
bool watch_expects(const struct watch *w);
/* To rest until that deadline (emulated us, CLOCK_NEVER), or until it is called: how long at most,
 * in real ns; UINT64_MAX: for ever. */
uint64_t watch_rest(struct watch *w, uint64_t deadline);

#endif
