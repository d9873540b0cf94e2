/* station-private.h - the inside of the station: of station.c (states, time, connections), change.c
 * (what takes it from its manager), say.c (what it says) and hear.c (what it hears).
 */
#ifndef STATION_PRIVATE_H
#define STATION_PRIVATE_H

#include "emu/core/station.h"

static inline struct managerlink *station_mine(struct station *s)
{
    return &s->link[s->mine];
}
static inline struct managerlink *station_other(struct station *s)
{
    return &s->link[1 - s->mine];
}

void station_set_state(struct station *s, enum station_state to);
/* It knows its buttons, so many of which are lines, and asks what is left to be asked. */
void station_ask_lines(struct station *s, unsigned lines);
/* It is registered. */
void station_registered(struct station *s);
/* Its manager is of no use, for that reason: the next one. why: for people. */
void station_fail(struct station *s, enum alarm_reason reason, const char *why);
/* Tries the current one of its list so much later; 0: now. */
void station_try(struct station *s, usec later);
/* Closes, and begins with the first of its list. */
void station_start_over(struct station *s);
void station_close_all(struct station *s);
/* Unregisters; then that. */
void station_leave(struct station *s, enum station_next next, enum alarm_reason reason);
/* It has left. */
void station_left(struct station *s);
/* change.c: a token was granted, or not: then it asks again so much later. */
void station_token(struct station *s, bool granted, usec later);
void station_ask_better(struct station *s);
/* Neither yes nor no was said: the next better one, if there is one. */
void station_better_fails(struct station *s);
/* It has been told so. */
void station_told(struct station *s, uint32_t order);

/* say.c: each message, or all that belong to a step. */
void say(struct station *s, uint32_t id, uint32_t value);
void say_hello(struct station *s);
void say_questions(struct station *s);
/* Of so many lines; then what it can do, and what time it is? */
void say_lines(struct station *s, unsigned lines);
void say_token(struct station *s);

/* hear.c */
void hear(struct station *s, const struct sccp_msg *msg);
void hear_other(struct station *s, const struct sccp_msg *msg);

#endif
