/* fault.c - see fault.h. */
#include "netns/fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR_US 3600000000ull

const struct fault_rule fault_rules[FAULT_COUNT] = {
#define X(id, word, phones, needs, takes, help)                                                    \
    [FAULT_##id] = {word, phones, needs, (needs) | (takes), help},
    FAULTS(X)
#undef X
};

const struct fault_setting_key fault_settings[FAULT_SETTINGS] = {
    {"for", FAULT_FOR},   {"within", FAULT_WITHIN}, {"rate", FAULT_RATE},
    {"loss", FAULT_LOSS}, {"delay", FAULT_DELAY},   {"load", FAULT_LOAD}};

/* ---- keys --------------------------------------------------------------------------- */

static const struct schema_word do_words[] = {
#define X(id, word, ...) {word, FAULT_##id},
    FAULTS(X)
#undef X
    {NULL, 0}};

static bool set_selector(const char *text, const struct schema_key *key, void *field)
{
    (void)key;
    return selector_parse(text, field);
}

/* Kept, for an order's text does not stay. */
static bool set_load(const char *text, const struct schema_key *key, void *field)
{
    const char *name;
    if (!set_name(text, key, &name))
        return false;
    memccpy(field, name, 0, NAME_MAX_LEN);
    return true;
}

#define AT(member) .offset = offsetof(struct fault, member)
#define TIME(what) what " of emulated time up to 24h, such as 500ms, 30s or 5m"

static const struct schema_key fault_keys[] = {
    {"at", TIME("a moment"), set_duration, AT(at_us), .max = 24 * HOUR_US},
    {"phone", SELECTOR_TAKES, set_selector, AT(phone), .pattern = SELECTOR_PATTERN,
     .like = set_count, .min = 1, .max = PLAN_PHONES},
    {"do",
     "one of these:"
#define X(id, word, ...) " " word
     FAULTS(X)
#undef X
     ,
     set_word, AT(what), .words = do_words, .required = true},
    {"for", TIME("a span"), set_duration, AT(for_us), .max = 24 * HOUR_US},
    {"within", TIME("a span"), set_duration, AT(within_us), .max = 24 * HOUR_US},
    {"rate", "a rate from 1kbit to 1000gbit, such as 56kbit, or unlimited", set_rate,
     AT(rate_bps)},
    {"loss", "a share of packets from 0% to 100%, such as 0.5%", set_percent, AT(loss)},
    {"delay", "a one-way delay from 0 to 1h, such as 75ms, 2s or 1m", set_duration, AT(delay_us),
     .max = HOUR_US},
    {"load", "a load's name without .loads", set_load, AT(load), .like = set_name,
     .max = NAME_MAX_LEN - sizeof ".loads"},
    {0}};

static const struct fault initial = {.what = FAULT_COUNT,
                                     .at_us = FAULT_UNSET,
                                     .for_us = FAULT_UNSET,
                                     .within_us = FAULT_UNSET,
                                     .rate_bps = FAULT_UNSET,
                                     .delay_us = FAULT_UNSET,
                                     .loss = -1};
const struct schema_elements fault_elements = {.keys = fault_keys,
                                               .size = sizeof(struct fault),
                                               .initial = &initial,
                                               .count_offset =
                                                   offsetof(struct fleet, fault_count)};

/* ---- checks ------------------------------------------------------------------------- */

static unsigned settings_of(const struct fault *f)
{
    return (f->for_us != FAULT_UNSET ? FAULT_FOR : 0) |
           (f->within_us != FAULT_UNSET ? FAULT_WITHIN : 0) |
           (f->rate_bps != FAULT_UNSET ? FAULT_RATE : 0) | (f->loss >= 0 ? FAULT_LOSS : 0) |
           (f->delay_us != FAULT_UNSET ? FAULT_DELAY : 0) | (*f->load ? FAULT_LOAD : 0);
}

/* Says it at the key where that was given, else at the fault. */
static unsigned complain(const struct doc_node *node, const char *path, const char *key,
                         const char *what, const char *why)
{
    const struct doc_node *at = doc_get(node, key);
    doc_complain(at ? at : node, "%s%s: %s%s", path, key, what, why);
    return 1;
}

static unsigned check_settings(const struct fault *f, const struct doc_node *node,
                               const char *path)
{
    const struct fault_rule *rule = &fault_rules[f->what];
    unsigned given = settings_of(f), mistakes = 0;
    for (size_t i = 0; i < FAULT_SETTINGS; i++) {
        const struct fault_setting_key *s = &fault_settings[i];
        if (given & ~rule->takes & s->bit)
            mistakes += complain(node, path, s->key, rule->word, " takes none");
        else if (rule->needs & ~given & s->bit)
            mistakes += complain(node, path, s->key, rule->word, " needs it");
    }
    return mistakes;
}

/* timed: `at` is needed. */
static unsigned check(const struct fault *f, bool timed, bool has_wan, const struct doc_node *node,
                      const char *path)
{
    const struct fault_rule *rule = &fault_rules[f->what];
    unsigned mistakes = check_settings(f, node, path);
    if (timed && f->at_us == FAULT_UNSET)
        mistakes += complain(node, path, "at", "is missing: when it is to happen", "");
    if (!timed && f->at_us != FAULT_UNSET)
        mistakes += complain(node, path, "at", "an order is carried out now", "");
    if (rule->phones && f->phone.kind == SELECT_NONE)
        mistakes += complain(node, path, "phone", rule->word, " needs to know which");
    if (!rule->phones && f->phone.kind != SELECT_NONE)
        mistakes += complain(node, path, "phone", rule->word, " is not done to phones");
    if (strncmp(rule->word, "wan-", 4) == 0 && !has_wan)
        mistakes += complain(node, path, "do", rule->word, " needs a fleet with a wan");
    if (f->what == FAULT_JOIN && selector_is_momentary(&f->phone))
        mistakes += complain(node, path, "phone", f->phone.text,
                             " is known only when phones run, not before they join");
    return mistakes;
}

static unsigned check_file(const struct fleet *fleet, const struct plan *plan)
{
    const struct doc_node *list = fleet->document ? doc_get(fleet->document, "faults") : NULL;
    unsigned mistakes = 0;
    for (size_t i = 0; list && i < fleet->fault_count; i++) {
        const struct fault *f = &fleet->faults[i];
        const struct doc_node *node = doc_at(list, i);
        const char *why;
        char path[32];
        snprintf(path, sizeof path, "faults[%zu].", i);
        if (!plan)
            mistakes += check(f, true, fleet->has_wan, node, path);
        else if (fault_rules[f->what].phones && (why = selector_misfit(&f->phone, plan)))
            mistakes += complain(node, path, "phone", why, "");
    }
    return mistakes;
}

unsigned fault_check_all(const struct fleet *fleet)
{
    return check_file(fleet, NULL);
}

unsigned fault_check_phones(const struct plan *plan)
{
    return check_file(plan->fleet, plan);
}

bool fault_read(const char *text, const char *said, bool has_wan, struct fault *f)
{
    struct doc_node *node =
        doc_parse((struct doc_source){.file = "command line", .said = said}, text, strlen(text));
    *f = initial;
    bool good = node && schema_fill(fault_keys, node, f) == 0 &&
                check(f, false, has_wan, node, "") == 0;
    doc_free(node);
    return good;
}

/* ---- the agenda --------------------------------------------------------------------- */

bool agenda_add(struct agenda *a, const struct stroke *s)
{
    if (a->count == a->room) {
        size_t room = a->room ? 2 * a->room : 64;
        struct stroke *more = reallocarray(a->strokes, room, sizeof *more);
        if (!more)
            return false;
        a->strokes = more;
        a->room = room;
    }
    a->strokes[a->count] = *s;
    a->strokes[a->count++].order = a->added++;
    return true;
}

/* The one that comes first; NULL when there is none. */
static struct stroke *first(const struct agenda *a)
{
    struct stroke *best = NULL;
    for (struct stroke *s = a->strokes; s < a->strokes + a->count; s++)
        if (!best || s->due_us < best->due_us ||
            (s->due_us == best->due_us && s->order < best->order))
            best = s;
    return best;
}

static void take_out(struct agenda *a, struct stroke *s)
{
    *s = a->strokes[--a->count];
}

uint64_t agenda_next(const struct agenda *a)
{
    const struct stroke *s = first(a);
    return s ? s->due_us : UINT64_MAX;
}

bool agenda_take(struct agenda *a, uint64_t now_us, struct stroke *s)
{
    struct stroke *next = first(a);
    if (!next || next->due_us > now_us)
        return false;
    *s = *next;
    take_out(a, next);
    return true;
}

void agenda_drop_lift(struct agenda *a, enum fault_do what, uint32_t phone)
{
    for (size_t i = a->count; i-- > 0;) {
        struct stroke *s = &a->strokes[i];
        if (s->kind == STROKE_LIFT && s->fault.what == what && s->phone == phone)
            take_out(a, s);
    }
}

bool agenda_holds_run(const struct agenda *a)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->strokes[i].kind != STROKE_LIFT || fault_rules[a->strokes[i].fault.what].phones)
            return true;
    return false;
}

void agenda_free(struct agenda *a)
{
    free(a->strokes);
    *a = (struct agenda){0};
}

bool agenda_spread(struct agenda *a, struct stroke *seek, uint64_t now_us, const uint32_t *phones,
                   size_t count)
{
    bool spread = seek->fault.within_us != FAULT_UNSET;
    for (size_t i = 0; i < count; i++) {
        struct stroke s = *seek;
        s.kind = STROKE_STRIKE;
        s.phone = phones[i];
        s.due_us = now_us + (spread ? random_upto(&seek->random, seek->fault.within_us) : 0);
        if (!agenda_add(a, &s))
            return false;
    }
    return true;
}
