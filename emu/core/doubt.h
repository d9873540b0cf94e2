/* doubt.h - claims that count only when their sender has answered. Why: pfs.h.
 *
 * A claimer in doubt is asked for a place by JOIN. ACCEPT, REDIRECT and "no slot free now" come
 * from a phone that takes part; nothing else counts. A doubt lasts as long as one JOIN may take,
 * and its place in the table is not given to another claimer within a tick: whoever floods the
 * LAN with claims sees so many JOINs, and does not push out those that were asked before.
 */
#ifndef DOUBT_H
#define DOUBT_H

#include "emu/core/pfs.h"

/* Asks the claimer for a place, at most PFS_DOUBTS in a tick. */
void doubt_ask(struct pfs *s, uint32_t ip, const struct wire_msg *claim);
/* An answer that the walk to a place did not wait for. Whether a claim counts now: *out. */
bool doubt_answered(struct pfs *s, uint32_t ip, const struct wire_msg *msg, struct pfs_root *out);

#endif
