/* stock.h - what lies in the TFTP root, by name, and what of it a server can give away. */
#ifndef STOCK_H
#define STOCK_H

#include "emu/loadname.h"
#include "netns/fleet/fleet.h"
#include "netns/plan/sight.h"

#define LOADS_SUFFIX ".loads"

struct stock_entry {
    const char *name;
    enum sight_kind sight;
};

struct stock {
    const struct fleet *fleet;
    char **names; /* of all entries; oldest version first (9-10 is newer than 9-4) */
    size_t count;
    struct stock_entry *entries; /* the same, by name, whatever its capitals */
};

/* The fleet's firmware directory; NULL with errno. */
struct stock *stock_read(const struct fleet *fleet);
void stock_free(struct stock *t);

/* Whether anything has that name. */
bool stock_has(const struct stock *t, const char *name);
/* Whether it is a file that a server can give away: see sight.h. */
bool stock_gives(const struct stock *t, const char *name);
/* A name that differs from this one only in capitals, or NULL. */
const char *stock_nearly(const struct stock *t, const char *name);
/* Whether the server has it: it can give it away, and tftp.without does not take it from it. */
bool stock_serves(const struct stock *t, const char *name);
/* Its path, malloc'ed. */
char *stock_path(const struct stock *t, const char *name);

/* Loads: the names of *.loads without that. */
bool stock_has_load(const struct stock *t, const char *load);
/* Whether a file of that name is the index of one of a model's loads (not one for a factory reset),
 * whose name is then in out. */
bool stock_load_of(const char *name, const struct phone_model *model, char out[NAME_MAX_LEN]);
/* Of a model's loads (by the digits of their names, not counting those for a factory reset) the
 * newest of a protocol, or the oldest but for `other`; where there is none of that protocol, of the
 * other one; empty when there is none at all. */
void stock_pick(const struct stock *t, const struct phone_model *model, enum load_protocol protocol,
               bool newest, const char *other, char out[NAME_MAX_LEN]);
/* "a, b, c" of the model's, oldest first, or "none", for messages; out. */
const char *stock_list(const struct stock *t, const struct phone_model *model, char *out,
                      size_t size);

#endif
