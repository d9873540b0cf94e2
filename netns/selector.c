/* selector.c - see selector.h. */
#include "netns/selector.h"
#include "emu/random.h"
#include "netns/units.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

/* ---- as it was said ----------------------------------------------------------------- */

/* What follows prefix in text, or NULL. */
static const char *after(const char *text, const char *prefix)
{
    size_t len = strlen(prefix);
    return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

#define NAME_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static bool is_made_of(const char *text, const char *allowed)
{
    return *text && !text[strspn(text, allowed)];
}

/* "3..10" */
static bool read_range(const char *text, struct selector *s)
{
    const char *dots = strstr(text, "..");
    char from[16];
    uint64_t first, last;
    if (!dots || (size_t)(dots - text) >= sizeof from)
        return false;
    memcpy(from, text, (size_t)(dots - text));
    from[dots - text] = '\0';
    if (!units_count(from, 1, PLAN_PHONES, &first) ||
        !units_count(dots + 2, first, PLAN_PHONES, &last))
        return false;
    s->first = (unsigned)first;
    s->last = (unsigned)last;
    return true;
}

/* A name's kind by its form: an exact one, numbers, a pattern, or nothing. */
static enum selector_kind read_name(const char *text, struct selector *s)
{
    snprintf(s->name, sizeof s->name, "%s", text);
    uint64_t mac;
    if (strpbrk(text, ":-"))
        return units_mac(text, &mac) ? SELECT_PHONE : SELECT_NONE;
    if (strstr(text, ".."))
        return read_range(text, s) ? SELECT_RANGE : SELECT_NONE;
    if (is_made_of(text, NAME_CHARS "."))
        return SELECT_PHONE;
    return is_made_of(text, NAME_CHARS "*?") ? SELECT_PATTERN : SELECT_NONE;
}

static bool is_printable(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || strchr("\"\\", *text))
            return false; /* quotes would have to be escaped wherever it is shown */
    return true;
}

bool selector_parse(const char *text, struct selector *out)
{
    static const struct {
        const char *word;
        enum selector_kind kind;
    } words[] = {{"root", SELECT_ROOT}, {"parents", SELECT_PARENTS}, {"all", SELECT_ALL}};
    struct selector s = {.model = phone_model_find(text)};
    const char *rest;
    uint64_t count = 0;
    if (strlen(text) >= sizeof s.text || !is_printable(text))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(text, words[i].word) == 0)
            s.kind = words[i].kind;
    if (s.model) {
        s.kind = SELECT_MODEL;
    } else if ((rest = after(text, "random:"))) {
        s.kind = units_count(rest, 1, PLAN_PHONES, &count) ? SELECT_RANDOM : SELECT_NONE;
        s.count = (unsigned)count;
    } else if ((rest = after(text, "profile:"))) {
        s.kind = *rest ? SELECT_PROFILE : SELECT_NONE;
        snprintf(s.name, sizeof s.name, "%s", rest);
    } else if (s.kind == SELECT_NONE) {
        s.kind = read_name(text, &s);
    }
    snprintf(s.text, sizeof s.text, "%s", text);
    if (s.kind != SELECT_NONE)
        *out = s;
    return s.kind != SELECT_NONE;
}

bool selector_is_momentary(const struct selector *s)
{
    return s->kind == SELECT_ROOT || s->kind == SELECT_PARENTS;
}

/* ---- whom it means ------------------------------------------------------------------ */

static const char *profile_of(const struct plan *plan, size_t phone)
{
    const struct fleet *f = plan->fleet;
    for (size_t i = 0, first = 0; i < f->group_count; first += f->groups[i++].count)
        if (phone < first + f->groups[i].count)
            return f->groups[i].profile ? f->groups[i].profile : "";
    return "";
}

static bool has_child(const struct phone_status *s)
{
    return s->state == PHONE_UPGRADE && (s->child_ip[0] != 0 || s->child_ip[1] != 0);
}

/* Whether phone i is meant; for RANDOM, whether it may be drawn. */
static bool is_meant(const struct selector *s, const struct plan *plan, size_t i,
                     const struct phone_status *status, const bool *barred)
{
    switch (s->kind) {
    case SELECT_NONE:
        return false;
    case SELECT_PHONE:
        return plan_find(plan, s->name) == &plan->phones[i];
    case SELECT_RANGE:
        return i + 1 >= s->first && i + 1 <= s->last;
    case SELECT_PATTERN:
        return fnmatch(s->name, plan->phones[i].name, FNM_CASEFOLD) == 0;
    case SELECT_MODEL:
        return plan->phones[i].model == s->model;
    case SELECT_PROFILE:
        return strcmp(profile_of(plan, i), s->name) == 0;
    case SELECT_RANDOM:
        return !barred[i];
    case SELECT_ROOT:
        return status[i].state == PHONE_UPGRADE && status[i].root;
    case SELECT_PARENTS:
        return has_child(&status[i]);
    case SELECT_ALL:
        return true;
    }
    return false;
}

const char *selector_misfit(const struct selector *s, const struct plan *plan)
{
    static char why[NAME_MAX_LEN + 128];
    bool someone = selector_is_momentary(s) || s->kind == SELECT_ALL;
    bool counted = s->kind == SELECT_RANDOM || s->kind == SELECT_RANGE;
    if (counted)
        someone = (s->kind == SELECT_RANDOM ? s->count : s->last) <= plan->count;
    else if (s->kind == SELECT_PHONE)
        someone = plan_find(plan, s->name) != NULL;
    else
        for (size_t i = 0; i < plan->count && !someone; i++)
            someone = is_meant(s, plan, i, NULL, NULL);
    if (someone)
        return NULL;
    if (counted)
        snprintf(why, sizeof why, "the fleet has only %zu phones", plan->count);
    else
        snprintf(why, sizeof why, "no phone of this fleet is meant by '%s'%s%s", s->text,
                 units_mac_why(s->text) ? ": " : "",
                 units_mac_why(s->text) ? units_mac_why(s->text) : "");
    return why;
}

/* Leaves count of the n in out, drawn by chance, in their order. */
static size_t draw(uint32_t *out, size_t n, size_t count, uint64_t *random)
{
    size_t kept = 0;
    if (count > n)
        count = n;
    for (size_t i = 0; i < n; i++) /* Knuth's algorithm S: each with the chance that is left */
        if (random_upto(random, n - i - 1) < count - kept)
            out[kept++] = out[i];
    return kept;
}

size_t selector_resolve(const struct selector *s, const struct plan *plan,
                        const struct phone_status *status, const bool *barred, uint64_t *random,
                        uint32_t *out)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->count; i++)
        if (is_meant(s, plan, i, status, barred))
            out[n++] = (uint32_t)i;
    return s->kind == SELECT_RANDOM ? draw(out, n, s->count, random) : n;
}
