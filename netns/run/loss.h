/* loss.h - what of a run could not be written: a disk that is full, or broken.
 *
 * A run whose files are not whole has no verdict: no count is taken from a file that may be cut.
 * It ends as soon as that is seen, with 3, and says what it lacks and why. A lab goes on; it says
 * so in its log, and to who takes it down. Phones mark what they have lost in their records (see
 * contract.h); what the keeper itself writes is noted here, in memory that outlives it.
 */
#ifndef LOSS_H
#define LOSS_H

#include "netns/run/job.h"

/* Of what the keeper writes, for itself or for its servants, a part is lost: err is a negative
 * errno, or 0: nothing happens. The first error stays. */
void loss_note(const struct job *job, enum job_file file, int err);
/* In the end, when nobody writes any more: has the disk take all of it, and notes what it does not.
 * A disk over a network, or one that promises more than it has, says so no earlier. */
void loss_settle(const struct job *job);
/* Whether anything was lost, by anybody. */
bool loss_any(const struct job *job);

/* "DIR is not whole: events.jsonl, 3 logs, ... could not be written: No space left on device; ..."
 * False, and nothing in text, when nothing was lost. */
#define LOSS_TEXT 1000
bool loss_describe(const struct job *job, char text[LOSS_TEXT]);

#endif
