/* planload.h - which load each phone is to run. */
#ifndef PLANLOAD_H
#define PLANLOAD_H

#include "netns/plan/plan.h"
#include "netns/plan/stock.h"

/* Whether a load may be given to phones of a model; false after a finding with the path's place: it
 * is another model's, or the root has none of that name. */
bool planload_fits(const struct stock *stock, const char *path, const char *load,
                   const struct phone_model *model, struct findings *found);
/* Sets the loads of a group's phones, from its first on. */
void planload_set(const struct stock *stock, size_t group, struct plan_phone *phones,
                  struct findings *found);

#endif
