/* console.h - the console log and the event lines, as text.
 *
 * Console: "LVL HH:MM:SS.uuuuuu DLoad: text", the vendor's form, hours wrapping at 24.
 * Events: one JSON object, {"t":0.534000,"phone":"SEP...","event":"claim",...}; strings are
 * escaped, a line that would not fit is cut at a key, never inside one.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "emu/core.h"

#define CONSOLE_LINE 256
#define EVENT_LINE   640

/* Formats a console line into out (CONSOLE_LINE bytes). Control bytes become '.'. */
void console_line(char out[CONSOLE_LINE], enum log_level level, usec now, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void console_vline(char out[CONSOLE_LINE], enum log_level level, usec now, const char *format,
                   __builtin_va_list args);

/* An object on one line under construction: an event, or what else is told to programs. */
struct event_line {
    char text[EVENT_LINE];
    size_t len;
    bool full;
};

void event_begin(struct event_line *e, enum event event, usec now, const char *phone);
/* Begins an object that is no event, with a number as its first member. */
void object_begin(struct event_line *e, const char *key, uint64_t value);
void event_str(struct event_line *e, const char *key, const char *value);
void event_num(struct event_line *e, const char *key, uint64_t value);
void event_hex(struct event_line *e, const char *key, uint32_t value);   /* "ff9d7cb9" */
void event_ip(struct event_line *e, const char *key, uint32_t ip);       /* network order */
void event_digest(struct event_line *e, const char *key, const uint8_t digest[DIGEST_LEN]);
/* Closes the object and returns the text, without newline. */
const char *event_end(struct event_line *e);

#endif
