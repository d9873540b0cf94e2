/* dhcpwire.h - DHCP messages, read and built: RFC 2131, RFC 2132, RFC 3396.
 *
 * A message is 236 fixed bytes, a cookie, and options {code, length, value} up to END. Which
 * options are known, how each is read, and in which order they are built is one table,
 * DHCP_OPTIONS. The order is a phone's: 53, 50, 54, 61, 12, 60, 55 [the dump of a CP-7911G's
 * DISCOVER, staticDHCPd issue 28; where 50 and 54 stand in its REQUEST is inference]; then what
 * only servers send.
 *
 * Reading. Options may stand in the file and sname fields too, where option 52 says so, and one
 * that comes more than once is its parts put together, in that order of fields (RFC 3396; other
 * than there it is said of every option: so one of fixed length that comes twice has a wrong
 * length). One of a length that it cannot have is as if it were not there; `odd` has its code. A
 * list keeps its first DHCP_LIST addresses. An option that runs past its field's end makes the
 * message unreadable.
 *
 * Building. DHCP_BUILT bytes, whatever is in it: zeros follow END, as these phones have it.
 */
#ifndef DHCPWIRE_H
#define DHCPWIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DHCP_FIXED 236
#define DHCP_BUILT 548 /* and 312 of options: what everybody takes (RFC 2131, section 2) */
#define DHCP_READ_MAX 1472 /* bytes of a message: what an Ethernet frame carries */
#define DHCP_LIST  5   /* rows that a phone's page has for routers, and for DNS servers */
#define DHCP_NAME  64  /* bytes of a name, with its NUL; what is longer is cut */
#define DHCP_BROADCAST 0x8000 /* in flags: answer to all, I have no address yet */
#define DHCP_FOR_EVER UINT32_MAX /* of a lease */

enum dhcp_op { DHCP_BOOTREQUEST = 1, DHCP_BOOTREPLY = 2 };

/* RFC 2132, section 9.6: number, id. */
#define DHCP_TYPES(X)                                                                              \
    X(1, DISCOVER) X(2, OFFER) X(3, REQUEST) X(4, DECLINE) X(5, ACK) X(6, NAK) X(7, RELEASE)       \
    X(8, INFORM)
enum dhcp_type {
#define X(number, id) DHCP_##id = (number),
    DHCP_TYPES(X)
#undef X
};

struct dhcp_bytes {
    uint8_t len;
    uint8_t at[DHCP_NAME];
};

struct dhcp_list {
    uint8_t count;
    uint32_t at[DHCP_LIST]; /* network order */
};

/* Code, member of struct dhcp_message, kind:
 *   U8, U32  a number; 0 is as if it were not there
 *   IP       an address, network order; likewise
 *   IPS      one or more
 *   TEXT     printable ASCII, what is not becomes '.'; ends at a NUL; empty: not there
 *   BYTES    as they are */
#define DHCP_OPTIONS(X)                                                                            \
    X(53, type, U8)                                                                                \
    X(50, requested, IP)                                                                           \
    X(54, server, IP)                                                                              \
    X(61, client_id, BYTES)                                                                        \
    X(12, host_name, TEXT)                                                                         \
    X(60, vendor_class, BYTES)                                                                     \
    X(55, parameters, BYTES)                                                                       \
    X(51, lease, U32)                                                                              \
    X(58, renew, U32)                                                                              \
    X(59, rebind, U32)                                                                             \
    X(1, mask, IP)                                                                                 \
    X(3, routers, IPS)                                                                             \
    X(6, dns, IPS)                                                                                 \
    X(15, domain, TEXT)                                                                            \
    X(66, tftp_name, TEXT)                                                                         \
    X(150, tftp, IPS)                                                                              \
    X(56, said, TEXT)

#define DHCP_MEMBER_U8(name)    uint8_t name;
#define DHCP_MEMBER_U32(name)   uint32_t name;
#define DHCP_MEMBER_IP(name)    uint32_t name;
#define DHCP_MEMBER_IPS(name)   struct dhcp_list name;
#define DHCP_MEMBER_TEXT(name)  char name[DHCP_NAME];
#define DHCP_MEMBER_BYTES(name) struct dhcp_bytes name;

struct dhcp_message {
    uint8_t op;            /* enum dhcp_op */
    uint16_t secs, flags;
    uint32_t xid;
    uint32_t ciaddr, yiaddr, siaddr, giaddr; /* network order */
    uint8_t mac[6];
#define X(code, name, kind) DHCP_MEMBER_##kind(name)
    DHCP_OPTIONS(X)
#undef X
    uint8_t odd;           /* read: the first option that has a wrong length; 0: none */
};

/* Reads a message into *out. NULL, or what is wrong with it, a static string; *out is then of no
 * use. */
const char *dhcpwire_read(const void *data, size_t len, struct dhcp_message *out);
/* Whether it answers that exchange of that phone's, to be asked first: on a LAN most that come are
 * for others. */
bool dhcpwire_answers(const void *data, size_t len, uint32_t xid, const uint8_t mac[6]);
/* Builds it into out. The bytes of it, DHCP_BUILT; 0: it does not fit. */
size_t dhcpwire_build(const struct dhcp_message *m, uint8_t out[DHCP_BUILT]);

/* The bits of a mask; 0: it is none (RFC 950 lets bits lie anywhere, which nobody uses), or of a
 * subnet without two hosts. Network order. */
unsigned dhcpwire_prefix(uint32_t mask);

#endif
