/* judge_file.c - wishes about files: how often the server sent each, and the trees they went down.
 */
#include "netns/judge/wish.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_asked(const struct wish *w, const struct phone_model *model, const char *file)
{
    return (!w->x->model || w->x->model == model) && judge_fits(w->x->file, file) &&
           serverlog_is_firmware(file);
}

/* ---- server fetches ----------------------------------------------------------------- */

struct tally {
    const struct wish *w;
    bool *counts; /* per phone: whether its fetches are asked for */
    struct fetches fetches;
};

static bool is_counted(const void *of, size_t phone, const char *file)
{
    const struct tally *t = of;
    return t->counts[phone] && is_asked(t->w, t->w->r->plan->phones[phone].model, file);
}

/* By the server's log; and, with none there, what a phone says it got. 0 or -ENOMEM. */
static int tally_up(struct tally *t)
{
    const struct results *r = t->w->r;
    bool chosen = t->w->x->phones.kind != SELECT_NONE;
    for (size_t i = 0; i < t->w->count; i++)
        t->counts[t->w->phones[i]] = chosen || r->sharing[t->w->phones[i]];
    const struct fetches_wish wish = {
        .plan = r->plan, .log = r->server, .asked = is_counted, .of = t};
    int err = fetches_count(&t->fetches, &wish);
    for (size_t i = 0; !err && i < r->events->count; i++) {
        const struct eventlog_line *line = &r->events->lines[i];
        const struct plan_phone *p = &r->plan->phones[line->phone];
        if (line->event == EVENT_FETCHED && is_counted(t, line->phone, line->file) &&
            !fetches_row(&t->fetches, p->model, p->subnet, line->file))
            err = -ENOMEM;
    }
    return err;
}

/* Who took the file from the server: the first few. */
static void say_takers(struct expectation *e, const struct fetch_count *f)
{
    for (unsigned i = 0; i < f->count && i < FETCHES_TAKERS; i++)
        judge_say(e, "%s%s", i ? ", " : " by ", f->takers[i]->name);
}

static void say_tally(const struct tally *t, struct expectation *e)
{
    const struct plan *plan = t->w->r->plan;
    const struct compare *c = &t->w->x->count;
    bool one = plan->subnet_count == 1;
    unsigned wrong = 0;
    struct range range = {0};
    for (size_t i = 0; i < t->fetches.count; i++) {
        const struct fetch_count *f = &t->fetches.rows[i];
        judge_range_take(&range, f->count);
        if (compare_met(c, f->count, 0) || !judge_name(e, &wrong, "", "; "))
            continue;
        judge_say(e, "%s ", f->model->name);
        if (!one)
            judge_say(e, "on %s ", plan->subnets[f->subnet].name);
        judge_say(e, "%s: %u", f->file, f->count);
        say_takers(e, f);
    }
    judge_name_rest(e, wrong, " files");
    e->passed = wrong == 0;
    if (wrong) {
        judge_say(e, "; expected %s for each %s; see tftp.log", c->text,
                  one ? "file and model" : "file, model and subnet");
        return;
    }
    judge_say_range(e, &range);
    judge_say(e, " for each of %zu %s", t->fetches.count,
              one ? "files and models" : "files, models and subnets");
    judge_say_expected(t->w, e, 0);
    judge_say(e, "; see tftp.log");
}

/* Nothing taken is nothing seen: a wish that names what it is about has to be met by 0; so has one
 * that does not, where phones without peer firmware sharing took firmware, each for itself. */
static void say_none(const struct wish *w, struct expectation *e)
{
    bool chosen = w->x->phones.kind != SELECT_NONE || w->x->model || w->x->file;
    bool alone = !chosen && fetches_of_firmware(&w->r->fetches) > 0;
    e->passed = (!chosen && !alone) || compare_met(&w->x->count, 0, 0);
    judge_say(e, chosen ? "none of these phones took such a file; see tftp.log"
                 : alone ? "no phone that took firmware has peer firmware sharing on: each fetched "
                           "its own; see tftp.log"
                         : "no phone took any firmware");
}

void judge_fetches(const struct wish *w, struct expectation *e)
{
    struct tally t = {.w = w};
    if (w->r->plan->fleet->mode != MODE_PFS && w->x->phones.kind == SELECT_NONE) {
        e->passed = true;
        judge_say(e, "not judged: in traditional mode every phone fetches every file");
        return;
    }
    t.counts = calloc(w->r->plan->count + 1, sizeof *t.counts);
    if (!t.counts || tally_up(&t) != 0)
        judge_say(e, "not judged: out of memory");
    else if (t.fetches.count > 0)
        say_tally(&t, e);
    else
        say_none(w, e);
    fetches_free(&t.fetches);
    free(t.counts);
}

/* ---- trees -------------------------------------------------------------------------- */

/* How deep the deepest one is that is asked for. */
void judge_depth(const struct wish *w, struct expectation *e)
{
    const struct hierarchy *deepest = NULL;
    if (!judge_shares(w, e))
        return;
    for (size_t i = 0; i < w->r->hierarchy_count; i++) {
        const struct hierarchy *h = &w->r->hierarchies[i];
        if (is_asked(w, h->model, h->file) && (!deepest || h->depth > deepest->depth))
            deepest = h;
    }
    if (!deepest) {
        judge_say(e, "no such hierarchy was formed");
        judge_say_expected(w, e, 0);
        judge_say(e, "; see hierarchies in summary.json");
        return;
    }
    e->passed = compare_met(&w->x->count, deepest->depth, 0);
    judge_say(e, "the deepest hierarchy has %u levels (%s %s below %s)", deepest->depth,
              deepest->model->name, deepest->file, deepest->root);
    judge_say_expected(w, e, 0);
    judge_say(e, "; see hierarchies in summary.json");
}

/* How many phones of a hierarchy's kin were confirmed as root of its file. */
static unsigned count_roots(const struct results *r, const struct hierarchy *h, bool *was_root)
{
    unsigned roots = 0;
    memset(was_root, 0, r->plan->count);
    for (size_t i = 0; i < r->events->count; i++) {
        const struct eventlog_line *line = &r->events->lines[i];
        const struct plan_phone *p = &r->plan->phones[line->phone];
        if (line->event != EVENT_ROOT || line->file != h->file || p->model != h->model ||
            p->subnet != h->subnet)
            continue;
        roots += !was_root[line->phone];
        was_root[line->phone] = true;
    }
    return roots;
}

/* A hierarchy of other kin with the same root; NULL: none. */
static const struct hierarchy *find_rival(const struct results *r, const struct hierarchy *h)
{
    for (size_t i = 0; i < r->hierarchy_count; i++) {
        const struct hierarchy *other = &r->hierarchies[i];
        if ((other->model != h->model || other->subnet != h->subnet) &&
            strcmp(other->root, h->root) == 0)
            return other;
    }
    return NULL;
}

/* Where the site has several, which of its subnets. */
static void say_hierarchy(const struct results *r, struct expectation *e, const struct hierarchy *h)
{
    judge_say(e, "%s ", h->model->name);
    if (r->plan->subnet_count > 1)
        judge_say(e, "on %s ", r->plan->subnets[h->subnet].name);
    judge_say(e, "%s", h->file);
}

/* Says what is wrong with those asked for; how many are, *seen of them all. */
static unsigned find_indistinct(const struct wish *w, struct expectation *e, bool *was_root,
                                size_t *seen)
{
    unsigned wrong = 0;
    for (size_t i = 0; i < w->r->hierarchy_count; i++) {
        const struct hierarchy *h = &w->r->hierarchies[i], *rival = find_rival(w->r, h);
        if (!is_asked(w, h->model, h->file))
            continue;
        unsigned roots = count_roots(w->r, h, was_root);
        (*seen)++;
        if ((roots == 1 && !rival) || !judge_name(e, &wrong, "", "; "))
            continue;
        say_hierarchy(w->r, e, h);
        if (rival)
            judge_say(e, ": its root %s is also that of %s", h->root, rival->model->name);
        else
            judge_say(e, ": %u confirmed roots", roots);
    }
    judge_name_rest(e, wrong, "");
    return wrong;
}

void judge_roots(const struct wish *w, struct expectation *e)
{
    size_t seen = 0;
    if (!judge_shares(w, e))
        return;
    bool *was_root = calloc(w->r->plan->count + 1, sizeof *was_root);
    unsigned wrong = was_root ? find_indistinct(w, e, was_root, &seen) : 0;
    free(was_root);
    e->passed = seen > 0 && (wrong == 0) == w->x->wanted;
    if (seen == 0)
        judge_say(e, "no such hierarchy was formed");
    else if (wrong == 0)
        judge_say(e, "one confirmed root for each of %zu hierarchies", seen);
    judge_say(e, ", expected %s; see the root lines of events.jsonl",
              w->x->wanted ? "one root for each" : "roots that are not");
}
