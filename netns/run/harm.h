/* harm.h - carries out what fault.h describes: the keeper's hand on its fleet.
 *
 * The fleet file's faults go into the agenda at the start; phones that are to join later are held
 * from then on. An order to a lab takes the same way, with its moment now. A fault finds its
 * phones at its moment; root and parents, who may not be there yet, are waited for, for
 * HARM_PATIENCE. Whatever is done, lifted or missed is a line in events.jsonl; what was missed
 * is a warning as well. A new fault on a phone replaces an older one of its kind with its end.
 */
#ifndef HARM_H
#define HARM_H

#include "netns/run/reach.h"

#define HARM_PATIENCE (60 * 1000000ull) /* emulated us */

struct harm;
/* At emulated time 0, before any phone is started. NULL after a message. */
struct harm *harm_begin(const struct harm_reach *reach);
/* Does all that is due. Returns when the next is (emulated us), or CLOCK_NEVER. */
uint64_t harm_do_due(struct harm *h);
/* To be asked again and again: whether all phones have come to rest for good. They have settled,
 * two times in a row, and no fault is to come; one that has waited for just that is now due. */
bool harm_at_rest(struct harm *h);
/* Whether any waits for that. */
bool harm_wait(const struct harm *h);
/* An order to a lab, as fault.h reads it: 0 with words for its user in answer; or negative, with
 * why not. */
int harm_order(struct harm *h, const char *text, char *answer, size_t size);
/* At the end: a phone that was only kept from working for a time shows its own state again. */
void harm_end(struct harm *h);
void harm_free(struct harm *h);

#endif
