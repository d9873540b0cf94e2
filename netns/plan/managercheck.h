/* managercheck.h - whether phones are told of the call manager that they are to register with. */
#ifndef MANAGERCHECK_H
#define MANAGERCHECK_H

#include "netns/plan/inspection.h"
#include "netns/plan/plan.h"
#include "netns/text/finding.h"

/* What a configuration file of the user's says to a phone that reads it, if the fleet has a call
 * manager. That a host name is none is told already, as what it is. */
void managercheck_file(const struct plan *plan, const struct plan_phone *phone, const char *path,
                       const struct inspected *file, struct findings *found);
/* Phones that are expected to register, in a fleet without a call manager. */
void managercheck_plan(const struct plan *plan, struct findings *found);

#endif
