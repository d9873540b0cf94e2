/* builder.c - see builder.h. */
#include "emu/builder.h"

#include <string.h>

struct builder builder(void *buffer, size_t size)
{
    uint8_t *at = buffer;
    return (struct builder){.start = at, .at = at, .end = at + size};
}

size_t builder_len(const struct builder *b)
{
    return b->failed ? 0 : (size_t)(b->at - b->start);
}

void builder_bytes(struct builder *b, const void *data, size_t len)
{
    if (b->failed || (size_t)(b->end - b->at) < len) {
        b->failed = true;
        return;
    }
    if (len)
        memcpy(b->at, data, len);
    b->at += len;
}

static void put_big_endian(struct builder *b, uint64_t v, size_t len)
{
    uint8_t bytes[8];
    for (size_t i = len; i-- > 0; v >>= 8)
        bytes[i] = (uint8_t)v;
    builder_bytes(b, bytes, len);
}

void builder_u8(struct builder *b, uint8_t v)
{
    put_big_endian(b, v, 1);
}

void builder_u16(struct builder *b, uint16_t v)
{
    put_big_endian(b, v, 2);
}

void builder_u32(struct builder *b, uint32_t v)
{
    put_big_endian(b, v, 4);
}

void builder_u64(struct builder *b, uint64_t v)
{
    put_big_endian(b, v, 8);
}

void builder_le16(struct builder *b, uint16_t v)
{
    builder_u8(b, (uint8_t)v);
    builder_u8(b, (uint8_t)(v >> 8));
}

void builder_le32(struct builder *b, uint32_t v)
{
    builder_le16(b, (uint16_t)v);
    builder_le16(b, (uint16_t)(v >> 16));
}

void builder_zeros(struct builder *b, size_t len)
{
    while (len-- > 0 && !b->failed)
        builder_u8(b, 0);
}

void builder_string(struct builder *b, const char *s)
{
    size_t len = strlen(s);
    if (len > 255) {
        b->failed = true;
        return;
    }
    builder_u8(b, (uint8_t)len);
    builder_bytes(b, s, len);
}

void builder_cstring(struct builder *b, const char *s)
{
    builder_bytes(b, s, strlen(s) + 1);
}
