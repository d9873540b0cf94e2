/* fault.c - see fault.h. */
#include "netns/fleet/fault.h"
#include "netns/text/setters.h"

#include <stdio.h>
#include <string.h>

const struct fault_rule fault_rules[FAULT_COUNT] = {
#define X(id, word, phones, needs, takes, help)                                                    \
    [FAULT_##id] = {word, phones, needs,                                                           \
                    (needs) | (takes) | ((takes) & FAULT_WITHIN ? FAULT_EVERY : 0), help},
    FAULTS(X)
#undef X
};

const struct fault_setting_key fault_settings[FAULT_SETTINGS] = {
    {"for", FAULT_FOR},           {"within", FAULT_WITHIN},
    {"every", FAULT_EVERY},       {"rate", FAULT_RATE},
    {"loss", FAULT_LOSS},         {"delay", FAULT_DELAY},
    {"load", FAULT_LOAD},         {"peerFirmwareSharing", FAULT_SHARING},
    {"loadServer", FAULT_SERVER}, {"reset", FAULT_RESETS}};

/* ---- keys --------------------------------------------------------------------------- */

static const struct schema_word do_words[] = {
#define X(id, word, ...) {word, FAULT_##id},
    FAULTS(X)
#undef X
    {NULL, 0}};

/* Kept, for an order's text does not stay. */
static bool set_load(const char *text, const struct schema_key *key, void *field)
{
    const char *name;
    if (!set_name(text, key, &name))
        return false;
    memccpy(field, name, 0, NAME_MAX_LEN);
    return true;
}

static bool set_moment(const char *text, const struct schema_key *key, void *field)
{
    if (strcmp(text, "settled") != 0)
        return set_duration(text, key, field);
    *(uint64_t *)field = FAULT_SETTLED;
    return true;
}

/* A rate, kept as the time between two. */
static bool set_reset(const char *text, const struct schema_key *key, void *field)
{
    double rate = 0;
    bool all = strcmp(text, "all") == 0, none = strcmp(text, "none") == 0;
    if (!all && !none && !set_decimal(text, key, &rate))
        return false;
    *(uint64_t *)field = none ? FAULT_UNSET : all ? 0 : (uint64_t)(1e6 / rate);
    return true;
}

#define AT(member) .offset = offsetof(struct fault, member)
#define TIME(what) what " of emulated time up to 24h, such as 500ms, 30s or 5m"
#define MOMENT                                                                                     \
    "at", TIME("a moment") ", or settled", set_moment, AT(at_us), .like = set_duration,            \
        .max = 24 * UNITS_HOUR_US, .pattern = "^settled$"
#define RESETS                                                                                     \
    "reset", "all, none, or how many phones an emulated second, above 0 and up to 100000",         \
        set_reset, AT(reset_us), .like = set_decimal, .max = 100000, .pattern = "^(all|none)$"
/* What a SET sets. */
#define SETTINGS                                                                                   \
    {"load", LOAD_TAKES, set_load, AT(load), .like = set_name, .max = LIMIT_LOAD},                 \
    {"peerFirmwareSharing", AT(pfs), SETS_SWITCH},                                                 \
    {"loadServer", AT(load_server), SETS_LOAD_SERVER}

static const struct schema_key fault_keys[] = {
    {MOMENT},
    {"phone", AT(phone), SETS_SELECTOR},
    {"do",
     "one of these:"
#define X(id, word, ...) " " word
     FAULTS(X)
#undef X
     ,
     set_word, AT(what), .words = do_words, .required = true},
    {"for", TIME("a span"), set_duration, AT(for_us), .max = 24 * UNITS_HOUR_US},
    {"within", TIME("a span"), set_duration, AT(within_us), .max = 24 * UNITS_HOUR_US},
    {"every", TIME("a span"), set_duration, AT(every_us), .max = 24 * UNITS_HOUR_US},
    {"rate", "a rate from 1kbit to 1000gbit, such as 56kbit, or unlimited", set_rate,
     AT(rate_bps)},
    {"loss", AT(loss), SETS_WAN_LOSS},
    {"delay", AT(delay_us), SETS_WAN_DELAY},
    SETTINGS,
    {RESETS},
    {0}};

static const struct schema_key set_keys[] = {
    {"phones", AT(phone), SETS_SELECTOR, .required = true},
    SETTINGS,
    {MOMENT},
    {RESETS},
    {0}};

#define NOTHING                                                                                    \
    .at_us = FAULT_UNSET, .for_us = FAULT_UNSET, .within_us = FAULT_UNSET,                         \
    .every_us = FAULT_UNSET, .reset_us = FAULT_UNSET, .rate_bps = FAULT_UNSET,                     \
    .delay_us = FAULT_UNSET, .loss = -1, .pfs = TRI_UNSET
const struct fault fault_none = {.what = FAULT_COUNT, NOTHING};
static const struct fault set_none = {.what = FAULT_SET, NOTHING};
const struct schema_elements fault_elements = {.keys = fault_keys,
                                               .size = sizeof(struct fault),
                                               .initial = &fault_none,
                                               .count_offset =
                                                   offsetof(struct fleet, fault_count)};
const struct schema_elements set_elements = {.keys = set_keys,
                                             .size = sizeof(struct fault),
                                             .initial = &set_none,
                                             .count_offset = offsetof(struct fleet, set_count)};

bool fault_is_of_wan(enum fault_do what)
{
    return strncmp(fault_rules[what].word, "wan-", 4) == 0;
}

bool fault_is_of_manager(enum fault_do what)
{
    return strncmp(fault_rules[what].word, "cm-", 3) == 0;
}

const char *fault_word_in(enum fault_do what, const char *command)
{
    const struct fault_rule *rule = &fault_rules[what];
    size_t len = strlen(command);
    if (rule->phones && !fault_is_of_manager(what))
        return strcmp(command, "phone") == 0 ? rule->word : NULL;
    return strncmp(rule->word, command, len) == 0 && rule->word[len] == '-' ? rule->word + len + 1
                                                                             : NULL;
}

/* ---- checks ------------------------------------------------------------------------- */

static unsigned settings_of(const struct fault *f)
{
    return (f->for_us != FAULT_UNSET ? FAULT_FOR : 0) |
           (f->within_us != FAULT_UNSET ? FAULT_WITHIN : 0) |
           (f->rate_bps != FAULT_UNSET ? FAULT_RATE : 0) | (f->loss >= 0 ? FAULT_LOSS : 0) |
           (f->delay_us != FAULT_UNSET ? FAULT_DELAY : 0) | (*f->load ? FAULT_LOAD : 0) |
           (f->every_us != FAULT_UNSET ? FAULT_EVERY : 0) |
           (f->pfs != TRI_UNSET ? FAULT_SHARING : 0) |
           (f->load_server ? FAULT_SERVER : 0) | (f->reset_us != FAULT_UNSET ? FAULT_RESETS : 0);
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

/* Settings that only together make sense, or none. */
static unsigned check_together(const struct fault *f, const struct doc_node *node,
                               const char *path)
{
    const struct fault_rule *rule = &fault_rules[f->what];
    unsigned given = settings_of(f) & rule->takes, mistakes = 0;
    if (f->what == FAULT_SET && !(given & (FAULT_LOAD | FAULT_SHARING | FAULT_SERVER)))
        mistakes += complain(node, path, "load", rule->word,
                             " needs it, or peerFirmwareSharing or loadServer");
    if ((given & FAULT_EVERY) && (given & FAULT_WITHIN))
        mistakes += complain(node, path, "every", "there is within as well", "");
    if ((given & FAULT_RESETS) && (given & (FAULT_EVERY | FAULT_WITHIN)))
        mistakes += complain(node, path, "reset", "not together with within or every", "");
    if (f->what == FAULT_JOIN && f->at_us == FAULT_SETTLED)
        mistakes += complain(node, path, "at", "a fleet that waits for it does not settle", "");
    return mistakes;
}

/* timed: `at` is needed. */
static unsigned check(const struct fault *f, bool timed, bool has_wan, const struct doc_node *node,
                      const char *path)
{
    const struct fault_rule *rule = &fault_rules[f->what];
    unsigned mistakes = check_settings(f, node, path) + check_together(f, node, path);
    if (timed && f->at_us == FAULT_UNSET)
        mistakes += complain(node, path, "at", "is missing: when it is to happen", "");
    if (!timed && f->at_us != FAULT_UNSET)
        mistakes += complain(node, path, "at", "an order is carried out now", "");
    if (rule->phones && f->phone.kind == SELECT_NONE)
        mistakes += complain(node, path, "phone", rule->word, " needs to know which");
    if (!rule->phones && f->phone.kind != SELECT_NONE)
        mistakes += complain(node, path, "phone", rule->word, " is not done to phones");
    if (fault_is_of_wan(f->what) && !has_wan)
        mistakes += complain(node, path, "do", rule->word, " needs a fleet with a wan");
    if (f->what == FAULT_JOIN && selector_is_momentary(&f->phone))
        mistakes += complain(node, path, "phone", f->phone.text,
                             " is known only when phones run, not before they join");
    return mistakes;
}

/* A moment that does not come. */
static unsigned check_moment(const struct fault *f, const struct fleet *fleet,
                             const struct doc_node *node, const char *path)
{
    bool late = fleet->until_us && f->at_us < FAULT_SETTLED && f->at_us >= fleet->until_us;
    return late ? complain(node, path, "at", "is not before until, when the run ends", "") : 0;
}

static unsigned check_faults(const struct fleet *fleet)
{
    const struct doc_node *list = fleet->document ? doc_get(fleet->document, "faults") : NULL;
    unsigned mistakes = 0;
    for (size_t i = 0; list && i < fleet->fault_count; i++) {
        const struct fault *f = &fleet->faults[i];
        const struct doc_node *node = doc_at(list, i);
        char path[32];
        snprintf(path, sizeof path, "faults[%zu].", i);
        mistakes += check(f, true, fleet->has_wan, node, path);
        mistakes += check_moment(f, fleet, node, path);
    }
    return mistakes;
}

static unsigned check_rule(const struct fault *f, const struct doc_node *node, const char *path)
{
    unsigned mistakes = check_together(f, node, path);
    if (f->at_us == FAULT_UNSET && f->reset_us != FAULT_UNSET)
        mistakes += complain(node, path, "reset", "without at, no phone has been started", "");
    if (f->at_us == FAULT_UNSET && selector_is_momentary(&f->phone))
        mistakes += complain(node, path, "phones", f->phone.text,
                             " is known only when phones run; give at");
    return mistakes;
}

unsigned fault_check_all(const struct fleet *fleet)
{
    const struct doc_node *list = fleet->document ? doc_get(fleet->document, "set") : NULL;
    unsigned mistakes = check_faults(fleet);
    for (size_t i = 0; list && i < fleet->set_count; i++) {
        char path[32];
        snprintf(path, sizeof path, "set[%zu].", i);
        mistakes += check_rule(&fleet->set[i], doc_at(list, i), path);
        mistakes += check_moment(&fleet->set[i], fleet, doc_at(list, i), path);
    }
    return mistakes;
}

bool fault_read(const char *text, const char *said, bool has_wan, struct fault *f)
{
    struct doc_node *node =
        doc_parse((struct doc_source){.file = "command line", .said = said}, text, strlen(text));
    *f = fault_none;
    bool good = node && schema_fill(fault_keys, node, f) == 0 &&
                check(f, false, has_wan, node, "") == 0;
    doc_free(node);
    return good;
}
