/* packet.h - what an Ethernet frame says, as far as it tells whether somebody will act on it.
 *
 * IPv4 without options, as everybody here sends; all else is OTHER. Of a fragment only the first
 * has ports.
 */
#ifndef PACKET_H
#define PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*   OTHER  nobody acts on it but a kernel
 *   DHCP   UDP from or to a DHCP server's port, which a relay has too (RFC 2131, section 4.1)
 *   LINE   UDP: a line for a log [RFC 3164], to which nobody answers
 *   TFTP   any other UDP, taken for a packet of TFTP
 *   CALL   TCP: a connection is asked for (SYN); a kernel answers
 *   TALK   TCP: it has bytes for its receiver, or tells it of a connection that is there, or ends
 *   IDLE   TCP: an acknowledgement and no more */
enum packet_kind {
    PACKET_OTHER, PACKET_DHCP, PACKET_TFTP, PACKET_LINE, PACKET_CALL, PACKET_TALK, PACKET_IDLE
};

struct packet {
    enum packet_kind kind;
    bool ends;         /* TCP: its sender has no more to say (FIN, RST) */
    bool empty;        /* TCP: it has no bytes for its receiver, nor is it a reset */
    uint32_t from, to; /* network order; 0: no IPv4 */
    unsigned opcode;   /* of TFTP (RFC 1350) */
    size_t len;        /* of TFTP: header and all */
    uint8_t mac[6];    /* of DHCP: the client's */
    bool relayed;      /* of DHCP: between a relay and a server */
};

struct packet packet_of(const uint8_t *frame, size_t len);

#endif
