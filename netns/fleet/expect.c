/* expect.c - see expect.h: the table of kinds, and what it cannot express. */
#include "netns/fleet/expect.h"
#include "netns/text/setters.h"
#include "netns/text/units.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX    256
#define REPEATS_MAX 10000

/* ---- setters ------------------------------------------------------------------------ */

/* Whether its repeats, one in the other, stay within what regcomp() does without much memory. */
static bool is_modest(const char *regex)
{
    uint64_t product = 1;
    for (const char *at = strchr(regex, '{'); at; at = strchr(at + 1, '{')) {
        const char *most = strchr(at, ',') ? strchr(at, ',') : at;
        uint64_t least = strtoul(at + 1, NULL, 10), top = strtoul(most + 1, NULL, 10);
        uint64_t times = least > top ? least : top;
        if (times > REPEATS_MAX || (product *= times ? times : 1) > REPEATS_MAX)
            return false;
    }
    return true;
}

static bool set_regex(const char *text, const struct schema_key *key, void *field)
{
    regex_t regex;
    if (!is_modest(text) || !set_text(text, key, field) ||
        regcomp(&regex, text, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    regfree(&regex);
    return true;
}

static bool set_bool(const char *text, const struct schema_key *key, void *field)
{
    int value;
    if (!set_word(text, key, &value))
        return false;
    *(bool *)field = value != 0;
    return true;
}

/* ---- the kinds ---------------------------------------------------------------------- */

static const struct schema_word mode_words[] = {
    {"pfs", MODE_PFS}, {"traditional", MODE_TRADITIONAL}, {NULL, 0}};
static const struct schema_word way_words[] = {
    {"down", WAY_DOWN}, {"up", WAY_UP}, {"both", WAY_BOTH}, {NULL, 0}};

#define AT(member)  .offset = offsetof(struct expect, member)
#define OPS         ", alone or after =, <, <=, > or >="
#define NUMBER      "a whole number" OPS
#define NUMBER_ALL  "all, or a whole number" OPS
#define PATTERN     "a pattern with * and ?, such as "
#define PHONES                                                                                     \
    {"phones", AT(phones), SETS_SELECTOR_FIXED}, {"phone", AT(phones), SETS_SELECTOR_FIXED}
#define MODEL {"model", AT(model), SETS_MODEL}
#define FILES {"file", PATTERN "jar41*", set_text, AT(file), .max = TEXT_MAX}
/* What every kind has, and the table's end. */
#define COMMON                                                                                     \
    {"mode", "pfs or traditional, the mode in which alone it is judged", set_word, AT(mode),       \
     .words = mode_words},                                                                         \
    {0}
#define WHOLE {"wanted", SWITCH_TAKES, set_bool, AT(wanted), .words = switch_words}
#define MATCHES                                                                                    \
    {"matches", "a POSIX extended regular expression", set_regex, AT(matches), .max = TEXT_MAX,    \
     .like = set_text, .required = true}
#define COUNT {"count", NUMBER, set_number, AT(count)}
#define COUNT_NEEDED {"count", NUMBER, set_number, AT(count), .required = true}
#define COUNT_ALL                                                                                  \
    {"count", NUMBER_ALL, set_number_or_all, AT(count), .like = set_number, .pattern = "^all$"}

#define KEYS(name, ...) static const struct schema_key name[] = {__VA_ARGS__, COMMON}
KEYS(upgraded_keys, COUNT_ALL, PHONES);
KEYS(failed_keys, COUNT_ALL, PHONES, FILES,
     {"text", PATTERN "Auth Fail, for the whole status text", set_text, AT(text), .max = TEXT_MAX});
KEYS(running_keys, COUNT_ALL, PHONES,
     {"load", AT(load), SETS_LOAD, .required = true});
KEYS(fetches_keys, COUNT_NEEDED, PHONES, MODEL, FILES);
KEYS(wan_bytes_keys,
     {"count", "bytes" OPS ", such as <=2MB or <500KiB", set_bytes, AT(count), .required = true},
     {"way", "down, up or both", set_word, AT(way), .words = way_words});
KEYS(wan_ratio_keys, {"ratio", "a ratio" OPS ", such as >=3.5", set_ratio, AT(count),
                      .required = true});
KEYS(time_keys, {"time", "a span of emulated time" OPS ", such as <=200s", set_time, AT(count),
                 .required = true});
KEYS(depth_keys, COUNT_NEEDED, MODEL, FILES);
KEYS(roots_keys, WHOLE, MODEL, FILES);
KEYS(each_keys, COUNT_NEEDED, PHONES);
KEYS(fallbacks_keys, COUNT, PHONES);
KEYS(sharing_keys, COUNT_ALL, PHONES);
KEYS(registered_keys, COUNT_ALL, PHONES, {"load", AT(load), SETS_LOAD});
KEYS(screen_keys, PHONES, WHOLE,
     {"at", "a moment of emulated time up to 24h, such as 30s; left out: at any moment",
      set_duration, AT(at_us), .max = 24 * UNITS_HOUR_US},
     {"component", PATTERN "jar41*", set_text, AT(component), .max = TEXT_MAX},
     {"percent", "percent" OPS ", such as >=50", set_share, AT(percent)},
     {"kb", "kilobytes, a whole number" OPS, set_number, AT(kb)},
     {"icon", AT(icon), SETS_SWITCH},
     {"title", PATTERN "Upgrading", set_text, AT(title), .max = TEXT_MAX});
KEYS(lines_keys, MATCHES, COUNT, PHONES);
KEYS(faithful_keys, WHOLE);

#define HOLDS(...)                                                                                 \
    .initial = &(const struct expect) {                                                            \
        .mode = -1, .wanted = true, .icon = TRI_UNSET, .at_us = EXPECT_UNSET, __VA_ARGS__          \
    }
#define ALL     HOLDS(.count = {.op = COMPARE_ALL, .text = "all"})
#define NOTHING HOLDS(.count = {.op = COMPARE_EQ, .text = "0"})
#define SOME    HOLDS(.count = {.op = COMPARE_GE, .value = 1, .text = ">=1"})
#define WITH(keys) ", or a mapping of " keys ", mode; or a list of such"

static const struct schema_key kinds[EXPECT_KIND_COUNT + 1] = {
    [EXPECT_UPGRADED] = {"upgraded", NUMBER_ALL WITH("count, phones"), .keys = upgraded_keys,
                         .main = "count", ALL},
    [EXPECT_FAILED] = {"failed", NUMBER_ALL WITH("count, phones, text, file"),
                       .keys = failed_keys, .main = "count", ALL},
    [EXPECT_RUNNING] = {"running", "a load's name without .loads" WITH("load, count, phones"),
                        .keys = running_keys, .main = "load", ALL},
    [EXPECT_FETCHES] = {"server_fetches_per_file", NUMBER WITH("count, phones, model, file"),
                        .keys = fetches_keys, .main = "count", HOLDS()},
    [EXPECT_WAN_BYTES] = {"wan_bytes", "bytes" OPS WITH("count, way"), .keys = wan_bytes_keys,
                          .main = "count", HOLDS()},
    [EXPECT_WAN_RATIO] = {"wan_ratio", "traditional over pfs, a ratio" OPS WITH("ratio"),
                          .keys = wan_ratio_keys, .main = "ratio", HOLDS()},
    [EXPECT_TIME] = {"emulated_time", "a span of emulated time" OPS WITH("time"),
                     .keys = time_keys, .main = "time", HOLDS()},
    [EXPECT_DEPTH] = {"depth", NUMBER WITH("count, model, file"), .keys = depth_keys,
                      .main = "count", HOLDS()},
    [EXPECT_ROOTS] = {"roots_distinct", SWITCH_TAKES WITH("wanted, model, file"),
                      .keys = roots_keys, .main = "wanted", HOLDS()},
    [EXPECT_FALLBACKS] = {"fallbacks", NUMBER WITH("count, phones"), .keys = fallbacks_keys,
                          .main = "count", NOTHING},
    [EXPECT_PEERS] = {"peers_used", NUMBER WITH("count, phones"), .keys = each_keys,
                      .main = "count", HOLDS()},
    [EXPECT_SESSIONS] = {"sessions", NUMBER WITH("count, phones"), .keys = each_keys,
                         .main = "count", HOLDS()},
    [EXPECT_SHARING] = {"sharing", NUMBER_ALL WITH("count, phones"), .keys = sharing_keys,
                        .main = "count", ALL},
    [EXPECT_REBOOTS] = {"reboots", NUMBER WITH("count, phones"), .keys = each_keys,
                        .main = "count", HOLDS()},
    [EXPECT_REGISTERED] = {"registered", NUMBER_ALL WITH("count, phones, load"),
                           .keys = registered_keys, .main = "count", ALL},
    [EXPECT_SCREEN] = {"screen",
                       "a mapping of phones, at, component, percent, kb, icon, title, wanted, "
                       "mode; or a list of such",
                       .keys = screen_keys, HOLDS()},
    [EXPECT_LOG] = {"log", "a POSIX extended regular expression" WITH("matches, count, phones"),
                    .keys = lines_keys, .main = "matches", SOME},
    [EXPECT_PAGE] = {"page", "a POSIX extended regular expression" WITH("matches, count, phones"),
                     .keys = lines_keys, .main = "matches", SOME},
    [EXPECT_FAITHFUL] = {"faithful", SWITCH_TAKES WITH("wanted"), .keys = faithful_keys,
                         .main = "wanted", HOLDS()},
};

const struct schema_elements expect_elements = {.kinds = kinds,
                                                .size = sizeof(struct expect),
                                                .count_offset =
                                                    offsetof(struct fleet, expect_count)};

const char *expect_word(const struct expect *x)
{
    return kinds[x->origin.kind].name;
}

/* ---- checks ------------------------------------------------------------------------- */

unsigned expect_complain(const struct expect *x, const char *key, const char *why)
{
    const struct doc_node *node = x->origin.node, *at = doc_get(node, key);
    doc_complain(at ? at : node, "expect.%s: %s", expect_word(x), why);
    return 1;
}

/* Whether more are expected than there can be. */
static bool too_many(const struct compare *c, uint64_t phones)
{
    double least = c->value + (c->op == COMPARE_GT);
    bool bounded = c->op == COMPARE_EQ || c->op == COMPARE_GE || c->op == COMPARE_GT;
    return bounded && least > (double)phones;
}

unsigned expect_check_all(const struct fleet *fleet, uint64_t phones)
{
    unsigned mistakes = 0;
    char why[64];
    snprintf(why, sizeof why, "the fleet has only %llu phones", (unsigned long long)phones);
    for (size_t i = 0; i < fleet->expect_count; i++) {
        const struct expect *x = &fleet->expects[i];
        const struct expect *initial = kinds[x->origin.kind].initial;
        if (doc_get(x->origin.node, "phone") && doc_get(x->origin.node, "phones"))
            mistakes += expect_complain(x, "phone", "phone and phones are the same; take one out");
        if (x->at_us != EXPECT_UNSET && fleet->until_us && x->at_us > fleet->until_us)
            mistakes += expect_complain(x, "at", "is after until, when the run ends");
        if (initial->count.op == COMPARE_ALL && too_many(&x->count, phones))
            mistakes += expect_complain(x, "count", why);
    }
    return mistakes;
}

unsigned expect_check_alone(const struct fleet *fleet)
{
    unsigned mistakes = 0;
    for (size_t i = 0; i < fleet->expect_count; i++)
        if (fleet->expects[i].origin.kind == EXPECT_WAN_RATIO)
            mistakes += expect_complain(&fleet->expects[i], "ratio",
                                 "takes runs in both modes to judge: use compare");
    return mistakes;
}
