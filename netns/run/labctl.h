/* labctl.h - the verbs that look at a lab, or end it: the user's side. */
#ifndef LABCTL_H
#define LABCTL_H

#include <stdbool.h>

/* name NULL: the only lab of this place (see labfind.c; else a message names what runs). Each
 * returns an exit code. */
int lab_ps(const char *name, bool json);
/* The list of its call manager. */
int lab_cm(const char *name, bool json);
int lab_logs(const char *name, const char *phone, bool follow);
/* target: a phone (name, number, address), "site" or "server"; runs argv inside its namespace. */
int lab_exec(const char *name, const char *target, char **argv);
int lab_capture(const char *name, const char *target, const char *file);
/* Says which lab it took down, and where that was begun, unless quiet. */
int lab_down(const char *name, bool quiet);

#endif
