/* outcome.h - how a phone ended, by its record. */
#ifndef OUTCOME_H
#define OUTCOME_H

#include "netns/plan/plan.h"

/* A phone's end.
 *   IDLE        runs the load its configuration names, by an upgrade or from before
 *   FAILED      gave up; its status text says why
 *   UNFINISHED  was still at it when the run ended
 *   OUT         killed, frozen or unplugged on purpose and not put right again: neither a failure
 *               nor counted among the upgraded, whatever it had done before */
enum phone_outcome { OUTCOME_IDLE, OUTCOME_FAILED, OUTCOME_UNFINISHED, OUTCOME_OUT };
enum phone_outcome outcome_of(const struct phone_status *s);

/* Whether the phone has booted the load that the plan has for it; one that a configuration file of
 * the user's own sent to another load has not. */
bool outcome_is_upgraded(const struct plan_phone *planned, const struct phone_status *s);

#define OUTCOME_TEXT 512
/* What the phone said last, or nothing: "File not found: apps41.sbn, server: error 1 "no file"",
 * the server's words only where it said any; returns out. */
const char *outcome_said(const struct phone_status *s, char out[OUTCOME_TEXT]);
/* What an unfinished phone was doing: "upgrade, apps41.sbn DOWNL 61 %"; returns out. */
const char *outcome_doing(const struct phone_status *s, char out[OUTCOME_TEXT]);

#endif
