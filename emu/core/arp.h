/* arp.h - who has an IPv4 address on this Ethernet: RFC 826, and the probe of RFC 5227.
 *
 * A phone asks by a frame of its own whether somebody has an address before its interface takes it,
 * with a sender address of 0, which nobody notes down. All other ARP is the carrier's kernel's.
 */
#ifndef ARP_H
#define ARP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARP_FRAME 42

enum arp_op { ARP_REQUEST = 1, ARP_REPLY = 2 };

struct arp {
    uint16_t op;              /* enum arp_op */
    uint8_t sender_mac[6];
    uint32_t sender, target;  /* addresses, network order */
};

/* Reads a frame of Ethernet, of which padding may follow. False: it is no ARP for IPv4. */
bool arp_read(const void *frame, size_t len, struct arp *out);
/* Builds a frame to all, ARP_FRAME bytes: sender, at mac, asks or answers about target. With a
 * sender of 0 it is a probe, whether somebody has target. */
void arp_build(enum arp_op op, const uint8_t mac[6], uint32_t sender, uint32_t target,
               uint8_t out[ARP_FRAME]);
/* Whether that says that somebody else than mac has the address, or is about to take it. */
bool arp_claims(const struct arp *a, const uint8_t mac[6], uint32_t ip);

#endif
