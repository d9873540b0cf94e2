/* scenariorun.c - see scenariorun.h. */
#include "netns/scenariorun.h"

#include "netns/host/clock.h"
#include "netns/host/elevate.h"
#include "netns/host/place.h"
#include "netns/setup.h"
#include "netns/text/say.h"
#include "netns/text/text.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* What the runs of a batch did not meet, a line each; to be freed. */
static char *wrong_of(const struct batch *b)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; out && i < b->count; i++) {
        const struct results *r = b->run[i].results;
        for (size_t e = 0; r && e < r->expectation_count; e++)
            if (!r->expectations[e].passed)
                text_line(out, "  %s%s%s: %s", r->variant ? r->variant : "",
                          r->variant ? " " : "", r->expectations[e].name,
                          r->expectations[e].detail);
    }
    if (out)
        fclose(out);
    return text;
}

/* One of them, into a directory of its name; alone: told in full, as a run is. */
static void run_scenario(struct scenario *one, const struct call *call, const char *out_dir,
                         bool alone)
{
    char dir[PATH_MAX];
    struct setup s = {0};
    struct batch b = {0};
    struct call its = *call;
    snprintf(dir, sizeof dir, "%s/%s", out_dir, one->name);
    its.file = one->file;
    its.out_dir = dir;
    its.junit = NULL;
    its.retold = !call->quiet && !call->json;
    its.quiet |= !alone;
    its.json = false;
    uint64_t begun = clock_ns();
    one->code = setup_run(&s, &b, &its, false);
    one->seconds = (double)(clock_ns() - begun) / 1e9;
    one->wrong = one->code ? wrong_of(&b) : NULL;
    batch_free(&b);
    setup_free(&s);
}

/* Makes room for a second run: what the first has left is locked as long as we live, and may be of
 * use. What stood in its new place before may be written over. */
static bool set_aside(const struct scenario *one, const char *out_dir)
{
    char dir[PATH_MAX], aside[PATH_MAX];
    snprintf(dir, sizeof dir, "%s/%s", out_dir, one->name);
    snprintf(aside, sizeof aside, "%s/%s.inconclusive", out_dir, one->name);
    return rename(dir, aside) == 0 ||
           renameat2(AT_FDCWD, dir, AT_FDCWD, aside, RENAME_EXCHANGE) == 0;
}

/* What was inconclusive is run once more, as it stands. */
static void try_scenario(struct scenario *one, const struct call *call, const char *out_dir,
                         bool alone)
{
    run_scenario(one, call, out_dir, alone);
    if (!scenario_is_inconclusive(one) || !set_aside(one, out_dir))
        return;
    if (!call->quiet)
        say("%s: inconclusive, so it is run once more", one->name);
    free(one->wrong);
    run_scenario(one, call, out_dir, alone);
}

int scenarios_run(struct scenarios *s, const struct call *call)
{
    int code = 0, worst = 0;
    char junit[PATH_MAX], *out_dir;
    elevate(call->argv);
    if (!(out_dir = place_out(call->out_dir, "scenarios", "run", &code)))
        return code;
    snprintf(junit, sizeof junit, "%s/junit.xml", out_dir);
    for (size_t i = 0; i < s->count && worst < 128; i++) {
        struct scenario *one = &s->items[i];
        try_scenario(one, call, out_dir, s->count == 1 && !call->json);
        worst = results_graver(one->code, worst);
        if (!call->json && !call->quiet)
            scenario_print(one);
    }
    if (call->json)
        scenarios_json(s);
    code = scenarios_junit(s, call->junit ? call->junit : junit);
    if (!call->json && !call->quiet)
        text_line(stdout, "in %s", out_dir);
    free(out_dir);
    return results_graver(worst, code);
}
