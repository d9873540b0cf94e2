/* daemon.h - a server's program that others have written: heard from its start to its end.
 *
 * What it says is its log, the independent witness of what it gave away. It comes by a pipe and
 * goes on into the log's file as it is: such programs drop what a full disk does not take, and say
 * nothing of it; we do.
 */
#ifndef DAEMON_H
#define DAEMON_H

#include <stdbool.h>
#include <sys/types.h>

struct daemon {
    const char *what; /* "the TFTP server", for messages */
    int log_fd;       /* the caller's */
    int said[2];      /* a pipe: our end, and what each life of it writes into */
    int lost;         /* the first error of writing the log: a negative errno, or 0 */
    char first[1024]; /* what this life said first */
    pid_t pid;        /* 0: has ended */
};

/* Makes the pipe; the program's end is said[1], and belongs to the servants' user. 0 or a negative
 * errno. */
int daemon_open(struct daemon *d, const char *what, int log_fd);
/* Forgets what an earlier life said first: one begins. */
void daemon_begin(struct daemon *d);
/* pid: a child that has been spawned for it, or a negative errno. Waits until it has said that; a
 * socket on its port would not tell, that comes earlier. 0 or a negative errno after a message: its
 * first line, where it has ended instead. */
int daemon_await(struct daemon *d, pid_t pid, const char *ready);
/* Passes on into the log what it has said: 0, or a negative errno when not all of it could be
 * written, now or before. */
int daemon_hear(struct daemon *d);
/* Whether it was this one that has ended; then it is noted. */
bool daemon_ended(struct daemon *d, pid_t ended);
/* Ends it at once, on purpose. Whether there was one to end. */
bool daemon_kill(struct daemon *d);
/* Ends it, and closes the pipe. Returns as daemon_hear() does, for all that it has ever said. */
int daemon_close(struct daemon *d);

#endif
