/* roster.c - sorted copies of the plan's keys, searched by halves. */
#include "netns/plan/roster.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    const char *name;
    uint32_t ip;
    uint64_t mac;
    long index;
};

struct roster {
    size_t count;
    struct entry *by_name, *by_ip, *by_mac;
};

static int compare_name(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static int compare_ip(const void *a, const void *b)
{
    uint32_t x = ((const struct entry *)a)->ip, y = ((const struct entry *)b)->ip;
    return (x > y) - (x < y);
}

static int compare_mac(const void *a, const void *b)
{
    uint64_t x = ((const struct entry *)a)->mac, y = ((const struct entry *)b)->mac;
    return (x > y) - (x < y);
}

static struct entry *sorted(const struct plan *plan, int (*compare)(const void *, const void *))
{
    struct entry *entries = calloc(plan->count + 1, sizeof *entries);
    if (!entries)
        return NULL;
    for (size_t i = 0; i < plan->count; i++)
        entries[i] = (struct entry){plan->phones[i].name, plan->phones[i].ip,
                                    plan_mac_of(&plan->phones[i]), (long)i};
    qsort(entries, plan->count, sizeof *entries, compare);
    return entries;
}

struct roster *roster_new(const struct plan *plan)
{
    struct roster *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->count = plan->count;
    r->by_name = sorted(plan, compare_name);
    r->by_ip = sorted(plan, compare_ip);
    r->by_mac = sorted(plan, compare_mac);
    if (r->by_name && r->by_ip && r->by_mac)
        return r;
    roster_free(r);
    return NULL;
}

void roster_free(struct roster *r)
{
    if (!r)
        return;
    free(r->by_name);
    free(r->by_ip);
    free(r->by_mac);
    free(r);
}

static long found(const struct entry *e)
{
    return e ? e->index : -1;
}

long roster_by_name(const struct roster *r, const char *name)
{
    struct entry key = {.name = name};
    return found(bsearch(&key, r->by_name, r->count, sizeof key, compare_name));
}

long roster_by_ip(const struct roster *r, uint32_t ip)
{
    struct entry key = {.ip = ip};
    return found(bsearch(&key, r->by_ip, r->count, sizeof key, compare_ip));
}

long roster_by_mac(const struct roster *r, const uint8_t mac[6])
{
    struct entry key = {.mac = 0};
    for (int i = 0; i < 6; i++)
        key.mac = key.mac << 8 | mac[i];
    return found(bsearch(&key, r->by_mac, r->count, sizeof key, compare_mac));
}
