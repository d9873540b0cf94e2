/* fleettime.c - see fleettime.h. */
#include "netns/world/fleettime.h"
#include "netns/fleet/speed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

/* Mapped for writing here; afterwards sealed. */
static int make_memory(const char *name, size_t size, int seals, void **memory)
{
    int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -errno;
    void *map = ftruncate(fd, (off_t)size) != 0
                    ? MAP_FAILED
                    : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED || fcntl(fd, F_ADD_SEALS, seals | F_SEAL_SHRINK | F_SEAL_GROW) != 0) {
        int error = -errno;
        close(fd);
        return error;
    }
    *memory = map;
    return fd;
}

static uint32_t hand_count(const struct plan *plan)
{
    return (uint32_t)plan->count + HANDS_OTHERS;
}

static void seat_all(struct hands *h, const struct plan *plan)
{
    hands_init(h, hand_count(plan));
    h->server_is_near = !plan->fleet->has_wan;
    h->lag_us = fleet_lag_us(plan->fleet);
    h->dhcp_is_near = h->server_is_near || plan->fleet->dhcp.at == DHCP_AT_SITE;
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct plan_phone *phone = &plan->phones[i];
        h->hand[i].ip = phone->dhcp ? 0 : phone->ip;
        memcpy(h->hand[i].mac, phone->mac, sizeof phone->mac);
    }
    if (plan->fleet->manager.engine == MANAGER_OWN)
        h->hand[hands_manager(h)].ip = plan->fleet->manager.address[0];
    hands_sort(h);
}

static int make_calls(struct fleet_time *t)
{
    t->call = malloc(t->hands->count * sizeof *t->call);
    if (!t->call)
        return -ENOMEM;
    for (uint32_t i = 0; i < t->hands->count; i++)
        t->call[i] = -1;
    for (uint32_t i = 0; i < t->hands->count; i++)
        if ((t->call[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0)
            return -errno;
    return 0;
}

int fleettime_make(struct fleet_time *t, const struct plan *plan)
{
    void *clock = NULL, *hands = NULL;
    *t = FLEET_TIME_NONE;
    t->ceiling = fleet_ceiling(plan->fleet);
    t->clock_fd = make_memory("fleet-clock", sizeof *t->clock, F_SEAL_FUTURE_WRITE, &clock);
    if (!clock)
        return t->clock_fd;
    t->clock = clock;
    if (fleet_runs_free(plan->fleet))
        return 0;
    t->hands_fd = make_memory("fleet-hands", hands_size(hand_count(plan)), 0, &hands);
    if (!hands)
        return t->hands_fd;
    t->hands = hands;
    seat_all(t->hands, plan);
    return make_calls(t);
}

void fleettime_free(struct fleet_time *t)
{
    for (uint32_t i = 0; t->call && i < t->hands->count; i++)
        if (t->call[i] >= 0)
            close(t->call[i]);
    free(t->call);
    if (t->hands)
        munmap(t->hands, hands_size(t->hands->count));
    if (t->clock)
        munmap(t->clock, sizeof *t->clock);
    if (t->clock_fd >= 0)
        close(t->clock_fd);
    if (t->hands_fd >= 0)
        close(t->hands_fd);
    *t = FLEET_TIME_NONE;
}

void fleettime_begin(struct fleet_time *t)
{
    if (t->hands)
        hands_begin(t->hands);
    else
        clock_run_free(t->clock, clock_mono_ns(), t->ceiling);
}

struct watch fleettime_watch(const struct fleet_time *t, uint32_t (*slot)(const struct hands *))
{
    return watch_of(t->clock, t->hands, t->hands ? slot(t->hands) : HANDS_NOBODY);
}

uint64_t fleettime_now(const struct fleet_time *t)
{
    return clock_now(t->clock, clock_mono_ns());
}
