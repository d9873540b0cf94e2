/* compare.h - a number that is expected: "<=6", ">=3.5", "2MB", "all". */
#ifndef COMPARE_H
#define COMPARE_H

#include "netns/text/schema.h"

/* What a number is compared with. ALL: as many as are meant. NONE: left out, met by anything. */
enum compare_op {
    COMPARE_NONE,
    COMPARE_EQ,
    COMPARE_LE,
    COMPARE_GE,
    COMPARE_LT,
    COMPARE_GT,
    COMPARE_ALL,
};
struct compare {
    enum compare_op op;
    double value;     /* a number; us; bytes; a ratio; percent */
    const char *text; /* as it was said */
};
/* all: how many are meant. */
bool compare_met(const struct compare *c, double value, size_t all);

/* Setters of struct compare: a whole number, the same or "all", bytes, a ratio, a percentage, a
 * span of emulated time, alone or after an operator. */
bool set_number(const char *text, const struct schema_key *key, void *field);
bool set_number_or_all(const char *text, const struct schema_key *key, void *field);
bool set_bytes(const char *text, const struct schema_key *key, void *field);
bool set_ratio(const char *text, const struct schema_key *key, void *field);
bool set_share(const char *text, const struct schema_key *key, void *field);
bool set_time(const char *text, const struct schema_key *key, void *field);

#endif
