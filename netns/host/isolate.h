/* isolate.h - the first steps of process 1, before it makes anything. */
#ifndef ISOLATE_H
#define ISOLATE_H

/* Ties the calling process to its parent, gives it a session, mounts and a /proc of its own, a
 * file for messages as its standard output and error, and no more privilege than set-up needs.
 * 0, or an exit code after a message. A parent that died before this is for the caller to
 * notice. */
int isolate(int message_fd);

#endif
