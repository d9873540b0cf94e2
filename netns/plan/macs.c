/* macs.c - see macs.h. */
#include "netns/plan/macs.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

struct holder {
    uint64_t mac;
    size_t phone; /* from the plan's count on: a gateway */
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

static void mac_text(uint64_t mac, char out[32])
{
    unsigned byte[6];
    for (int i = 0; i < 6; i++)
        byte[i] = (unsigned)(mac >> (40 - 8 * i)) & 0xff;
    snprintf(out, 32, "%02X:%02X:%02X:%02X:%02X:%02X", byte[0], byte[1], byte[2], byte[3], byte[4],
             byte[5]);
}

/* Where a group of that many could begin, its maker's bytes kept: behind all others. */
static uint64_t find_free(const struct plan *plan, const struct holder *all, size_t count,
                          size_t group)
{
    const struct fleet_group *g = &plan->fleet->groups[group];
    uint64_t high = g->mac >> 32 << 32, last = g->mac & UINT32_MAX;
    for (size_t i = 0; i < count; i++) {
        uint64_t low = all[i].mac & UINT32_MAX;
        bool same = (low ^ g->mac) >> 24 << 56 == 0; /* the same first of the four */
        last = same && low > last ? low : last;
    }
    return high | ((last + 1) & UINT32_MAX);
}

static void clash(const struct plan *plan, const struct holder *all, size_t count,
                  const struct holder *a, const struct holder *b, struct findings *found)
{
    const struct plan_phone *first = &plan->phones[a->phone];
    char path[64], other[32] = "the gateway", right[32];
    bool gateway = b->phone >= plan->count;
    if (!gateway)
        snprintf(other, sizeof other, "phone %zu", b->phone + 1);
    size_t at = gateway ? first->group : plan->phones[b->phone].group;
    at = plan->fleet->groups[at].mac ? at : first->group; /* where it can be changed */
    snprintf(path, sizeof path, "phones[%zu].mac", at);
    mac_text(find_free(plan, all, count, at), right);
    const struct finding_words words = {.right = right, .where = path};
    if (a->mac == b->mac)
        fleet_tell(found, FINDING_MAC_TWICE, plan->fleet, path, &words,
                   "%s: phone %zu and %s would both have the MAC address of %s", path,
                   a->phone + 1, other, first->name);
    else
        fleet_tell(found, FINDING_MAC_TWICE, plan->fleet, path, &words,
                   "%s: the last four bytes of %s are also those of %s, and phones know each "
                   "other by them",
                   path, first->name, other);
}

static void check_range(const struct fleet *fleet, size_t i, struct findings *found)
{
    const struct fleet_group *g = &fleet->groups[i];
    char path[64], right[32];
    if (g->mac >> 40 == (g->mac + g->count - 1) >> 40)
        return;
    snprintf(path, sizeof path, "phones[%zu].mac", i);
    mac_text((g->mac | UINT64_C(0xffffffffff)) - (g->count - 1), right);
    const struct finding_words words = {.right = right, .where = path};
    fleet_tell(found, FINDING_MAC_RANGE, fleet, path, &words,
               "%s: %u phones counted up from there leave the range of its maker", path,
               g->count);
}

/* All who have one: the phones, then the gateway of each subnet. NULL without memory. */
static struct holder *holders(const struct plan *plan)
{
    struct holder *all = calloc(plan->count + plan->subnet_count, sizeof *all);
    for (size_t i = 0; all && i < plan->count; i++)
        all[i] = (struct holder){plan_mac_of(&plan->phones[i]), i};
    for (size_t i = 0; all && i < plan->subnet_count; i++)
        all[plan->count + i] = (struct holder){PLAN_MAC(ntohl(plan->subnets[i].gateway)),
                                               plan->count + i};
    return all;
}

void macs_check(const struct plan *plan, struct findings *found)
{
    size_t count = plan->count + plan->subnet_count, said = SIZE_MAX;
    struct holder *all = holders(plan);
    for (size_t i = 0; i < plan->fleet->group_count; i++)
        check_range(plan->fleet, i, found);
    if (!all)
        return;
    qsort(all, count, sizeof *all, by_mac);
    for (size_t i = 1; i < count; i++) {
        const struct holder *a = &all[i - 1], *b = &all[i];
        if ((uint32_t)a->mac != (uint32_t)b->mac || plan->phones[a->phone].group == said)
            continue;
        clash(plan, all, count, a, b, found);
        said = plan->phones[a->phone].group;
    }
    free(all);
}
