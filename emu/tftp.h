/* tftp.h - TFTP read client: RFC 1350, octet, 512-byte lock-step, no options, as these phones do.
 *
 * Theory of operation. One transfer at a time. tftp_get() opens a fresh port and sends the read
 * request; the first DATA 1 from the server's address fixes the transfer id (its port); each
 * block in order goes to the sink and is acknowledged; a duplicate of the last block is
 * acknowledged again only when our own timer says so (no Sorcerer's Apprentice); a block shorter
 * than 512 ends it. Datagrams from elsewhere are ignored. Block numbers wrap from 65535 to 0.
 *
 * Retransmission: a request unanswered is asked again from a NEW port (a burst of a thousand
 * requests loses more than half of them at a common server); a block that does not come has the
 * last ACK sent again. The wait doubles from TFTP_TIMEOUT to TFTP_TIMEOUT_MAX, each with up to a
 * quarter of random spread, and starts anew with every block; TFTP_TRIES waits in a row for an
 * answer to the request end the transfer as "TFTP timeout", and so do TFTP_BLOCK_TRIES for a
 * block: by then servers have forgotten it (dnsmasq after 40 s), and the owner may begin anew.
 */
#ifndef TFTP_H
#define TFTP_H

#include "emu/core.h"

#define TFTP_BLOCK       512
#define TFTP_TIMEOUT     (4 * USEC_SEC)
#define TFTP_TIMEOUT_MAX (32 * USEC_SEC)
#define TFTP_TRIES       6
#define TFTP_BLOCK_TRIES 4

/*   IDLE      nothing under way. Accepts tftp_get only.
 *   REQUEST   read request sent; waits for DATA 1 or ERROR.
 *   DATA      transfer id known; waits for block `block` + 1. */
enum tftp_state { TFTP_IDLE, TFTP_REQUEST, TFTP_DATA, TFTP_STATE_COUNT };

enum tftp_result {
    TFTP_MORE,      /* nothing ended */
    TFTP_DONE,      /* whole file delivered to the sink */
    TFTP_NOT_FOUND, /* ERROR 1: "File not found" */
    TFTP_ERROR,     /* any other ERROR, or a malformed packet: "TFTP error" */
    TFTP_TIMED_OUT, /* "TFTP timeout" */
    TFTP_SINK,      /* the sink refused the data */
    TFTP_RESULT_COUNT
};
/* The phone's own words for a result, as its status messages show them. */
const char *tftp_result_text(enum tftp_result result);

struct tftp {
    enum tftp_state state;
    const struct phone_ops *ops;
    void *ctx;                       /* for ops */
    int (*sink)(void *to, const void *data, size_t len); /* 0, or negative errno to stop */
    void *sink_to;
    uint32_t server_ip;              /* network order */
    uint16_t tid;                    /* server's port, host order; 0 until DATA 1 */
    uint16_t block;                  /* last block received and acknowledged */
    uint64_t bytes;                  /* delivered to the sink */
    unsigned tries;                  /* timeouts in a row */
    usec deadline;                   /* NEVER when idle */
    char name[128];
    char message[80];                /* the server's words on an ERROR, printable, or empty */
};

void tftp_init(struct tftp *t, const struct phone_ops *ops, void *ctx);
/* Begins to read name (at most 127 bytes) from server_ip. An earlier transfer is dropped.
 * Returns 0 or a negative errno from tftp_open. */
int tftp_get(struct tftp *t, uint32_t server_ip, const char *name,
             int (*sink)(void *to, const void *data, size_t len), void *sink_to, usec now);
/* Feeds a datagram that came to the transfer's port. Anything but TFTP_MORE ends the transfer
 * and closes the port. */
enum tftp_result tftp_datagram(struct tftp *t, struct addr from, const void *data, size_t len,
                               usec now);
/* To be called when now >= t->deadline; ends like tftp_datagram. */
enum tftp_result tftp_timeout(struct tftp *t, usec now);
/* Drops the transfer, telling the server (ERROR 0) when a transfer id is known. */
void tftp_cancel(struct tftp *t);

#endif
