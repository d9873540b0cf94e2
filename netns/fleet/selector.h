/* selector.h - which phones are meant: by name, or by what they are at the moment. The words; whom
 * they pick: netns/plan/meant.h.
 *
 *   SEP02760A6A0010     a device name; 3: a number as ps prints it; 10.106.0.16: an address;
 *                       02:76:0a:6a:00:10: a MAC address, in any notation of units.h
 *   3..10               numbers, both ends included
 *   SEP02760A6A00*      every name that fits: * for any characters, ? for one; case is no matter
 *   CP-7961G            every phone of a model; profile:NAME: of a common profile; all: every one
 *   random:N            N different phones, by the fleet's seed, among those that are not barred
 *   root                the confirmed roots of the moment, of all hierarchies, by their own word
 *   parents             those with a child at this moment, the roots among them
 *
 * root and parents may be nobody now and somebody later; what the others name is fixed.
 */
#ifndef SELECTOR_H
#define SELECTOR_H

#include "netns/text/setters.h"

#define SELECTOR_TAKES_ANY                                                                         \
    "a phone's name, number or address, numbers such as 3..10, a pattern of names such as "        \
    "SEP02*, a model, profile:NAME"
#define SELECTOR_TAKES SELECTOR_TAKES_ANY ", random:N, root, parents or all"
#define SELECTOR_FIXED_TAKES                                                                       \
    SELECTOR_TAKES_ANY " or all; not what the moment decides: random:N, root, parents"
/* How it looks, as a regular expression; a number is one as well. */
#define SELECTOR_FORMS                                                                             \
    UNITS_MAC_FORMS "|profile:[^\"\\\\]+|0*[1-9][0-9]*[.][.]0*[1-9][0-9]*|"                        \
    "(?!.*[.][.])[A-Za-z0-9.]+|[A-Za-z0-9*?]+|CP-79[0-9]{2}G(-GE)?"
#define SELECTOR_PATTERN       "^(random:0*[1-9][0-9]*|" SELECTOR_FORMS ")$"
#define SELECTOR_FIXED_PATTERN "^(?!root$|parents$)(" SELECTOR_FORMS ")$" /* none of the moment */

enum selector_kind {
    SELECT_NONE,
    SELECT_PHONE,
    SELECT_RANGE,
    SELECT_PATTERN,
    SELECT_MODEL,
    SELECT_PROFILE,
    SELECT_RANDOM,
    SELECT_ROOT,
    SELECT_PARENTS,
    SELECT_ALL,
};

struct selector {
    enum selector_kind kind;
    unsigned count;                   /* of RANDOM */
    unsigned first, last;             /* of RANGE, from 1 */
    const struct phone_model *model;
    char text[NAME_MAX_LEN];          /* as it was said */
    char name[NAME_MAX_LEN];          /* of a phone or profile; the pattern */
};

/* False, and *out untouched, when the text is none of these by its form. */
bool selector_parse(const char *text, struct selector *out);
/* Whether the moment decides who it is. */
bool selector_is_momentary(const struct selector *s);

/* Setters of struct selector: anybody; or whom neither the moment nor chance decides. */
bool set_selector(const char *text, const struct schema_key *key, void *field);
bool set_selector_fixed(const char *text, const struct schema_key *key, void *field);
#define SETS_SELECTOR_LIKE .like = set_count, .min = 1, .max = LIMIT_PHONES, .why = units_mac_why
/* What their keys have in common, behind their offset. */
#define SETS_SELECTOR                                                                              \
    .takes = SELECTOR_TAKES, .set = set_selector, .pattern = SELECTOR_PATTERN, SETS_SELECTOR_LIKE
#define SETS_SELECTOR_FIXED                                                                        \
    .takes = SELECTOR_FIXED_TAKES, .set = set_selector_fixed, .pattern = SELECTOR_FIXED_PATTERN,   \
    SETS_SELECTOR_LIKE

#endif
