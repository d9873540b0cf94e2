/* stations.c - phones and their call managers: do both know the same? See inspect.h. */
#include "tests/sim/inspect.h"

#include <arpa/inet.h>
#include <string.h>

/* How long one end may be wrong about the other: until keep-alives stay without an answer, and what
 * was said before has come out of a broken connection. */
usec invariants_news(const struct sim *s)
{
    return ((STATION_MISSED + 2) * s->o.managers.keepalive + 64) * USEC_SEC + SLACK;
}

/* Its line in a manager's list, if that lives and has it registered. */
static const struct registrar_device *line_of(const struct sim *s, unsigned manager, size_t i)
{
    const struct registrar *r = sim_manager_list(s, manager);
    long place = r ? registrar_find(r, s->nodes[i].phone->id.name) : -1;
    const struct registrar_device *d = place < 0 ? NULL : registrar_device(r, (size_t)place);
    return d && d->state == DEVICE_REGISTERED ? d : NULL;
}

bool is_registered(const struct sim *s, size_t i)
{
    const struct phone_status *st = sim_status(s, i);
    unsigned manager = st->registered ? ntohl(st->manager_ip) - SIM_MANAGER(0) : UINT32_MAX;
    const struct registrar_device *d = manager < s->o.managers.count ? line_of(s, manager, i)
                                                                     : NULL;
    return d && strcmp(d->load, st->running) == 0;
}

bool known_where_it_says(struct invariants *v, struct sim *s, size_t i)
{
    struct seen *me = &v->seen[i];
    bool stray = s->o.managers.count && sim_status(s, i)->registered && !is_registered(s, i);
    mark(&me->stray, stray, sim_now(s));
    if (!too_long(v, sim_now(s), me->stray, invariants_news(s)))
        return true;
    return broken(v, sim_now(s), (long)i, -1, -1,
                  "phone %zu has called itself registered for %.1f s, and is not", i,
                  (double)(sim_now(s) - me->stray) / 1e6);
}

bool registered_once(struct invariants *v, struct sim *s, size_t i)
{
    struct seen *me = &v->seen[i];
    unsigned count = 0;
    for (unsigned m = 0; m < s->o.managers.count; m++)
        count += line_of(s, m, i) != NULL;
    mark(&me->twice, count > 1, sim_now(s));
    if (!too_long(v, sim_now(s), me->twice, invariants_news(s)))
        return true;
    return broken(v, sim_now(s), (long)i, -1, -1, "two managers have had phone %zu for %.1f s", i,
                  (double)(sim_now(s) - me->twice) / 1e6);
}

bool all_register(struct invariants *v, struct sim *s, size_t i)
{
    const struct phone_status *st = sim_status(s, i);
    if (!s->o.managers.count || !sim_alive(s, i) || st->state != PHONE_IDLE || is_registered(s, i))
        return true;
    return broken(v, sim_now(s), (long)i, -1, -1, "phone %zu is idle, %s, %s", i,
                  st->registered ? "and wrong about being registered" : "and not registered",
                  station_state_names[s->nodes[i].phone->station.state]);
}
