/* judge.h - every expectation of a run, met or not, with what was seen and where to look. */
#ifndef JUDGE_H
#define JUDGE_H

#include "netns/results.h"

/* A phone's end.
 *   IDLE        runs the load its configuration names, by an upgrade or from before
 *   FAILED      gave up; its status text says why
 *   UNFINISHED  was still at it when the run ended
 *   OUT         killed, frozen or unplugged on purpose and not put right again: neither a failure
 *               nor counted among the upgraded, whatever it had done before */
enum phone_outcome { OUTCOME_IDLE, OUTCOME_FAILED, OUTCOME_UNFINISHED, OUTCOME_OUT };
enum phone_outcome judge_phone(const struct phone_status *s);

/* Whether the phone has booted the load that the plan has for it; one that a configuration file of
 * the user's own sent to another load has not. */
bool judge_upgraded(const struct results *r, size_t phone);
bool judge_is_upgraded(const struct plan_phone *planned, const struct phone_status *s);

#define JUDGE_TEXT 512
/* How many are OUT. */
unsigned judge_out(const struct results *r);
/* "runs SCCP41.8-5-4S, not SCCP41.9-4-2SR3-1S": out, or NULL when it runs what is planned. */
const char *judge_astray(const struct results *r, size_t phone, char out[JUDGE_TEXT]);
/* What the phone said last, or nothing: "File not found: apps41.sbn, server: error 1 "no file"",
 * the server's words only where it said any; returns out. */
const char *judge_said(const struct phone_status *s, char out[JUDGE_TEXT]);
/* What an unfinished phone was doing: "upgrade, apps41.sbn DOWNL 61 %"; returns out. */
const char *judge_doing(const struct phone_status *s, char out[JUDGE_TEXT]);

/* How a phone ended of whom the fleet's wishes expect nothing better; out, or NULL. */
const char *judge_expected_end(const struct results *r, size_t phone, char out[JUDGE_TEXT]);

/* Adds all expectations and sets r->passed. 0 or -ENOMEM. */
int judge(struct results *r);

#endif
