/* say.h - what the launcher tells its user, on standard error, one line each:
 * "fleet: what is wrong; what to do about it". Whatever bytes names in it hold (see text.h), it
 * stays one line.
 */
#ifndef SAY_H
#define SAY_H

#include <stddef.h>

void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same with the text of error number err behind it; returns -err. */
int say_errno(int err, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "PLACE: what is wrong": of a file, of a line in it, or of an option. */
void say_at(const char *place, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* From now on the first line that is said is kept in text too, without "fleet: " before it, as far
 * as it fits: for who asked by another way than this process's standard error. NULL: no more. */
void say_keep(char *text, size_t size);

/* 0, or the negative errno for which something that was said did not get out: the first. */
int say_unsaid(void);

/* The local time, as logs have it: "2026-01-31 12:00:00"; returns out. */
#define SAY_TIME 32
const char *say_time(char out[SAY_TIME]);

#endif
