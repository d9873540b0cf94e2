/* tcp.h - the phone's TCP connections on the ring.
 *
 * Theory of operation. The core knows connections by slots (enum conn); here each is a struct tcp
 * of its own, which outlives its slot twice over: while it lingers, and while the ring still
 * holds some of its memory.
 *
 *   slot taken   in tcp_table.slots; one receive is always in the ring, and at most one send
 *   lingers      tcp_op_close() found a send under way: it goes on to its end, then our side is
 *                shut and the other end's bytes are dropped until it closes too, or LINGER is
 *                over, or more than TCP_LINGERERS do so
 *   closed       fd is -1; waits for the completions of what was cancelled
 *   free         nothing in the ring; its generation is counted up
 *
 * Callers can be many and mean harm. One that the core refuses, or that it closes before it has
 * become a child, is reset: neither it nor its traces in the kernel (TIME_WAIT) stay.
 *
 * Memory: 64 KiB to receive into, mapped while the connection lives; an idle phone has none.
 */
#ifndef TCP_H
#define TCP_H

#include "emu/shell/ring.h"

#define TCP_READ   (64 * 1024)
#define TCP_LINGER (5 * USEC_SEC)
#define TCP_HEAD   256
#define TCP_HTTP_WINDOW 8192 /* bytes that a server may send ahead; inference: phones are small */
#define TCP_LINGERERS 6
#define TCP_ALL    (2 * CONN_COUNT + TCP_LINGERERS) /* living, closed but not settled, lingering */

struct phone; /* phone.h: what comes for it */

struct tcp {
    int fd;              /* -1: free, or closed */
    int slot;            /* enum conn, or CONN_NONE */
    uint32_t generation;
    unsigned pending;    /* operations in the ring */
    bool sending;
    usec linger_until;   /* NEVER unless it lingers */
    uint8_t *rx;         /* TCP_READ bytes; NULL: free */
    uint32_t peer;       /* network order */
    struct sockaddr_in to;
    struct msghdr msg;   /* of the send under way: what is left */
    struct iovec iov[2]; /* head and body */
    uint8_t head[TCP_HEAD];
};

struct tcp_table {
    struct ring *ring;
    struct tcp all[TCP_ALL];
    struct tcp *slots[CONN_COUNT];
    int failed[CONN_COUNT]; /* tcp_connect that could not begin: negative errno, told later */
};

void tcp_init(struct tcp_table *t, struct ring *ring);

/* The operations of core.h. */
void tcp_op_connect(struct tcp_table *t, int conn, struct addr to);
void tcp_op_send(struct tcp_table *t, int conn, const void *head, size_t head_len,
                 const void *body, size_t body_len);
void tcp_op_close(struct tcp_table *t, int conn, usec now);
void tcp_op_move(struct tcp_table *t, int from, int to);

/* The listener has a new connection; the core says where to, or that it is to be closed. */
void tcp_accepted(struct tcp_table *t, struct phone *phone, int fd, usec now);
/* A completion of RING_CONNECT, RING_RECV or RING_SEND. */
void tcp_done(struct tcp_table *t, struct phone *phone, const struct ring_done *done, usec now);
/* Ends lingering whose time is up, and tells the core of connections that could not begin. */
void tcp_timers(struct tcp_table *t, struct phone *phone, usec now);
/* Whom the connection is with, network order; 0: there is none. */
uint32_t tcp_peer(const struct tcp_table *t, int conn);
/* When that has something to do next: 0 for at once, or NEVER. */
usec tcp_deadline(const struct tcp_table *t);

/* Closes at once, without a word to the core, what has a slot below that, and what has none. */
void tcp_abort(struct tcp_table *t, int slots);
/* Whether the ring still reads from a body given to tcp_send. */
bool tcp_holds_body(const struct tcp_table *t);
/* Whether the ring still holds memory of any connection. */
bool tcp_busy(const struct tcp_table *t);

#endif
