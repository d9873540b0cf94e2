/* arp.c - see arp.h. */
#include "emu/core/arp.h"

#include "emu/builder.h"
#include "emu/cursor.h"

#include <string.h>

#define ETHERTYPE_ARP  0x0806
#define ETHERTYPE_IPV4 0x0800
#define ETHERNET       1
#define MAC_LEN        6
#define IP_LEN         4

static const uint8_t everybody[MAC_LEN] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
static const uint8_t nobody[MAC_LEN];

static void read_into(struct cursor *c, void *out, size_t len)
{
    const uint8_t *at = cursor_bytes(c, len);
    if (at)
        memcpy(out, at, len);
}

bool arp_read(const void *frame, size_t len, struct arp *out)
{
    struct cursor c = cursor(frame, len);
    *out = (struct arp){0};
    cursor_bytes(&c, 2 * MAC_LEN);
    bool arp = cursor_u16(&c) == ETHERTYPE_ARP && cursor_u16(&c) == ETHERNET &&
               cursor_u16(&c) == ETHERTYPE_IPV4 && cursor_u8(&c) == MAC_LEN &&
               cursor_u8(&c) == IP_LEN;
    out->op = cursor_u16(&c);
    read_into(&c, out->sender_mac, MAC_LEN);
    read_into(&c, &out->sender, IP_LEN);
    cursor_bytes(&c, MAC_LEN);
    read_into(&c, &out->target, IP_LEN);
    return arp && !c.failed && (out->op == ARP_REQUEST || out->op == ARP_REPLY);
}

void arp_build(enum arp_op op, const uint8_t mac[6], uint32_t sender, uint32_t target,
               uint8_t out[ARP_FRAME])
{
    struct builder b = builder(out, ARP_FRAME);
    builder_bytes(&b, everybody, MAC_LEN);
    builder_bytes(&b, mac, MAC_LEN);
    builder_u16(&b, ETHERTYPE_ARP);
    builder_u16(&b, ETHERNET);
    builder_u16(&b, ETHERTYPE_IPV4);
    builder_u8(&b, MAC_LEN);
    builder_u8(&b, IP_LEN);
    builder_u16(&b, (uint16_t)op);
    builder_bytes(&b, mac, MAC_LEN);
    builder_bytes(&b, &sender, IP_LEN);
    builder_bytes(&b, nobody, MAC_LEN);
    builder_bytes(&b, &target, IP_LEN);
}

bool arp_claims(const struct arp *a, const uint8_t mac[6], uint32_t ip)
{
    bool probes = a->op == ARP_REQUEST && a->sender == 0 && a->target == ip;
    return memcmp(a->sender_mac, mac, MAC_LEN) != 0 && (a->sender == ip || probes);
}
