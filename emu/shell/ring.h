/* ring.h - the phone's io_uring: one per process, and the only file that knows liburing.
 *
 * Theory of operation. An operation is put into the ring with a reference {op, slot, generation}
 * that its completion brings back; whoever reuses a slot counts its generation up, so that a
 * late completion can be told apart and dropped. Operations are submitted by the ring_submit(),
 * ring_wait() or ring_more() that follows, in their order. Calls, datagrams and accept are
 * multishot: they go on by themselves while `more` is set, and have to be asked for again when it
 * is not.
 *
 * Datagrams come in buffers of the ring's own small pool. A completion's data is valid until the
 * next ring_next(), which gives the buffer back: so when a wake-up has taken all completions the
 * pool is full again, and an operation that ended for want of buffers (-ENOBUFS) may simply be
 * asked for anew - it is submitted only after that.
 *
 * Memory given to an operation belongs to the ring until its completion; ring_close() makes that
 * come soon.
 *
 * Needs Linux 6.1: SINGLE_ISSUER and DEFER_TASKRUN (work happens in ring_wait() and ring_more()
 * only, no interrupts of the phone), multishot, buffer rings.
 */
#ifndef RING_H
#define RING_H

#include "emu/core/core.h"

#include <netinet/in.h>
#include <sys/socket.h>

enum ring_op {
    RING_NONE, /* nobody waits for it */
    RING_CALL,
    RING_CONTROL,
    RING_UDP,
    RING_TFTP,
    RING_DHCP,
    RING_FRAME, /* slot: enum frame_kind */
    RING_ACCEPT,
    RING_CONNECT,
    RING_RECV,
    RING_SEND,
};

struct ring_ref {
    uint8_t op; /* enum ring_op */
    uint8_t slot;
    uint16_t reserved;
    uint32_t generation;
};

struct ring_done {
    struct ring_ref ref;
    int res;             /* of the operation: bytes, a descriptor, or a negative errno */
    bool more;           /* multishot: goes on */
    struct addr from;    /* datagrams: sender (of a frame none), */
    const uint8_t *data; /* and contents, res bytes; NULL when there was none, or it was cut */
};

struct ring;

/* NULL, with *error a negative errno, when this host cannot. */
struct ring *ring_new(int *error);
void ring_free(struct ring *r);
/* What that errno of ring_new() means here and what to do about it. */
const char *ring_refusal(int error);

/* What was asked for so far is on its way. */
void ring_submit(struct ring *r);
/* Each write to an eventfd, which is never read; multishot. */
void ring_calls(struct ring *r, int fd, struct ring_ref ref);
void ring_datagrams(struct ring *r, int fd, struct ring_ref ref); /* multishot */
void ring_accept(struct ring *r, int fd, struct ring_ref ref);    /* multishot */
void ring_connect(struct ring *r, int fd, struct ring_ref ref, const struct sockaddr_in *to);
void ring_recv(struct ring *r, int fd, struct ring_ref ref, void *buffer, size_t size);
void ring_send(struct ring *r, int fd, struct ring_ref ref, const struct msghdr *msg);
/* Cancels all operations on fd and closes it: its port is free. Their completions still come. */
void ring_close(struct ring *r, int fd);

/* Submits, and waits for a completion, at most so long (UINT64_MAX: for ever). 0, or a negative
 * errno when the ring is broken. */
int ring_wait(struct ring *r, uint64_t timeout_ns);
/* Takes the next completion; false when there is none at present. */
bool ring_next(struct ring *r, struct ring_done *done);
/* Submits, and has the kernel complete what it can without waiting. Whether there is anything. */
bool ring_more(struct ring *r);

#endif
