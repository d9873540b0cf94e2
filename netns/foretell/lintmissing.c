/* lintmissing.c - what is not in the TFTP root, looked for once; see lint-private.h. */
#include "netns/foretell/lint-private.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct missing *lint_missing(struct lint *l, const char *name)
{
    for (size_t i = 0; i < l->missing_count; i++)
        if (strcmp(l->missing[i].name, name) == 0)
            return &l->missing[i].missing;
    l->missing = reallocarray(l->missing, l->missing_count + 1, sizeof *l->missing);
    if (!l->missing)
        err(3, "lint");
    struct lint_missing *m = &l->missing[l->missing_count++];
    snprintf(m->name, sizeof m->name, "%s", name);
    m->missing = missing_find(l->stock, name);
    return &m->missing;
}

void lint_missing_free(struct lint *l)
{
    for (size_t i = 0; i < l->missing_count; i++)
        missing_free(&l->missing[i].missing);
    free(l->missing);
}
