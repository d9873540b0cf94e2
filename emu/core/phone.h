/* phone.h - one phone: boot, configuration, upgrade, idle; and the calls that drive it.
 *
 * The carrier creates it with what a phone is born with, calls phone_start() at power-on, feeds
 * events, and calls phone_run_timers() when now >= phone_deadline(). Each call may make any
 * number of calls on the operations; none blocks.
 */
#ifndef PHONE_H
#define PHONE_H

#include "emu/core/identity.h"

struct phone;
/* NULL without memory. ops and ctx outlive the phone. */
struct phone *phone_new(const struct phone_identity *id, const struct phone_ops *ops, void *ctx);
void phone_free(struct phone *p);

/* Power-on, or a reset from outside: everything but the flash is forgotten. */
void phone_start(struct phone *p, usec now);
/* Earliest time at which phone_run_timers has something to do; NEVER when none. */
usec phone_deadline(const struct phone *p);
void phone_run_timers(struct phone *p, usec now);

/* The interface has the address that net_address asked for. */
void phone_addressed(struct phone *p, usec now);
/* A datagram to the DHCP client's port. Whether it answers this phone, and not another one. */
bool phone_dhcp(struct phone *p, struct addr from, const void *data, size_t len, usec now);
/* A frame of that kind, as it was on the wire. */
void phone_frame(struct phone *p, enum frame_kind kind, const void *data, size_t len, usec now);

/* A datagram to UDP 4051, from a peer (also our own broadcasts, which are ignored). */
void phone_udp(struct phone *p, struct addr from, const void *data, size_t len, usec now);
/* A datagram to the TFTP socket. */
void phone_tftp(struct phone *p, struct addr from, const void *data, size_t len, usec now);
/* Somebody connected to TCP 4051. Returns the slot to use, or CONN_NONE: close it. */
int phone_tcp_accepted(struct phone *p, uint32_t ip, usec now);
/* Our tcp_connect succeeded. */
void phone_tcp_connected(struct phone *p, int conn, usec now);
/* Bytes from the slot's peer, in order, any split. */
void phone_tcp_data(struct phone *p, int conn, const void *data, size_t len, usec now);
/* All of the last tcp_send has left. */
void phone_tcp_sent(struct phone *p, int conn, usec now);
/* The peer closed, or the connection failed (error: negative errno, 0 for a clean end). */
void phone_tcp_closed(struct phone *p, int conn, int error, usec now);

/* The phone's record as last handed to ops->status. */
const struct phone_status *phone_status(const struct phone *p);

#endif
