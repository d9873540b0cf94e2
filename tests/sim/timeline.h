/* timeline.h - what was last said by each phone and done to it, to be read by people.
 *
 * A ring of lines per phone, so that those of a phone that has long been silent are not lost to
 * the chatter of others; the network, the WAN and the server share one. Printed together, in order.
 */
#ifndef TIMELINE_H
#define TIMELINE_H

#include "emu/sim/sim.h"

#include <stdio.h>

#define TIMELINE_LINES 60 /* printed */

struct timeline;
struct timeline *timeline_new(size_t phones);
void timeline_free(struct timeline *t);
/* As struct sim_watch's note. A console line, which says no more than the events, is not kept. */
void timeline_note(struct timeline *t, usec at, long phone, enum sim_note kind, const char *text);
/* Nothing is kept from now on: what stands there led to this moment. */
void timeline_stop(struct timeline *t);
/* The phones with a fault dealt to them come in addition to those in whom (a flag each). */
void timeline_add_hit(const struct timeline *t, bool *whom);
/* The last TIMELINE_LINES lines of those phones, and of the network. */
void timeline_print(const struct timeline *t, const struct sim *s, const bool *whom, FILE *to);

#endif
