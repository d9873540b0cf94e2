/* servant.h - a small process of the keeper's own that works for microseconds at a time.
 *
 * It is a fork, not a program: what it needs it has in memory, and a few descriptors. It has no
 * capability, a user of its own, and real-time priority where permitted: each of its delays
 * would be one of the whole fleet's. It dies with its parent.
 */
#ifndef SERVANT_H
#define SERVANT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Forks it once it has given everything up: its pid, or a negative errno. It keeps those
 * descriptors as 0, 1, ... and no other, does work(of), and has ended when that returns. */
pid_t servant_fork(const char *name, const int *fds, size_t fd_count, void (*work)(void *of),
                   void *of);
/* Whether it lives, *pid being its own, given the pid of a child that ended; else *pid is 0, and
 * the message has been said. */
bool servant_alive(pid_t *pid, pid_t ended, const char *message);
/* Ends it, if it has not ended by itself. */
void servant_end(pid_t pid);

#endif
