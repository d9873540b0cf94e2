/* sock.h - sockets as a phone needs them: made, tuned, and the one datagram sent. IPv4.
 *
 * Everything here returns at once. Calls that make a socket return it, or a negative errno. The
 * sockets are blocking ones: the ring waits in their place, which it would not for others.
 */
#ifndef SOCK_H
#define SOCK_H

#include "emu/core/core.h"

#include <netinet/in.h>

struct sockaddr_in sock_addr(struct addr a);

/* Bound to a port of every local address (also for broadcasts); 0: a fresh port. */
int sock_udp(uint16_t port);
int sock_listen(uint16_t port);
/* For a connection; what a listener accepts inherits the same tuning. */
int sock_tcp(void);

/* A datagram that cannot leave now is lost, like any other. */
void sock_send(int fd, struct addr to, const void *data, size_t len);
/* The same of a frame, by a packet socket that is bound to an interface. */
void sock_send_frame(int fd, const void *frame, size_t len);
/* From now on a packet socket of ARP hears who claims the address that this frame asks for, or asks
 * for it as we do: a LAN's other requests, thousands, wake nobody. Another frame: all the same. */
void sock_hear_arp(int fd, const void *frame, size_t len);
/* The other end's address, network order; 0 when it is gone already. */
uint32_t sock_peer(int fd);
/* Its close will be a reset, which leaves nothing of the connection behind, at either end. */
void sock_reset_on_close(int fd);
/* Of a connection that is yet to be: how much the other end may send ahead, about. */
void sock_window(int fd, int bytes);
/* Whether this host, or namespace, has the address. */
bool sock_is_local(uint32_t ip);

#endif
