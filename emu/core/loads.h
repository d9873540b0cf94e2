/* loads.h - the index of a load: a signed envelope, then the list of its files.
 *
 * After the envelope ASCII lines, in one of two forms:
 *
 *   third generation    lines end in CRLF: comments that begin with '#' ("#HARDWARE_COMP_1 1" on
 *                       some models), an empty line, then one file name per line, some with a
 *                       trailing space
 *   7940 and 7960       lines end in LF alone: the file names, then "LA_VERSION=...". All public
 *                       ones are so, 458 bytes with the envelope
 *
 * A line KEY=VALUE (KEY: capitals, digits, underscores) is no file in either form. That it is the
 * last one is what shows that a list of the second form is whole; one without is refused, and with
 * it a list of the first form that has lost its CRs on the way.
 */
#ifndef LOADS_H
#define LOADS_H

#include "emu/core/core.h"

struct loads {
    size_t count;
    char file[SCREEN_BOXES][NAME_MAX_LEN];
};

/* Reads the list of a whole .loads file (envelope included; not authenticated here). NULL when
 * good; else what is wrong, a static string: no file named, too many (over SCREEN_BOXES), a
 * name with '/' or a byte that is not printable ASCII, with a leading dot ("..", hidden files)
 * or too long, the same name twice, lines of both forms, the last line cut short, or the last line
 * of the second form missing (a truncated list). */
const char *loads_parse(const uint8_t *data, size_t len, struct loads *out);

/* Name of a load's index, "<load>.loads". */
void loads_index_name(const char *load, char out[NAME_MAX_LEN]);

#endif
