/* clock.h - emulated time: the fleet's one origin on CLOCK_MONOTONIC, run speed times faster.
 *
 * Emulated microseconds become real nanoseconds and back without a product that can overflow, so
 * that a lab may stay up for years at any speed.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include "emu/core/core.h"

struct clock {
    uint64_t origin_ns; /* CLOCK_MONOTONIC at emulated time 0 */
    uint32_t speed;     /* emulated seconds per real second, at least 1 */
};

/* CLOCK_MONOTONIC now, in ns. */
uint64_t clock_mono_ns(void);

/* Emulated time at a moment of CLOCK_MONOTONIC, rounded down; 0 before the origin. */
usec clock_emulated(const struct clock *c, uint64_t mono_ns);

/* First moment of CLOCK_MONOTONIC, in ns, at which clock_emulated() has reached t. UINT64_MAX
 * when there is none (NEVER). */
uint64_t clock_mono_at(const struct clock *c, usec t);

#endif
