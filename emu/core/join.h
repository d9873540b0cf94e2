/* join.h - a phone's walk down the tree to a place, by unicast UDP. */
#ifndef JOIN_H
#define JOIN_H

#include "emu/core/pfs.h"

void join_begin(struct pfs *s, uint32_t target);
/* Asks the same phone again, by and by. */
void join_later(struct pfs *s);
/* One JOIN, which by itself changes nothing. */
void join_ask(struct pfs *s, uint32_t ip, const struct pfs_file *f);
/* JOIN: no answer, or asked to ask again later. */
void join_timer(struct pfs *s);
/* Whether the walk waits for that answer; to be handed over then. */
bool join_awaits(struct pfs *s, uint32_t ip, const struct wire_msg *msg);
void join_answered(struct pfs *s, uint32_t ip, const struct wire_msg *msg);

#endif
