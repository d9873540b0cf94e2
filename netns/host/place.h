/* place.h - where things lie: the project's own files, and the directory for results. */
#ifndef PLACE_H
#define PLACE_H

#include <stdbool.h>

/* The directory that holds .build/fleet, found from the running program; static storage. NULL
 * after a message. */
const char *place_root(void);
/* The program that was built beside the running one, to be freed. */
char *place_program(const char *name);
/* The only *.fleet.yml or fleet.yml of the working directory, to be freed; NULL when there is none.
 * Ends the program (2) when there are several. */
char *place_fleet_file(void);
/* Makes the directory for results and returns its absolute path, to be freed. wanted: the user's,
 * who may name a new or empty one, or that of an earlier run; NULL: a new one,
 * .fleet/NAME-KIND-TIME, and .fleet/latest leads to it. NULL after a message, with *code for the
 * exit. */
char *place_out(const char *wanted, const char *name, const char *kind, int *code);
/* Whether a file can be written there; a message when not. What lies there is left as it is. */
bool place_writable(const char *path);
/* Copies DIR/NAME to standard output; 0 or 3 after a message. */
int place_print(const char *dir, const char *name);

#endif
