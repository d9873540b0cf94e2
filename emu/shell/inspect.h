/* inspect.h - a phone's eyes without the phone: what it would make of files, told to programs. */
#ifndef INSPECT_H
#define INSPECT_H

#include "emu/core/auth.h"

/* Prints the lines of contract.h for each path on standard output. key may be NULL. running: the
 * load of the phone that looks, empty for any. An exit code: PHONE_EXIT_HOST when standard output
 * fails. */
int inspect_files(char *const *paths, size_t count, const struct auth_key *key,
                  const char *running);

#endif
