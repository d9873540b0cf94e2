/* judge_text.c - wishes about what a phone shows and writes: its screen, its log, its page. */
#include "netns/judge/wish.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the screen --------------------------------------------------------------------- */

/* What a phone's upgrade screen shows, by its events; line NULL: it is not shown. */
struct shown {
    const struct eventlog_line *line;
    const char *title;
    bool icon;
};

/* What one more line of that phone makes of it. */
static void show(struct shown *s, const struct eventlog_line *line)
{
    if (line->event == EVENT_SCREEN)
        *s = (struct shown){.line = line, .title = "Upgrading", .icon = line->icon};
    else if (line->event == EVENT_FAILED && s->line) /* the text takes the title's place */
        *s = (struct shown){.line = s->line, .title = line->text ? line->text : ""};
    else if (line->event == EVENT_BOOT || line->event == EVENT_REBOOT)
        *s = (struct shown){0};
}

static bool is_as_wished(const struct expect *x, const struct shown *s)
{
    return s->line && judge_fits(x->component, s->line->file) && judge_fits(x->title, s->title) &&
           compare_met(&x->percent, s->line->percent, 0) && compare_met(&x->kb, s->line->kb, 0) &&
           (x->icon == TRI_UNSET || (x->icon == TRI_ON) == s->icon);
}

/* Follows the phone's screen up to the wish's moment, or to one at which it is as wished. */
static bool watch_screen(const struct wish *w, size_t phone, struct shown *s)
{
    const struct expect *x = w->x;
    const struct eventlog *log = w->r->events;
    *s = (struct shown){0};
    for (size_t i = 0; i < log->count && log->lines[i].t_us <= x->at_us; i++) {
        if (log->lines[i].phone != phone)
            continue;
        show(s, &log->lines[i]);
        if (x->at_us == EXPECT_UNSET && is_as_wished(x, s))
            return true;
    }
    return is_as_wished(x, s);
}

static void say_screen(struct expectation *e, const struct shown *s)
{
    if (s->line)
        judge_say(e, "\"%s\" %s %u %% %u KB, PFS icon %s", s->title, s->line->file,
                  s->line->percent, s->line->kb, s->icon ? "on" : "off");
    else
        judge_say(e, "upgrade screen not shown");
}

static void say_screen_wish(struct expectation *e, const struct expect *x)
{
    const struct {
        const char *label, *text;
    } parts[] = {{"component", x->component},
                 {"percent", x->percent.text},
                 {"kb", x->kb.text},
                 {"icon", x->icon == TRI_UNSET ? NULL : x->icon == TRI_ON ? "on" : "off"},
                 {"title", x->title}};
    judge_say(e, ", expected %sthe upgrade screen", x->wanted ? "" : "anything but ");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].text)
            judge_say(e, ", %s %s", parts[i].label, parts[i].text);
    judge_say(e, "; see the screen lines of events.jsonl");
}

/* "at 30 s", where a moment was named. */
static void say_moment(struct expectation *e, const struct expect *x)
{
    if (x->at_us != EXPECT_UNSET)
        judge_say(e, "at %.6g s ", (double)x->at_us / 1e6);
}

void judge_screen(const struct wish *w, struct expectation *e)
{
    unsigned wrong = 0;
    struct shown s = {0};
    say_moment(e, w->x);
    for (size_t i = 0; i < w->count; i++) {
        if (watch_screen(w, w->phones[i], &s) == w->x->wanted ||
            !judge_name(e, &wrong, "", "; "))
            continue;
        judge_say(e, "%s: ", w->r->plan->phones[w->phones[i]].name);
        if (w->x->at_us == EXPECT_UNSET && w->x->wanted)
            judge_say(e, "never, in the end ");
        say_screen(e, &s);
    }
    e->passed = wrong == 0;
    judge_name_rest(e, wrong, "");
    if (wrong == 0 && w->count == 1)
        say_screen(e, &s);
    else if (wrong == 0)
        judge_say(e, "as expected on each of %zu phones", w->count);
    say_screen_wish(e, w->x);
}

/* ---- lines of a file ---------------------------------------------------------------- */

/* How many lines of a phone's file match; -1: there is none. */
static long count_lines(const struct wish *w, const regex_t *regex, const char *dir,
                        const char *suffix, size_t phone)
{
    char path[4096], *text = NULL;
    size_t size = 0;
    long n = 0;
    snprintf(path, sizeof path, "%s/%s/%s%s", w->r->out_dir, dir,
             w->r->plan->phones[phone].name, suffix);
    FILE *in = fopen(path, "re");
    if (!in)
        return -1;
    for (ssize_t len; (len = getline(&text, &size, in)) >= 0;) {
        if (len > 0 && text[len - 1] == '\n')
            text[len - 1] = '\0';
        n += regexec(regex, text, 0, NULL, 0) == 0;
    }
    free(text);
    fclose(in);
    return n;
}

static void judge_lines(const struct wish *w, struct expectation *e, const char *dir,
                        const char *suffix)
{
    regex_t regex;
    unsigned wrong = 0;
    struct range range = {0};
    if (regcomp(&regex, w->x->matches, REG_EXTENDED | REG_NOSUB) != 0) {
        judge_say(e, "not judged: out of memory");
        return;
    }
    for (size_t i = 0; i < w->count; i++) {
        const char *name = w->r->plan->phones[w->phones[i]].name;
        long n = count_lines(w, &regex, dir, suffix, w->phones[i]);
        if (n >= 0)
            judge_range_take(&range, (unsigned long)n);
        if ((n >= 0 && compare_met(&w->x->count, (double)n, 0)) ||
            !judge_name(e, &wrong, "", ", "))
            continue;
        judge_say(e, "%s/%s%s: ", dir, name, suffix);
        if (n < 0)
            judge_say(e, "cannot be read");
        else
            judge_say(e, "%ld", n);
    }
    regfree(&regex);
    e->passed = wrong == 0;
    judge_name_rest(e, wrong, "");
    if (wrong) {
        judge_say(e, "; lines matching '%s', expected %s", w->x->matches, w->x->count.text);
        return;
    }
    judge_say_range(e, &range);
    judge_say(e, " lines match '%s' for each of %zu phones", w->x->matches, w->count);
    judge_say_expected(w, e, 0);
    judge_say(e, "; see %s/", dir);
}

void judge_log(const struct wish *w, struct expectation *e)
{
    judge_lines(w, e, "logs", ".log");
}

void judge_page(const struct wish *w, struct expectation *e)
{
    judge_lines(w, e, "pages", ".xml");
}
