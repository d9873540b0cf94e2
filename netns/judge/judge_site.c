/* judge_site.c - wishes about the run as a whole: its WAN and its time. */
#include "netns/judge/figures.h"
#include "netns/judge/wish.h"

void judge_wan_bytes(const struct wish *w, struct expectation *e)
{
    static const char *const ways[] = {
        [WAY_BOTH] = "both ways", [WAY_DOWN] = "down", [WAY_UP] = "up"};
    const struct run_facts *f = &w->r->facts;
    uint64_t bytes = (w->x->way == WAY_UP ? 0 : f->wan_bytes_down) +
                     (w->x->way == WAY_DOWN ? 0 : f->wan_bytes_up);
    e->passed = compare_met(&w->x->count, (double)bytes, 0);
    judge_say(e, "%llu bytes crossed the WAN %s", (unsigned long long)bytes, ways[w->x->way]);
    judge_say_expected(w, e, 0);
    judge_say(e, "; see wan in summary.json");
}

/* Only the run by PFS of a comparison knows of the other one. */
void judge_wan_ratio(const struct wish *w, struct expectation *e)
{
    const struct run_facts *p = &w->r->facts, *t = p->traditional;
    if (!t) {
        judge_say(e, "not known: there was no run in traditional mode; use compare");
        return;
    }
    double before = (double)(t->wan_bytes_down + t->wan_bytes_up);
    double now = (double)(p->wan_bytes_down + p->wan_bytes_up);
    double ratio = figure_quotient(before, now);
    e->passed = now > 0 && compare_met(&w->x->count, ratio, 0);
    if (now > 0)
        judge_say(e, "%.2f: %.0f bytes on the WAN in traditional mode over %.0f by PFS", ratio,
                  before, now);
    else
        judge_say(e, "there is none: nothing crossed the WAN by PFS");
    judge_say_expected(w, e, 0);
    judge_say(e, "; see ratios in compare.json");
}

void judge_time(const struct wish *w, struct expectation *e)
{
    char text[UNITS_TEXT];
    e->passed = compare_met(&w->x->count, (double)w->r->facts.emulated_us, 0);
    judge_say(e, "the last phone came to its end after %s of emulated time",
              units_show_seconds((double)w->r->facts.emulated_us / 1e6, text));
    judge_say_expected(w, e, 0);
    judge_say(e, "; see time in summary.json");
}
