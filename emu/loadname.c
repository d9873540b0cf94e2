/* loadname.c - see loadname.h. A version is read into a row of numbers in the order in which they
 * weigh, so that comparing two is comparing rows.
 */
#include "emu/loadname.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define HARDWARE_7940 3
#define DIGITS_MAX    4 /* of a number */
#define SUBS_MAX      3 /* numbers behind a label: "ES4-0-1" */

/* What stands between the three numbers of a release and the rest, oldest first. */
enum rank { RANK_BEFORE, RANK_RELEASE, RANK_SPECIAL, RANK_SERVICE };

static const struct label {
    const char *word;
    enum rank rank;
} labels[] = {{"TH", RANK_BEFORE}, {"DEV", RANK_BEFORE}, {"SR", RANK_SERVICE}};

/* In the order in which they weigh: release, rank, what the label counts, the build. */
enum { AT_RANK = 3, AT_NUMBER, AT_LETTER, AT_SUBS, AT_BUILD = AT_SUBS + SUBS_MAX, PARTS };
struct version {
    unsigned part[PARTS];
};

const char *const load_protocol_names[] = {"SCCP", "SIP"};
static_assert(sizeof load_protocol_names / sizeof *load_protocol_names == LOAD_PROTOCOL_COUNT,
              "one name per protocol");

/* ---- characters ----------------------------------------------------------------------- */

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

static bool next_number(const char **at, unsigned *out)
{
    if (**at != '-')
        return false;
    ++*at;
    return number(at, out);
}

/* ---- hardware and protocol ------------------------------------------------------------ */

/* The word before the hardware's digits: its length, or 0. */
static size_t word_of(const char *name)
{
    static const char *const words[] = {"SCCP", "SIP", "TERM"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t len = strlen(words[i]);
        const char *digits = name + len;
        if (strncasecmp(name, words[i], len) == 0 && is_digit(digits[0]) && is_digit(digits[1]) &&
            !is_digit(digits[2]))
            return len;
    }
    return 0;
}

static bool is_7940(const char *name)
{
    return name[0] == 'P' && name[1] == '0' && name[2] && name[3] == '3';
}

bool load_is_factory(const char *name)
{
    size_t word = word_of(name);
    return word && strcasecmp(name + word + 2, ".default") == 0;
}

unsigned load_hardware(const char *name)
{
    for (size_t i = 0; load_is_factory(name) && i < phone_model_count; i++)
        if (phone_models[i].factory && strcasecmp(phone_models[i].factory, name) == 0)
            return load_hardware(phone_models[i].prefix);
    size_t word = word_of(name);
    if (!word)
        return is_7940(name) ? HARDWARE_7940 : 0;
    return (unsigned)(name[word] - '0') * 10 + (unsigned)(name[word + 1] - '0');
}

enum load_protocol load_protocol(const char *name)
{
    bool sip = is_7940(name) ? name[2] == 'S' : strncasecmp(name, "SIP", 3) == 0;
    return sip ? LOAD_SIP : LOAD_SCCP;
}

bool load_is_for(const char *name, const struct phone_model *model)
{
    return load_hardware(name) == load_hardware(model->prefix);
}

bool load_is_foreign(const char *name, const struct phone_model *model)
{
    return load_hardware(name) && !load_is_for(name, model);
}

const char *load_names(const struct phone_model *model, char out[LOAD_NAMES_SIZE])
{
    unsigned hardware = load_hardware(model->prefix);
    if (hardware == HARDWARE_7940)
        snprintf(out, LOAD_NAMES_SIZE, "P003* or P0S3*");
    else
        snprintf(out, LOAD_NAMES_SIZE, "SCCP%02u.*, SIP%02u.* or TERM%02u.*", hardware, hardware,
                 hardware);
    return out;
}

/* ---- versions ------------------------------------------------------------------------- */

static enum rank rank_of(const char *word, size_t len)
{
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (strlen(labels[i].word) == len && strncmp(labels[i].word, word, len) == 0)
            return labels[i].rank;
    return RANK_SPECIAL;
}

/* "SR3-1", "SR3A", "ES4-0-1", "DEV": two capitals at least, and what they count. A single letter
 * behind the number is its own, but for the S at the end of all. */
static bool label(const char **at, struct version *v)
{
    const char *word = *at;
    while (is_capital(**at))
        ++*at;
    v->part[AT_RANK] = rank_of(word, (size_t)(*at - word));
    if (is_digit(**at) && !number(at, &v->part[AT_NUMBER]))
        return false;
    if (is_capital(**at) && **at != 'S')
        v->part[AT_LETTER] = (unsigned char)*(*at)++;
    for (size_t i = 0; i < SUBS_MAX && **at == '-'; i++)
        if (!next_number(at, &v->part[AT_SUBS + i]))
            return false;
    return true;
}

/* "9-4-2SR3-1S", as a whole. */
static bool version(const char *at, struct version *v)
{
    *v = (struct version){.part[AT_RANK] = RANK_RELEASE};
    if (!number(&at, &v->part[0]) || !next_number(&at, &v->part[1]) ||
        !next_number(&at, &v->part[2]))
        return false;
    if (*at == '-' && !next_number(&at, &v->part[AT_BUILD]))
        return false;
    if (is_capital(at[0]) && is_capital(at[1]) && !label(&at, v))
        return false;
    if (*at == 'S' || *at == 's')
        at++;
    return *at == '\0';
}

static unsigned pair(const char *at)
{
    return (unsigned)(at[0] - '0') * 10 + (unsigned)(at[1] - '0');
}

/* "08010200", two digits a number; "0801SR02". */
static bool version_in_pairs(const char *at, struct version *v)
{
    size_t len = strlen(at), digits = strspn(at, "0123456789");
    bool service = len == 8 && digits == 4 && strncmp(at + 4, "SR", 2) == 0 && is_digit(at[6]) &&
                   is_digit(at[7]);
    if (len != 8 || (digits != 8 && !service))
        return false;
    *v = (struct version){.part = {pair(at), pair(at + 2), service ? 0 : pair(at + 4)}};
    v->part[AT_RANK] = service ? RANK_SERVICE : RANK_RELEASE;
    v->part[service ? AT_NUMBER : AT_BUILD] = pair(at + 6);
    return true;
}

static bool version_of(const char *name, struct version *v)
{
    size_t word = word_of(name);
    if (word)
        return name[word + 2] == '.' && version(name + word + 3, v);
    return is_7940(name) &&
           (name[4] == '-' ? version(name + 5, v) : version_in_pairs(name + 4, v));
}

bool load_has_version(const char *name)
{
    struct version v;
    return word_of(name) && version_of(name, &v);
}

int load_compare(const char *a, const char *b)
{
    struct version x = {0}, y = {0};
    bool has_x = version_of(a, &x), has_y = version_of(b, &y);
    if (has_x != has_y)
        return has_x ? 1 : -1;
    for (size_t i = 0; has_x && i < PARTS; i++)
        if (x.part[i] != y.part[i])
            return x.part[i] < y.part[i] ? -1 : 1;
    return has_x ? 0 : strverscmp(a, b);
}
