/* ownlimit.h - limits of this process and its children, not the host's. */
#ifndef OWNLIMIT_H
#define OWNLIMIT_H

#include <stddef.h>

/* Raises those on open files and locked memory to what so many phones need, or as far as may be:
 * it does no harm if they stay low. */
void ownlimit_raise(size_t phones);

#endif
