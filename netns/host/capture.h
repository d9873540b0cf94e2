/* capture.h - dumpcap on interfaces of the fleet. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <stdbool.h>
#include <sys/types.h>

#define CAPTURE_PROGRAM "dumpcap"
#define CAPTURE_PACKAGE "wireshark-common"

#define CAPTURE_ARGS 160
/* The command line that captures on interfaces, names by spaces that are cut up and kept, to a
 * file ("-": standard output). Those that are too many are left out. */
void capture_args(const char *argv[CAPTURE_ARGS], char *interfaces, const char *file);

struct capture;

/* Starts it in a namespace on the interfaces of these names (by spaces), writing to a file that is
 * open for reading too. Returns once it captures; NULL after a message. The descriptors stay the
 * caller's, and open until the end. */
struct capture *capture_start(int netns, const char *interfaces, int file);
/* Whether it was another child that ended; else false after a message. */
bool capture_alive(struct capture *c, pid_t ended);
/* Waits until all that has passed so far is in the file, ends it so that the file is whole, and
 * forgets it. 0, or -ETIMEDOUT after a message: the file may lack its end. NULL is allowed. */
int capture_stop(struct capture *c);

#endif
