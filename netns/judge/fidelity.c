/* fidelity.c - see fidelity.h. */
#include "netns/judge/fidelity.h"
#include "netns/text/units.h"

#include <math.h>
#include <stdio.h>

#define SHARE 0.01 /* of timers that may be late */
#define SURE  0.01 /* below this chance they are no accident */

/* ---- timers -------------------------------------------------------------------------- */

/* The least bound that 99 of 100 timers kept; the worst lateness, where that is less. */
static uint64_t percentile(const uint64_t merged[LATENESS_BUCKETS], uint64_t total, uint64_t worst)
{
    unsigned bucket = 0;
    for (uint64_t below = merged[0]; below * 100 < total * 99; below += merged[bucket])
        bucket++;
    uint64_t bound = lateness_bound(bucket);
    bool past = bucket == LATENESS_BUCKETS - 1 || bound > worst;
    return total == 0 ? 0 : past ? worst : bound;
}

static bool is_faithful(const struct fidelity *f, const struct clock_facts *clock)
{
    if (clock->free)
        return !fidelity_exceeds(f->timers, f->late);
    return clock->hung_count == 0 && f->p99_us <= FIDELITY_US;
}

struct fidelity fidelity_of(const struct run_facts *facts, size_t phones)
{
    uint64_t merged[LATENESS_BUCKETS] = {0};
    struct fidelity f = {0};
    for (size_t i = 0; i < phones; i++) {
        const struct phone_status *s = &facts->status[i];
        if (s->lateness_max_us > f.max_us)
            f.max_us = s->lateness_max_us;
        for (unsigned b = 0; b < LATENESS_BUCKETS; b++)
            merged[b] += s->lateness[b];
    }
    for (unsigned b = 0; b < LATENESS_BUCKETS; b++) {
        bool late = b > 0 && lateness_bound(b - 1) > FIDELITY_US; /* all that it holds */
        f.timers += merged[b];
        f.late += late ? merged[b] : 0;
    }
    f.p99_us = percentile(merged, f.timers, f.max_us);
    f.faithful = is_faithful(&f, &facts->clock);
    return f;
}

/* ---- chance -------------------------------------------------------------------------- */

/* The binomial's upper tail. Above its mean each term is smaller than the one before; the first is
 * found by logarithms, as its factors are beyond any number. */
double fidelity_chance(uint64_t timers, uint64_t late)
{
    double n = (double)timers, k = (double)late, sum = 0, term = 1;
    if (k <= n * SHARE) /* for whole numbers that is never below 1/2 */
        return 1;
    double ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1);
    double first = exp(ways + k * log(SHARE) + (n - k) * log1p(-SHARE));
    for (; k <= n && term > sum * 1e-16; k++) {
        sum += term;
        term *= (n - k) / (k + 1) * SHARE / (1 - SHARE);
    }
    return first * sum;
}

bool fidelity_exceeds(uint64_t timers, uint64_t late)
{
    return fidelity_chance(timers, late) < SURE * (1 - 1e-6); /* of 1 timer 1 is just that */
}

/* ---- time ---------------------------------------------------------------------------- */

const struct fidelity_holder fidelity_holders[CLOCK_HOLDERS] = {
    [CLOCK_HELD_BY_PHONES] = {"phones", "phones"},
    [CLOCK_HELD_BY_WAN] = {"wan", "the WAN"},
    [CLOCK_HELD_BY_MANAGER] = {"call_manager", "the call manager"},
    [CLOCK_HELD_BY_LAUNCHER] = {"launcher", "the launcher"},
    [CLOCK_HELD_BY_HOST] = {"host", "this machine"},
};

const char *fidelity_hung(const struct clock_facts *clock, const struct plan *plan, size_t i)
{
    return clock->hung[i] < plan->count ? plan->phones[clock->hung[i]].name : "the call manager";
}

double fidelity_speed(const struct run_facts *facts)
{
    return facts->wall_ms == 0 ? NAN : (double)facts->emulated_us / 1e3 / (double)facts->wall_ms;
}

uint64_t fidelity_held(const struct clock_facts *clock)
{
    uint64_t all = 0;
    for (size_t i = 0; i < CLOCK_HOLDERS; i++)
        all += clock->held_ns[i];
    return all;
}

const char *fidelity_waits(const struct clock_facts *clock, char out[FIDELITY_TEXT])
{
    char held[UNITS_TEXT], ran[UNITS_TEXT];
    uint64_t all = fidelity_held(clock);
    if (all <= clock->ran_ns / 10)
        return NULL;
    size_t len = (size_t)snprintf(out, FIDELITY_TEXT, "the clock waited %s of %s",
                                  units_show_seconds((double)all / 1e9, held),
                                  units_show_seconds((double)clock->ran_ns / 1e9, ran));
    const char *before = ": ";
    for (size_t i = 0; i < CLOCK_HOLDERS; i++) {
        if (clock->held_ns[i] < all / 100) /* no matter */
            continue;
        len += (size_t)snprintf(out + len, FIDELITY_TEXT - len, "%s%s for %s", before,
                                units_show_seconds((double)clock->held_ns[i] / 1e9, held),
                                fidelity_holders[i].words);
        before = ", ";
    }
    return out;
}
