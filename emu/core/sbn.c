/* sbn.c - checks the archive of a component without unpacking it. */
#include "emu/core/sbn.h"

#include <string.h>

#include "emu/cursor.h"

struct table {
    size_t names, content; /* offsets where they begin */
};

/* Whether a name begins inside the table. The byte before the content is NUL, so it also ends
 * there: no search per record, which hostile counts would make quadratic. */
static bool has_name(const struct table *t, uint32_t name)
{
    return name >= t->names && name < t->content;
}

/* Adds up the records' sizes. */
static const char *read_records(struct cursor *c, const struct table *t, struct sbn *sbn)
{
    for (uint32_t i = 0; i < sbn->count; i++) {
        uint32_t type = cursor_u32(c);
        cursor_u32(c); /* flag */
        sbn->content_bytes += cursor_u32(c);
        cursor_u32(c); /* mtime */
        uint32_t name = cursor_u32(c);
        bool nameless = type == SBN_RAW && name == 0;
        if (!nameless && !has_name(t, name))
            return "archive name outside the name table";
        sbn->nameless += nameless;
    }
    return NULL;
}

/* Where the table ends; it may be empty, when no record has a name. */
static const char *check_table(const uint8_t *data, size_t len, const struct table *t)
{
    if (t->content < t->names || t->content > len)
        return "archive content begins outside";
    if (t->content > t->names && data[t->content - 1] != '\0')
        return "archive name without an end";
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
    const char *wrong = check_table(data, len, &t);
    if (!wrong)
        wrong = read_records(&c, &t, &sbn);
    if (wrong)
        return wrong;
    size_t content = len - t.content;
    if (sbn.content_bytes > content || content - sbn.content_bytes > SBN_PADDING)
        return "archive content is not as long as its records say";
    sbn.padding = content - (size_t)sbn.content_bytes;
    *out = sbn;
    return NULL;
}
