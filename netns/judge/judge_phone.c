/* judge_phone.c - wishes about phones: how many of them ..., and how often each of them ... */
#include "netns/judge/wish.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- how many ----------------------------------------------------------------------- */

/* The first few of those meant of whom the test says that; nobody who is out. */
static void say_who(const struct wish *w, struct expectation *e, phone_test *test, bool that)
{
    unsigned named = 0;
    for (size_t i = 0; i < w->count; i++) {
        size_t phone = w->phones[i];
        if (outcome_of(&w->r->facts.status[phone]) != OUTCOME_OUT &&
            test(w, phone) == that && judge_name(e, &named, that ? ": " : "; not ", ", "))
            judge_say(e, "%s", w->r->plan->phones[phone].name);
    }
    judge_name_rest(e, named, "");
}

void judge_how_many(const struct wish *w, struct expectation *e, phone_test *test,
                    const char *what, const char *where)
{
    size_t there = judge_there(w), n = 0;
    for (size_t i = 0; i < w->count; i++)
        n += outcome_of(&w->r->facts.status[w->phones[i]]) != OUTCOME_OUT &&
             test(w, w->phones[i]);
    e->passed = compare_met(&w->x->count, (double)n, there);
    judge_say(e, "%zu of %zu phones %s", n, there, what);
    judge_say_expected(w, e, there);
    if (!e->passed && n > 0)
        say_who(w, e, test, n <= there - n);
    judge_say_out(w, e);
    judge_say(e, "; see %s", where);
}

/* Who runs another load than planned: the first few. */
static void say_astray(const struct wish *w, struct expectation *e)
{
    unsigned astray = 0;
    char text[OUTCOME_TEXT];
    for (size_t i = 0; i < w->count; i++) {
        size_t phone = w->phones[i];
        if (outcome_of(&w->r->facts.status[phone]) != OUTCOME_OUT &&
            results_astray(w->r, phone, text) && judge_name(e, &astray, ": ", ", "))
            judge_say(e, "%s %s", w->r->plan->phones[phone].name, text);
    }
    judge_name_rest(e, astray, "");
}

void judge_upgrades(const struct wish *w, struct expectation *e)
{
    size_t there = judge_there(w), upgraded = 0;
    for (size_t i = 0; i < w->count; i++)
        upgraded += results_upgraded(w->r, w->phones[i]);
    e->passed = compare_met(&w->x->count, (double)upgraded, there);
    judge_say(e, "%zu of %zu phones upgraded", upgraded, there);
    if (e->passed) {
        judge_say_out(w, e);
        return;
    }
    judge_say_expected(w, e, there);
    say_astray(w, e);
    judge_say(e, "; summary.json lists each phone under per_phone");
}

/* What an unfinished phone said when it failed the last time, unless it came to an end since. */
static const struct eventlog_line *last_failure(const struct results *r, size_t phone)
{
    const struct eventlog_line *failure = NULL;
    for (size_t i = 0; i < r->events->count; i++) {
        const struct eventlog_line *line = &r->events->lines[i];
        if (line->phone == phone && line->event == EVENT_IDLE)
            failure = NULL;
        else if (line->phone == phone && line->event == EVENT_FAILED)
            failure = line;
    }
    return failure;
}

bool judge_fails_as(const struct results *r, const struct expect *x, size_t phone)
{
    const struct phone_status *s = &r->facts.status[phone];
    const struct eventlog_line *line;
    switch (outcome_of(s)) {
    case OUTCOME_IDLE:
    case OUTCOME_OUT:
        return false;
    case OUTCOME_FAILED:
        return judge_fits(x->text, s->status_text) && judge_fits(x->file, s->status_file);
    case OUTCOME_UNFINISHED:
        line = last_failure(r, phone);
        return line && judge_fits(x->text, line->text ? line->text : "") &&
               judge_fits(x->file, line->file ? line->file : "");
    }
    return false;
}

static bool fails_as(const struct wish *w, size_t phone)
{
    return judge_fails_as(w->r, w->x, phone);
}

void judge_fails(const struct wish *w, struct expectation *e)
{
    char what[OUTCOME_TEXT];
    snprintf(what, sizeof what, "failed%s%s%s%s%s", w->x->text ? " with \"" : "",
             w->x->text ? w->x->text : "", w->x->text ? "\"" : "", w->x->file ? " over " : "",
             w->x->file ? w->x->file : "");
    judge_how_many(w, e, fails_as, what, "status_text under per_phone in summary.json");
}

static bool runs_load(const struct wish *w, size_t phone)
{
    return strcmp(w->r->facts.status[phone].running, w->x->load) == 0;
}

void judge_running(const struct wish *w, struct expectation *e)
{
    char what[OUTCOME_TEXT];
    snprintf(what, sizeof what, "run %s", w->x->load);
    judge_how_many(w, e, runs_load, what, "running under per_phone in summary.json");
}

/* By the phone's own word: what its configuration said to it. */
static bool shares(const struct wish *w, size_t phone)
{
    return w->r->facts.status[phone].pfs != 0;
}

void judge_sharing(const struct wish *w, struct expectation *e)
{
    if (judge_shares(w, e))
        judge_how_many(w, e, shares, "have peer firmware sharing on",
                       "pfs under per_phone in summary.json");
}

/* ---- how often each ----------------------------------------------------------------- */

/* Zeroed, one per phone of the plan; NULL after saying that there is no memory. */
static unsigned *numbers_new(const struct wish *w, struct expectation *e)
{
    unsigned *numbers = calloc(w->r->plan->count + 1, sizeof *numbers);
    if (!numbers)
        judge_say(e, "not judged: out of memory");
    return numbers;
}

/* "1 to 2 peers used by each of 8 phones, expected <=2"; frees the numbers. */
static void judge_each(const struct wish *w, struct expectation *e, unsigned *numbers,
                       const char *what, const char *where)
{
    unsigned wrong = 0;
    struct range range = {0};
    for (size_t i = 0; i < w->count; i++) {
        unsigned n = numbers[w->phones[i]];
        judge_range_take(&range, n);
        if (!compare_met(&w->x->count, n, 0) && judge_name(e, &wrong, "", ", "))
            judge_say(e, "%s: %u", w->r->plan->phones[w->phones[i]].name, n);
    }
    e->passed = wrong == 0;
    judge_name_rest(e, wrong, "");
    if (!wrong)
        judge_say_range(e, &range);
    judge_say(e, " %s", what);
    if (!wrong)
        judge_say(e, " for each of %zu phones", w->count);
    judge_say_expected(w, e, 0);
    judge_say(e, "; see %s", where);
    free(numbers);
}

void judge_reboots(const struct wish *w, struct expectation *e)
{
    unsigned *boots = numbers_new(w, e);
    if (!boots)
        return;
    for (size_t i = 0; i < w->r->events->count; i++)
        boots[w->r->events->lines[i].phone] += w->r->events->lines[i].event == EVENT_BOOT;
    for (size_t i = 0; i < w->r->plan->count; i++)
        boots[i] -= boots[i] > 0; /* the first is power-on */
    judge_each(w, e, boots, "reboots", "the boot lines of events.jsonl");
}

void judge_peers(const struct wish *w, struct expectation *e)
{
    const struct eventlog *log = w->r->events;
    size_t count = w->r->plan->count;
    unsigned *peers = judge_shares(w, e) ? numbers_new(w, e) : NULL;
    bool *met = peers ? calloc(count, count) : NULL; /* whether a phone used a peer before */
    for (size_t i = 0; met && i < log->count; i++) {
        const struct eventlog_line *line = &log->lines[i];
        if (line->event != EVENT_FETCHED || line->peer < 0)
            continue;
        bool *known = &met[line->phone * count + (size_t)line->peer];
        peers[line->phone] += !*known;
        *known = true;
    }
    if (met)
        judge_each(w, e, peers, "peers used", "the fetched lines of events.jsonl");
    else if (peers)
        judge_say(e, "not judged: out of memory");
    if (!met)
        free(peers);
    free(met);
}

void judge_sessions(const struct wish *w, struct expectation *e)
{
    const struct phone_traffic *traffic = w->r->facts.traffic;
    unsigned *opened = judge_shares(w, e) ? numbers_new(w, e) : NULL;
    if (!opened)
        return;
    for (size_t i = 0; traffic && i < w->r->plan->count; i++)
        opened[i] = traffic[i].opened;
    if (traffic) {
        judge_each(w, e, opened, "connections opened on TCP 4051", "per_phone in summary.json");
        return;
    }
    judge_say(e, "not known: nothing was metered on the LAN");
    free(opened);
}

void judge_fallbacks(const struct wish *w, struct expectation *e)
{
    unsigned *falls = judge_shares(w, e) ? numbers_new(w, e) : NULL;
    if (!falls)
        return;
    for (size_t i = 0; i < w->r->events->count; i++)
        falls[w->r->events->lines[i].phone] += w->r->events->lines[i].event == EVENT_FALLBACK;
    unsigned all = 0, named = 0;
    for (size_t i = 0; i < w->count; i++)
        all += falls[w->phones[i]];
    e->passed = compare_met(&w->x->count, all, 0);
    judge_say(e, "peers were given up for the server %u times", all);
    for (size_t i = 0; i < w->count; i++)
        if (falls[w->phones[i]] && judge_name(e, &named, " by ", ", "))
            judge_say(e, "%s", w->r->plan->phones[w->phones[i]].name);
    judge_name_rest(e, named, "");
    judge_say_expected(w, e, 0);
    judge_say(e, "; see the fallback lines of events.jsonl");
    free(falls);
}

/* ---- what is expected to go wrong --------------------------------------------------- */

/* Whether the wish is about phones that cannot come to rest: an upgrade takes one reboot. */
static bool wants_loop(const struct expect *x)
{
    return x->origin.kind == EXPECT_REBOOTS && !compare_met(&x->count, 0, 0) &&
           !compare_met(&x->count, 1, 0);
}

static void excuse(struct results *r, const struct expect *x, const uint32_t *phones, size_t count)
{
    bool fails = x->origin.kind == EXPECT_FAILED &&
                 !(compare_met(&x->count, 0, count) && !compare_met(&x->count, 1, count));
    bool bound = x->origin.kind == EXPECT_UPGRADED && x->count.op == COMPARE_ALL;
    for (size_t i = 0; i < count; i++) {
        enum phone_outcome outcome = outcome_of(&r->facts.status[phones[i]]);
        bool bad = outcome == OUTCOME_FAILED || outcome == OUTCOME_UNFINISHED;
        r->bound[phones[i]] |= bound;
        r->excused[phones[i]] |= bad && (wants_loop(x) ||
                                         (fails && judge_fails_as(r, x, phones[i])));
    }
}

int judge_excuses(struct results *r)
{
    const struct fleet *fleet = r->plan->fleet;
    uint32_t *phones = calloc(r->plan->count + 1, sizeof *phones);
    if (!phones)
        return -ENOMEM;
    for (size_t i = 0; i < fleet->expect_count; i++)
        if (judge_applies(r, &fleet->expects[i]))
            excuse(r, &fleet->expects[i], phones,
                   judge_meant(r->plan, &fleet->expects[i], phones));
    free(phones);
    return 0;
}
