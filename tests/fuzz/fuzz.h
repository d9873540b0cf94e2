/* fuzz.h - what the harnesses share.
 *
 * A harness feeds one decoder with whatever libFuzzer makes up and asks more of it than not to
 * crash: what is accepted must obey the rules of the decoder's header, and survive the way back;
 * what is refused must leave no trace. `make fuzz` runs them, `tests/check.sh fuzz` a little.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "emu/core/core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ends the run as a finding, with what did not hold. */
#define must(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            dprintf(2, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);              \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy of exactly that many bytes, so that a read past their end is seen. */
static inline uint8_t *fuzz_copy(const void *data, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    must(copy);
    if (len)
        memcpy(copy, data, len);
    return copy;
}

/* Ways to cut a stream into pieces: whole, byte by byte, and by the stream's own hash, so that
 * with every input come other cuts, and the same input always has the same. */
enum fuzz_cut { CUT_WHOLE, CUT_BYTES, CUT_RANDOM, CUT_SMALL, CUT_COUNT };

static inline uint32_t fuzz_hash(uint32_t hash, const void *data, size_t len)
{
    const uint8_t *at = data;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ at[i]) * 16777619u;
    return hash;
}

/* The length of the next piece, from 1 to left. */
static inline size_t fuzz_piece(enum fuzz_cut cut, uint32_t *random, size_t left)
{
    *random = *random * 1664525u + 1013904223u;
    size_t most = left;
    switch (cut) {
    case CUT_BYTES:
        return 1;
    case CUT_SMALL:
        most = left < 40 ? left : 40;
        return 1 + (*random >> 8) % most;
    case CUT_RANDOM:
        return 1 + (*random >> 8) % most;
    case CUT_WHOLE:
    case CUT_COUNT:
        break;
    }
    return left;
}

/* The rule for file names, written down a second time: printable ASCII, no '/', no dot in front. */
static inline bool fuzz_plain_name(const char *name, size_t size)
{
    size_t len = strnlen(name, size);
    bool plain = len > 0 && len < size && name[0] != '.';
    for (size_t i = 0; i < len; i++)
        plain = plain && name[i] >= 0x20 && name[i] <= 0x7e && name[i] != '/';
    return plain;
}

#endif
