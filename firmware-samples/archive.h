/* archive.h - builds the "CNU_File_Archive_3.0" inside a component. */
#ifndef ARCHIVE_H
#define ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Smallest archive that can be built: its header, records and names, and some bytes a member. */
extern const size_t archive_min;

/* Fills all len bytes (archive_min at least) at out. The members' contents are pseudo-random
 * and depend on seed and len alone, on any machine. raw: as in a cnu*, the first member is an image
 * without a name, and a byte of padding makes an odd length even. */
void archive_build(uint8_t *out, size_t len, const char *seed, uint32_t mtime, bool raw);

/* The same for an image that is no archive: nothing but such bytes. */
void archive_fill(uint8_t *out, size_t len, const char *seed);

#endif
