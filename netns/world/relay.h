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
 * relay_run().
 *
 * Sizes are those of Ethernet frames as the TAP hands them over. Times are nanoseconds.
 */
#ifndef RELAY_H
#define RELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* Carries frames between two TAP descriptors for good: way[0] from tap[0] to tap[1], way[1] the
 * other way round. Each packet from orders, a SOCK_SEQPACKET socket (-1: none), is a struct
 * relay_params for both. Returns a negative errno when a descriptor fails. */
int relay_run(struct relay_way way[2], const int tap[2], int orders);

#endif
