/* neighbours.h - the kernel's table of neighbours (ARP), one for all namespaces of the host: full,
 * it makes sends fail without a word to who sends.
 *
 * A run raises its limit (hostlimit.h) where it may; in a network namespace that is not the host's
 * own, as in a container, it cannot even see it. But everywhere is told how often it was full.
 */
#ifndef NEIGHBOURS_H
#define NEIGHBOURS_H

#include <stdint.h>

/* How many entries it has refused since the host began, to whomever; 0 where that is not told. */
uint64_t neighbours_refused(void);

#endif
