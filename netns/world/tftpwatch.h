/* tftpwatch.h - TFTP as it passes the site's side of the WAN: the witness where the server is not
 * ours, and its log not ours to read.
 *
 * A transfer begins with a read request, and is known by the phone's address and port from then on.
 * Its data and acknowledgements are followed: one whose last block (shorter than 512 bytes) was
 * acknowledged is whole. Lines in the manner of dnsmasq's, for serverlog.h, as it happens:
 *
 *   tftpwatch[0]: sent FILE to 10.106.0.16 (5512 bytes)
 *   tftpwatch[0]: failed sending FILE to 10.106.0.16     an error in the middle, or no end
 *   tftpwatch[0]: file FILE not found for 10.106.0.16
 *
 * A request that nobody answers leaves no line.
 */
#ifndef TFTPWATCH_H
#define TFTPWATCH_H

#include "netns/world/world.h"

struct tftpwatch;
/* Listens on the site's way to the server, its end of the line or the uplink; headers and names
 * only. It appends to log_fd, which stays the caller's. NULL after a message. */
struct tftpwatch *tftpwatch_open(struct world *w, int log_fd);
int tftpwatch_fd(const struct tftpwatch *t);
/* Takes what has come. 0, or a negative errno: a line could not be written, now or before. */
int tftpwatch_poll(struct tftpwatch *t);
/* Takes what is left, and writes the lines of what did not end. t may be NULL. Likewise. */
int tftpwatch_close(struct tftpwatch *t);

/* For tests: a watch without a socket, and one frame (Ethernet) that it is to see. */
struct tftpwatch *tftpwatch_new(int log_fd);
void tftpwatch_frame(struct tftpwatch *t, const uint8_t *frame, size_t len);

#endif
