/* clock.c - see clock.h. */
#include "emu/time/clock.h"

#include <time.h>

#define NS_PER_MS 1000000u

uint64_t clock_mono_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

struct clock_course clock_course(const struct clock *c)
{
    struct clock_course course;
    uint32_t before, after;
    do {
        before = atomic_load_explicit(&c->seq, memory_order_acquire);
        course = c->course;
        atomic_thread_fence(memory_order_acquire);
        after = atomic_load_explicit(&c->seq, memory_order_relaxed);
    } while (before != after || before % 2 != 0);
    return course;
}

void clock_set(struct clock *c, const struct clock_course *course)
{
    uint32_t odd = atomic_load_explicit(&c->seq, memory_order_relaxed) | 1;
    atomic_store_explicit(&c->seq, odd, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    c->course = *course;
    atomic_store_explicit(&c->seq, odd + 1, memory_order_release);
}

void clock_run_free(struct clock *c, uint64_t mono_ns, uint32_t times)
{
    uint32_t pace = times * CLOCK_PACE_1;
    clock_set(c, &(struct clock_course){.from_ns = mono_ns, .granted_us = CLOCK_NEVER,
                                        .pace = pace});
}

uint64_t course_now(const struct clock_course *c, uint64_t mono_ns)
{
    uint64_t ns = mono_ns > c->from_ns ? mono_ns - c->from_ns : 0;
    uint64_t us = c->from_us + (uint64_t)((unsigned __int128)ns * c->pace / NS_PER_MS);
    return us < c->granted_us ? us : c->granted_us;
}

uint64_t clock_now(const struct clock *c, uint64_t mono_ns)
{
    struct clock_course course = clock_course(c);
    return course_now(&course, mono_ns);
}

uint64_t course_reaches(const struct clock_course *c, uint64_t t)
{
    if (t == CLOCK_NEVER || c->pace == 0)
        return UINT64_MAX;
    uint64_t us = t > c->from_us ? t - c->from_us : 0;
    unsigned __int128 ns = ((unsigned __int128)us * NS_PER_MS + c->pace - 1) / c->pace + c->from_ns;
    return ns < UINT64_MAX ? (uint64_t)ns : UINT64_MAX;
}
