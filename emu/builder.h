/* builder.h - the only way to build bytes for outside. One that has run out of room stays failed;
 * nothing is ever written past its end.
 */
#ifndef BUILDER_H
#define BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct builder {
    uint8_t *start, *at, *end;
    bool failed;
};

struct builder builder(void *buffer, size_t size);
/* Bytes built so far; 0 when it has failed. */
size_t builder_len(const struct builder *b);
void builder_u8(struct builder *b, uint8_t v);
void builder_u16(struct builder *b, uint16_t v);
void builder_u32(struct builder *b, uint32_t v);
void builder_u64(struct builder *b, uint64_t v);
/* Little-endian ones. */
void builder_le16(struct builder *b, uint16_t v);
void builder_le32(struct builder *b, uint32_t v);
void builder_zeros(struct builder *b, size_t len);
void builder_bytes(struct builder *b, const void *data, size_t len);
/* u8 length and the bytes; fails when longer than 255. */
void builder_string(struct builder *b, const char *s);
/* The bytes of s and a NUL. */
void builder_cstring(struct builder *b, const char *s);

#endif
