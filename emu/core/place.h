/* place.h - the phone that is asked for a place in the tree: here, further down, or not. */
#ifndef PLACE_H
#define PLACE_H

#include "emu/core/pfs.h"

/* Answers a JOIN. */
void place_asked(struct pfs *s, uint32_t ip, const struct wire_msg *msg);

#endif
