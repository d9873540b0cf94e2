/* phones.h - the phone processes: started, released, watched and stopped by the keeper.
 *
 * Each is forked into its namespace, gives up every privilege, opens its own log and flash
 * directory as the user it has become, and becomes fleet-phone. It is signalled by pidfd only.
 */
#ifndef PHONES_H
#define PHONES_H

#include "netns/job.h"

struct phones;
struct phones *phones_new(struct job *job);
/* Starts phone i in a network namespace. 0 or a negative errno after a message. */
int phones_spawn(struct phones *p, size_t i, int netns);
/* How many have said so far that they wait for their start. */
size_t phones_ready(struct phones *p);
/* How many live. */
size_t phones_alive(const struct phones *p);

/* Boots those whose time has come. Returns when the next is due (CLOCK_MONOTONIC, ns), or
 * UINT64_MAX. */
uint64_t phones_start_due(struct phones *p, uint64_t now);
/* Whether every phone is idle or has failed. */
bool phones_settled(const struct phones *p);

/* To be called with each child that was reaped: false when it was no phone. The phone's record
 * says from now on that it failed and how its process ended. */
bool phones_ended(struct phones *p, pid_t pid, int wait_status);
/* Messages for a phone that has ended before the start: how, and its last log lines. */
void phones_last_words(const struct phones *p);

/* Asks all to finish, or kills them. Their ends come through phones_ended. */
void phones_stop(struct phones *p);
void phones_kill(struct phones *p);
void phones_free(struct phones *p);

#endif
