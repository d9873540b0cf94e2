/* archive.c - the layout stands in emu/core/sbn.h; the members and their contents are made up. */
#include "firmware-samples/archive.h"

#include <assert.h>
#include <string.h>

#include "emu/builder.h"
#include "emu/core/sbn.h"
#include "emu/random.h"

/* Uneven shares of the content, in 1/16; the raw image has the first. */
static const struct member {
    const char *name;
    uint32_t share;
} members[] = {
    {NULL, 3}, {"/synthetic/code", 6}, {"/synthetic/data", 5}, {"/synthetic/strings", 2}};
#define MEMBERS (sizeof members / sizeof *members)
#define FLAG    2u /* what the public packer writes for every file; what it means is not known */

const size_t archive_min = SBN_HEADER + MEMBERS * SBN_RECORD + 64 + 16;

/* FNV-1a, 64 bits. */
static uint64_t hash_text(const char *text)
{
    uint64_t h = 0xcbf29ce484222325;
    for (; *text; text++)
        h = (h ^ (uint8_t)*text) * 0x100000001b3;
    return h;
}

void archive_fill(uint8_t *out, size_t len, const char *seed)
{
    uint64_t state = hash_text(seed), word = 0;
    for (size_t i = 0; i < len; i++) {
        word = i % 8 ? word >> 8 : random_next(&state);
        out[i] = (uint8_t)word;
    }
}

/* Where names and contents begin, of an archive whose members begin with that one. */
struct layout {
    size_t first, names, content, padding;
};

static struct layout lay_out(size_t len, bool raw)
{
    struct layout at = {.first = raw ? 0 : 1, .padding = raw ? len % 2 : 0};
    at.names = at.content = SBN_HEADER + (MEMBERS - at.first) * SBN_RECORD;
    for (size_t i = 1; i < MEMBERS; i++)
        at.content += strlen(members[i].name) + 1;
    return at;
}

static void build_header(struct builder *b, const struct layout *at)
{
    static const uint8_t zeros[SBN_HEADER];
    builder_bytes(b, SBN_MAGIC, SBN_MAGIC_LEN);
    builder_bytes(b, zeros, SBN_COUNT_AT - SBN_MAGIC_LEN);
    builder_u32(b, (uint32_t)(MEMBERS - at->first));
    builder_u32(b, (uint32_t)at->content);
    builder_bytes(b, SBN_MAGIC, SBN_MAGIC_LEN);
    builder_bytes(b, zeros, SBN_HEADER - SBN_SECOND_MAGIC_AT - SBN_MAGIC_LEN);
}

static void build_records(struct builder *b, const struct layout *at, size_t content,
                          uint32_t mtime)
{
    uint32_t left = (uint32_t)content, name = (uint32_t)at->names;
    for (size_t i = at->first; i < MEMBERS; i++) {
        const struct member *m = &members[i];
        uint32_t size = i + 1 < MEMBERS ? (uint32_t)(content / 16) * m->share : left;
        left -= size;
        builder_u32(b, m->name ? SBN_FILE : SBN_RAW);
        builder_u32(b, FLAG);
        builder_u32(b, size);
        builder_u32(b, mtime);
        builder_u32(b, m->name ? name : 0);
        name += m->name ? (uint32_t)strlen(m->name) + 1 : 0;
    }
}

void archive_build(uint8_t *out, size_t len, const char *seed, uint32_t mtime, bool raw)
{
    assert(len >= archive_min);
    struct layout at = lay_out(len, raw);
    size_t content = len - at.content - at.padding;
    struct builder b = builder(out, len);
    build_header(&b, &at);
    build_records(&b, &at, content, mtime);
    for (size_t i = 1; i < MEMBERS; i++)
        builder_bytes(&b, members[i].name, strlen(members[i].name) + 1);
    assert(builder_len(&b) == at.content && at.content + 16 <= archive_min);
    archive_fill(out + at.content, content, seed);
    memset(out + len - at.padding, 0, at.padding);
}
