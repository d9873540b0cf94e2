/* meter.h - counts what passes on the site's bridges. */
#ifndef METER_H
#define METER_H

#include <stdint.h>

struct phone_traffic;
struct world;

struct meter_counts {
    uint64_t tcp4051_bytes; /* IP total length of TCP with a port 4051 */
    uint64_t udp4051_bytes;
    uint64_t udp4051_broadcasts; /* datagrams, counted once each */
    uint64_t tftp_frames;        /* UDP between a phone and the server */
    uint64_t other_frames;       /* IP frames between phones on neither */
    uint64_t dropped;            /* by the kernel, for want of room */
};
struct meter;
/* Opens a packet ring on each of the site's bridges, promiscuous, headers only. traffic: zeroed
 * records of the plan's phones, counted up as it reads; or NULL. NULL after a message. */
struct meter *meter_open(struct world *w, struct phone_traffic *traffic);
/* Descriptor to poll for input, and the call that empties the ring. */
int meter_fd(const struct meter *m);
void meter_poll(struct meter *m);
struct meter_counts meter_read(struct meter *m);
void meter_close(struct meter *m);

#endif
