/* outfile.h - files written whole or not at all, and text made safe for mark-up. */
#ifndef OUTFILE_H
#define OUTFILE_H

#include <stdio.h>

/* Writes all of a file about of (what it is, each body says). 0 or a negative errno. */
typedef int outfile_body(FILE *out, const void *of);

/* Writes dir/name (name alone when dir is NULL) by body. 0, or a negative errno after a message
 * that names the file; then what was written of it is removed. */
int outfile_write(const char *dir, const char *name, outfile_body *body, const void *of);
/* Removes such a file again; what is no file stays. */
void outfile_remove(const char *dir, const char *name);
/* Of a negative errno: the same where it is the disk that takes no more, which is a loss, or 0. */
int outfile_lost(int err);
/* Has the disk take what was written to a file, wherever that still is. 0, or the negative errno
 * for which it does not: a network's disk, or one that promises more than it has, says so no
 * earlier. */
int outfile_keep(int fd);

/* Text for XML and HTML, in contents and attributes alike: mark-up characters escaped; what is no
 * character of XML 1.0, or no UTF-8, as text.h says. */
void outfile_escaped(FILE *out, const char *text);

#endif
