/* stream.c - see stream.h. */
#include "emu/sccp/stream.h"

#include <string.h>

/* Moves bytes from *data until it holds want of them. */
static bool gather(struct sccp_stream *s, struct cursor *data, size_t want)
{
    size_t left = cursor_left(data);
    size_t take = s->len >= want ? 0 : want - s->len < left ? want - s->len : left;
    if (take)
        memcpy(s->bytes + s->len, cursor_bytes(data, take), take);
    s->len += (uint32_t)take;
    return s->len >= want;
}

enum sccp_read sccp_next(struct sccp_stream *s, struct cursor *data, struct sccp_msg *msg,
                         const char **why)
{
    if (!gather(s, data, sizeof(uint32_t)))
        return SCCP_MORE;
    int64_t size = sccp_frame_size(s->bytes, s->len);
    *why = "a length that no message has";
    if (size < 0)
        return SCCP_BAD;
    if (!gather(s, data, (size_t)size))
        return SCCP_MORE;
    s->len = 0;
    *why = sccp_decode(s->bytes, (size_t)size, msg);
    return *why ? SCCP_BAD : SCCP_MESSAGE;
}
