/* cursor.c - bounded reading and building; the invariants stand in cursor.h. */
#include "emu/cursor.h"

#include <string.h>

struct cursor cursor(const void *data, size_t len)
{
    const uint8_t *at = data;
    return (struct cursor){.at = at, .end = at + len};
}

size_t cursor_left(const struct cursor *c)
{
    return c->failed ? 0 : (size_t)(c->end - c->at);
}

const uint8_t *cursor_bytes(struct cursor *c, size_t len)
{
    if (cursor_left(c) < len || c->failed) {
        c->failed = true;
        return NULL;
    }
    const uint8_t *at = c->at;
    c->at += len;
    return at;
}

static uint64_t big_endian(struct cursor *c, size_t len)
{
    const uint8_t *at = cursor_bytes(c, len);
    uint64_t v = 0;
    for (size_t i = 0; at && i < len; i++)
        v = v << 8 | at[i];
    return v;
}

uint8_t cursor_u8(struct cursor *c)
{
    return (uint8_t)big_endian(c, 1);
}

uint16_t cursor_u16(struct cursor *c)
{
    return (uint16_t)big_endian(c, 2);
}

uint32_t cursor_u32(struct cursor *c)
{
    return (uint32_t)big_endian(c, 4);
}

uint64_t cursor_u64(struct cursor *c)
{
    return big_endian(c, 8);
}

const char *cursor_cstring(struct cursor *c)
{
    const uint8_t *nul = cursor_left(c) ? memchr(c->at, 0, cursor_left(c)) : NULL;
    if (!nul) {
        c->failed = true;
        return NULL;
    }
    return (const char *)cursor_bytes(c, (size_t)(nul - c->at) + 1);
}

void cursor_string(struct cursor *c, char *out, size_t size)
{
    size_t len = cursor_u8(c);
    const uint8_t *at = cursor_bytes(c, len);
    if (!at || len >= size || memchr(at, 0, len)) {
        c->failed = true;
        len = 0;
    } else {
        memcpy(out, at, len);
    }
    if (size)
        out[len] = '\0';
}

struct cursor cursor_sub(struct cursor *c, size_t len)
{
    const uint8_t *at = cursor_bytes(c, len);
    return at ? cursor(at, len) : (struct cursor){.failed = true};
}

bool text_printable(const char *s)
{
    for (const char *c = s; *c; c++)
        if (*c < ' ' || *c > '~')
            return false;
    return *s != '\0';
}

bool text_file_name(const char *s)
{
    return text_printable(s) && *s != '.' && !strchr(s, '/');
}

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
