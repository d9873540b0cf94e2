/* dryrun.h - `--dry-run`: the plan, and what it will ask of the server; nothing is started. */
#ifndef DRYRUN_H
#define DRYRUN_H

#include "netns/plan/plan.h"

struct dryrun {
    const char *name; /* of the variant; NULL: the only one */
    const struct plan *plan;
};

/* Prints the plans on standard output, as tables or as JSON: of one, an object; of several, an
 * object of them by name. An exit code. */
int dryrun_print(const struct dryrun *runs, size_t count, bool json);

#endif
