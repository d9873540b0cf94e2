/* units.c - quantities as users write them. */
#include "netns/units.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define WORD_MAX 64 /* longest word that is compared for nearness */

struct unit {
    const char *name;
    double factor;
};

bool units_count(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9'; at++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*at - '0'), &value))
            return false;
    if (at == text || *at || value < min || value > max)
        return false;
    *out = value;
    return true;
}

/* "12", "0.5" or ".5"; leaves *at behind it. Past 18 digits precision would be lost: refused. */
static bool number(const char **at, double *out)
{
    uint64_t digits = 0;
    unsigned count = 0;
    double scale = 1;
    bool fraction = false;
    const char *p = *at;
    for (; (*p >= '0' && *p <= '9') || (*p == '.' && !fraction); p++) {
        if (*p == '.') {
            fraction = true;
            continue;
        }
        if (++count > 18)
            return false;
        digits = digits * 10 + (uint64_t)(*p - '0');
        if (fraction)
            scale *= 10;
    }
    if (count == 0)
        return false;
    *at = p;
    *out = (double)digits / scale;
    return true;
}

/* A number and one of the units, which end at a NULL name. */
static bool quantity(const char *text, const struct unit *units, double *out)
{
    double value;
    if (!number(&text, &value))
        return false;
    while (units->name && strcasecmp(units->name, text) != 0)
        units++;
    if (!units->name)
        return false;
    *out = value * units->factor;
    return true;
}

bool units_decimal(const char *text, double max, double *out)
{
    static const struct unit none[] = {{"", 1}, {NULL, 0}};
    double value;
    if (!quantity(text, none, &value) || value > max)
        return false;
    *out = value;
    return true;
}

bool units_duration(const char *text, uint64_t max_us, uint64_t *us)
{
    static const struct unit units[] = {{"us", 1},   {"ms", 1e3},   {"s", 1e6},
                                        {"m", 60e6}, {"h", 3600e6}, {NULL, 0}};
    double value;
    if (strcmp(text, "0") == 0)
        value = 0;
    else if (!quantity(text, units, &value))
        return false;
    if (value > (double)max_us)
        return false;
    *us = (uint64_t)(value + 0.5);
    return true;
}

bool units_rate(const char *text, uint64_t *bps)
{
    static const struct unit units[] = {
        {"bit", 1}, {"kbit", 1e3}, {"mbit", 1e6}, {"gbit", 1e9}, {NULL, 0}};
    double value;
    if (strcmp(text, "unlimited") == 0) {
        *bps = 0;
        return true;
    }
    if (!quantity(text, units, &value) || value < 1e3 || value > 1e12)
        return false;
    *bps = (uint64_t)(value + 0.5);
    return true;
}

bool units_bytes(const char *text, double *bytes)
{
    static const struct unit units[] = {{"", 1},        {"B", 1},
                                        {"kB", 1e3},    {"MB", 1e6},
                                        {"GB", 1e9},    {"KiB", 1024},
                                        {"MiB", 1048576}, {"GiB", 1073741824},
                                        {NULL, 0}};
    return quantity(text, units, bytes);
}

bool units_percent(const char *text, double *fraction)
{
    static const struct unit units[] = {{"%", 0.01}, {NULL, 0}};
    double value;
    if (strcmp(text, "0") == 0)
        value = 0;
    else if (!quantity(text, units, &value) || value > 1)
        return false;
    *fraction = value;
    return true;
}

bool units_subnet(const char *text, uint32_t *address, unsigned *prefix_len)
{
    char host[INET_ADDRSTRLEN];
    const char *slash = strchr(text, '/');
    struct in_addr in;
    uint64_t len;
    if (!slash || (size_t)(slash - text) >= sizeof host ||
        !units_count(slash + 1, 8, 28, &len))
        return false;
    memcpy(host, text, (size_t)(slash - text));
    host[slash - text] = '\0';
    if (inet_pton(AF_INET, host, &in) != 1 || ntohl(in.s_addr) & (UINT32_MAX >> len))
        return false;
    *address = ntohl(in.s_addr);
    *prefix_len = (unsigned)len;
    return true;
}

bool units_address(const char *text, uint32_t *ip)
{
    struct in_addr in;
    if (inet_pton(AF_INET, text, &in) != 1)
        return false;
    uint32_t first = ntohl(in.s_addr) >> 24;
    if (first == 0 || first == 127 || first >= 224)
        return false;
    *ip = in.s_addr;
    return true;
}

bool units_mac(const char *text, uint64_t *mac)
{
    static const char digits[] = "0123456789abcdef";
    char mark = strlen(text) == 17 ? text[2] : '\0';
    uint64_t value = 0;
    if ((mark != ':' && mark != '-' && mark != '\0') || (!mark && strlen(text) != 12))
        return false;
    for (int i = 0; i < 12; i++) {
        if (mark && i > 0 && i % 2 == 0 && *text++ != mark)
            return false;
        const char *digit = *text ? strchr(digits, tolower((unsigned char)*text)) : NULL;
        if (!digit)
            return false;
        text++;
        value = value << 4 | (uint64_t)(digit - digits);
    }
    if (value == 0 || value >> 40 & 1)
        return false;
    *mac = value;
    return true;
}

/* Levenshtein's distance, upper and lower case alike; both words shorter than WORD_MAX. */
static size_t distance(const char *a, const char *b)
{
    size_t row[WORD_MAX + 1], len = strlen(b);
    for (size_t j = 0; j <= len; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= len; j++) {
            size_t best = diagonal + (strncasecmp(&a[i - 1], &b[j - 1], 1) != 0);
            diagonal = row[j];
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            if (row[j] + 1 < best)
                best = row[j] + 1;
            row[j] = best;
        }
    }
    return row[len];
}

const char *units_nearest(const char *text, const void *words, size_t stride, size_t count)
{
    const char *nearest = NULL;
    if (strlen(text) >= WORD_MAX)
        return NULL;
    size_t best = strlen(text) / 3 + 2; /* farther than that is another word */
    for (size_t i = 0; i < count; i++) {
        const char *word = *(const char *const *)((const char *)words + i * stride);
        if (!word || strlen(word) >= WORD_MAX)
            continue;
        size_t d = distance(text, word);
        if (d < best) {
            best = d;
            nearest = word;
        }
    }
    return nearest;
}
