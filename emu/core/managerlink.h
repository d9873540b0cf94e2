/* managerlink.h - one TCP connection to a call manager: bytes out, in order, as the carrier takes
 * them. What is sent before waits here; what has no room is not sent, which is said.
 */
#ifndef MANAGERLINK_H
#define MANAGERLINK_H

#include "emu/core/kit.h"
#include "emu/sccp/stream.h"

#define MANAGERLINK_ROOM 3072 /* bytes; all that a phone says of itself has some 2,300 */

/*   CLOSED      no connection; `to` is with whom there was one
 *   CONNECTING  asked for; nothing may be sent
 *   OPEN        both ways */
enum managerlink_state { MANAGERLINK_CLOSED, MANAGERLINK_CONNECTING, MANAGERLINK_OPEN };

struct managerlink {
    enum managerlink_state state;
    int conn;         /* enum conn */
    struct addr to;
    uint32_t out_len; /* bytes of out, of which the carrier has the first `leaving` */
    uint32_t leaving;
    struct sccp_stream in;
    uint8_t out[MANAGERLINK_ROOM];
};

void managerlink_connect(const struct kit *k, struct managerlink *l, struct addr to);
void managerlink_connected(struct managerlink *l);
/* Closes; what was sent and has been taken still goes out. */
void managerlink_close(const struct kit *k, struct managerlink *l);
/* The other end has closed it, or it has failed. */
void managerlink_gone(struct managerlink *l);
/* False: there is no room, or it is not open. */
bool managerlink_send(const struct kit *k, struct managerlink *l, const struct sccp_msg *msg);
/* The carrier is free again. */
void managerlink_sent(const struct kit *k, struct managerlink *l);

#endif
