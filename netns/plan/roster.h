/* roster.h - finds a phone of the plan by its device name or its address. */
#ifndef ROSTER_H
#define ROSTER_H

#include "netns/plan/plan.h"

struct roster;
struct roster *roster_new(const struct plan *plan);
void roster_free(struct roster *r);
/* Index in plan->phones, or -1. */
long roster_by_name(const struct roster *r, const char *name);
long roster_by_ip(const struct roster *r, uint32_t ip); /* network order */

long roster_by_mac(const struct roster *r, const uint8_t mac[6]);

#endif
