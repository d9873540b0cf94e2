/* carrier.h - all that carries one phone on this host, and the core's operations on it.
 *
 * Operations on what has not been opened, or has been closed, do nothing. A datagram leaves by a
 * plain sendto(): it never waits, so the ring would only add a buffer to own.
 */
#ifndef CARRIER_H
#define CARRIER_H

#include "emu/shell/flash.h"
#include "emu/shell/report.h"
#include "emu/shell/setup.h"
#include "emu/shell/tcp.h"
#include "emu/time/watch.h"

/* A socket with a multishot operation on it. */
struct ear {
    int fd; /* -1: closed */
    uint32_t generation;
};

struct carrier {
    const struct setup *setup;
    struct phone_identity id;
    struct ring *ring;
    struct phone *phone;
    struct flash *flash;
    struct report report;
    struct watch watch;
    usec now;             /* emulated, as of this wake-up */
    usec sample_at;       /* the next time that this host's lateness is sampled */
    struct net_address address; /* of the interface, or asked for */
    unsigned addressing;  /* how often that was asked for, and not answered yet */
    struct ear udp, listener, tftp;
    bool dhcp_open;       /* what comes for the DHCP client is heard */
    struct tcp_table tcp;
    uint64_t random;
    bool started, stopping;
    bool excused;         /* this wake-up's lateness is not this host's doing */
    bool deaf;            /* accept failed: asked for again with the next timer */
    bool release;         /* flash_release waits for sends that read from it */
    struct control_msg control; /* being received */
};

/* Their ctx is the struct carrier. */
extern const struct phone_ops carrier_ops;

struct ring_ref carrier_ear(const struct ear *e, enum ring_op op);
/* A connection has brought something: what a server near by owed is there, or goes on. */
void carrier_heard(struct carrier *c);
/* Closes every socket, and cancels what is under way on them. */
void carrier_silence(struct carrier *c);

#endif
