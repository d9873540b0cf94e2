/* accept.h - whether a phone takes a firmware file: the one opinion of a phone that upgrades and of
 * one that only inspects.
 */
#ifndef ACCEPT_H
#define ACCEPT_H

#include "emu/core/auth.h"

/* Judges the bytes of a whole file by their name: envelope, name and, by level, signature; of an
 * archive its inside too. NULL when good; else the
 * phone's own words for it ("Auth Fail", "Checksum Error"), with the detail, a static string, in
 * *why. key: for AUTH_SIGNATURE. */
const char *accept_file(const char *name, const uint8_t *data, size_t len, enum auth_level level,
                        const struct auth_key *key, const char **why);

/* What a file is, by its name.
 *   OTHER    of no kind known: judged by its envelope alone, as SIGNED
 *   LIST     .loads
 *   ARCHIVE  .sbn of a third-generation load
 *   SIGNED   an envelope, and of what follows nothing is known: .sgn; the .sbn and .sb2 of a 7940
 *            or 7960, whose names begin as the loads of these do */
enum accept_kind { ACCEPT_OTHER, ACCEPT_LIST, ACCEPT_ARCHIVE, ACCEPT_SIGNED };
enum accept_kind accept_kind(const char *name);

#endif
