/* tftp.h - TFTP read client: RFC 1350, octet, 512-byte lock-step, no options, as these phones do.
 *
 * Theory of operation. One transfer at a time. tftp_get() opens a fresh port and sends the read
 * request; the first DATA 1 from the server's address fixes the transfer id (its port); each
 * block in order goes to the sink and is acknowledged; a duplicate of the last block is
 * acknowledged again only when our own timer says so (no Sorcerer's Apprentice); a block shorter
 * than 512 ends it. Datagrams from elsewhere are ignored. What no server may send to who asked for
 * no options (their acknowledgement, a block of more than 512 bytes, another opcode) ends the
 * transfer, and the server is told so: ERROR 8 for options (RFC 2347), else 4. An ERROR is never
 * answered.
 *
 * Block numbers have 16 bits, and RFC 1350 does not say what follows 65535 (32 MiB): most servers
 * go on with 0, some with 1. Either is taken, the first time; from then on the server has told
 * which it does. No repetition can be mistaken for that block: the number 0 was never sent before,
 * and the first block 1 lies 65,534 acknowledgements back.
 *
 * Retransmission: a request unanswered is asked again from a NEW port (a burst of a thousand
 * requests loses more than half of them at a common server); a block that does not come has the
 * last ACK sent again. The wait doubles from TFTP_TIMEOUT to TFTP_TIMEOUT_MAX, each with up to a
 * quarter of random spread, and starts anew with every block. So many waits in a row for an
 * answer to the request end the transfer as "TFTP timeout": TFTP_TRIES for a file that the phone
 * needs, TFTP_MAY_TRIES for one that it can do without (three silent trust lists, 12 to 15 s each,
 * keep a boot up for 45 s at most); and so do TFTP_BLOCK_TRIES for a block: by then servers have
 * forgotten it (dnsmasq after 40 s).
 *
 * Errors: what is made of one is told by its code and by when it comes, see TFTP_ERRORS. One that
 * may pass counts as a lost answer: the request goes out again when its wait is over, and the
 * TFTP_TRIES are the same. A file that broke off in the middle, by an ERROR or in silence, may be
 * begun anew from its first byte by tftp_again(), TFTP_BREAKS times, each time after a longer wait
 * and with one request less.
 */
#ifndef TFTP_H
#define TFTP_H

#include "emu/core/transfer.h"

#define TFTP_BLOCK       512
#define TFTP_TIMEOUT     (4 * USEC_SEC)
#define TFTP_TIMEOUT_MAX (32 * USEC_SEC)
#define TFTP_TRIES       6
#define TFTP_MAY_TRIES   2
#define TFTP_BLOCK_TRIES 4
#define TFTP_BREAKS      3 /* fewer than TFTP_TRIES: each costs one of them */

/* The server's ERROR codes (RFC 1350, appendix; 8: RFC 2347): code, meaning, and what is done when
 * it is the answer to the request for a file that the phone needs, and when it comes in the middle.
 * Codes beyond them count as 0. That 0, 3 and 5 may pass is our inference: servers send them for
 * want of descriptors, memory or room for one more client, and 5 speaks of another transfer; the
 * rest say something of the file or of how it was asked for. A file that the phone can do without
 * is asked for no second time, whatever was said. */
#define TFTP_ERRORS(X)                                                                             \
    X(0, UNDEFINED, "not defined", ASK_AGAIN, BEGIN_ANEW)                                          \
    X(1, NOT_FOUND, "file not found", GIVE_UP, BEGIN_ANEW)                                         \
    X(2, ACCESS, "access violation", GIVE_UP, BEGIN_ANEW)                                          \
    X(3, FULL, "disk full or allocation exceeded", ASK_AGAIN, BEGIN_ANEW)                          \
    X(4, ILLEGAL, "illegal TFTP operation", GIVE_UP, BEGIN_ANEW)                                   \
    X(5, UNKNOWN_TID, "unknown transfer ID", ASK_AGAIN, BEGIN_ANEW)                                \
    X(6, EXISTS, "file already exists", GIVE_UP, BEGIN_ANEW)                                       \
    X(7, NO_USER, "no such user", GIVE_UP, BEGIN_ANEW)                                             \
    X(8, OPTIONS, "option refused", GIVE_UP, BEGIN_ANEW)
enum tftp_code {
#define X(code, id, ...) TFTP_CODE_##id = (code),
    TFTP_ERRORS(X)
#undef X
        TFTP_CODE_COUNT
};
/*   GIVE_UP     the transfer ends.
 *   ASK_AGAIN   the request goes out again when its wait is over.
 *   BEGIN_ANEW  the transfer ends, and tftp_again() may begin it anew. */
enum tftp_advice { TFTP_GIVE_UP, TFTP_ASK_AGAIN, TFTP_BEGIN_ANEW };
extern const struct tftp_error {
    const char *meaning;
    enum tftp_advice first, middle; /* by when it comes */
} tftp_errors[TFTP_CODE_COUNT];

/*   IDLE      nothing under way. Accepts tftp_get only, and tftp_again after a break.
 *   REQUEST   read request sent; waits for DATA 1 or ERROR.
 *   PAUSE     refused for now, or broken off: asks again at the deadline. Ignores datagrams.
 *   DATA      transfer id known; waits for the block after `block`. */
enum tftp_state { TFTP_IDLE, TFTP_REQUEST, TFTP_PAUSE, TFTP_DATA, TFTP_STATE_COUNT };

/* What follows block 65535 at this server. */
enum tftp_wrap { TFTP_WRAP_UNSEEN, TFTP_WRAP_TO_0, TFTP_WRAP_TO_1 };

struct tftp {
    enum tftp_state state;
    const struct phone_ops *ops;
    void *ctx;                       /* for ops */
    transfer_sink *sink;
    void *sink_to;
    uint32_t server_ip;              /* network order */
    enum transfer_need need;
    uint16_t tid;                    /* server's port, host order; 0 until DATA 1 */
    uint16_t block;                  /* last block received and acknowledged */
    enum tftp_wrap wrap;
    uint64_t bytes;                  /* delivered to the sink */
    unsigned tries;                  /* timeouts in a row */
    unsigned breaks;                 /* times that the file was begun anew */
    bool anew;                       /* IDLE: it broke off, and may be */
    usec deadline;                   /* NEVER when idle */
    char name[128];
    char said[SAID_MAX_LEN];         /* what the server last said other than DATA, or empty: as
                                        status_server in contract.h */
};

void tftp_init(struct tftp *t, const struct phone_ops *ops, void *ctx);
/* Begins to read name (at most 127 bytes) from server_ip. An earlier transfer is dropped.
 * Returns 0 or a negative errno from tftp_open. */
int tftp_get(struct tftp *t, uint32_t server_ip, const char *name, enum transfer_need need,
             transfer_sink *sink, void *sink_to, usec now);
/* Whether the transfer that has just ended is begun anew, after a pause: it broke off in the
 * middle, and not too often. The sink then gets the file from its first byte. */
bool tftp_again(struct tftp *t, usec now);
/* Feeds a datagram that came to the transfer's port. Anything but TRANSFER_MORE and TRANSFER_LATER
 * ends the transfer and closes the port. TRANSFER_NOT_FOUND is ERROR 1 to the request. */
enum transfer_result tftp_datagram(struct tftp *t, struct addr from, const void *data, size_t len,
                                   usec now);
/* To be called when now >= t->deadline; ends like tftp_datagram. */
enum transfer_result tftp_timeout(struct tftp *t, usec now);
/* Drops the transfer, telling the server (ERROR 0) when a transfer id is known. */
void tftp_cancel(struct tftp *t);

#endif
