/* phones.h - the phone processes: started, released, watched and stopped by the keeper.
 *
 * Each is forked into its namespace, opens its own log and flash directory, gives up every
 * privilege, and becomes fleet-phone (become.h). It is signalled by pidfd only.
 *
 * What is done to one on purpose shows in job->fate, and is no failure when it ends.
 */
#ifndef PHONES_H
#define PHONES_H

#include "netns/run/job.h"
#include "netns/world/world.h"

struct phones;
struct phones *phones_new(struct job *job, struct world *world);
/* Starts phone i in a network namespace. 0 or a negative errno after a message. */
int phones_spawn(struct phones *p, size_t i, int netns);
/* How many have said so far that they wait for their start. */
size_t phones_ready(struct phones *p);
/* Descriptor to poll for what phones say, and the call that hears it: contents that they offer go
 * to the store, addresses that they ask for become theirs, and they are told. */
int phones_fd(const struct phones *p);
void phones_hear(struct phones *p);
/* How many live. */
size_t phones_alive(const struct phones *p);

/* Boots those whose time has come at that moment (emulated us). Returns when the next is due, or
 * CLOCK_NEVER. */
uint64_t phones_start_due(struct phones *p, uint64_t now_us);
/* Whether every phone is idle, and registered where it is to be, has failed, or is kept from
 * working. */
bool phones_settled(const struct phones *p);

/* Keeps a phone that has not been started from being started until phones_power_on(). */
void phones_hold(struct phones *p, size_t i);
bool phones_held(const struct phones *p, size_t i);
/* Ends its process at once: false when it has none. Starts it, with what its flash holds: false
 * when it is on. Does the one and then the other; a phone that is off is only started. */
bool phones_power_off(struct phones *p, size_t i);
bool phones_power_on(struct phones *p, size_t i);
void phones_restart(struct phones *p, size_t i);
/* Reboots it in place. False when it is off. Notes that its call manager has told it to, so that
 * its record, until it has, is of the life before. */
bool phones_reset(struct phones *p, size_t i);
void phones_told_to_reset(struct phones *p, size_t i);
/* Stops its process where it stands, or lets it go on: false when it has none. */
bool phones_freeze(struct phones *p, size_t i, bool frozen);
/* Notes that its link has been taken down, or up; whether it is down. */
void phones_unplugged(struct phones *p, size_t i, bool unplugged);
bool phones_is_unplugged(const struct phones *p, size_t i);
/* Makes it serve files with a flipped byte, in this life and the next ones. */
void phones_corrupt(struct phones *p, size_t i);

/* To be called with each child that was reaped: false when it was no phone. The phone's record
 * says from now on that it failed and how its process ended; or that it is off, by order. */
bool phones_ended(struct phones *p, pid_t pid, int wait_status);
/* Messages for a phone that has ended before the start: how, and its last log lines. */
void phones_last_words(const struct phones *p);

/* Asks all to finish, or kills them. Their ends come through phones_ended. */
void phones_stop(struct phones *p);
void phones_kill(struct phones *p);
void phones_free(struct phones *p);

#endif
