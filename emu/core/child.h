/* child.h - the link to the parent: connect, wait, receive, report. See pfs.h. */
#ifndef CHILD_H
#define CHILD_H

#include "emu/core/pfs.h"

/* Connects to who has accepted us. */
void child_link(struct pfs *s, uint32_t ip);
void child_connected(struct pfs *s);
void child_message(struct pfs *s, const struct wire_msg *m);
void child_payload(struct pfs *s, struct cursor *payload);
/* Says how many bytes are here. */
void child_alive(struct pfs *s);
/* All that is below holds the file, or has had its time: the parent hears it, and is let go. */
void child_done(struct pfs *s);
/* The parent is lost: those below hear it, and the turn is over unless the file is whole. */
void child_lost(struct pfs *s, enum wire_reason why);
/* CHILD: when the parent's silence, its lack of progress or our patience has lasted too long, or
 * what it shows is to be looked at; SERVE: when it has to hear that the file is held here; to be
 * called then. */
usec child_deadline(const struct pfs *s);
void child_timer(struct pfs *s);
/* It has accepted, and says nothing. */
void child_stalled(struct pfs *s);

#endif
