/* dhcp.h - how a phone comes by its address: a DHCP client, RFC 2131.
 *
 * Theory of operation. The phone asks all of its LAN (DISCOVER), hears offers, asks one server for
 * what it offered (REQUEST), looks by ARP whether somebody has that address already, and only then
 * has its interface take it. It keeps it as long as the server lets it: at T1 it asks that server
 * to renew, at T2 all of them, and when the lease is over it has no address any more. It never
 * releases one [inference: a reset does not], and after a reset asks anew, without a wish for the
 * address it had: that these phones remember one is not known.
 *
 *               DISCOVER          REQUEST          ACK        nobody has it
 *   INIT ---------> SELECTING -------> REQUESTING -----> PROBING ----> ADDRESSING ----> BOUND
 *    ^                  ^   silence       |   | NAK          | taken: DECLINE             | T1
 *    |                  +-----------------+   |              |                         RENEWING
 *    +----------------------------------------+--------------+                            | T2
 *   OFF <------------------- NAK, or the end of the lease ---------------------------- REBINDING
 *
 * Offers. Those that come within DHCP_COLLECT of the DISCOVER are compared, and the best by how it
 * names a TFTP server (a phone's precedence, dhcplease.h) is taken, of equal ones the first; after
 * that time the first that comes. [That a phone asks 0.75 s after its DISCOVER is public, from a
 * console; that it is because it compares, inference.] An offer that no host could live by is
 * passed over, and said so, once per DISCOVER, however many there are. Of all that come at most
 * one is kept.
 *
 * Patience. Without an answer the phone asks again after 4, 8, 16, 32 and 64 s, and then every 64
 * s, each a second more or less (RFC 2131, section 4.1). The waits go on doubling through whatever
 * ends without an address - silence, a NAK, an address that somebody has - so that an endless NAK
 * costs a server no more than silence does. When DHCP_TRIES were in vain, "DHCP timeout" is what
 * the phone says; it goes on. A renewal is asked for again when half of the time that is left is
 * over, but not within 60 s (section 4.4.5). What a renewal says other than times is not taken
 * over before the next boot [inference].
 *
 * Time counts from when the REQUEST was sent: the lease is over for the phone before it is for the
 * server.
 */
#ifndef DHCP_H
#define DHCP_H

#include "emu/core/dhcplease.h"
#include "emu/core/kit.h"

#define DHCP_FIRST_WAIT (4 * USEC_SEC)
#define DHCP_TRIES      5                  /* 4, 8, 16, 32, 64 s: then the wait grows no more */
#define DHCP_REQUESTS   4                  /* of one offer */
#define DHCP_SPREAD     USEC_SEC           /* of a wait, either way */
#define DHCP_COLLECT    (750 * USEC_MS)
#define DHCP_PROBE      USEC_SEC           /* for an answer by ARP; one probe, inference */
#define DHCP_DECLINED   (10 * USEC_SEC)    /* the least wait then (RFC 2131, section 3.1) */
#define DHCP_RENEW_WAIT (60 * USEC_SEC)

/* A phone that stood still passes over states whose time has gone by.
 *   OFF         not asked to be anywhere: before dhcp_start(), or a lease was lost.
 *   INIT        waits before it asks again, after a refusal. Hears nothing.
 *   SELECTING   DISCOVER sent; an OFFER may be kept. Takes OFFERs.
 *   REQUESTING  REQUEST sent to all, for one server's offer. Takes that server's ACK and NAK.
 *   PROBING     has the ACK; waits whether somebody answers for the address. Takes ARP.
 *   ADDRESSING  the interface is to take the address. Takes dhcp_addressed().
 *   BOUND       has it. Hears nothing.
 *   RENEWING    past T1, REQUEST sent to its server. Takes that server's ACK and NAK.
 *   REBINDING   past T2, REQUEST sent to all. Takes any server's ACK and NAK.
 * State, whether the client's port is open, what may follow. */
#define DHCP_STATES(X)                                                                             \
    X(OFF, false, TO(OFF) | TO(SELECTING))                                                         \
    X(INIT, false, TO(SELECTING) | TO(OFF))                                                        \
    X(SELECTING, true, TO(SELECTING) | TO(REQUESTING) | TO(OFF))                                   \
    X(REQUESTING, true, TO(REQUESTING) | TO(PROBING) | TO(INIT) | TO(SELECTING) | TO(OFF))         \
    X(PROBING, true, TO(ADDRESSING) | TO(INIT) | TO(OFF))                                          \
    X(ADDRESSING, false, TO(BOUND) | TO(OFF))                                                      \
    X(BOUND, false, TO(RENEWING) | TO(REBINDING) | TO(OFF))                                        \
    X(RENEWING, true, TO(RENEWING) | TO(BOUND) | TO(REBINDING) | TO(OFF))                          \
    X(REBINDING, true, TO(REBINDING) | TO(BOUND) | TO(OFF))
enum dhcp_state {
#define X(id, ...) DHCP_##id,
    DHCP_STATES(X)
#undef X
        DHCP_STATE_COUNT
};

/* What its owner is to know. */
enum dhcp_result {
    DHCP_MORE,      /* nothing */
    DHCP_GOT,       /* the interface has the address of d->lease */
    DHCP_RENEWED,   /* and keeps it */
    DHCP_SILENT,    /* DHCP_TRIES were in vain: "DHCP timeout" */
    DHCP_DUPLICATE, /* somebody has the address that was to be ours: d->taken */
    DHCP_LOST,      /* it is no longer ours, and the interface has none: d->why */
};

struct dhcp {
    const struct kit *kit;
    enum dhcp_state state;
    usec at;                       /* when there is something to do; NEVER */
    usec began;                    /* of this search: `secs` counts from there */
    usec asked;                    /* when what is to be answered was sent first */
    uint8_t mac[6];
    uint32_t xid;
    uint16_t secs;
    unsigned tries;                /* in vain, since there was an address last */
    unsigned requests;             /* of this offer */
    bool passed_over;              /* an offer was, since the last DISCOVER */
    uint32_t other;                /* another server, whose offer was not taken; 0: none */
    struct dhcp_lease lease;       /* offered, then granted; all zero: none */
    uint32_t taken;                /* the address that somebody has */
    const char *why;
};

void dhcp_init(struct dhcp *d, const struct kit *kit);
/* Asks for an address, from OFF. */
void dhcp_start(struct dhcp *d);
/* Lets go of everything, and says nothing: OFF, the interface without address, whoever gave it one.
 * */
void dhcp_stop(struct dhcp *d);
/* Whether a datagram to the client's port answers what it has asked; most are for others. */
bool dhcp_answered_by(const struct dhcp *d, const void *data, size_t len);
/* Such a datagram; a frame of ARP; the interface has its address; d->at has come. */
enum dhcp_result dhcp_datagram(struct dhcp *d, const void *data, size_t len);
enum dhcp_result dhcp_arp(struct dhcp *d, const void *frame, size_t len);
enum dhcp_result dhcp_addressed(struct dhcp *d);
enum dhcp_result dhcp_timer(struct dhcp *d);

#endif
