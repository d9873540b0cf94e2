/* cursor.c - bounded reading; the invariants stand in cursor.h. */
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

void cursor_copy(struct cursor *c, void *out, size_t len)
{
    const uint8_t *at = cursor_bytes(c, len);
    if (at)
        memcpy(out, at, len);
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

static uint32_t little_endian(struct cursor *c, size_t len)
{
    const uint8_t *at = cursor_bytes(c, len);
    uint32_t v = 0;
    for (size_t i = len; at && i-- > 0;)
        v = v << 8 | at[i];
    return v;
}

uint16_t cursor_le16(struct cursor *c)
{
    return (uint16_t)little_endian(c, 2);
}

uint32_t cursor_le32(struct cursor *c)
{
    return little_endian(c, 4);
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

bool cursor_is_text(const char *s)
{
    for (const char *c = s; *c; c++)
        if (*c < ' ' || *c > '~')
            return false;
    return *s != '\0';
}

bool cursor_is_file_name(const char *s)
{
    return cursor_is_text(s) && *s != '.' && !strchr(s, '/');
}
