/* judge.c - the tables of wishes and of what is always expected, and the judges of the latter. */
#include "netns/judges.h"
#include "netns/meant.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CHILDREN 2 /* a binary tree, by the vendor's description */

/* ---- phones ------------------------------------------------------------------------- */

enum phone_outcome judge_phone(const struct phone_status *s)
{
    if (s->state == PHONE_FAILED)
        return OUTCOME_FAILED;
    if (s->state == PHONE_KILLED || s->state == PHONE_FROZEN || s->state == PHONE_UNPLUGGED)
        return OUTCOME_OUT;
    return s->state == PHONE_IDLE ? OUTCOME_IDLE : OUTCOME_UNFINISHED;
}

const char *judge_astray(const struct results *r, size_t phone, char out[JUDGE_TEXT])
{
    const char *runs = r->facts.status[phone].running, *planned = r->plan->phones[phone].load;
    if (!*planned || strcmp(runs, planned) == 0) /* a configuration may name no load */
        return NULL;
    snprintf(out, JUDGE_TEXT, "runs %s, not %s", runs[0] ? runs : "nothing", planned);
    return out;
}

bool judge_is_upgraded(const struct plan_phone *planned, const struct phone_status *s)
{
    return judge_phone(s) != OUTCOME_OUT && s->upgraded && strcmp(s->running, planned->load) == 0;
}

bool judge_upgraded(const struct results *r, size_t phone)
{
    return judge_is_upgraded(&r->plan->phones[phone], &r->facts.status[phone]);
}

unsigned judge_out(const struct results *r)
{
    unsigned out = 0;
    for (size_t i = 0; i < r->plan->count; i++)
        out += judge_phone(&r->facts.status[i]) == OUTCOME_OUT;
    return out;
}

const char *judge_expected_end(const struct results *r, size_t phone, char out[JUDGE_TEXT])
{
    const struct phone_status *s = &r->facts.status[phone];
    char text[JUDGE_TEXT];
    if (!r->excused[phone])
        return NULL;
    bool failed = judge_phone(s) == OUTCOME_FAILED;
    snprintf(out, JUDGE_TEXT, "%.*s", JUDGE_TEXT - 1,
             failed ? judge_said(s, text) : judge_doing(s, text));
    return out;
}

/* ---- what is always expected -------------------------------------------------------- */

/* Every phone came to an end of its own, but for those that are expected not to. */
static void judge_finished(const struct wish *w, struct expectation *e)
{
    const struct results *r = w->r;
    unsigned unfinished = 0, restless = 0;
    char doing[JUDGE_TEXT];
    for (size_t i = 0; i < r->plan->count; i++) {
        if (judge_phone(&r->facts.status[i]) != OUTCOME_UNFINISHED)
            continue;
        restless += r->excused[i];
        if (!r->excused[i] && unfinished++ < NAMED)
            judge_say(e, "%s%s (%s)", unfinished > 1 ? ", " : "not at an end: ",
                      r->plan->phones[i].name, judge_doing(&r->facts.status[i], doing));
    }
    if (unfinished > NAMED)
        judge_say(e, " and %u more", unfinished - NAMED);
    if (unfinished)
        judge_say(e, "%s; see logs/", r->facts.timed_out ? " when the time was up" : "");
    else
        judge_say(e, "all %zu phones came to an end%s", r->plan->count - judge_out(r) - restless,
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
    char said[JUDGE_TEXT];
    for (size_t i = 0; i < r->plan->count; i++) {
        const struct phone_status *s = &r->facts.status[i];
        const char *name = r->plan->phones[i].name;
        if (judge_phone(s) != OUTCOME_FAILED)
            continue;
        excused += r->excused[i];
        if (!r->excused[i] && failed++ < NAMED)
            judge_say(e, "%s%s: %s (logs/%s.log)", failed > 1 ? ", " : "", name,
                      judge_said(s, said), name);
    }
    if (failed > NAMED)
        judge_say(e, " and %u more", failed - NAMED);
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

static void judge_faithful(const struct wish *w, struct expectation *e)
{
    const struct results *r = w->r;
    bool let_off = is_let_off(r);
    unsigned speed = r->plan->fleet->speed;
    e->passed = r->faithful || let_off;
    judge_say(e, "99 in 100 timers at most %.1f ms late, the worst %.1f ms, in emulated time",
              (double)r->lateness_p99_us / 1e3, (double)r->lateness_max_us / 1e3);
    if (!r->faithful && let_off)
        judge_say(e, "; more than 25 ms, which the fleet file allows");
    else if (!r->faithful)
        judge_say(e, "; 25 ms are allowed: lower the speed (now %u), e.g. --speed %u", speed,
                  speed > 1 ? speed / 2 : 1);
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

static bool has_children(const struct results *r)
{
    return r->hierarchy_count || r->widest;
}

/* What stands before the wishes of the file, and behind them. */
static const struct row {
    const char *name;
    bool (*asked)(const struct results *);
    judge_fn *judge;
} before[] = {{"finished", always, judge_finished}, {"phones", always, judge_failures}},
  after[] = {{"hierarchy-children", has_children, judge_children},
             {"faithful", always, judge_faithful}};
#define BEFORE (sizeof before / sizeof *before)
#define AFTER  (sizeof after / sizeof *after)

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

static void judge_one(struct results *r, judge_fn *judge_it, const struct expect *x,
                      const char *name, uint32_t *phones)
{
    struct expectation *e = &r->expectations[r->expectation_count++];
    struct wish w = {.r = r, .x = x, .phones = phones, .count = judge_meant(r->plan, x, phones)};
    snprintf(e->name, sizeof e->name, "%s", name);
    judge_it(&w, e);
    r->passed = r->passed && e->passed;
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

int judge(struct results *r)
{
    const struct fleet *fleet = r->plan->fleet;
    uint32_t *phones = calloc(r->plan->count + 1, sizeof *phones);
    r->expectations = calloc(BEFORE + fleet->expect_count + AFTER, sizeof *r->expectations);
    int err = !phones || !r->expectations ? -ENOMEM : judge_excuses(r);
    r->passed = !err;
    if (!err)
        judge_rows(r, before, BEFORE, phones);
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
        judge_rows(r, after, AFTER, phones);
    free(phones);
    return err;
}
