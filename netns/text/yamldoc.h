/* yamldoc.h - a YAML text as a tree that knows where everything stood.
 *
 * The only place that knows libyaml. What a fleet file has no use for is refused, so that
 * nothing of it can grow without bound: several documents, anchors and aliases, deep nesting.
 * Options of the command line are put into the same tree and remember how the user said them.
 */
#ifndef YAMLDOC_H
#define YAMLDOC_H

#include <stdbool.h>
#include <stddef.h>

enum doc_kind { DOC_SCALAR, DOC_LIST, DOC_MAP, DOC_KIND_COUNT };
extern const char *const doc_kind_names[DOC_KIND_COUNT]; /* "a single value", "a list", ... */

/* Where a text comes from, for messages: a file, or an option as it was given. */
struct doc_source {
    const char *file; /* "site.fleet.yml" */
    const char *said; /* "--speed 0"; NULL: the file */
};

struct doc_node {
    enum doc_kind kind;
    struct doc_source source;
    unsigned line, column;         /* from 1 */
    char *key;                     /* in a map: its key, and where that stands */
    unsigned key_line, key_column;
    char *text;                    /* of a scalar; NULL: "~", "null" or nothing at all */
    struct doc_node *child, *next; /* first of its own; next of its parent's */
};

/* NULL after a message. An empty text is an empty map. The source's strings must outlive it. */
struct doc_node *doc_parse(struct doc_source source, const char *text, size_t len);
/* A new node without key; text, when not NULL, is copied. Ends the program without memory. */
struct doc_node *doc_new(enum doc_kind kind, struct doc_source source, const char *text);
/* A node with all below it, with their places, under no key. Ends the program without memory. */
struct doc_node *doc_copy(const struct doc_node *node);
void doc_free(struct doc_node *node);

/* A map's child of that key, or NULL. */
struct doc_node *doc_get(const struct doc_node *map, const char *key);
/* A list's child of that index, or NULL. */
struct doc_node *doc_at(const struct doc_node *list, size_t index);
/* Puts value under key in a map, in place of what was there. */
void doc_put(struct doc_node *map, const char *key, struct doc_node *value);
void doc_append(struct doc_node *list, struct doc_node *value);
/* The node at "phones[1].count", or else the deepest one on the way there. */
const struct doc_node *doc_locate(const struct doc_node *root, const char *path);

/* One line on standard error, "FILE:LINE:COLUMN: ..." or "--speed 0: ...". */
void doc_complain(const struct doc_node *node, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The place alone, malloc'ed: "FILE:LINE:COLUMN" or "--speed 0". */
char *doc_place(const struct doc_node *node);
/* The same as doc_complain() at the node's key. */
void doc_complain_key(const struct doc_node *node, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
