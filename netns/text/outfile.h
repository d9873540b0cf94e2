/* outfile.h - files written whole or not at all, and text made safe for mark-up. */
#ifndef OUTFILE_H
#define OUTFILE_H

#include <stdio.h>

/* Writes all of a file about of (what it is, each body says). 0 or a negative errno. */
typedef int outfile_body(FILE *out, const void *of);

/* Writes dir/name (name alone when dir is NULL) by body. 0, or a negative errno after a message
 * that names the file; then what was written of it is removed. */
int outfile_write(const char *dir, const char *name, outfile_body *body, const void *of);

/* Text for XML and HTML, in contents and attributes alike: mark-up characters escaped; what is no
 * character of XML 1.0, or no UTF-8, as text.h says. */
void outfile_escaped(FILE *out, const char *text);

#endif
