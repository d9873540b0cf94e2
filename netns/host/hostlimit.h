/* hostlimit.h - host-wide limits that a large fleet needs. */
#ifndef HOSTLIMIT_H
#define HOSTLIMIT_H

#include <stddef.h>

/* Raises what so many phones need and the host lacks (net.core.netdev_max_backlog, the neighbour
 * table's gc_thresh), each with a line on standard error, and leaves a guard process that puts the
 * old values back when the calling process and what it forked have ended, however they ended. Puts
 * back first what a run left that was killed with its guard. To be called in the host's namespaces
 * before any other is entered. 0 or a negative errno after a message. */
int hostlimit_raise(size_t phones);
/* What it would do about one of them, by its sysctl's name, for so many phones; tried by writing
 * the value that it has, where that does not suffice. */
struct hostlimit_try {
    unsigned long have, need; /* have 0: not to be seen from here, where the host's stands */
    int error;                /* an errno: it does not suffice and cannot be raised */
    size_t phones;            /* that it suffices for as it is */
};
struct hostlimit_try hostlimit_try(const char *name, size_t phones);
/* Puts them back now, and waits (at most 2 s) until it is done: for an orderly end, when all that
 * the caller forked is gone. A guard that has been killed is stood in for, with a message. */
void hostlimit_release(void);

#endif
