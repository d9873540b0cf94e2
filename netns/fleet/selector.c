/* selector.c - see selector.h. */
#include "netns/fleet/selector.h"
#include "netns/text/units.h"

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
    if (!units_count(from, 1, LIMIT_PHONES, &first) ||
        !units_count(dots + 2, first, LIMIT_PHONES, &last))
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
        s.kind = units_count(rest, 1, LIMIT_PHONES, &count) ? SELECT_RANDOM : SELECT_NONE;
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

/* ---- in tables ---------------------------------------------------------------------- */

bool set_selector(const char *text, const struct schema_key *key, void *field)
{
    (void)key;
    return selector_parse(text, field);
}

bool set_selector_fixed(const char *text, const struct schema_key *key, void *field)
{
    struct selector s;
    (void)key;
    if (!selector_parse(text, &s) || selector_is_momentary(&s) || s.kind == SELECT_RANDOM)
        return false;
    *(struct selector *)field = s;
    return true;
}
