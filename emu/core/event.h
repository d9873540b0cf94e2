/* event.h - the event lines, as text: one JSON object each,
 * {"t":0.534000,"phone":"SEP...","event":"claim",...}; strings are escaped, a line that would not
 * fit is cut at a key, never inside one.
 */
#ifndef EVENT_H
#define EVENT_H

#include "emu/core/core.h"

#define EVENT_LINE 640

/* An object on one line under construction: an event, or what else is told to programs. */
struct event_line {
    char text[EVENT_LINE];
    size_t len;
    bool full;
};

void event_begin(struct event_line *e, enum event event, usec now, const char *phone);
/* Begins an object that is no event, with a number as its first member. */
void event_object(struct event_line *e, const char *key, uint64_t value);
void event_str(struct event_line *e, const char *key, const char *value);
void event_num(struct event_line *e, const char *key, uint64_t value);
void event_hex(struct event_line *e, const char *key, uint32_t value);   /* "ff9d7cb9" */
void event_ip(struct event_line *e, const char *key, uint32_t ip);       /* network order */
void event_digest(struct event_line *e, const char *key, const uint8_t digest[DIGEST_LEN]);
/* Closes the object and returns the text, without newline. */
const char *event_end(struct event_line *e);

#endif
