/* wan.c - the line between site and server, each way a link of its own:
 *
 *   frame in -> [ waits for the link ] -> [ is sent: size * 8 / rate ] -> [ travels: delay ] -> out
 *                tail drop at wan_queue                                    lost here, by chance
 *
 * Sizes are those of Ethernet frames, headers included; times within are nanoseconds, so that a
 * fast line loses nothing to rounding.
 */
#include "emu/sim/node.h"

#define FRAME_OVERHEAD 42 /* Ethernet, IPv4 and UDP headers */
#define NS_PER_SEC     1000000000ull

static uint64_t scale(uint64_t value, uint64_t factor, uint64_t divisor)
{
    return (uint64_t)((unsigned __int128)value * factor / divisor);
}

/* When the frame's last bit has left; NEVER when there is no room for it. */
static uint64_t line_send(struct sim *s, int direction, uint64_t now, size_t frame)
{
    if (!s->o.wan_bps)
        return now;
    uint64_t *is_free = &s->wan_free_ns[direction];
    uint64_t start = *is_free > now ? *is_free : now;
    uint64_t waiting = scale(start - now, s->o.wan_bps, 8 * NS_PER_SEC);
    if (s->o.wan_queue && waiting > 0 && waiting + frame > s->o.wan_queue)
        return NEVER;
    *is_free = start + scale(frame, 8 * NS_PER_SEC, s->o.wan_bps);
    return *is_free;
}

usec wan_send(struct sim *s, int direction, size_t len)
{
    size_t frame = len + FRAME_OVERHEAD;
    uint64_t sent = line_send(s, direction, s->now * 1000, frame);
    bool lost = sent != NEVER && (s->wan_down || sim_chance(s, s->o.wan_loss) ||
                                  sim_chance(s, s->o.damage.wan_loss));
    bool dropped = sent == NEVER || lost;
    s->counts.wan_dropped += dropped;
    if (direction == WAN_UP || !dropped)
        s->counts.wan_bytes[direction] += frame;
    return dropped ? NEVER : sent / 1000 + s->o.wan_delay;
}
