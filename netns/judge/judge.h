/* judge.h - every expectation of a run, met or not, with what was seen and where to look. */
#ifndef JUDGE_H
#define JUDGE_H

#include "netns/judge/results.h"

/* Gathers a run's results, adds all expectations, and sets whether it passed. Arguments as of
 * results_make(); NULL after a message. */
struct results *judge_run(const struct plan *plan, const struct run_facts *facts,
                          const char *out_dir);

#endif
