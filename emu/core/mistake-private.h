/* mistake-private.h - what the parts of mistake.h share: mistake.c of firmware, mistake_config.c of
 * markup, mistake_value.c of values.
 */
#ifndef MISTAKE_PRIVATE_H
#define MISTAKE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mistake;

/* Whether the file is another than it should be: empty, packed, or a web page. */
bool mistake_in_transit(const uint8_t *data, size_t len, struct mistake *out);

/* A configuration file, and a place in it. */
struct view {
    const char *name; /* of the file */
    const uint8_t *data;
    size_t len;
    size_t at; /* the parser's place; len where it has said none */
};

/* A piece of the file. */
struct piece {
    const uint8_t *at;
    size_t len;
};

/* Into a field that has room for it; else nothing. */
void piece_copy(char *out, size_t size, struct piece p);
#define COPY(field, p) piece_copy(field, sizeof(field), p)

/* The name that stands there; maybe of no characters. */
struct piece view_name(const struct view *v, size_t at);
/* The end of a tag that begins there, behind quoted attributes; len when it has none. */
size_t view_tag_end(const struct view *v, size_t at);
/* Length of the UTF-8 character there, 0: it is none. */
size_t view_character(const struct view *v, size_t at, uint32_t *code);

/* Of elements that phones read, at whose end the place is; false when it is none of them: a value
 * that they cannot use, a host name, one that they do not read there, or that another one
 * takes over from. */
bool mistake_in_value(const struct view *v, struct mistake *m);
bool mistake_in_host(const struct view *v, struct mistake *m);
bool mistake_in_unread(const struct view *v, struct mistake *m);
bool mistake_in_twice(const struct view *v, struct mistake *m);

#endif
