/* macs.c - see macs.h. */
#include "netns/macs.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

struct holder {
    uint64_t mac;
    size_t phone; /* or the plan's count: the gateway */
};

/* By the last four bytes first: phones know each other by them. */
static int by_mac(const void *a, const void *b)
{
    const struct holder *x = a, *y = b;
    uint32_t low[] = {(uint32_t)x->mac, (uint32_t)y->mac};
    if (low[0] != low[1])
        return low[0] < low[1] ? -1 : 1;
    return x->phone < y->phone ? -1 : x->phone > y->phone;
}

static void clash(const struct plan *plan, const struct holder *a, const struct holder *b,
                  struct findings *found)
{
    const struct plan_phone *first = &plan->phones[a->phone];
    bool gateway = b->phone == plan->count;
    size_t at = gateway ? first->group : plan->phones[b->phone].group;
    char path[64];
    at = plan->fleet->groups[at].mac ? at : first->group; /* where it can be changed */
    snprintf(path, sizeof path, "phones[%zu].mac", at);
    if (a->mac == b->mac)
        finding_at(found, FINDING_MAC_TWICE, plan->fleet, path,
                   "%s: phone %zu and %s%zu would both have the MAC address of %s", path,
                   a->phone + 1, gateway ? "the gateway, " : "phone ", b->phone + 1, first->name);
    else
        finding_at(found, FINDING_MAC_TWICE, plan->fleet, path,
                   "%s: the last four bytes of %s are also those of phone %zu, and phones know each "
                   "other by them", path, first->name, b->phone + 1);
}

static void check_range(const struct fleet *fleet, size_t i, struct findings *found)
{
    const struct fleet_group *g = &fleet->groups[i];
    char path[64];
    if (g->mac >> 40 == (g->mac + g->count - 1) >> 40)
        return;
    snprintf(path, sizeof path, "phones[%zu].mac", i);
    finding_at(found, FINDING_MAC_RANGE, fleet, path,
               "%s: %u phones counted up from there leave the range of its maker", path, g->count);
}

void macs_check(const struct plan *plan, struct findings *found)
{
    struct holder *all = calloc(plan->count + 1, sizeof *all);
    size_t said = SIZE_MAX;
    for (size_t i = 0; i < plan->fleet->group_count; i++)
        check_range(plan->fleet, i, found);
    for (size_t i = 0; all && i < plan->count; i++) {
        const struct plan_phone *p = &plan->phones[i];
        all[i].phone = i;
        for (int byte = 0; byte < 6; byte++)
            all[i].mac = all[i].mac << 8 | p->mac[byte];
    }
    if (!all)
        return;
    all[plan->count] = (struct holder){PLAN_MAC(ntohl(plan->gateway)), plan->count};
    qsort(all, plan->count + 1, sizeof *all, by_mac);
    for (size_t i = 1; i <= plan->count; i++) {
        size_t group = plan->phones[all[i - 1].phone].group;
        if ((uint32_t)all[i].mac != (uint32_t)all[i - 1].mac || group == said)
            continue;
        clash(plan, &all[i - 1], &all[i], found);
        said = group;
    }
    free(all);
}
