/* share.h - peer firmware sharing, to its owner and to what comes from peers: the coordinator of
 * all the parts that pfs.h names.
 */
#ifndef SHARE_H
#define SHARE_H

#include "emu/core/pfs.h"

/* ---- for the owner ------------------------------------------------------------------- */

/* Opens port 4051 for an upgrade. 0 or a negative errno. */
int share_open(struct pfs *s);
/* Leaves every hierarchy and closes the port. */
void share_close(struct pfs *s);
/* The next file is wanted from peers. */
void share_want(struct pfs *s, const char *file);
/* A file that the flash already held: served to others, not wanted. */
void share_hold(struct pfs *s, const char *file);
/* The fetch asked for has ended: whole (committed by the owner), or failed for good: those below
 * hear of it, and go on without us. */
void share_fetched(struct pfs *s);
void share_fetch_failed(struct pfs *s);
/* Bytes of the current file held by the owner's own fetch: told to children as progress. */
void share_fetch_progress(struct pfs *s, uint64_t bytes);

/* ---- what happens: as the calls of phone.h ------------------------------------------- */

usec share_deadline(const struct pfs *s);
void share_timers(struct pfs *s);
void share_udp(struct pfs *s, struct addr from, const void *data, size_t len);
int share_accepted(struct pfs *s, uint32_t ip);
void share_connected(struct pfs *s, int conn);
void share_data(struct pfs *s, int conn, const void *data, size_t len);
void share_sent(struct pfs *s, int conn);
void share_closed(struct pfs *s, int conn, int error);

#endif
