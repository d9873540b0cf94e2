/* print.h - the outcome of runs for people. */
#ifndef PRINT_H
#define PRINT_H

#include "netns/judge/figures.h"

#include <stdio.h>

/* One run on standard output; with GITHUB_ACTIONS=true also the annotations of failed expectations
 * and the step's summary. */
void print_run(const struct results *r, const char *out_dir);
/* Several, the figures and the evidence side by side. */
void print_runs(const struct run_set *set, const char *out_dir);

/* When the time was up: every phone that had not come to an end, one a line, with what it was
 * waiting for; the run's name goes in front where it is not NULL. */
void print_unfinished(FILE *out, const struct results *r, const char *name);
/* What was not met, a line each on standard error, with the fleet's name and the run's, if any. */
void print_failed(const struct results *r, const char *name);

#endif
