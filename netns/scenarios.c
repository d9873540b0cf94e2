/* scenarios.c - see scenarios.h. */
#include "netns/scenarios.h"

#include "netns/fleet/fleetread.h"
#include "netns/judge/results.h"
#include "netns/text/json.h"
#include "netns/text/outfile.h"
#include "netns/text/say.h"
#include "netns/text/text.h"

#include <fnmatch.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUFFIX ".fleet.yml"

/* ---- finding ------------------------------------------------------------------------ */

static bool wanted(const char *name, char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fnmatch(names[i], name, 0) == 0)
            return true;
    return count == 0;
}

/* Its description, and with it whether it can be read at all: an exit code. */
static int describe(struct scenario *s, const char *root_dir)
{
    struct fleet *f = fleet_read(s->file, root_dir, NULL);
    if (f)
        s->description = strdup(f->description ? f->description : "");
    fleet_free(f);
    return f ? 0 : 2;
}

static int unknown(const glob_t *found, const char *name)
{
    say("no scenario %s; there are:", name);
    for (size_t i = 0; i < found->gl_pathc; i++) {
        const char *base = strrchr(found->gl_pathv[i], '/') + 1;
        fprintf(stderr, "  %.*s\n", (int)(strlen(base) - strlen(SUFFIX)), base);
    }
    return 2;
}

int scenarios_find(const char *root_dir, char **names, size_t count, struct scenarios *s)
{
    char pattern[PATH_MAX];
    glob_t found;
    int code = 0;
    snprintf(pattern, sizeof pattern, "%s/tests/scenarios/*" SUFFIX, root_dir);
    if (glob(pattern, 0, NULL, &found) != 0) {
        say("no scenarios in %s/tests/scenarios", root_dir);
        return 3;
    }
    *s = (struct scenarios){.items = calloc(found.gl_pathc, sizeof *s->items)};
    for (size_t i = 0; s->items && code == 0 && i < found.gl_pathc; i++) {
        struct scenario *one = &s->items[s->count];
        const char *base = strrchr(found.gl_pathv[i], '/') + 1;
        snprintf(one->name, sizeof one->name, "%.*s", (int)(strlen(base) - strlen(SUFFIX)), base);
        if (!wanted(one->name, names, count))
            continue;
        one->file = strdup(found.gl_pathv[i]);
        s->count++;
        code = describe(one, root_dir);
    }
    for (size_t n = 0; code == 0 && n < count; n++) {
        size_t i = 0;
        while (i < s->count && fnmatch(names[n], s->items[i].name, 0) != 0)
            i++;
        code = i < s->count ? 0 : unknown(&found, names[n]);
    }
    globfree(&found);
    return code;
}

void scenarios_free(struct scenarios *s)
{
    for (size_t i = 0; i < s->count; i++) {
        free(s->items[i].file);
        free(s->items[i].description);
        free(s->items[i].wrong);
    }
    free(s->items);
}

/* ---- telling ------------------------------------------------------------------------ */

/* One word for each exit code of a run. */
static const char *verdict(int code)
{
    static const char *const words[] = {"passed",     "failed",    "refused",
                                        "cannot run", "timed out", "inconclusive"};
    return code >= 0 && (size_t)code < sizeof words / sizeof *words ? words[code] : "stopped";
}

void scenarios_list(const struct scenarios *s)
{
    for (size_t i = 0; i < s->count; i++)
        text_line(stdout, "%-28s %s", s->items[i].name, s->items[i].description);
}

void scenarios_json(const struct scenarios *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->count; i++) {
        const struct scenario *one = &s->items[i];
        json_array_append_new(list, json_pack("{s:o, s:o, s:s, s:i, s:f, s:o}", "name",
                                              json_text(one->name), "description",
                                              json_text(one->description), "verdict",
                                              verdict(one->code), "exit", one->code, "wall_s",
                                              one->seconds, "wrong",
                                              json_text(one->wrong ? one->wrong : "")));
    }
    json_dumpf(list, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    putchar('\n');
    json_decref(list);
}

bool scenario_is_inconclusive(const struct scenario *s)
{
    return s->code == verdicts[VERDICT_INCONCLUSIVE].exit;
}

void scenario_print(const struct scenario *s)
{
    text_line(stdout, "%-12s %-28s %5.1f s  %s", verdict(s->code), s->name, s->seconds,
              s->description);
    if (s->wrong)
        fputs(s->wrong, stdout);
    fflush(stdout);
}

static void write_case(FILE *out, const struct scenario *s)
{
    fputs("    <testcase classname=\"scenarios\" name=\"", out);
    outfile_escaped(out, s->name);
    fprintf(out, "\" time=\"%.3f\"", s->seconds);
    if (s->code == 0) {
        fputs("/>\n", out);
        return;
    }
    const char *element = scenario_is_inconclusive(s) ? "error" : "failure";
    fprintf(out, ">\n      <%s type=\"%s\" message=\"exit code %d\">", element, verdict(s->code),
            s->code);
    outfile_escaped(out, s->wrong ? s->wrong : "");
    fprintf(out, "</%s>\n    </testcase>\n", element);
}

static int cases(FILE *out, const void *of)
{
    const struct scenarios *s = of;
    size_t failed = 0, inconclusive = 0;
    for (size_t i = 0; i < s->count; i++) {
        bool doubted = scenario_is_inconclusive(&s->items[i]);
        inconclusive += doubted;
        failed += !doubted && s->items[i].code != 0;
    }
    fprintf(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuites name=\"scenarios\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\">\n"
            "  <testsuite name=\"scenarios\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" "
            "skipped=\"0\">\n",
            s->count, failed, inconclusive, s->count, failed, inconclusive);
    for (size_t i = 0; i < s->count; i++)
        write_case(out, &s->items[i]);
    fputs("  </testsuite>\n</testsuites>\n", out);
    return 0;
}

int scenarios_junit(const struct scenarios *s, const char *path)
{
    return outfile_write(NULL, path, cases, s) < 0 ? 3 : 0;
}
