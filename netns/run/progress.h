/* progress.h - what a run shows while it goes on, on standard error.
 *
 * On a terminal: a block that is redrawn in place (phase, emulated clock, a bar of upgraded
 * phones, and a few phones' screens side by side). Elsewhere: a plain line at every change of
 * phase and at most every two seconds when numbers changed. Quiet prints nothing.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "netns/plan/plan.h"

enum progress_style { PROGRESS_QUIET, PROGRESS_LINES, PROGRESS_LIVE };
/* The style for this standard error: TERM is honoured; there is no colour. */
enum progress_style progress_style(bool quiet);

struct progress;
struct progress *progress_new(enum progress_style style, const struct plan *plan);
/* A phase of the launch: "creating 48 phones", "waiting for the bridge to forward", ... */
void progress_phase(struct progress *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A snapshot of all records (plan->count of them), at an emulated time. */
void progress_update(struct progress *p, const struct phone_status *status, uint64_t emulated_us);
/* Clears the block and frees. */
void progress_end(struct progress *p);

#endif
