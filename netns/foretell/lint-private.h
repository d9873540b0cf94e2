/* lint-private.h - the parts of lint.c: each looks at one side of a fleet. */
#ifndef LINT_PRIVATE_H
#define LINT_PRIVATE_H

#include "netns/plan/firmware.h"
#include "netns/plan/missing.h"

struct lint {
    const struct plan *plan;
    const struct stock *stock;
    struct findings *found;
    struct lint_missing {
        char name[NAME_MAX_LEN + sizeof LOADS_SUFFIX];
        struct missing missing;
    } *missing; /* what has been looked for */
    size_t missing_count;
};

/* lintmissing.c: missing_find(), of each name once. */
const struct missing *lint_missing(struct lint *l, const char *name);
void lint_missing_free(struct lint *l);

/* lintloads.c: the loads that phones will ask for, with the fleet's key or, where that is none,
 * without; NULL after a message. What is wrong with them and the files that they list. */
struct firmware *lint_inspect(struct lint *l);
void lint_loads(struct lint *l, const struct firmware *firmware);
/* How many files no signature was verified of. */
void lint_unverified(struct lint *l, const struct firmware *firmware);

/* lintasked.c: the loads that configuration files name for phones; the steps to them; the servers
 * that they are fetched from. */
void lint_asked(struct lint *l);
void lint_steps(struct lint *l);
void lint_servers(struct lint *l);

#endif
