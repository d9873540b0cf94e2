/* packet.c - see packet.h. */
#include "netns/world/packet.h"

#include <netinet/in.h>
#include <string.h>

/* Where things are. */
enum {
    IP_AT = 14,
    IP_LENGTH_AT = 16,
    IP_PROTOCOL_AT = 23,
    IP_SOURCE_AT = 26,
    IP_DESTINATION_AT = 30,
    UDP_SOURCE_AT = 34,
    UDP_DESTINATION_AT = 36,
    UDP_LENGTH_AT = 38,
    TFTP_AT = 42,
    TCP_OFFSET_AT = 46,
    TCP_FLAGS_AT = 47,
    DHCP_MAC_AT = 70,
};
#define IP_HEADER  20
#define UDP_HEADER 8
#define DHCP_PORT  67
enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_ACK = 16 };

static size_t word(const uint8_t *at)
{
    return (size_t)(at[0] << 8 | at[1]);
}

static enum packet_kind tcp_kind(const uint8_t *frame)
{
    size_t headers = IP_HEADER + (size_t)(frame[TCP_OFFSET_AT] >> 4) * 4;
    uint8_t flags = frame[TCP_FLAGS_AT];
    if ((flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
        return PACKET_CALL;
    return word(frame + IP_LENGTH_AT) > headers || flags & (TCP_SYN | TCP_FIN | TCP_RST)
               ? PACKET_TALK : PACKET_IDLE;
}

static void of_udp(struct packet *p, const uint8_t *frame, size_t len)
{
    bool from = word(frame + UDP_SOURCE_AT) == DHCP_PORT;
    bool to = word(frame + UDP_DESTINATION_AT) == DHCP_PORT;
    if ((from || to) && len >= DHCP_MAC_AT + sizeof p->mac) {
        p->kind = PACKET_DHCP;
        p->relayed = from && to;
        memcpy(p->mac, frame + DHCP_MAC_AT, sizeof p->mac);
        return;
    }
    p->kind = frame[TFTP_AT] == '<' ? PACKET_LINE : PACKET_TFTP;
    p->opcode = frame[TFTP_AT + 1];
    p->len = word(frame + UDP_LENGTH_AT) - UDP_HEADER;
}

struct packet packet_of(const uint8_t *frame, size_t len)
{
    struct packet p = {.kind = PACKET_OTHER};
    if (len < TFTP_AT || frame[IP_AT] != 0x45)
        return p;
    memcpy(&p.from, frame + IP_SOURCE_AT, sizeof p.from);
    memcpy(&p.to, frame + IP_DESTINATION_AT, sizeof p.to);
    if (frame[IP_PROTOCOL_AT] == IPPROTO_UDP && len >= TFTP_AT + 4) {
        of_udp(&p, frame, len);
    } else if (frame[IP_PROTOCOL_AT] == IPPROTO_TCP && len > TCP_FLAGS_AT) {
        p.kind = tcp_kind(frame);
        p.empty = word(frame + IP_LENGTH_AT) <=
                      IP_HEADER + (size_t)(frame[TCP_OFFSET_AT] >> 4) * 4 &&
                  !(frame[TCP_FLAGS_AT] & TCP_RST);
        p.ends = frame[TCP_FLAGS_AT] & (TCP_FIN | TCP_RST);
    }
    return p;
}
