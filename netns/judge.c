/* judge.c - one function per expectation; the table at the end gives their order. */
#include "netns/judge.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMED 3        /* phones or files that a detail names before it only counts */
#define MAX_CHILDREN 2 /* a binary tree, by the vendor's description */

/* Appends; what does not fit is cut. */
static void say(struct expectation *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void say(struct expectation *e, const char *format, ...)
{
    size_t len = strlen(e->detail);
    va_list args;
    va_start(args, format);
    vsnprintf(e->detail + len, sizeof e->detail - len, format, args);
    va_end(args);
}

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

bool judge_upgraded(const struct results *r, size_t phone)
{
    char text[JUDGE_TEXT];
    const struct phone_status *s = &r->facts.status[phone];
    return judge_phone(s) != OUTCOME_OUT && s->upgraded && !judge_astray(r, phone, text);
}

unsigned judge_out(const struct results *r)
{
    unsigned out = 0;
    for (size_t i = 0; i < r->plan->count; i++)
        out += judge_phone(&r->facts.status[i]) == OUTCOME_OUT;
    return out;
}

static void say_out(const struct results *r, struct expectation *e)
{
    unsigned out = judge_out(r);
    if (out > 0)
        say(e, "; %u killed, frozen or unplugged on purpose", out);
}

const char *judge_said(const struct phone_status *s, char out[JUDGE_TEXT])
{
    bool both = s->status_text[0] && s->status_file[0];
    snprintf(out, JUDGE_TEXT, "%s%s%s", s->status_text, both ? ": " : "",
             both ? s->status_file : "");
    if (!out[0] && judge_phone(s) == OUTCOME_FAILED)
        snprintf(out, JUDGE_TEXT, "no status text");
    return out;
}

const char *judge_doing(const struct phone_status *s, char out[JUDGE_TEXT])
{
    const char *state = s->state < PHONE_STATE_COUNT ? phone_state_names[s->state] : "unknown";
    char said[JUDGE_TEXT];
    int len = snprintf(out, JUDGE_TEXT, "%s", state);
    if (s->screen.component[0])
        len += snprintf(out + len, (size_t)(JUDGE_TEXT - len), ", %s %u KB %u %%",
                        s->screen.component, s->screen.kb, s->screen.percent);
    if (judge_said(s, said)[0])
        snprintf(out + len, (size_t)(JUDGE_TEXT - len), ", \"%s\"", said);
    return out;
}

/* Every phone came to an end of its own. */
static void judge_finished(const struct results *r, struct expectation *e)
{
    unsigned unfinished = 0;
    char doing[JUDGE_TEXT];
    for (size_t i = 0; i < r->plan->count; i++) {
        if (judge_phone(&r->facts.status[i]) != OUTCOME_UNFINISHED)
            continue;
        if (unfinished++ < NAMED)
            say(e, "%s%s (%s)", unfinished > 1 ? ", " : "not at an end: ",
                r->plan->phones[i].name, judge_doing(&r->facts.status[i], doing));
    }
    if (unfinished > NAMED)
        say(e, " and %u more", unfinished - NAMED);
    if (unfinished)
        say(e, "%s; see logs/", r->facts.timed_out ? " when the time was up" : "");
    else
        say(e, "all %zu phones came to an end%s", r->plan->count - judge_out(r),
            r->facts.timed_out ? ", but only after the time was up" : "");
    say_out(r, e);
    e->passed = unfinished == 0 && !r->facts.timed_out;
}

static void judge_phones(const struct results *r, struct expectation *e)
{
    unsigned failed = 0;
    char said[JUDGE_TEXT];
    for (size_t i = 0; i < r->plan->count; i++) {
        const struct phone_status *s = &r->facts.status[i];
        const char *name = r->plan->phones[i].name;
        if (judge_phone(s) != OUTCOME_FAILED)
            continue;
        if (failed++ < NAMED)
            say(e, "%s%s: %s (logs/%s.log)", failed > 1 ? ", " : "", name,
                judge_said(s, said), name);
    }
    if (failed > NAMED)
        say(e, " and %u more", failed - NAMED);
    if (!failed)
        say(e, "no phone failed");
    e->passed = failed == 0;
}

/* Who runs another load than planned: the first few. */
static void say_astray(const struct results *r, struct expectation *e)
{
    unsigned astray = 0;
    char text[JUDGE_TEXT];
    for (size_t i = 0; i < r->plan->count; i++)
        if (judge_phone(&r->facts.status[i]) != OUTCOME_OUT && judge_astray(r, i, text) &&
            astray++ < NAMED)
            say(e, "%s%s %s", astray > 1 ? ", " : ": ", r->plan->phones[i].name, text);
    if (astray > NAMED)
        say(e, " and %u more", astray - NAMED);
}

static void judge_upgrades(const struct results *r, struct expectation *e)
{
    long wanted = r->plan->fleet->expect_upgraded;
    size_t there = r->plan->count - judge_out(r);
    size_t want = wanted == EXPECT_ALL ? there : (size_t)wanted;
    e->passed = r->upgraded == want;
    say(e, "%u of %zu phones upgraded", r->upgraded, there);
    if (e->passed) {
        say_out(r, e);
        return;
    }
    say(e, ", expected %s%zu", wanted == EXPECT_ALL ? "all " : "", want);
    say_astray(r, e);
    say(e, "; summary.json lists each phone under per_phone");
}

/* Who took the file, for the detail: the first few. */
static void say_takers(const struct results *r, struct expectation *e, const struct fetch_count *f)
{
    unsigned named = 0;
    for (size_t i = 0; i < r->server->count; i++) {
        const struct transfer *t = &r->server->transfers[i];
        if (t->end != TRANSFER_SENT || strcmp(t->file, f->file) != 0)
            continue;
        for (size_t p = 0; p < r->plan->count; p++)
            if (r->plan->phones[p].ip == t->client && r->plan->phones[p].model == f->model &&
                r->plan->phones[p].subnet == f->subnet && r->sharing[p] && named++ < NAMED)
                say(e, "%s%s", named > 1 ? ", " : " by ", r->plan->phones[p].name);
    }
}

/* Whether phones of that model and subnet that share took the file at all, from server or peer. */
static bool is_shared(const struct results *r, const struct fetch_count *f)
{
    if (f->sharing)
        return true;
    for (size_t i = 0; i < r->hierarchy_count; i++)
        if (results_fetches(r, &r->hierarchies[i]) == f)
            return true;
    return false;
}

/* One line of the detail per file that was fetched too often or too seldom. */
static void judge_file(const struct results *r, struct expectation *e, const struct fetch_count *f,
                       unsigned *wrong)
{
    if (f->sharing == (unsigned long)r->plan->fleet->expect_fetches)
        return;
    if ((*wrong)++ >= NAMED)
        return;
    say(e, "%s%s ", *wrong > 1 ? "; " : "", f->model->name);
    if (r->plan->subnet_count > 1)
        say(e, "on %s ", r->plan->subnets[f->subnet].name);
    say(e, "%s: %u", f->file, f->sharing);
    say_takers(r, e, f);
}

static void judge_fetches(const struct results *r, struct expectation *e)
{
    long want = r->plan->fleet->expect_fetches;
    unsigned files = 0, wrong = 0;
    bool one = r->plan->subnet_count == 1;
    e->passed = true;
    if (r->plan->fleet->mode != MODE_PFS) {
        say(e, "not judged: in traditional mode every phone fetches every file");
        return;
    }
    for (size_t i = 0; i < r->fetch_count; i++)
        if (r->fetches[i].firmware && r->fetches[i].model && is_shared(r, &r->fetches[i])) {
            files++;
            judge_file(r, e, &r->fetches[i], &wrong);
        }
    for (size_t i = 0; i < r->hierarchy_count; i++) {
        const struct hierarchy *h = &r->hierarchies[i];
        struct fetch_count none = {.model = h->model, .subnet = h->subnet};
        snprintf(none.file, sizeof none.file, "%s", h->file);
        bool again = i > 0 && h[-1].model == h->model && h[-1].subnet == h->subnet &&
                     h[-1].file == h->file;
        if (!again && serverlog_is_firmware(h->file) && !results_fetches(r, h)) {
            files++;
            judge_file(r, e, &none, &wrong);
        }
    }
    e->passed = wrong == 0;
    if (wrong > NAMED)
        say(e, " and %u more files", wrong - NAMED);
    if (wrong)
        say(e, "; expected %ld for each %s; see tftp.log", want,
            one ? "file and model" : "file, model and subnet");
    else if (files)
        say(e, "%ld for each of %u %s, by tftp.log", want, files,
            one ? "files and models" : "files, models and subnets");
    else
        say(e, "no phone with peer firmware sharing took any firmware");
}

static void judge_children(const struct results *r, struct expectation *e)
{
    e->passed = r->widest <= MAX_CHILDREN;
    say(e, "at most %u children at one time in %zu hierarchies", r->widest, r->hierarchy_count);
    if (!e->passed)
        say(e, ", %d allowed; see the child lines of events.jsonl", MAX_CHILDREN);
    if (r->events->damaged)
        say(e, " (%zu damaged lines of events.jsonl skipped)", r->events->damaged);
}

static void judge_faithful(const struct results *r, struct expectation *e)
{
    e->passed = r->faithful;
    say(e, "99 in 100 timers at most %.1f ms late, the worst %.1f ms, in emulated time",
        (double)r->lateness_p99_us / 1e3, (double)r->lateness_max_us / 1e3);
    if (!e->passed)
        say(e, "; 25 ms are allowed: lower the speed (now %u), e.g. --speed %u",
            r->plan->fleet->speed, r->plan->fleet->speed > 1 ? r->plan->fleet->speed / 2 : 1);
}

static bool always(const struct results *r)
{
    (void)r;
    return true;
}

static bool wants_upgraded(const struct results *r)
{
    return r->plan->fleet->expect_upgraded != EXPECT_UNSET;
}

static bool wants_fetches(const struct results *r)
{
    return r->plan->fleet->expect_fetches != EXPECT_UNSET;
}

static bool has_children(const struct results *r)
{
    return r->hierarchy_count || r->widest;
}

static const struct {
    const char *name;
    bool (*asked)(const struct results *);
    void (*judge)(const struct results *, struct expectation *);
} expectations[] = {
    {"finished", always, judge_finished},
    {"phones", always, judge_phones},
    {"upgraded", wants_upgraded, judge_upgrades},
    {"server_fetches_per_file", wants_fetches, judge_fetches},
    {"hierarchy-children", has_children, judge_children},
    {"faithful", always, judge_faithful},
};
#define EXPECTATIONS (sizeof expectations / sizeof *expectations)

int judge(struct results *r)
{
    r->expectations = calloc(EXPECTATIONS, sizeof *r->expectations);
    if (!r->expectations)
        return -ENOMEM;
    r->passed = true;
    for (size_t i = 0; i < EXPECTATIONS; i++) {
        struct expectation *e = &r->expectations[r->expectation_count];
        if (!expectations[i].asked(r))
            continue;
        snprintf(e->name, sizeof e->name, "%s", expectations[i].name);
        expectations[i].judge(r, e);
        r->passed = r->passed && e->passed;
        r->expectation_count++;
    }
    return 0;
}
