/* compare.c - see compare.h. */
#include "netns/fleet/compare.h"
#include "netns/text/units.h"

#include <string.h>

#define COUNT_MAX 1000000000ull

bool compare_met(const struct compare *c, double value, size_t all)
{
    switch (c->op) {
    case COMPARE_NONE:
        return true;
    case COMPARE_EQ:
        return value == c->value;
    case COMPARE_LE:
        return value <= c->value;
    case COMPARE_GE:
        return value >= c->value;
    case COMPARE_LT:
        return value < c->value;
    case COMPARE_GT:
        return value > c->value;
    case COMPARE_ALL:
        return value == (double)all;
    }
    return false;
}

/* Takes the operator off text; a bare number means exactly that. */
static enum compare_op take_op(const char **text)
{
    static const struct {
        const char *sign;
        enum compare_op op;
    } ops[] = {{"<=", COMPARE_LE}, {">=", COMPARE_GE}, {"<", COMPARE_LT},
               {">", COMPARE_GT},  {"=", COMPARE_EQ}};
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (strncmp(*text, ops[i].sign, strlen(ops[i].sign)) == 0) {
            *text += strlen(ops[i].sign);
            *text += strspn(*text, " ");
            return ops[i].op;
        }
    return COMPARE_EQ;
}

static bool take_count(const char *text, double *out)
{
    uint64_t value;
    if (!units_count(text, 0, COUNT_MAX, &value))
        return false;
    *out = (double)value;
    return true;
}

static bool take_duration(const char *text, double *out)
{
    uint64_t us;
    if (!units_duration(text, 24 * UNITS_HOUR_US, &us))
        return false;
    *out = (double)us;
    return true;
}

static bool take_ratio(const char *text, double *out)
{
    return units_decimal(text, 1e9, out);
}

/* With or without its sign. */
static bool take_percent(const char *text, double *out)
{
    if (units_percent(text, out)) {
        *out *= 100;
        return true;
    }
    return units_decimal(text, 100, out);
}

static bool set_compare(const char *text, void *field, bool (*take)(const char *, double *))
{
    struct compare c = {.text = text};
    c.op = take_op(&text);
    if (!take(text, &c.value))
        return false;
    *(struct compare *)field = c;
    return true;
}

bool set_number(const char *text, const struct schema_key *key, void *field)
{
    (void)key;
    return set_compare(text, field, take_count);
}

bool set_number_or_all(const char *text, const struct schema_key *key, void *field)
{
    if (strcmp(text, "all") != 0)
        return set_number(text, key, field);
    *(struct compare *)field = (struct compare){.op = COMPARE_ALL, .text = text};
    return true;
}

bool set_bytes(const char *text, const struct schema_key *key, void *field)
{
    (void)key;
    return set_compare(text, field, units_bytes);
}

bool set_ratio(const char *text, const struct schema_key *key, void *field)
{
    (void)key;
    return set_compare(text, field, take_ratio);
}

bool set_time(const char *text, const struct schema_key *key, void *field)
{
    (void)key;
    return set_compare(text, field, take_duration);
}

bool set_share(const char *text, const struct schema_key *key, void *field)
{
    (void)key;
    return set_compare(text, field, take_percent);
}
