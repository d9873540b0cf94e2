/* lint.h - `fleet lint`: what would go wrong with a fleet and its TFTP root, before any phone
 * starts.
 */
#ifndef LINT_H
#define LINT_H

#include "netns/plan/plan.h"

/* Everything that is found, the plan's own refusals included. Nothing is created or changed. */
void lint_find(const struct fleet *fleet, struct findings *found);

/* Prints what was found on standard output: 0 when nothing would go wrong, else 1. */
int lint_print(const struct findings *found, bool json);

/* What a switch port may hold against a fleet that is part of a real network; no more than plan is
 * needed. */
void lint_uplink(const struct plan *plan, struct findings *found);

#endif
