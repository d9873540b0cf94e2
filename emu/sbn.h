/* sbn.h - the archive inside a .sbn: "CNU_File_Archive_3.0".
 *
 * 584-byte header (magic, 28 zero bytes, u32 count at 0x30, u32 content offset at 0x34, magic
 * again at 0x38, zeros), count records of 20 bytes {u32 type, flag, size, mtime, name offset},
 * names, contents. Big-endian; offsets count from the start of the archive.
 */
#ifndef SBN_H
#define SBN_H

#include "emu/core.h"

#define SBN_MAGIC           "CNU_File_Archive_3.0"
#define SBN_MAGIC_LEN       20
#define SBN_COUNT_AT        0x30 /* then the content offset */
#define SBN_SECOND_MAGIC_AT 0x38
#define SBN_HEADER          584u
#define SBN_RECORD          20u

struct sbn {
    uint32_t count;          /* files in the archive */
    uint64_t content_bytes;  /* their sizes together */
};

/* Checks the archive that starts at data (after the envelope). NULL when good; else what is
 * wrong, a static string. Every record must lie inside, every name end inside the name table,
 * the sizes together fill the content exactly; an archive without files is refused. */
const char *sbn_parse(const uint8_t *data, size_t len, struct sbn *out);

#endif
