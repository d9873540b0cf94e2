/* finding.c - see finding.h. */
#include "netns/finding.h"
#include "netns/say.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct finding_rule finding_rules[FINDING_COUNT] = {
#define X(id, name, severity, remedy) [FINDING_##id] = {name, SEVERITY_##severity, remedy},
    FINDINGS(X)
#undef X
};

static bool is_known(const struct findings *f, enum finding_kind kind, const char *place,
                     const char *text)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->items[i].kind == kind && strcmp(f->items[i].place, place) == 0 &&
            strcmp(f->items[i].text, text) == 0)
            return true;
    return false;
}

static void add(struct findings *f, enum finding_kind kind, char *place, const char *format,
                va_list args) __attribute__((format(printf, 4, 0)));
static void add(struct findings *f, enum finding_kind kind, char *place, const char *format,
                va_list args)
{
    char *text;
    if (!place || vasprintf(&text, format, args) < 0)
        err(3, "findings");
    if (is_known(f, kind, place, text)) {
        free(place);
        free(text);
        return;
    }
    f->items = reallocarray(f->items, f->count + 1, sizeof *f->items);
    if (!f->items)
        err(3, "findings");
    f->items[f->count++] = (struct finding){kind, place, text};
    f->errors += finding_rules[kind].severity != SEVERITY_WARNING;
    f->refusals += finding_rules[kind].severity == SEVERITY_REFUSAL;
}

void finding_add(struct findings *f, enum finding_kind kind, const char *place,
                 const char *format, ...)
{
    char *copy;
    va_list args;
    if (asprintf(&copy, "%s", place) < 0)
        err(3, "findings");
    va_start(args, format);
    add(f, kind, copy, format, args);
    va_end(args);
}

void finding_at(struct findings *f, enum finding_kind kind, const struct fleet *fleet,
                const char *path, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(f, kind, fleet_place(fleet, path), format, args);
    va_end(args);
}

void finding_say(const struct finding *f)
{
    bool warns = finding_rules[f->kind].severity != SEVERITY_REFUSAL;
    say_at(f->place, "%s%s", warns ? "warning: " : "", f->text);
}

void findings_free(struct findings *f)
{
    for (size_t i = 0; i < f->count; i++) {
        free(f->items[i].place);
        free(f->items[i].text);
    }
    free(f->items);
    *f = (struct findings){0};
}
