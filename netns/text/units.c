/* units.c - see units.h. */
#include "netns/text/units.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
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

bool units_endpoint(const char *text, struct units_endpoint *out)
{
    char ip[INET_ADDRSTRLEN] = "", *end = NULL;
    size_t len = strcspn(text, ":");
    unsigned long port = text[len] ? strtoul(text + len + 1, &end, 10) : 0;
    bool has_port = text[len] && isdigit((unsigned char)text[len + 1]) && !*end && port &&
                    port <= UINT16_MAX;
    memcpy(ip, text, len < sizeof ip ? len : 0);
    out->port = (uint16_t)port;
    return units_address(ip, &out->ip) && (!text[len] || has_port);
}

/* ---- MAC addresses ------------------------------------------------------------------- */

#define MAC_GROUPS 7

/* How the six bytes are written: in groups of hexadecimal digits, one mark between all of them. */
static const struct notation {
    unsigned groups, least, most; /* digits of a group */
    const char *marks;
    unsigned last;  /* digits of the last group, where that is shorter */
    bool has_type;  /* the byte 01, Ethernet, stands before the address (RFC 2132, 9.14) */
} notations[] = {
    {6, 1, 2, ":-.", 0, false}, /* IEEE 802; without leading zeros Solaris and BSD */
    {3, 4, 4, ".-:", 0, false}, /* Cisco; H3C and Huawei */
    {2, 6, 6, "-:.", 0, false}, /* ProCurve */
    {1, 12, 12, "", 0, false},
    {4, 4, 4, ".", 2, true},    /* bindings of a Cisco DHCP server */
    {7, 2, 2, ":-", 0, true},   /* names of PXE files */
};

/* Groups and how many digits each has; false where there are other characters. */
struct written {
    uint64_t value[MAC_GROUPS];
    unsigned digits[MAC_GROUPS], groups;
    char mark; /* NUL: none */
};
static bool split(const char *text, size_t len, struct written *w)
{
    static const char digits[] = "0123456789abcdef";
    *w = (struct written){.groups = 1};
    for (size_t i = 0; i < len; i++) {
        const char *digit = strchr(digits, tolower((unsigned char)text[i]));
        if (digit) {
            w->value[w->groups - 1] = w->value[w->groups - 1] << 4 | (uint64_t)(digit - digits);
            w->digits[w->groups - 1]++;
        } else if (w->groups < MAC_GROUPS && (!w->mark || text[i] == w->mark)) {
            w->mark = text[i];
            w->groups++;
        } else {
            return false;
        }
    }
    return true;
}

static bool is_in(const struct notation *n, const struct written *w)
{
    bool fits = w->groups == n->groups && (!w->mark || strchr(n->marks, w->mark));
    for (unsigned i = 0; i < w->groups && fits; i++) {
        bool short_one = n->last && i + 1 == w->groups;
        fits = w->digits[i] >= (short_one ? n->last : n->least) &&
               w->digits[i] <= (short_one ? n->last : n->most);
    }
    return fits;
}

/* The bytes as one number; false when a type before them is not Ethernet's. */
static bool join(const struct notation *n, const struct written *w, uint64_t *mac)
{
    unsigned __int128 all = 0;
    for (unsigned i = 0; i < w->groups; i++) {
        unsigned most = n->last && i + 1 == w->groups ? n->last : n->most;
        all = all << 4 * most | w->value[i];
    }
    *mac = (uint64_t)all & UNITS_MAC_MAX;
    return all >> 48 == (n->has_type ? 1 : 0);
}

/* Past "SEP" or "0x", before which alone all twelve digits follow at once; else the text itself. */
static const char *past_prefix(const char *text, size_t *len)
{
    static const char suffix[] = ".cnf.xml";
    bool device = strncasecmp(text, "SEP", 3) == 0;
    const char *digits = device ? text + 3 : strncasecmp(text, "0x", 2) == 0 ? text + 2 : text;
    *len = strlen(digits);
    if (device && *len == 12 + strlen(suffix) && strcmp(digits + 12, suffix) == 0)
        *len = 12;
    return digits;
}

/* Of a device or not. */
static bool mac_read(const char *text, uint64_t *mac)
{
    struct written w;
    size_t len;
    const char *digits = past_prefix(text, &len);
    if (len == 0 || !split(digits, len, &w) || (digits != text && w.groups > 1))
        return false;
    for (size_t i = 0; i < sizeof notations / sizeof *notations; i++)
        if (is_in(&notations[i], &w))
            return join(&notations[i], &w, mac);
    return false;
}

const char *units_mac_why(const char *text)
{
    uint64_t mac;
    if (!mac_read(text, &mac))
        return NULL;
    return mac == UNITS_MAC_MAX ? "that is everybody's, the broadcast address"
           : mac >> 40 & 1      ? "that is the address of a group (multicast), and of no device"
           : mac == 0           ? "all zero is the address of no device"
                                : NULL;
}

bool units_mac(const char *text, uint64_t *mac)
{
    return !units_mac_why(text) && mac_read(text, mac);
}

/* ---- words --------------------------------------------------------------------------- */

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

/* ---- for people ---------------------------------------------------------------------- */

const char *units_show_seconds(double seconds, char out[UNITS_TEXT])
{
    long whole = (long)(seconds + 0.5);
    if (seconds < 59.95)
        snprintf(out, UNITS_TEXT, "%.1f s", seconds);
    else if (whole < 3600)
        snprintf(out, UNITS_TEXT, "%ld min %02ld s", whole / 60, whole % 60);
    else
        snprintf(out, UNITS_TEXT, "%ld h %02ld min", whole / 3600, whole / 60 % 60);
    return out;
}

const char *units_show_bytes(double bytes, char out[UNITS_TEXT])
{
    static const char *const names[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    size_t unit = 0;
    if (bytes < 1024) {
        snprintf(out, UNITS_TEXT, "%.0f B", bytes);
        return out;
    }
    for (bytes /= 1024; bytes >= 1023.95 && unit + 1 < sizeof names / sizeof *names; unit++)
        bytes /= 1024;
    snprintf(out, UNITS_TEXT, "%.1f %s", bytes, names[unit]);
    return out;
}
