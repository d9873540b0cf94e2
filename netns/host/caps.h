/* caps.h - privilege in stages (libcap). */
#ifndef CAPS_H
#define CAPS_H

#include <stddef.h>
#include <sys/types.h>

/* Keeps only what set-up needs (CAP_SYS_ADMIN, NET_ADMIN, SETUID, ...); the rest of the
 * permitted and bounding sets is dropped. 0 or a negative errno after a message. */
int caps_limit_setup(void);
/* The names of those that set-up cannot do without and this process does not have, as "A, B" into
 * names; how many. */
size_t caps_lacking(char *names, size_t size);
/* In a child before exec: becomes an unprivileged user with no capability but those in keep
 * (an array ended by -1, made ambient; NULL for none) and with no_new_privs. */
int caps_drop(uid_t uid, gid_t gid, const int *keep);

#endif
