/* meant.h - whom a selector means, among the phones of a plan. */
#ifndef MEANT_H
#define MEANT_H

#include "netns/fleet/expect.h"
#include "netns/fleet/selector.h"
#include "netns/plan/plan.h"

/* NULL, or why it can never mean a phone of this plan; static storage. */
const char *meant_misfit(const struct selector *s, const struct plan *plan);
/* Whom it means now: indices in plan->phones, ascending, into out (room for plan->count); how
 * many. Records and barred are per phone; random is the state of a sequence of emu/random.h. */
size_t meant_resolve(const struct selector *s, const struct plan *plan,
                     const struct phone_status *status, const bool *barred, uint64_t *random,
                     uint32_t *out);

/* Whether some wish of that kind is that all whom it means are so, in the plan's mode, and means
 * this phone. */
bool meant_expected(const struct plan *plan, const struct plan_phone *phone,
                    enum expect_kind kind);

/* Mistakes of the faults and wishes of the plan's fleet, said at their places: phones and models
 * that it does not have. How many. */
unsigned meant_check(const struct plan *plan);

#endif
