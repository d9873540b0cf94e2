/* mistake.h - what is behind a refusal, as far as a file's bytes tell: how a remedy is found.
 *
 * Nothing here decides whether a file is refused; that is done, and why says so. Pure.
 */
#ifndef MISTAKE_H
#define MISTAKE_H

#include "emu/core/auth.h"
#include "emu/inspected.h"

struct mistake {
    enum mistake_kind kind;
    char wrong[96], right[160]; /* see MISTAKES; what has no room there is left out */
};

/* Of a configuration file of that name; why is cnf.h's, with its line and column. */
void mistake_in_config(const char *name, const char *why, const uint8_t *data, size_t len,
                       struct mistake *out);
/* Of a signed file. key: that its signature was to be verified with, or NULL. */
void mistake_in_firmware(const char *why, const uint8_t *data, size_t len,
                         const struct auth_key *key, struct mistake *out);

#endif
