/* plan.c - see plan.h. */
#include "netns/plan/plan.h"
#include "netns/text/units.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/mman.h>

static size_t room_of(size_t count)
{
    return (count ? count : 1) * sizeof(struct plan_phone);
}

/* Zeroed; NULL without memory. */
static struct plan_phone *room_make(size_t count)
{
    void *room = mmap(NULL, room_of(count), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                      0);
    return room == MAP_FAILED ? NULL : room;
}

struct plan *plan_new(const struct fleet *fleet, size_t count)
{
    struct plan *plan = malloc(sizeof *plan);
    if (!plan)
        return NULL;
    *plan = (struct plan){.fleet = fleet, .phones = room_make(count), .count = count};
    if (plan->phones)
        return plan;
    plan_free(plan);
    return NULL;
}

void plan_free(struct plan *plan)
{
    if (!plan)
        return;
    if (plan->phones)
        munmap(plan->phones, room_of(plan->count));
    free(plan->subnets);
    free(plan);
}

uint64_t plan_mac_of(const struct plan_phone *phone)
{
    uint64_t mac = 0;
    for (size_t byte = 0; byte < sizeof phone->mac; byte++)
        mac = mac << 8 | phone->mac[byte];
    return mac;
}

const char *plan_asked(const struct plan_phone *phone)
{
    return phone->config == CONFIG_ABROAD ? phone->load : phone->named;
}

const char *plan_factory(const struct plan_phone *phone)
{
    return phone->factory_reset && phone->model->factory ? phone->model->factory : "";
}

const struct plan_phone *plan_find(const struct plan *plan, const char *what)
{
    uint64_t number, mac = 0;
    struct in_addr in;
    if (units_count(what, 1, plan->count, &number))
        return &plan->phones[number - 1];
    bool address = inet_pton(AF_INET, what, &in) == 1;
    bool by_mac = !address && units_mac(what, &mac);
    for (size_t i = 0; i < plan->count; i++)
        if (address ? plan->phones[i].ip == in.s_addr
                    : (by_mac && plan_mac_of(&plan->phones[i]) == mac) ||
                          strcasecmp(plan->phones[i].name, what) == 0)
            return &plan->phones[i];
    return NULL;
}
