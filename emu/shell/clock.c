/* clock.c - see clock.h. */
#include "emu/shell/clock.h"

#include <time.h>

uint64_t clock_mono_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

usec clock_emulated(const struct clock *c, uint64_t mono_ns)
{
    uint64_t ns = mono_ns > c->origin_ns ? mono_ns - c->origin_ns : 0;
    return ns / 1000 * c->speed + ns % 1000 * c->speed / 1000;
}

uint64_t clock_mono_at(const struct clock *c, usec t)
{
    uint64_t part = (t % c->speed * 1000 + c->speed - 1) / c->speed;
    uint64_t ns;
    if (__builtin_mul_overflow(t / c->speed, 1000u, &ns) ||
        __builtin_add_overflow(ns, part, &ns) || __builtin_add_overflow(ns, c->origin_ns, &ns))
        return UINT64_MAX;
    return t == NEVER ? UINT64_MAX : ns;
}
