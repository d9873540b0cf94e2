/* clock.h - emulated time: one clock for all that lives by it, in memory that they share.
 *
 * Theory of operation. The clock runs at a pace (emulated microseconds in a real millisecond) as
 * far as it has been granted, and stands there until more is granted:
 *
 *   now = min(granted, from_us + (real - from_ns) * pace)
 *
 * It never jumps: a grant that comes late lets it go on from where it stood. Who grants is the
 * pacer alone (netns/world/pacer.h); everybody else only reads. A clock that is granted for ever
 * runs free: that of a phone by itself, or of a fleet beside a server that nobody can hold.
 *
 * Real moments are CLOCK_MONOTONIC in ns, emulated ones us since the fleet's start. No product of
 * theirs can overflow: a lab may stay up for years.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdatomic.h>
#include <stdint.h>

#define CLOCK_NEVER UINT64_MAX
#define CLOCK_PACE_1 1000 /* the pace of real time */

struct clock_course {
    uint64_t from_ns, from_us; /* a moment that the clock has passed, or stands at */
    uint64_t granted_us;       /* as far as it may run; CLOCK_NEVER: it runs free */
    uint32_t pace;             /* emulated us per real ms; 0: it has not been started */
};

/* Written under a sequence lock, as the status record of contract.h is. */
struct clock {
    _Atomic uint32_t seq;
    struct clock_course course;
};

/* CLOCK_MONOTONIC now, in ns. */
uint64_t clock_mono_ns(void);

struct clock_course clock_course(const struct clock *c);
void clock_set(struct clock *c, const struct clock_course *course);
/* Runs free from now on, at a whole number of times the pace of real time. */
void clock_run_free(struct clock *c, uint64_t mono_ns, uint32_t times);

/* Emulated time at that real moment, in us, rounded down. */
uint64_t course_now(const struct clock_course *c, uint64_t mono_ns);
uint64_t clock_now(const struct clock *c, uint64_t mono_ns);
/* The real moment at which a clock that stands nowhere reaches emulated moment t, and not before;
 * UINT64_MAX: never. */
uint64_t course_reaches(const struct clock_course *c, uint64_t t);

#endif
