/* tree.h - what lies in the TFTP root, by name, and what of it a server can give away. */
#ifndef TREE_H
#define TREE_H

#include "emu/loadname.h"
#include "netns/fleet/fleet.h"
#include "netns/plan/sight.h"

#define LOADS_SUFFIX ".loads"

struct tree_entry {
    const char *name;
    enum sight_kind sight;
};

struct tree {
    const struct fleet *fleet;
    char **names; /* of all entries; oldest version first (9-10 is newer than 9-4) */
    size_t count;
    struct tree_entry *entries; /* the same, by name, whatever its capitals */
};

/* The fleet's firmware directory; NULL with errno. */
struct tree *tree_read(const struct fleet *fleet);
void tree_free(struct tree *t);

/* Whether anything has that name. */
bool tree_has(const struct tree *t, const char *name);
/* Whether it is a file that a server can give away: see sight.h. */
bool tree_gives(const struct tree *t, const char *name);
/* A name that differs from this one only in capitals, or NULL. */
const char *tree_nearly(const struct tree *t, const char *name);
/* Whether the server has it: it can give it away, and tftp.without does not take it from it. */
bool tree_serves(const struct tree *t, const char *name);
/* Its path, malloc'ed. */
char *tree_path(const struct tree *t, const char *name);

/* Loads: the names of *.loads without that. */
bool tree_has_load(const struct tree *t, const char *load);
/* Whether a file of that name is the index of one of a model's loads (not one for a factory reset),
 * whose name is then in out. */
bool tree_load_of(const char *name, const struct phone_model *model, char out[NAME_MAX_LEN]);
/* Of a model's loads (by the digits of their names, not counting those for a factory reset) the
 * newest of a protocol, or the oldest but for `other`; where there is none of that protocol, of the
 * other one; empty when there is none at all. */
void tree_pick(const struct tree *t, const struct phone_model *model, enum load_protocol protocol,
               bool newest, const char *other, char out[NAME_MAX_LEN]);
/* "a, b, c" of the model's, oldest first, or "none", for messages; out. */
const char *tree_list(const struct tree *t, const struct phone_model *model, char *out,
                      size_t size);

#endif
