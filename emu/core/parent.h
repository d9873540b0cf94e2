/* parent.h - the links to the two children: keep, greet, serve, let go. See pfs.h. */
#ifndef PARENT_H
#define PARENT_H

#include "emu/core/pfs.h"

/* The slot that is its already, else a free one, else NULL. */
struct pfs_slot *parent_slot_for(struct pfs *s, uint32_t ip);
/* The child through which fewer joiners of that file have passed, of whom this is one more: its
 * address; 0: there is none. */
uint32_t parent_way_down(struct pfs *s, int file, uint32_t joiner);
/* The slot's connection that the caller's became, or the caller's own, closed, if refused. */
int parent_hello(struct pfs *s, struct pfs_lobby *caller, const struct wire_msg *m);
void parent_message(struct pfs *s, struct pfs_slot *c, const struct wire_msg *m);
void parent_sent(struct pfs *s, struct pfs_slot *c);
/* The current file is held: to those that wait for it, and the turn is over when nobody does. */
void parent_whole(struct pfs *s);
/* Says how many bytes are here, to those that wait for them. */
void parent_alive(struct pfs *s);
void parent_drop(struct pfs *s, struct pfs_slot *c, enum wire_reason why);
/* Lets go of the children whose file is not held here. */
void parent_drop_waiting(struct pfs *s, enum wire_reason why);
/* Their silence, or our patience. */
usec parent_deadline(const struct pfs *s);
void parent_timers(struct pfs *s);

#endif
