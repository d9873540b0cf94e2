/* judge.h - every expectation of a run, met or not, with what was seen and where to look. */
#ifndef JUDGE_H
#define JUDGE_H

#include "netns/results.h"

/* A phone's end.
 *   IDLE        runs the load its configuration names, by an upgrade or from before
 *   FAILED      gave up; its status text says why
 *   UNFINISHED  was still at it, or its process ended, when the run ended */
enum phone_outcome { OUTCOME_IDLE, OUTCOME_FAILED, OUTCOME_UNFINISHED };
enum phone_outcome judge_phone(const struct phone_status *s);

#define JUDGE_TEXT 160
/* What an unfinished phone was doing: "upgrade, apps41.sbn DOWNL 61 %"; returns out. */
const char *judge_doing(const struct phone_status *s, char out[JUDGE_TEXT]);

/* Adds all expectations and sets r->passed. 0 or -ENOMEM. */
int judge(struct results *r);

#endif
