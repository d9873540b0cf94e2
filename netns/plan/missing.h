/* missing.h - why a file that phones ask for is not in the TFTP root: what there is instead. */
#ifndef MISSING_H
#define MISSING_H

#include "netns/plan/stock.h"

/* CASE     its name has other capitals, in the root as in its envelope: who names it is wrong
 * RENAMED  the same, but the envelope has the name that is asked for: the file's name is wrong
 * BELOW    it lies in a folder of the root
 * PACKED   the root holds an archive, of which it may be a part
 * NOWHERE  none of these */
enum missing_kind {
    MISSING_CASE,
    MISSING_RENAMED,
    MISSING_BELOW,
    MISSING_PACKED,
    MISSING_NOWHERE,
    MISSING_COUNT
};

struct missing {
    enum missing_kind kind;
    char name[NAME_MAX_LEN]; /* CASE, RENAMED: the one that is there */
    char *path;              /* of the file, or the archive, that is there; or NULL */
};

/* Of a name that the root does not have. To be freed, by missing_free(). */
struct missing missing_find(const struct stock *stock, const char *name);
void missing_free(struct missing *m);
/* Whether the file at path has, but for capitals, its envelope's name, and not that one; it is then
 * in right. */
bool missing_case(char *path, char right[NAME_MAX_LEN]);

#endif
