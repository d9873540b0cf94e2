/* capture.h - dumpcap on interfaces of the fleet. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <sys/types.h>

#define CAPTURE_PROGRAM "dumpcap"
#define CAPTURE_PACKAGE "wireshark-common"

#define CAPTURE_ARGS 160
/* The command line that captures on interfaces, names by spaces that are cut up and kept, to a
 * file ("-": standard output). Those that are too many are left out. */
void capture_args(const char *argv[CAPTURE_ARGS], char *interfaces, const char *file);

/* Starts it in a namespace on the interfaces of these names (by spaces), writing to an open file,
 * and returns its pid once it captures; or a negative errno after a message. */
pid_t capture_start(int netns, const char *interfaces, int file);
/* Ends it so that the file is whole, and waits for it. */
void capture_stop(pid_t pid);

#endif
