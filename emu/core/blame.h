/* blame.h - addresses that were no use, and for which files. Why: pfs.h.
 *
 * One table for all of the upgrade. When it is full, the address with the least against it gives
 * its place up, but none that is not to be asked for the current file alone: of those there are
 * fewer than places, so that turns end. Whoever is not in a full table may have been there: it has
 * the patience that is left for the least of those who are.
 */
#ifndef BLAME_H
#define BLAME_H

#include "emu/core/pfs.h"

/* As a parent it was no use for the current file. From now on we are wary, and nothing heard of
 * later files counts. */
void blame_parent(struct pfs *s, uint32_t ip);
/* Likewise, for all files of this upgrade. */
void blame_for_all(struct pfs *s, uint32_t ip);
/* Whether it is not to be asked for the current file. */
bool blame_shuns(const struct pfs *s, uint32_t ip);
/* As a child it wasted our time with its file; with all files, if it was alive meanwhile. */
void blame_child(struct pfs *s, const struct pfs_slot *c);
/* It has left in the midst of its file, or with nonsense. Once for a file that is nothing. */
void blame_leaver(struct pfs *s, const struct pfs_slot *c);
/* Whether it gets no slot for that file, for good or while the tree forms. */
bool blame_bars(const struct pfs *s, uint32_t ip, int file);
/* How long a child may take to be done with that file, beyond what its bytes take, against whom
 * there is nothing. Each level has a second less than the one above: who waits for somebody below
 * it who is never done is not blamed for that itself. */
usec blame_nobody_patience(const struct pfs *s, int file);
/* How long this one may. */
usec blame_patience(const struct pfs *s, const struct pfs_slot *c);

#endif
