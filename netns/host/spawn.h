/* spawn.h - starting a program in a namespace, with as little privilege as it needs.
 *
 * The child forks, gets a session of its own (the terminal's Ctrl-C is for the launcher), default
 * signals, its standard descriptors, the namespace and its user, and becomes the program; the
 * kernel kills it when the process that called spawn() ends. What fails on the way comes back
 * through a pipe that a successful exec closes: when spawn() returns a pid, that pid is the
 * program, not a copy of the launcher.
 */
#ifndef SPAWN_H
#define SPAWN_H

#include <sys/types.h>

struct spawn {
    const char *const *argv;  /* ended by NULL; argv[0] is sought along PATH and the sbin folders */
    const char *package;      /* Debian package to name when argv[0] is missing, or NULL */
    int netns;                /* namespace to enter, or -1 */
    int in, out, err;         /* standard descriptors, -1: /dev/null */
    const int *keep_fds;      /* ended by -1: stay open under their numbers, above 2; NULL: none.
                                 Every other descriptor must be close-on-exec */
    const char *folder;       /* it alone sees this one at the path seen_at, an existing folder;
                                 NULL: nothing of the kind */
    const char *seen_at;
    uid_t uid;                /* user and group to become; 0: stays as it is, and capabilities
                                 too unless some are named */
    gid_t gid;
    const int *keep_caps;     /* ended by -1: capabilities kept (see caps_drop), NULL: none */
};

/* The pid, or a negative errno after a message. */
pid_t spawn(const struct spawn *s);

/* Ends a child: SIGTERM, SIGKILL after grace_ms, and waits for it. */
void spawn_end(pid_t pid, unsigned grace_ms);

#endif
