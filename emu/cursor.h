/* cursor.h - the only way to read bytes from outside.
 *
 * A cursor that has failed stays failed, returns zeros and changes nothing more, so that a
 * decoder reads all its fields and asks once at the end.
 */
#ifndef CURSOR_H
#define CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor {
    const uint8_t *at, *end;
    bool failed;
};

struct cursor cursor(const void *data, size_t len);
size_t cursor_left(const struct cursor *c);
/* Big-endian unsigned integers. */
uint8_t cursor_u8(struct cursor *c);
uint16_t cursor_u16(struct cursor *c);
uint32_t cursor_u32(struct cursor *c);
uint64_t cursor_u64(struct cursor *c);
/* Little-endian ones. */
uint16_t cursor_le16(struct cursor *c);
uint32_t cursor_le32(struct cursor *c);
/* The next len bytes, in place, or NULL when fewer are left. */
const uint8_t *cursor_bytes(struct cursor *c, size_t len);
/* The same, into out; untouched when fewer are left. */
void cursor_copy(struct cursor *c, void *out, size_t len);
/* A string up to its NUL, in place and with the NUL consumed; NULL when none is left. */
const char *cursor_cstring(struct cursor *c);
/* A u8 length and that many bytes, into out (size incl. NUL); fails on an embedded NUL or when
 * it does not fit. */
void cursor_string(struct cursor *c, char *out, size_t size);
/* A cursor over the next len bytes, which are consumed; failed when fewer are left. */
struct cursor cursor_sub(struct cursor *c, size_t len);

/* Text from outside: one or more printable ASCII characters, space included. */
bool cursor_is_text(const char *s);
/* The same, and fit to name a file in a flat directory: no '/', no leading '.'. */
bool cursor_is_file_name(const char *s);

#endif
