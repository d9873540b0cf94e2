/* accept.h - whether a phone takes a firmware file: the one opinion of a phone that upgrades and of
 * one that only inspects.
 */
#ifndef ACCEPT_H
#define ACCEPT_H

#include "emu/auth.h"

/* Judges the bytes of a whole file by their name: envelope, name and, by level, signature; of an
 * archive (.sbn, and .sb2 of the second generation) its inside too. NULL when good; else the
 * phone's own words for it ("Auth Fail", "Checksum Error"), with the detail, a static string, in
 * *why. key: for AUTH_SIGNATURE. */
const char *accept_file(const char *name, const uint8_t *data, size_t len, enum auth_level level,
                        const struct auth_key *key, const char **why);

/* Whether a file of that name holds an archive. */
bool accept_is_archive(const char *name);

#endif
