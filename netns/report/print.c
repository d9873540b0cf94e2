/* print.c - the outcome for people on standard output: plain ASCII, colour on a terminal only. */
#include "netns/report/print.h"
#include "netns/report/evidence.h"
#include "netns/report/github.h"
#include "netns/text/say.h"
#include "netns/text/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LABEL_WIDTH 28
#define VALUE_WIDTH 15

enum paint { PAINT_NONE, PAINT_GOOD, PAINT_BAD, PAINT_BOLD };

static bool colour(void)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(STDOUT_FILENO) && !(no && no[0]) && term && strcmp(term, "dumb") != 0;
}

static void painted(enum paint paint, const char *text)
{
    static const char *const codes[] = {"", "\033[32m", "\033[31m", "\033[1m"};
    bool on = paint != PAINT_NONE && colour();
    printf("%s%s%s", on ? codes[paint] : "", text, on ? "\033[0m" : "");
}

static void heading(const struct results *r, const char *mode)
{
    const struct fleet *f = r->plan->fleet;
    char speed[FLEET_SPEED];
    painted(PAINT_BOLD, f->name);
    printf(": %zu phones, %s, speed %s, seed %llu\n\n", r->plan->count, mode,
           fleet_speed_said(f, speed), (unsigned long long)f->seed);
}

static void rows(const struct run_set *set)
{
    char text[FIGURE_TEXT];
    for (size_t f = 0; f < figure_count; f++) {
        if (!figure_is_shown(&figures[f], set))
            continue;
        printf("  %-*s", LABEL_WIDTH, figures[f].label);
        for (size_t i = 0; i < set->count; i++)
            printf("%*s", VALUE_WIDTH, figure_text(&figures[f], set->run[i], text));
        if (run_set_is_modes(set))
            printf("%*s", VALUE_WIDTH,
                   figure_ratio(&figures[f], set->run[0], set->run[1], text));
        putchar('\n');
    }
    putchar('\n');
}

static void expectation_lines(const struct results *r, const char *prefix)
{
    for (size_t i = 0; i < r->expectation_count; i++) {
        const struct expectation *e = &r->expectations[i];
        fputs("  ", stdout);
        painted(e->passed ? PAINT_GOOD : PAINT_BAD, e->passed ? "ok    " : "FAILED");
        text_line(stdout, " %s%s: %s", prefix, e->name, e->detail);
    }
}

void print_unfinished(FILE *out, const struct results *r, const char *mode)
{
    char doing[OUTCOME_TEXT];
    for (size_t i = 0; r->facts.timed_out && i < r->plan->count; i++)
        if (outcome_of(&r->facts.status[i]) == OUTCOME_UNFINISHED)
            text_line(out, "  unfinished %s%s%s (%s): %s; see logs/%s.log", mode ? mode : "",
                      mode ? " " : "", r->plan->phones[i].name, r->plan->phones[i].model->name,
                      outcome_doing(&r->facts.status[i], doing), r->plan->phones[i].name);
}

void print_failed(const struct results *r, const char *name)
{
    for (size_t i = 0; i < r->expectation_count; i++)
        if (!r->expectations[i].passed)
            say("%s%s%s: FAILED %s: %s", r->plan->fleet->name, name ? " " : "", name ? name : "",
                r->expectations[i].name, r->expectations[i].detail);
}

/* prefix: which of several runs it is. That a clock waits is worth a word where a speed was to be
 * kept. */
static void doubts(const struct results *r, const char *prefix)
{
    char text[FIDELITY_TEXT];
    if (r->plan->fleet->speed != SPEED_AUTO && fidelity_waits(&r->facts.clock, text))
        printf("  note: %s%s\n", prefix, text);
    if (r->facts.clock.unanswered)
        printf("  note: %sthe clock went on without %llu messages that nobody had taken after a "
               "second\n", prefix, (unsigned long long)r->facts.clock.unanswered);
    if (r->facts.meter_dropped)
        printf("  note: %sthe meter missed %llu frames; the LAN's counts are low by as many\n",
               prefix, (unsigned long long)r->facts.meter_dropped);
    if (r->facts.neighbours_refused)
        printf("  note: %sthe host's table of neighbours was full %llu times: phones could not "
               "reach each other; on the host: "
               "sudo sysctl -w net.ipv4.neigh.default.gc_thresh3=65536\n",
               prefix, (unsigned long long)r->facts.neighbours_refused);
    if (r->facts.lan_other_frames)
        printf("  note: %s%llu phone-to-phone frames were neither TFTP nor on port 4051\n",
               prefix, (unsigned long long)r->facts.lan_other_frames);
}

/* The verdict in capitals, and what there is in brackets behind it. */
static void closing(enum verdict verdict, const char *out_dir, const char *files)
{
    const char *told = verdicts[verdict].told;
    size_t len = strcspn(told, "(");
    char word[32] = "";
    for (size_t i = 0; i < len && i + 1 < sizeof word; i++)
        word[i] = (char)toupper((unsigned char)told[i]);
    putchar('\n');
    painted(verdict == VERDICT_PASSED ? PAINT_GOOD : PAINT_BAD, word);
    puts(told + len);
    text_line(stdout, "in %s: %s", out_dir, files);
}

void print_run(const struct results *r, const char *out_dir)
{
    struct run_set set = {{r}, 1};
    heading(r, run_label(r));
    rows(&set);
    expectation_lines(r, "");
    print_unfinished(stdout, r, NULL);
    doubts(r, "");
    closing(results_verdict(r), out_dir,
            "report.html summary.json junit.xml events.jsonl tftp.log logs/");
    github_tell(&set);
}

void print_runs(const struct run_set *set, const char *out_dir)
{
    char names[VARIANTS_MAX * 24] = "", line[VARIANTS_MAX * 24];
    for (size_t i = 0; i < set->count; i++) {
        const char *label = run_label(set->run[i]);
        size_t len = strlen(names);
        snprintf(names + len, sizeof names - len, "%s%s", i ? " " : "", label);
    }
    heading(set->run[set->count - 1], names);
    printf("  %-*s", LABEL_WIDTH, "");
    for (size_t i = 0; i < set->count; i++)
        printf("%*s", VALUE_WIDTH, run_label(set->run[i]));
    printf("%*s\n", VALUE_WIDTH, run_set_is_modes(set) ? "ratio" : "");
    rows(set);
    evidence_print(set);
    for (size_t i = 0; i < set->count; i++) {
        snprintf(line, sizeof line, "%s ", run_label(set->run[i]));
        expectation_lines(set->run[i], line);
    }
    for (size_t i = 0; i < set->count; i++) {
        snprintf(line, sizeof line, "%s: ", run_label(set->run[i]));
        print_unfinished(stdout, set->run[i], run_label(set->run[i]));
        doubts(set->run[i], line);
    }
    closing(run_set_verdict(set), out_dir,
            "report.html compare.json junit.xml, and a directory for each run");
    github_tell(set);
}
