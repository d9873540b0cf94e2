/* elect.h - who is root of a file's hierarchy. Theory of operation: pfs.h. */
#ifndef ELECT_H
#define ELECT_H

#include "emu/core/pfs.h"

/* A turn for the current file: to the root that is known, else to an election. */
void elect_begin(struct pfs *s);
/* LISTENING, CLAIM, YIELD, ROOT_WAIT. */
void elect_timer(struct pfs *s);
/* A confirmed root reminds its subnet. */
void elect_advertise(struct pfs *s);
void elect_claim_heard(struct pfs *s, uint32_t ip, const struct wire_msg *msg);
/* A claim can be relied upon: yields or steps down, where that is what it asks for. */
void elect_believe(struct pfs *s, const struct pfs_root *r);

#endif
