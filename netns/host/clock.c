/* clock.c - see clock.h. */
#include "netns/host/clock.h"

#include <time.h>

uint64_t clock_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * NS_PER_SEC + (uint64_t)t.tv_nsec;
}

long long clock_ms(void)
{
    return (long long)(clock_ns() / NS_PER_MS);
}
