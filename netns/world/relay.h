/* relay.h - a long thin line between two TAP devices: delay, rate and loss.
 *
 * Each direction is a link of its own, as on a leased line:
 *
 *   frame in -> [ waits for the link ] -> [ is sent: size * 8 / rate ] -> [ travels: delay ] -> out
 *                tail drop at queue_bytes                                  lost here, by chance
 *
 * When a frame comes, its end is known: due = max(now, link_free) + size * 8 / rate + delay. A
 * direction therefore is one FIFO of frames with their times. What happens to a frame depends on
 * nothing but parameters, seed, and the times at which frames came: no clock in here but in
 * relay_run(), which lives by the fleet's. A clock that waits does so for frames that are due, and
 * for the server's answer to what has just come out at its end; and a phone is told, by its hand,
 * of what is on its way.
 *
 * Sizes are those of Ethernet frames as the TAP hands them over. Times are emulated nanoseconds.
 */
#ifndef RELAY_H
#define RELAY_H

#include "emu/time/watch.h"

#define RELAY_NEVER  UINT64_MAX
#define RELAY_FRAMES 16384 /* at most in one direction, waiting and travelling: bounds memory */
#define RELAY_MTU    2048  /* longer than any frame of a TAP with its MTU of 1500 */

struct relay_params {
    uint64_t delay_ns;    /* one way */
    uint64_t rate_bps;    /* bits a second; 0: unlimited */
    uint64_t queue_bytes; /* room for frames that wait for the link; unused without a rate */
    double loss;          /* 0 to 1 */
    uint64_t seed;
};

struct relay_frame;
struct relay_way {
    struct relay_params params;
    struct relay_frame *first, **last;
    size_t frames;
    uint64_t link_free; /* when the link has sent all that it was given */
    uint64_t random;
    uint64_t overflowed, lost, refused; /* frames dropped: queue full, chance, TAP full */
};

void relay_way_init(struct relay_way *way, const struct relay_params *params);
void relay_way_clear(struct relay_way *way);
/* Other parameters from now on, but for the seed. Frames under way keep their times; none
 * overtakes another. */
void relay_way_change(struct relay_way *way, const struct relay_params *params);
/* A frame comes in. */
void relay_take(struct relay_way *way, uint64_t now, const void *data, size_t len);
/* When the next frame comes out: RELAY_NEVER when none travels. */
uint64_t relay_due(const struct relay_way *way);
/* Copies the next frame out: its length; 0 when none is due yet. */
size_t relay_give(struct relay_way *way, uint64_t now, uint8_t data[RELAY_MTU]);

struct relay_guest {
    bool last;  /* the server has sent all of a file */
    bool asked; /* by TCP: an answer is owed */
};

#define RELAY_SITE 0 /* frames from the site, to the server */
#define RELAY_HQ   1
struct relay {
    struct relay_way way[2];
    int tap[2];                /* the site's, hq's */
    int orders;                /* a SOCK_SEQPACKET socket: each packet is a struct relay_params */
    int call;                  /* the clock's eventfd */
    struct watch watch;        /* the fleet's time */
    uint32_t owed;             /* answers of the server's */
    struct relay_guest *guests; /* by hand: what is between it and servers without one */
};
/* Carries frames between the two TAPs for good. Returns a negative errno when a descriptor
 * fails. */
int relay_run(struct relay *r);

#endif
