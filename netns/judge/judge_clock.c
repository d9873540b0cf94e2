/* judge_clock.c - whether the clock was faithful, and if it was not, why. */
#include "netns/judge/wish.h"
#include "netns/fleet/speed.h"

/* Whether the file says `faithful: false`: then it is only told. */
static bool is_let_off(const struct results *r)
{
    const struct fleet *fleet = r->plan->fleet;
    for (size_t i = 0; i < fleet->expect_count; i++) {
        const struct expect *x = &fleet->expects[i];
        if (x->origin.kind == EXPECT_FAITHFUL && !x->wanted && judge_applies(r, x))
            return true;
    }
    return false;
}

static void say_late(const struct results *r, struct expectation *e)
{
    if (!r->facts.clock.free)
        judge_say(e, "; more than 25 ms");
    else if (r->clock.late > 0)
        judge_say(e, "; more than 25 ms late: %llu of %llu, which 1 in 100 %s",
                  (unsigned long long)r->clock.late, (unsigned long long)r->clock.timers,
                  r->clock.faithful ? "explains" : "does not explain");
}

static void say_hung(const struct results *r, struct expectation *e)
{
    const struct clock_facts *clock = &r->facts.clock;
    unsigned named = 0;
    for (size_t i = 0; i < CLOCK_HUNG && i < clock->hung_count; i++)
        if (judge_name(e, &named, "; the clock went on without ", ", "))
            judge_say(e, "%s", fidelity_hung(clock, r->plan, i));
    judge_name_rest(e, clock->hung_count, "");
    judge_say(e, ", which hung (see logs/)");
}

/* What to do about it. */
static void say_advice(const struct results *r, struct expectation *e)
{
    const struct fleet *fleet = r->plan->fleet;
    unsigned speed = fleet_ceiling(fleet);
    if (r->facts.clock.free)
        judge_say(e, "; lower the speed (now %u), e.g. --speed %u", speed,
                  speed > 1 ? speed / 2 : 1);
    else if (fleet_lag_us(fleet) >= FIDELITY_US)
        judge_say(e, "; lower the lag (now %.0f ms)", (double)fleet_lag_us(fleet) / 1e3);
    else
        judge_say(e, "; run it again");
}

void judge_faithful(const struct wish *w, struct expectation *e)
{
    const struct results *r = w->r;
    bool let_off = is_let_off(r);
    e->doubts = true;
    e->passed = r->clock.faithful || let_off;
    judge_say(e, "99 in 100 timers at most %.1f ms late, the worst %.1f ms, in emulated time",
              (double)r->clock.p99_us / 1e3, (double)r->clock.max_us / 1e3);
    if (r->clock.p99_us > FIDELITY_US)
        say_late(r, e);
    if (r->facts.clock.hung_count > 0)
        say_hung(r, e);
    if (!r->clock.faithful && let_off)
        judge_say(e, "; the fleet file allows it");
    else if (!r->clock.faithful)
        say_advice(r, e);
}
