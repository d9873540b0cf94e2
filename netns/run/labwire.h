/* labwire.h - what a lab and its clients say to each other.
 *
 * A lab called NAME listens on the abstract socket "\0run-fleet/NAME" (SOCK_SEQPACKET) of the
 * host's network namespace, so that it needs no file and leaves none. A client, which must be
 * root, sends requests of one packet, "VERB" or "VERB ARGUMENT". Each gets one packet back: "+"
 * and a text, and maybe one descriptor; or "-" and why not.
 *
 *   ps          descriptor: the rows of ps.h
 *   cm          descriptor: the rows of cmlist.h
 *   log PHONE   descriptor: its console log, open for reading
 *   ns TARGET   descriptor: the network namespace; text: the interfaces to capture on, by spaces
 *   fault ORDER does it now, as fault.h reads it; text: to whom it was done
 *   begun       descriptor: the directory in which it was begun; text: when (seconds since 1970),
 *               and how many phones it has
 *   output      descriptor: its output directory
 *   down WHO    the lab takes itself down; its log tells by whom. When that is done, text: what of
 *               its output could not be written (see loss.h), else empty
 *
 * The connection stays open; its end tells the client that the lab has gone. The socket's peer
 * credentials name the process to wait for after "down": the launcher, the last to end.
 */
#ifndef LABWIRE_H
#define LABWIRE_H

#include <sys/types.h>
#include <sys/un.h>

#define LAB_PREFIX  "run-fleet/"
#define LAB_REQUEST 512
#define LAB_ANSWER  1024
/* A NUL before and, for snprintf's sake, one behind. */
#define LAB_NAME_MAX (sizeof ((struct sockaddr_un *)NULL)->sun_path - 1 - sizeof LAB_PREFIX)

/* The address of the lab called name into *address. Its length, or -EINVAL when no lab can be
 * called that. */
int lab_address(const char *name, struct sockaddr_un *address);
/* Sends a packet, and a descriptor with it unless that is -1; to somebody who has gone, nothing. */
void lab_send(int socket, const char *text, int fd);
/* Receives a packet and maybe a descriptor (else *fd is -1). Its length, 0 at the end. */
ssize_t lab_receive(int socket, char *text, size_t size, int *fd);

#endif
