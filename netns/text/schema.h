/* schema.h - tables that say which keys a file may have, and where their values go.
 *
 * A table ends at a NULL name. A key takes a single value (set), or a mapping (keys), or
 * a list or named set of elements; one that takes a single value and a mapping has both.
 * One that is `listed` takes several single values, each of which is set in turn, as a list, or
 * one of them as it is. A `free` one takes any mapping of mappings and leaves it to its user. Where
 * elements have kinds, their mapping goes from the name of a kind to one element of it, or to a
 * list of them; an element is a mapping of its kind's keys, or a single value for the kind's main
 * one.
 */
#ifndef SCHEMA_H
#define SCHEMA_H

#include "emu/contract.h"
#include "netns/text/yamldoc.h"

#include <stdint.h>

struct schema_key;

struct schema_word {
    const char *word;
    int value;
};

struct schema_elements {
    const struct schema_key *keys;
    const struct schema_key *value; /* an element is a single value of this key; where there are
                              keys as well, or a mapping of those */
    bool named;            /* a mapping from free names, put into the element's first member, a
                              const char *, to such elements; otherwise a list of them */
    const struct schema_key *kinds; /* instead of keys and value: one row per kind, with its keys,
                              main and initial; the element's first member is a schema_origin */
    size_t size;           /* of one element */
    const void *initial;   /* what one holds before its keys are read; of kinds, see there */
    size_t count_offset;   /* of the size_t beside the pointer */
};

struct schema_key {
    const char *name;
    const char *takes; /* "a whole number from 1 to 1000": completes "speed takes ..."; NULL: one of
                          its words */
    bool (*set)(const char *text, const struct schema_key *key, void *field);
    size_t offset;     /* of the field in the struct */
    uint64_t min, max; /* for set */
    const struct schema_word *words; /* for set_word; ends at a NULL word */
    const char *(*word)(size_t index); /* instead of words, where values are rows of a table
                                          elsewhere: the name of that row, NULL behind the last */
    const struct schema_key *keys;
    const struct schema_elements *elements;
    bool required;
    bool listed;
    bool free;
    /* What schemajson.h is to say of a setter that it does not know itself: */
    bool (*like)(const char *text, const struct schema_key *key, void *field); /* the setter whose
                                          texts it takes, besides words and pattern */
    const char *pattern; /* a regular expression (ECMA 262) that its texts match */
    const char *(*why)(const char *text); /* more about a text that set refused, or NULL */
    /* Of a kind: */
    const char *main;    /* which of its keys a single value sets, needing no other; NULL: none */
    const void *initial; /* what an element of it holds before its keys are read */
};

/* What the first member of an element with a kind tells. */
struct schema_origin {
    size_t kind;                 /* row in the table of kinds */
    const struct doc_node *node; /* its place, for messages */
};

/* Texts in the order in which they were listed. */
struct text_list {
    const char **items;
    size_t count;
};

/* The words that a key takes, from 0 up to the first NULL, behind which none may be asked for. */
const char *schema_word_of(const struct schema_key *key, size_t index);
/* What completes "speed takes ...", into out where it is not said in full; returns it. */
#define SCHEMA_TAKES 512
const char *schema_takes(const struct schema_key *key, char out[SCHEMA_TAKES]);

/* Fills into (a struct as the table describes it) from a mapping. Strings point into the tree.
 * Prints a message per mistake; returns how many there were. Arrays it made are the caller's to
 * free, also then. */
unsigned schema_fill(const struct schema_key *keys, const struct doc_node *map, void *into);

#endif
