/* plansharing.h - peer firmware sharing that cannot be, or is nowhere. */
#ifndef PLANSHARING_H
#define PLANSHARING_H

#include "netns/plan/plan.h"

/* Of a plan whose phones are known. */
void plansharing_check(const struct plan *plan, struct findings *found);

#endif
