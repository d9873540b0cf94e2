/* unfit.h - a file that phones refuse, as a finding of what was done to it. */
#ifndef UNFIT_H
#define UNFIT_H

#include "netns/plan/inspection.h"
#include "netns/text/finding.h"

/* What refuses it, or only warns.
 *   LIST      a .loads
 *   FILE      a file that one lists
 *   CONFIG    a configuration file, whatever stands in it
 *   REFUSED   the same, for a value in it, by phones that take no other
 *   WARNED    a value that phones go on without
 *   NEEDED    the same, of a load, where the fleet file expects them to be upgraded */
enum unfit_file {
    UNFIT_LIST,
    UNFIT_FILE,
    UNFIT_CONFIG,
    UNFIT_REFUSED,
    UNFIT_WARNED,
    UNFIT_NEEDED,
    UNFIT_COUNT
};

/* why: one that the file's inspection has given; text: what there is to say before it; right: the
 * element to write in place of a value, or NULL for what the inspection took it to mean. */
void unfit_tell(struct findings *found, enum unfit_file what, const char *path,
                const struct inspected *file, const char *why, const char *text,
                const char *right);

#endif
