/* stream.h - bytes of a TCP connection, in any split, become frames. */
#ifndef SCCP_STREAM_H
#define SCCP_STREAM_H

#include "emu/cursor.h"
#include "emu/sccp/message.h"

/* The beginning of a frame; all zero: nothing yet. */
struct sccp_stream {
    uint32_t len;
    uint8_t bytes[SCCP_FRAME_MAX];
};

enum sccp_read { SCCP_MORE, SCCP_MESSAGE, SCCP_BAD };
/* Takes the next frame off *data, which is advanced. SCCP_MESSAGE fills *msg, whose rest holds
 * until the next call; SCCP_BAD fills *why: nothing that follows can be read. To be called until
 * SCCP_MORE, while the connection stands. */
enum sccp_read sccp_next(struct sccp_stream *s, struct cursor *data, struct sccp_msg *msg,
                         const char **why);

#endif
