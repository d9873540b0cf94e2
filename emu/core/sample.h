/* sample.h - how quickly the server answers now: it is asked for a file, and told to stop at the
 * first block. Why: worth.h.
 *
 * That block is not acknowledged: servers take who acknowledges the last but one, and then is
 * silent, for somebody who has the file, and say so in their log (dnsmasq).
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "emu/core/transfer.h"

struct phone;

/* Of struct pfs_owner: asks for the file; worth_sampled() hears what came of it. */
void sample_begin(void *owner, const char *name);
/* Whether the transfer under way is one; to be asked before it hears of an event. */
bool sample_under_way(const struct phone *p);
/* Its event had that result. */
void sample_heard(struct phone *p, enum transfer_result result);

#endif
