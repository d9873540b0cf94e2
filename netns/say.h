/* say.h - what the launcher tells its user, on standard error, one line each:
 * "fleet: what is wrong; what to do about it".
 */
#ifndef SAY_H
#define SAY_H

void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same with the text of error number err behind it; returns -err. */
int say_errno(int err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
