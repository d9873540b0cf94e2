/* root.h - the roots heard of, for files that are or will be ours, and which claim is stronger. */
#ifndef ROOT_H
#define ROOT_H

#include "emu/core/pfs.h"

struct pfs_root *root_known(struct pfs *s, uint32_t h); /* or NULL */
/* What a claim heard just now says of its sender. */
struct pfs_root root_heard(const struct pfs *s, uint32_t ip, const struct wire_msg *claim);
/* Claims compare by confirmation, then strength, then id: two are never equal. */
bool root_stronger(const struct pfs_root *r, const struct pfs_root *than);
void root_keep(struct pfs *s, const struct pfs_root *heard);
/* Unless a stronger one is known. */
void root_remember(struct pfs *s, uint32_t ip, const struct wire_msg *claim);
void root_forget(struct pfs *s, uint32_t h);
/* Those of all files but that one; NULL: of all. */
void root_forget_others(struct pfs *s, const struct pfs_file *f);
/* Whether it is the root of the current file, as far as known. */
bool root_is(struct pfs *s, uint32_t ip);

#endif
