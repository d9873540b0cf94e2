/* archive.c - the layout stands in emu/sbn.h; the members and their contents are made up. */
#include "firmware-samples/archive.h"

#include <assert.h>
#include <string.h>

#include "emu/cursor.h"
#include "emu/sbn.h"

/* Uneven shares of the content, in 1/16. */
static const struct member {
    const char name[20];
    uint32_t share;
} members[] = {{"synthetic/code", 9}, {"synthetic/data", 5}, {"synthetic/strings", 2}};
#define MEMBERS (sizeof members / sizeof *members)

#define NAMES_AT   (SBN_HEADER + MEMBERS * SBN_RECORD)
#define CONTENT_AT (NAMES_AT + MEMBERS * sizeof members->name)

const size_t archive_min = CONTENT_AT + 16;

/* FNV-1a, 64 bits. */
static uint64_t hash_text(const char *text)
{
    uint64_t h = 0xcbf29ce484222325;
    for (; *text; text++)
        h = (h ^ (uint8_t)*text) * 0x100000001b3;
    return h;
}

/* SplitMix64: every state a new one, any seed good. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static void fill_random(uint8_t *out, size_t len, const char *seed)
{
    uint64_t state = hash_text(seed), word = 0;
    for (size_t i = 0; i < len; i++) {
        word = i % 8 ? word >> 8 : next_random(&state);
        out[i] = (uint8_t)word;
    }
}

static void build_header(struct builder *b)
{
    static const uint8_t zeros[SBN_HEADER];
    builder_bytes(b, SBN_MAGIC, SBN_MAGIC_LEN);
    builder_bytes(b, zeros, SBN_COUNT_AT - SBN_MAGIC_LEN);
    builder_u32(b, MEMBERS);
    builder_u32(b, CONTENT_AT);
    builder_bytes(b, SBN_MAGIC, SBN_MAGIC_LEN);
    builder_bytes(b, zeros, SBN_HEADER - SBN_SECOND_MAGIC_AT - SBN_MAGIC_LEN);
}

static void build_records(struct builder *b, size_t content, uint32_t mtime)
{
    uint32_t left = (uint32_t)content;
    for (size_t i = 0; i < MEMBERS; i++) {
        uint32_t size = i + 1 < MEMBERS ? (uint32_t)(content / 16) * members[i].share : left;
        left -= size;
        builder_u32(b, 1); /* type */
        builder_u32(b, 0); /* flag */
        builder_u32(b, size);
        builder_u32(b, mtime);
        builder_u32(b, (uint32_t)(NAMES_AT + i * sizeof members->name));
    }
}

void archive_build(uint8_t *out, size_t len, const char *seed, uint32_t mtime)
{
    assert(len >= archive_min);
    struct builder b = builder(out, len);
    build_header(&b);
    build_records(&b, len - CONTENT_AT, mtime);
    for (size_t i = 0; i < MEMBERS; i++)
        builder_bytes(&b, members[i].name, sizeof members->name);
    assert(builder_len(&b) == CONTENT_AT);
    fill_random(out + CONTENT_AT, len - CONTENT_AT, seed);
}
