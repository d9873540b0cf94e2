/* tftpkeys.h - `tftp:` of the fleet file: which server, and what is wrong with its files. */
#ifndef TFTPKEYS_H
#define TFTPKEYS_H

#include "netns/fleet/fleet.h"

extern const struct schema_key tftp_keys[];

/* Combinations that the keys cannot express: says and counts mistakes. */
unsigned tftp_check(const struct fleet *fleet);

/* Whether one of the patterns meets a file's name. */
bool tftp_matches(const struct text_list *patterns, const char *name);

#endif
