/* planload.h - which load each phone is to run. */
#ifndef PLANLOAD_H
#define PLANLOAD_H

#include "netns/plan.h"

/* Sets the loads of a group's phones, from its first on. */
void planload_set(const struct tree *tree, size_t group, struct plan_phone *phones,
                  struct findings *found);

#endif
