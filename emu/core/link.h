/* link.h - one TCP connection on port 4051, as a stream of wire messages.
 *
 * Receiving: bytes in any split become whole messages; the payload of DATA is passed on in
 * place, as it comes. Sending: the carrier takes one thing at a time; a message that comes while it
 * is busy waits in a one-place queue, where a later one replaces it (FILE, DONE and GOODBYE come
 * after ALIVE and never before one, so that what is replaced has lost its meaning). DATA waits
 * for the carrier instead.
 */
#ifndef LINK_H
#define LINK_H

#include "emu/cursor.h"
#include "emu/core/kit.h"
#include "emu/core/wire.h"

/*   CLOSED      no connection; all fields zero, but for whom there was one with when it has gone.
 *   CONNECTING  tcp_connect asked for; nothing may be sent.
 *   OPEN        both ways. */
enum link_state { LINK_CLOSED, LINK_CONNECTING, LINK_OPEN, LINK_STATE_COUNT };

struct link {
    enum link_state state;
    int conn;              /* enum conn */
    uint32_t ip;           /* of the other end, network order */
    bool busy;             /* the carrier has something of ours */
    uint16_t queued_len;
    uint8_t queued[WIRE_MAX]; /* encoded message that waits for the carrier */
    uint16_t rx_len;
    uint32_t payload_left; /* of the DATA being received */
    uint8_t rx[WIRE_MAX];  /* the beginning of a message */
};

/* Ours to somebody, which then stands; somebody's to us. */
void link_connect(const struct kit *k, struct link *l, uint32_t ip);
void link_connected(struct link *l);
void link_accepted(struct link *l, uint32_t ip);
/* The connection goes on as another, which is closed. */
void link_move(const struct kit *k, struct link *from, struct link *to);
void link_close(const struct kit *k, struct link *l);
/* The other end has closed it, or it has failed. */
void link_gone(struct link *l);

/* Sends a message; body (a part of a mapped file) only with DATA and only when not busy. */
void link_send(const struct kit *k, struct link *l, const struct wire_msg *msg, const void *body,
               size_t body_len);
/* The carrier is free again: sends what is queued. */
void link_sent(const struct kit *k, struct link *l);

/* What was read next off a stream: a message, a piece of a payload, neither yet, or nonsense. */
enum link_read { LINK_MORE, LINK_MESSAGE, LINK_PAYLOAD, LINK_BAD };
/* Takes the next unit off *data, which is advanced. LINK_MESSAGE fills *msg; LINK_PAYLOAD fills
 * *payload; LINK_BAD fills *why. To be called until LINK_MORE, while the link stays open. */
enum link_read link_next(struct link *l, struct cursor *data, struct wire_msg *msg,
                         struct cursor *payload, const char **why);

#endif
