/* clock.h - real time: the host's monotonic clock. */
#ifndef NETNS_CLOCK_H
#define NETNS_CLOCK_H

#include <stdint.h>

#define NS_PER_MS  1000000ull
#define NS_PER_SEC 1000000000ull

/* CLOCK_MONOTONIC now; a deadline is one of its moments. */
uint64_t clock_ns(void);
long long clock_ms(void);

#endif
