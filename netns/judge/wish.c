/* wish.c - see wish.h. */
#include "netns/judge/wish.h"
#include "netns/plan/meant.h"

#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool judge_applies(const struct results *r, const struct expect *x)
{
    bool ratio = x->origin.kind == EXPECT_WAN_RATIO; /* of PFS, to the run before it */
    return (x->mode < 0 || x->mode == (int)r->plan->fleet->mode) &&
           (!ratio || r->plan->fleet->mode == MODE_PFS);
}

size_t judge_meant(const struct plan *plan, const struct expect *x, uint32_t *out)
{
    if (x && x->phones.kind != SELECT_NONE)
        return meant_resolve(&x->phones, plan, NULL, NULL, NULL, out);
    for (size_t i = 0; i < plan->count; i++)
        out[i] = (uint32_t)i;
    return plan->count;
}

void judge_say(struct expectation *e, const char *format, ...)
{
    size_t len = strlen(e->detail);
    va_list args;
    va_start(args, format);
    vsnprintf(e->detail + len, sizeof e->detail - len, format, args);
    va_end(args);
}

#define NAMED 3

bool judge_name(struct expectation *e, unsigned *count, const char *front, const char *between)
{
    if ((*count)++ >= NAMED)
        return false;
    judge_say(e, "%s", *count > 1 ? between : front);
    return true;
}

void judge_name_rest(struct expectation *e, unsigned count, const char *what)
{
    if (count > NAMED)
        judge_say(e, " and %u more%s", count - NAMED, what);
}

void judge_say_expected(const struct wish *w, struct expectation *e, size_t all)
{
    const struct compare *c = &w->x->count;
    if (c->op == COMPARE_ALL)
        judge_say(e, ", expected all %zu", all);
    else
        judge_say(e, ", expected %s", c->text);
}

void judge_range_take(struct range *range, unsigned long count)
{
    if (range->counts == 0 || count < range->least)
        range->least = count;
    if (range->counts == 0 || count > range->most)
        range->most = count;
    range->counts++;
}

void judge_say_range(struct expectation *e, const struct range *range)
{
    judge_say(e, "%lu", range->least);
    if (range->least < range->most)
        judge_say(e, " to %lu", range->most);
}

size_t judge_there(const struct wish *w)
{
    size_t there = 0;
    for (size_t i = 0; i < w->count; i++)
        there += outcome_of(&w->r->facts.status[w->phones[i]]) != OUTCOME_OUT;
    return there;
}

void judge_say_out(const struct wish *w, struct expectation *e)
{
    size_t out = w->count - judge_there(w);
    if (out > 0)
        judge_say(e, "; %zu killed, frozen or unplugged on purpose", out);
}

bool judge_fits(const char *pattern, const char *text)
{
    return !pattern || fnmatch(pattern, text, 0) == 0;
}

bool judge_shares(const struct wish *w, struct expectation *e)
{
    if (w->r->plan->fleet->mode == MODE_PFS)
        return true;
    e->passed = true;
    judge_say(e, "not judged: in traditional mode nobody shares");
    return false;
}
