/* batch.c - see batch.h. */
#include "netns/batch.h"

#include "netns/fleet/expect.h"
#include "netns/judge/judge.h"
#include "netns/plan/firmware.h"
#include "netns/plan/planner.h"
#include "netns/report/print.h"
#include "netns/report/write.h"
#include "netns/run/outdir.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int batch_make(struct batch *b, const struct fleet *base, bool variants,
               const struct fleet_overrides *o)
{
    const char *names[VARIANTS_MAX];
    size_t count = variants ? fleet_variants(base, names) : 0;
    *b = (struct batch){.count = count ? count : 1};
    for (size_t i = 0; i < b->count; i++) {
        struct batch_run *r = &b->run[i];
        if (count > 0) {
            r->name = names[i];
            r->fleet = fleet_variant(base, names[i], o);
        }
        const struct fleet *fleet = count ? r->fleet : base;
        if (fleet && (base->both || expect_check_alone(fleet) == 0))
            r->plan = plan_make(fleet);
        if (r->plan && !firmware_within_limits(r->plan))
            return 2;
        if (!r->plan)
            return 2;
    }
    return 0;
}

const struct plan *batch_largest(const struct batch *b)
{
    const struct plan *largest = b->run[0].plan;
    for (size_t i = 1; i < b->count; i++)
        if (b->run[i].plan->count > largest->count)
            largest = b->run[i].plan;
    return largest;
}

const char *batch_kind(const struct batch *b, const struct fleet *base)
{
    if (b->count > 1 || b->run[0].name)
        return base->both ? "compare" : "variants";
    return base->mode == MODE_PFS ? "pfs" : "traditional";
}

static struct run_set set_of(const struct batch *b)
{
    struct run_set set = {.count = b->count};
    for (size_t i = 0; i < b->count; i++)
        set.run[i] = b->run[i].results;
    return set;
}

static bool is_single(const struct batch *b)
{
    return !b->run[0].name;
}

/* One run of the batch, up, to the end and down. 0 or an exit code that stops everything. */
static int run_one(struct batch *b, struct batch_run *r, const struct run_options *all,
                   const char *junit)
{
    char dir[PATH_MAX];
    struct run_options options = *all;
    snprintf(dir, sizeof dir, "%s%s%s", all->out_dir, r->name ? "/" : "", r->name ? r->name : "");
    options.out_dir = dir;
    int code = run_once(r->plan, &options, &r->facts);
    if (code != 0)
        return code;
    if (r > b->run && b->run->plan->fleet->mode == MODE_TRADITIONAL)
        r->facts.traditional = &b->run->facts;
    r->results = judge_run(r->plan, &r->facts, dir);
    int cleaned = outdir_cleanup(dir);
    if (!r->results || cleaned != 0)
        return 3;
    r->results->variant = r->name;
    return write_run(r->results, dir, r->name ? NULL : junit) == 0 ? 0 : 3;
}

int batch_run(struct batch *b, const struct run_options *options, const char *junit)
{
    int code = is_single(b) ? 0 : outdir_forget(options->out_dir);
    for (size_t i = 0; code == 0 && i < b->count; i++)
        code = run_one(b, &b->run[i], options, junit);
    if (code != 0 || is_single(b))
        return code;
    const struct run_set set = set_of(b);
    return write_runs(&set, options->out_dir, junit) == 0 ? 0 : 3;
}

int batch_exit(const struct batch *b)
{
    const struct run_set set = set_of(b);
    return verdicts[run_set_verdict(&set)].exit;
}

void batch_print(const struct batch *b, const char *out_dir)
{
    const struct run_set set = set_of(b);
    if (is_single(b))
        print_run(b->run[0].results, out_dir);
    else
        print_runs(&set, out_dir);
}

void batch_print_unfinished(const struct batch *b)
{
    for (size_t i = 0; i < b->count; i++)
        print_unfinished(stderr, b->run[i].results, b->run[i].name);
}

/* Where both streams lead to one place, nobody is told twice. */
static bool is_one_place(int a, int b)
{
    struct stat x, y;
    return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

void batch_tell_failed(const struct batch *b, bool printed)
{
    if (printed && is_one_place(STDOUT_FILENO, STDERR_FILENO))
        return;
    for (size_t i = 0; i < b->count; i++)
        print_failed(b->run[i].results, b->run[i].name);
}

const char *batch_json(const struct batch *b)
{
    return is_single(b) ? "summary.json" : "compare.json";
}

void batch_free(struct batch *b)
{
    for (size_t i = 0; i < b->count; i++) {
        struct batch_run *r = &b->run[i];
        results_free(r->results);
        run_facts_free(&r->facts);
        plan_free(r->plan);
        fleet_free(r->fleet);
    }
    *b = (struct batch){0};
}
