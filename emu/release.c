/* release.c - see release.h. */
#include "emu/release.h"

#include <string.h>

#define PARTS      3
#define DIGITS_MAX 4

/* "8-5-2SR1S" is {8, 5, 2, 1}: the last is whether it is a service release. */
struct release {
    unsigned part[PARTS + 1];
};

static const struct release both_keys_first = {{8, 3, 3, 0}};
static const struct release both_keys_last = {{8, 5, 2, 0}};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* A number of a few digits at *at, which is moved behind it. */
static bool number(const char **at, unsigned *out)
{
    const char *begin = *at;
    for (*out = 0; is_digit(**at) && *at - begin < DIGITS_MAX; ++*at)
        *out = *out * 10 + (unsigned)(**at - '0');
    return *at > begin && !is_digit(**at);
}

/* What stands before the version: "SCCP41.", capitals, digits, a dot. */
static bool family(const char **at)
{
    const char *begin = *at;
    while (is_capital(**at))
        ++*at;
    const char *series = *at;
    while (is_digit(**at))
        ++*at;
    return series > begin && *at > series && *(*at)++ == '.';
}

static bool parse(const char *name, struct release *out)
{
    const char *at = name;
    if (!family(&at))
        return false;
    for (unsigned i = 0; i < PARTS; i++)
        if ((i > 0 && *at++ != '-') || !number(&at, &out->part[i]))
            return false;
    out->part[PARTS] = strncmp(at, "SR", 2) == 0;
    return *at == '\0' || is_capital(*at);
}

/* Below, equal to or above 0 as a is older than, the same as or newer than b. */
static int compare(const struct release *a, const struct release *b)
{
    for (unsigned i = 0; i <= PARTS; i++)
        if (a->part[i] != b->part[i])
            return a->part[i] < b->part[i] ? -1 : 1;
    return 0;
}

bool release_refused(const char *running, const char *load)
{
    struct release from, to;
    return parse(running, &from) && parse(load, &to) && compare(&from, &both_keys_first) < 0 &&
           compare(&to, &both_keys_last) > 0;
}
