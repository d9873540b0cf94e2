/* capture.h - dumpcap on one interface of the fleet. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <sys/types.h>

#define CAPTURE_PROGRAM "dumpcap"
#define CAPTURE_PACKAGE "wireshark-common"

/* Starts it in a namespace, writing to an open file, and returns its pid once it captures; or
 * a negative errno after a message. */
pid_t capture_start(int netns, const char *interface, int file);
/* Ends it so that the file is whole, and waits for it. */
void capture_stop(pid_t pid);

#endif
