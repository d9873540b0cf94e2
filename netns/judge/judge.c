/* judge.c - the tables of wishes and of what is always expected, and the judges of the latter. */
#include "netns/judge/judge.h"
#include "netns/judge/wish.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CHILDREN 2 /* a binary tree, by the vendor's description */

/* ---- what is always expected -------------------------------------------------------- */

/* Every phone came to an end of its own, but for those that are expected not to. */
static void judge_finished(const struct wish *w, struct expectation *e)
{
    const struct results *r = w->r;
    unsigned unfinished = 0, restless = 0;
    char doing[OUTCOME_TEXT];
    for (size_t i = 0; i < r->plan->count; i++) {
        if (outcome_of(&r->facts.status[i]) != OUTCOME_UNFINISHED)
            continue;
        restless += r->excused[i];
        if (!r->excused[i] && judge_name(e, &unfinished, "not at an end: ", ", "))
            judge_say(e, "%s (%s)", r->plan->phones[i].name,
                      outcome_doing(&r->facts.status[i], doing));
    }
    judge_name_rest(e, unfinished, "");
    if (unfinished)
        judge_say(e, "%s; see logs/", r->facts.timed_out ? " when the time was up" : "");
    else
        judge_say(e, "all %zu phones came to an end%s", r->plan->count - results_out(r) - restless,
                  r->facts.timed_out ? ", but only after the time was up" : "");
    if (restless)
        judge_say(e, "; %u not, as expected", restless);
    judge_say_out(w, e);
    e->passed = unfinished == 0 && !r->facts.timed_out;
}

static void judge_failures(const struct wish *w, struct expectation *e)
{
    const struct results *r = w->r;
    unsigned failed = 0, excused = 0;
    char said[OUTCOME_TEXT];
    for (size_t i = 0; i < r->plan->count; i++) {
        const struct phone_status *s = &r->facts.status[i];
        const char *name = r->plan->phones[i].name;
        if (outcome_of(s) != OUTCOME_FAILED)
            continue;
        excused += r->excused[i];
        if (!r->excused[i] && judge_name(e, &failed, "", ", "))
            judge_say(e, "%s: %s (logs/%s.log)", name, outcome_said(s, said), name);
    }
    judge_name_rest(e, failed, "");
    if (!failed)
        judge_say(e, excused ? "no other phone failed" : "no phone failed");
    if (excused)
        judge_say(e, "; %u failed as expected", excused);
    e->passed = failed == 0;
}

static void judge_children(const struct wish *w, struct expectation *e)
{
    const struct results *r = w->r;
    e->passed = r->widest <= MAX_CHILDREN;
    judge_say(e, "at most %u children at one time in %zu hierarchies", r->widest,
              r->hierarchy_count);
    if (!e->passed)
        judge_say(e, ", %d allowed; see the child lines of events.jsonl", MAX_CHILDREN);
    if (r->events->damaged)
        judge_say(e, " (%zu damaged lines of events.jsonl skipped)", r->events->damaged);
}

/* ---- the tables --------------------------------------------------------------------- */

static judge_fn *const judges[EXPECT_KIND_COUNT] = {
    [EXPECT_UPGRADED] = judge_upgrades,
    [EXPECT_FAILED] = judge_fails,
    [EXPECT_RUNNING] = judge_running,
    [EXPECT_FETCHES] = judge_fetches,
    [EXPECT_WAN_BYTES] = judge_wan_bytes,
    [EXPECT_WAN_RATIO] = judge_wan_ratio,
    [EXPECT_TIME] = judge_time,
    [EXPECT_DEPTH] = judge_depth,
    [EXPECT_ROOTS] = judge_roots,
    [EXPECT_FALLBACKS] = judge_fallbacks,
    [EXPECT_PEERS] = judge_peers,
    [EXPECT_SESSIONS] = judge_sessions,
    [EXPECT_SHARING] = judge_sharing,
    [EXPECT_REBOOTS] = judge_reboots,
    [EXPECT_REGISTERED] = judge_registered,
    [EXPECT_SCREEN] = judge_screen,
    [EXPECT_LOG] = judge_log,
    [EXPECT_PAGE] = judge_page,
    [EXPECT_FAITHFUL] = NULL, /* bears on what is always judged */
};

static bool always(const struct results *r)
{
    (void)r;
    return true;
}

static bool asks(const struct results *r)
{
    return r->leases.asking > 0;
}

static bool has_children(const struct results *r)
{
    return r->hierarchy_count || r->widest;
}

/* What stands before the wishes of the file, and behind them. */
static const struct row {
    const char *name;
    bool (*asked)(const struct results *);
    judge_fn *judge;
} ahead[] = {{"finished", always, judge_finished},
             {"phones", always, judge_failures},
             {"addresses", asks, judge_addresses}},
  behind[] = {{"hierarchy-children", has_children, judge_children},
              {"faithful", always, judge_faithful}};
#define AHEAD  (sizeof ahead / sizeof *ahead)
#define BEHIND (sizeof behind / sizeof *behind)

static void judge_one(struct results *r, judge_fn *judge_it, const struct expect *x,
                      const char *name, uint32_t *phones)
{
    struct expectation *e = &r->expectations[r->expectation_count++];
    struct wish w = {.r = r, .x = x, .phones = phones, .count = judge_meant(r->plan, x, phones)};
    snprintf(e->name, sizeof e->name, "%s", name);
    judge_it(&w, e);
    r->passed = r->passed && e->passed;
    r->inconclusive = r->inconclusive || (e->doubts && !e->passed);
}

static void judge_rows(struct results *r, const struct row *rows, size_t count, uint32_t *phones)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].asked(r))
            judge_one(r, rows[i].judge, NULL, rows[i].name, phones);
}

/* "depth", or where the file has several of that kind "depth[1]", as in its paths. */
static void name_wish(const struct fleet *fleet, size_t i, char *out, size_t size)
{
    size_t same = 0, before_it = 0;
    for (size_t n = 0; n < fleet->expect_count; n++) {
        bool alike = fleet->expects[n].origin.kind == fleet->expects[i].origin.kind;
        same += alike;
        before_it += alike && n < i;
    }
    if (same > 1)
        snprintf(out, size, "%s[%zu]", expect_word(&fleet->expects[i]), before_it);
    else
        snprintf(out, size, "%s", expect_word(&fleet->expects[i]));
}

/* What peers do cannot be as expected where there are none: the cause of the latest finding. */
static void say_none_share(struct results *r, enum expect_kind kind)
{
    static const bool of_peers[EXPECT_KIND_COUNT] = {
        [EXPECT_FETCHES] = true, [EXPECT_DEPTH] = true,    [EXPECT_ROOTS] = true,
        [EXPECT_PEERS] = true,   [EXPECT_SESSIONS] = true, [EXPECT_WAN_RATIO] = true};
    struct expectation *e = &r->expectations[r->expectation_count - 1];
    bool any = r->plan->fleet->mode != MODE_PFS;
    for (size_t i = 0; i < r->plan->count && !any; i++)
        any = r->sharing[i];
    if (!e->passed && !any && of_peers[kind])
        judge_say(e, "; the cause: peerFirmwareSharing is on for no phone");
}

/* 0 or -ENOMEM. */
static int judge(struct results *r)
{
    const struct fleet *fleet = r->plan->fleet;
    uint32_t *phones = calloc(r->plan->count + 1, sizeof *phones);
    r->expectations = calloc(AHEAD + fleet->expect_count + BEHIND, sizeof *r->expectations);
    int err = !phones || !r->expectations ? -ENOMEM : judge_excuses(r);
    r->passed = !err;
    if (!err)
        judge_rows(r, ahead, AHEAD, phones);
    for (size_t i = 0; !err && i < fleet->expect_count; i++) {
        const struct expect *x = &fleet->expects[i];
        char name[64];
        name_wish(fleet, i, name, sizeof name);
        if (!judges[x->origin.kind] || !judge_applies(r, x))
            continue;
        judge_one(r, judges[x->origin.kind], x, name, phones);
        say_none_share(r, (enum expect_kind)x->origin.kind);
    }
    if (!err)
        judge_rows(r, behind, BEHIND, phones);
    free(phones);
    return err;
}

struct results *judge_run(const struct plan *plan, const struct run_facts *facts,
                          const char *out_dir)
{
    struct results *r = results_make(plan, facts, out_dir);
    int err = r ? judge(r) : 0;
    if (r)
        r->out_dir = NULL;
    if (!err)
        return r;
    fputs("out of memory while judging the run\n", stderr);
    results_free(r);
    return NULL;
}
