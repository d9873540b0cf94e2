/* phones-private.h - the inside of phones.c (their processes) and orders.c (what is done to them on
 * purpose).
 */
#ifndef PHONES_PRIVATE_H
#define PHONES_PRIVATE_H

#include "netns/run/phones.h"

#include <sys/types.h>

struct proc {
    pid_t pid; /* 0: none (any more) */
    int pidfd;
    int control;
    int netns;
    bool started;
    bool held;      /* not to be started before it is told to */
    bool off;       /* killed by order */
    bool again;     /* to be started anew when its process has ended */
    bool frozen, unplugged, corrupt; /* by order */
    uint64_t reset_us; /* its record is of the life before until a later change */
};

struct phones {
    struct job *job;
    struct world *world;
    struct proc *procs;
    size_t alive, ready;
    int ready_fd;
    int voices;    /* an epoll of all control sockets, by the phone's index */
    bool stopping; /* ends are expected */
};

/* phones.c */
void phones_tell(const struct proc *proc, enum control_op op);
/* The clock waits until the phone has heard of it. */
void phones_boot(struct phones *p, struct proc *proc, uint64_t now_us);

/* orders.c */
/* None for a phone that died by itself, whatever else was done to it: that is a failure. */
void phones_show_fate(struct phones *p, size_t i);
/* A new process for a phone that has none. */
void phones_revive(struct phones *p, size_t i);

#endif
