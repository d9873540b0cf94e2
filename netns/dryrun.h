/* dryrun.h - `--dry-run`: the plan, and what it will ask of the server; nothing is started. */
#ifndef DRYRUN_H
#define DRYRUN_H

#include "netns/plan.h"

/* Prints the plans on standard output, as tables or as JSON: of one, an object; of several, an
 * object of them by mode. An exit code. */
int dryrun_print(struct plan *const *plans, size_t count, bool json);

#endif
