/* loads.h - the index of a load: a signed envelope, then the list of its files.
 *
 * After the envelope: ASCII with CRLF line ends: comment lines that begin with '#'
 * ("#HARDWARE_COMP_1 1" on some models), an empty line, then one file name per line, some with
 * a trailing space.
 */
#ifndef LOADS_H
#define LOADS_H

#include "emu/core.h"

struct loads {
    size_t count;
    char file[SCREEN_BOXES][NAME_MAX_LEN];
};

/* Reads the list of a whole .loads file (envelope included; not authenticated here). NULL when
 * good; else what is wrong, a static string: no file named, too many (over SCREEN_BOXES), a
 * name with '/' or a byte that is not printable ASCII, with a leading dot ("..", hidden files)
 * or too long, the same name twice, the last line cut short
 * (no CRLF at the end: a truncated list). */
const char *loads_parse(const uint8_t *data, size_t len, struct loads *out);

/* Name of a load's index, "<load>.loads". */
void loads_index_name(const char *load, char out[NAME_MAX_LEN]);

#endif
