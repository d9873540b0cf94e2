/* lobby.h - who may come below: promises of a place, and callers that have not said HELLO yet. */
#ifndef LOBBY_H
#define LOBBY_H

#include "emu/core/pfs.h"

/* It was told that a slot is free: its call is waited for. */
void lobby_promise(struct pfs *s, uint32_t ip);
/* No promise holds any more. */
void lobby_forget(struct pfs *s);
/* Somebody has connected: its connection, or CONN_NONE. */
int lobby_accepted(struct pfs *s, uint32_t ip);
/* Callers that say nothing. */
usec lobby_deadline(const struct pfs *s);
void lobby_timers(struct pfs *s);

#endif
