/* github.c - what a run tells GitHub Actions: annotations by workflow commands on standard output,
 * and a table for the job's summary page.
 */
#include "netns/report/github.h"
#include "netns/text/outfile.h"
#include "netns/text/say.h"
#include "netns/text/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Workflow commands end at the line's end, which a text for a line holds none of; '%' is written as
 * %25. */
static void command_text(const char *text)
{
    char *line = text_of(text, TEXT_LINE);
    for (const char *p = line; *p; p++)
        if (*p == '%')
            fputs("%25", stdout);
        else
            putchar(*p);
    free(line);
}

static void annotate(const struct results *r, const char *mode)
{
    for (size_t i = 0; i < r->expectation_count; i++) {
        if (r->expectations[i].passed)
            continue;
        printf("::error title=fleet %s::%s: ", mode, r->expectations[i].name);
        command_text(r->expectations[i].detail);
        putchar('\n');
    }
}

/* A cell: HTML is escaped, and the bar would end it. */
static void cell(FILE *out, const char *text)
{
    char one[2] = "", *line = text_of(text, TEXT_LINE);
    for (const char *p = line; *p; p++)
        if (*p == '|' || *p == '\\')
            fprintf(out, "&#%d;", *p);
        else if ((unsigned char)*p < 0x80) {
            one[0] = *p;
            outfile_escaped(out, one);
        } else
            fputc(*p, out);
    free(line);
}

static void table(FILE *out, const struct run_set *set)
{
    char text[FIGURE_TEXT];
    fputs("\n| |", out);
    for (size_t i = 0; i < set->count; i++)
        fprintf(out, " %s |", run_label(set->run[i]));
    fputs(run_set_is_modes(set) ? " ratio |\n|---|" : "\n|---|", out);
    for (size_t i = 0; i < set->count + run_set_is_modes(set); i++)
        fputs("--:|", out);
    fputc('\n', out);
    for (size_t f = 0; f < figure_count; f++) {
        if (!figure_is_shown(&figures[f], set))
            continue;
        fprintf(out, "| %s", figures[f].label);
        for (size_t i = 0; i < set->count; i++)
            fprintf(out, " | %s", figure_text(&figures[f], set->run[i], text));
        if (run_set_is_modes(set))
            fprintf(out, " | %s", figure_ratio(&figures[f], set->run[0], set->run[1], text));
        fputs(" |\n", out);
    }
}

/* name: of the run, where there are several. */
static void failed_lines(FILE *out, const struct results *r, const char *name)
{
    for (size_t i = 0; i < r->expectation_count; i++)
        if (!r->expectations[i].passed) {
            fprintf(out, "- **%s%s%s**: ", name, *name ? " " : "", r->expectations[i].name);
            cell(out, r->expectations[i].detail);
            fputc('\n', out);
        }
}

void github_tell(const struct run_set *set)
{
    const char *actions = getenv("GITHUB_ACTIONS"), *path = getenv("GITHUB_STEP_SUMMARY");
    if (!actions || strcmp(actions, "true") != 0)
        return;
    for (size_t i = 0; i < set->count; i++)
        annotate(set->run[i], run_label(set->run[i]));
    FILE *out = path && path[0] ? fopen(path, "ae") : NULL;
    if (path && path[0] && !out)
        say_at(path, "cannot be appended to: %s", strerror(errno));
    if (!out)
        return;
    errno = 0;
    fputs("### ", out);
    cell(out, set->run[0]->plan->fleet->name);
    fprintf(out, ": %s\n", verdicts[run_set_verdict(set)].told);
    table(out, set);
    for (size_t i = 0; i < set->count; i++)
        failed_lines(out, set->run[i], set->count > 1 ? run_label(set->run[i]) : "");
    bool bad = ferror(out);
    if (fclose(out) != 0 || bad)
        say_at(path, "cannot be appended to: %s", strerror(errno ? errno : EIO));
}
