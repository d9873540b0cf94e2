/* sbn.c - checks the archive of a component without unpacking it. */
#include "emu/sbn.h"

#include <string.h>

#include "emu/cursor.h"

struct table {
    size_t names, content; /* offsets where they begin */
};

/* Adds up the records' sizes. The byte before the content is NUL, so a name that begins in the
 * table also ends there: no search per record, which hostile counts would make quadratic. */
static const char *read_records(struct cursor *c, const struct table *t, struct sbn *sbn)
{
    for (uint32_t i = 0; i < sbn->count; i++) {
        cursor_bytes(c, 8); /* type and flag */
        sbn->content_bytes += cursor_u32(c);
        cursor_u32(c); /* mtime */
        uint32_t name = cursor_u32(c);
        if (name < t->names || name >= t->content)
            return "archive name outside the name table";
    }
    return NULL;
}

const char *sbn_parse(const uint8_t *data, size_t len, struct sbn *out)
{
    struct cursor c = cursor(data, len);
    const uint8_t *header = cursor_bytes(&c, SBN_HEADER);
    if (!header || memcmp(header, SBN_MAGIC, SBN_MAGIC_LEN) != 0 ||
        memcmp(header + SBN_SECOND_MAGIC_AT, SBN_MAGIC, SBN_MAGIC_LEN) != 0)
        return "not an archive of the form " SBN_MAGIC;

    struct cursor numbers = cursor(header + SBN_COUNT_AT, 8);
    struct sbn sbn = {.count = cursor_u32(&numbers)};
    struct table t = {.content = cursor_u32(&numbers)};
    if (sbn.count == 0)
        return "archive without files";
    if (sbn.count > cursor_left(&c) / SBN_RECORD)
        return "archive shorter than its records";
    t.names = SBN_HEADER + (size_t)sbn.count * SBN_RECORD;
    if (t.content <= t.names || t.content > len)
        return "archive content begins outside";
    if (data[t.content - 1] != '\0')
        return "archive name without an end";

    const char *wrong = read_records(&c, &t, &sbn);
    if (wrong)
        return wrong;
    if (sbn.content_bytes != len - t.content)
        return "archive content is not as long as its records say";
    *out = sbn;
    return NULL;
}
