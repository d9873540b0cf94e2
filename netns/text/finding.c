/* finding.c - see finding.h. */
#include "netns/text/finding.h"
#include "netns/text/text.h"

#include <ctype.h>
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

/* ---- remedies ------------------------------------------------------------------------ */

static bool is_plain(const char *word)
{
    size_t len = 0;
    while (isalnum((unsigned char)word[len]) || (word[len] && strchr("@%+=:,./_-", word[len])))
        len++;
    return len > 0 && !word[len];
}

/* As bash takes it for one word; what cannot be shown, as text.h shows it. */
static void put_quoted(FILE *out, const char *word)
{
    bool shown = true;
    for (size_t len, at = 0; word[at] && shown; at += len)
        shown = (len = text_char(word + at, TEXT_LINE)) > 0;
    if (is_plain(word)) {
        fputs(word, out);
        return;
    }
    fputs(shown ? "'" : "$'", out);
    for (size_t len; *word; word += len ? len : 1) {
        len = text_char(word, TEXT_LINE);
        if (len == 0)
            fprintf(out, "\\x%02x", (unsigned char)*word);
        else if (*word == '\'' || (*word == '\\' && !shown))
            fprintf(out, shown ? "'\\''" : "\\%c", *word);
        else
            fprintf(out, "%.*s", (int)len, word);
    }
    fputc('\'', out);
}

/* The word that stands between the braces; NULL where that is no word of ours. */
static const char *word_of(const char *name, size_t len, const char *place,
                           const struct finding_words *words)
{
    const struct {
        const char *name, *word;
    } known[] = {{"place", place},
                 {"wrong", words->wrong},
                 {"right", words->right},
                 {"where", words->where}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i].name) == len && memcmp(known[i].name, name, len) == 0)
            return known[i].word ? known[i].word : "";
    return NULL;
}

static char *fill_remedy(const char *remedy, const char *place, const struct finding_words *words)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        err(3, "findings");
    while (*remedy) {
        size_t name = *remedy == '{' ? strcspn(remedy + 1, "'}") : 0;
        const char *word = name ? word_of(remedy + 1, name, place, words) : NULL;
        bool quoted = word && remedy[1 + name] == '\'';
        if (!word)
            fputc(*remedy++, out);
        else if (quoted)
            put_quoted(out, word);
        else
            fputs(word, out);
        remedy += word ? name + 2 + quoted : 0;
    }
    if (fclose(out) != 0)
        err(3, "findings");
    return text;
}

/* ---- the list ------------------------------------------------------------------------ */

/* FNV-1a over kind, place and text. */
static size_t hash_of(const struct finding *one)
{
    uint64_t hash = UINT64_C(14695981039346656037) + (uint64_t)one->kind;
    const char *texts[] = {one->place, one->text};
    for (size_t i = 0; i < 2; i++)
        for (const char *c = texts[i]; c == texts[i] || c[-1]; c++)
            hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
    return (size_t)(hash ^ hash >> 32);
}

static bool same(const struct finding *a, const struct finding *b)
{
    return a->kind == b->kind && strcmp(a->place, b->place) == 0 && strcmp(a->text, b->text) == 0;
}

/* Where it stands among the slots, or is to stand. There is a free one. */
static size_t *slot_of(const struct findings *f, const struct finding *one)
{
    size_t at = hash_of(one) % f->slot_count;
    while (f->slots[at] && !same(&f->items[f->slots[at] - 1], one))
        at = (at + 1) % f->slot_count;
    return &f->slots[at];
}

/* Room for one more; at most half of the slots are taken. */
static void make_room(struct findings *f)
{
    if (f->slots && 2 * (f->count + 1) <= f->slot_count)
        return;
    f->slot_count = f->slot_count ? 2 * f->slot_count : 64;
    free(f->slots);
    f->slots = calloc(f->slot_count, sizeof *f->slots);
    f->items = reallocarray(f->items, f->slot_count / 2, sizeof *f->items);
    if (!f->slots || !f->items)
        err(3, "findings");
    for (size_t i = 0; i < f->count; i++)
        *slot_of(f, &f->items[i]) = i + 1;
}

void finding_take(struct findings *f, enum finding_kind kind, char *place,
                  const struct finding_words *words, const char *format, va_list args)
{
    static const struct finding_words none;
    struct finding one = {.kind = kind, .place = place};
    if (!place || vasprintf(&one.text, format, args) < 0)
        err(3, "findings");
    make_room(f);
    size_t *slot = slot_of(f, &one);
    if (*slot) {
        free(one.place);
        free(one.text);
        return;
    }
    one.remedy = fill_remedy(finding_rules[kind].remedy, place, words ? words : &none);
    f->items[f->count++] = one;
    *slot = f->count;
    f->errors += finding_rules[kind].severity != SEVERITY_WARNING;
    f->refusals += finding_rules[kind].severity == SEVERITY_REFUSAL;
}

void finding_add(struct findings *f, enum finding_kind kind, const char *place, const char *format,
                 ...)
{
    va_list args;
    va_start(args, format);
    finding_take(f, kind, strdup(place), NULL, format, args);
    va_end(args);
}

void finding_tell(struct findings *f, enum finding_kind kind, const char *place,
                  const struct finding_words *words, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    finding_take(f, kind, strdup(place), words, format, args);
    va_end(args);
}

void findings_free(struct findings *f)
{
    for (size_t i = 0; i < f->count; i++) {
        free(f->items[i].place);
        free(f->items[i].text);
        free(f->items[i].remedy);
    }
    free(f->items);
    free(f->slots);
    *f = (struct findings){0};
}
