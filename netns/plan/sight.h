/* sight.h - what anybody may see of a file: not whoever asks, but by the mode bits along its way.
 *
 * TFTP knows no users: a server gives away what anybody may read, and usually runs as a user who
 * can read nothing else (in.tftpd and dnsmasq check it even as root). So a file counts as readable
 * when all may read it and search every folder on its way, links followed. Root and the user who
 * owns nothing are told the same.
 */
#ifndef SIGHT_H
#define SIGHT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What stands at a name.
 *   FILE     a file that all may read
 *   FOLDER   a directory
 *   CLOSED   it, or a folder on its way, is closed to some
 *   NOWHERE  nothing: no such name, or a link that leads to nothing
 *   SPECIAL  a pipe, a socket, a device */
enum sight_kind { SIGHT_FILE, SIGHT_FOLDER, SIGHT_CLOSED, SIGHT_NOWHERE, SIGHT_SPECIAL };

struct sight {
    enum sight_kind kind;
    char at[PATH_MAX]; /* where the way ended, links followed: what is closed, or is not there */
    mode_t mode;       /* of what is at, and its type */
    bool link;         /* a link was followed */
};

/* Looks for a name in a folder, an absolute path without links. Folders that are there above the
 * folder itself are not judged. */
void sight_of(const char *folder, const char *name, struct sight *out);
/* Looks for an absolute path. Folders that lie above one of the count paths, or are one, are not
 * judged: who asks has got that far already. */
void sight_path(const char *path, const char *const paths[], size_t count, struct sight *out);
/* "a+r" or "a+x": what chmod is to add to what is closed. */
const char *sight_lacks(const struct sight *s);
/* Whether a path is one that lies below a folder. */
bool sight_below(const char *path, const char *folder);

#endif
