/* hostcheck.h - what this host can and cannot do for a fleet. Nothing is changed by asking. */
#ifndef HOSTCHECK_H
#define HOSTCHECK_H

#include <stdbool.h>
#include <stddef.h>

/* The verb `check`: a table on standard output, or JSON. 0, or 3 when something needed lacks. */
int hostcheck_print(bool json);
/* Before a run: a line on standard error, with its remedy, for each needed thing that lacks, and
 * for each limit that so many phones would pass. 0, or 3 when something needed lacks. */
int hostcheck_require(size_t phones);

#endif
