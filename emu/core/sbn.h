/* sbn.h - the archive inside a .sbn: "CNU_File_Archive_3.0".
 *
 * 584-byte header (magic, 28 zero bytes, u32 count at 0x30, u32 content offset at 0x34, magic
 * again at 0x38, zeros), count records of 20 bytes {u32 type, flag, size, mtime, name offset},
 * names, contents. Big-endian; offsets count from the start of the archive.
 *
 * Two descriptions are public, of a packer (fpu.pl of cnu-fpu) and of a reader (a pattern for a
 * hex editor). By both, not every file has a name: the packer writes a raw image as type 6 with
 * name offset 0, any other file as type 7. Every cnu* has such an image.
 */
#ifndef SBN_H
#define SBN_H

#include "emu/core/core.h"

#define SBN_MAGIC           "CNU_File_Archive_3.0"
#define SBN_MAGIC_LEN       20
#define SBN_COUNT_AT        0x30 /* then the content offset */
#define SBN_SECOND_MAGIC_AT 0x38
#define SBN_HEADER          584u
#define SBN_RECORD          20u
#define SBN_RAW             6u /* type of a raw image, which has no name */
#define SBN_FILE            7u
/* Bytes that may stand after the last content. Seen is one (in cnu45 and cnu75 of 9-4-2SR4-3); our
 * bound is what fills up to a multiple of 4, as envelopes are. What they hold is not known. */
#define SBN_PADDING         3u

struct sbn {
    uint32_t count;          /* files in the archive */
    uint32_t nameless;       /* of them */
    uint64_t content_bytes;  /* their sizes together */
    size_t padding;          /* bytes after the last content */
};

/* Checks the archive that starts at data (after the envelope). NULL when good; else what is
 * wrong, a static string. Every record must lie inside, every name begin and end inside the name
 * table (only a raw image may have none), the sizes together fill the content but for SBN_PADDING
 * bytes at most; an archive without files is refused. */
const char *sbn_parse(const uint8_t *data, size_t len, struct sbn *out);

#endif
