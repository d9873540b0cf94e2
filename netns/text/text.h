/* text.h - names as they are shown and written down, whatever bytes they hold.
 *
 * A path, the name of a file or a text of the fleet file may hold any byte but NUL: line feeds,
 * what a terminal would obey, bytes that are no UTF-8. One rule for all of them, wherever a name
 * leaves the program: a byte that cannot stand where it goes is written as \xNN, all else as it is.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Where a text goes.
 *   LINE  a line for people, on a terminal or in a log: no control character at all, nor what
 *         breaks the line or turns the direction of writing
 *   JSON  a string of JSON, which has escapes of its own for the first 32
 *   XML   XML 1.0 and HTML: tabs and line feeds stay */
enum text_for { TEXT_LINE, TEXT_JSON, TEXT_XML };

/* Length of the character at p that may stand there, or 0: then the byte is to be escaped. */
size_t text_char(const char *p, enum text_for where);
/* Writes it by the rule. */
void text_put(FILE *out, const char *text, enum text_for where);
/* The same as a string to be freed; memory that is lacking ends the program. */
char *text_of(const char *text, enum text_for where);
/* A line of its own, by the rule for LINE: what the format and its arguments hold, but for the end
 * that it is given. */
void text_line(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
