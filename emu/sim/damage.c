/* damage.c - the blows: what is done to one phone, the server, the WAN or the subnet. */
#include "emu/sim/node.h"

#include <stdlib.h>
#include <string.h>

/* ---- phones -------------------------------------------------------------------------- */

void sim_power_on(struct sim *s)
{
    if (s->o.late)
        sim_push(s, (struct item){.at = s->now, .kind = EV_START,
                                  .node = (uint32_t)(s->o.phones - s->o.late--)});
}

void sim_cut(struct sim *s, size_t i)
{
    for (int c = 0; c < CONN_PEERS; c++)
        lan_tcp_break(&s->nodes[i], c);
    for (int c = 0; c < 2; c++)
        managers_break(&s->nodes[i], c);
}

void sim_kill(struct sim *s, size_t i, bool quietly)
{
    struct node *n = &s->nodes[i];
    n->alive = n->listening = false;
    for (int c = 0; c < CONN_HTTP && !quietly; c++)
        lan_tcp_close(n, c);
    memset(n->ends, 0, sizeof n->ends);
    memset(n->calls, 0, sizeof n->calls);
    leases_drop(n);
    sim_flash_discard(n);
}

void sim_refuse(struct sim *s, size_t i)
{
    s->nodes[i].refused = true;
}

void sim_freeze(struct sim *s, size_t i, usec duration)
{
    s->nodes[i].thaw = s->now + duration;
}

void sim_restart(struct sim *s, size_t i)
{
    struct node *n = &s->nodes[i];
    sim_kill(s, i, true);
    n->alive = true;
    n->thaw = 0;
    phone_start(n->phone, sim_local(n));
    sim_schedule_wake(n);
}

/* A file of it, as it is served, or else its download: apart from the shared bytes. */
static uint8_t *own_bytes(struct node *n, size_t *len)
{
    if (n->file_count) {
        if (!n->flipped) {
            n->flipped = n->files[sim_random(n->sim, (uint32_t)n->file_count)];
            n->flipped_data = sim_copy(n->flipped->data, n->flipped->len);
        }
        *len = n->flipped->len;
        return n->flipped_data;
    }
    if (n->candidate) {
        n->buffer = sim_copy(n->candidate->data, n->room = n->candidate->len);
        n->candidate = NULL;
    }
    *len = n->len;
    return n->buffer;
}

bool sim_flip_flash(struct sim *s, size_t i)
{
    size_t len;
    uint8_t *data = own_bytes(&s->nodes[i], &len);
    if (data && len)
        data[sim_random(s, (uint32_t)len)] ^= (uint8_t)(1u << sim_random(s, 8));
    return data && len;
}

/* In place: the two names are equally long, so that who is being sent it gets one of them. */
void sim_name_load(struct sim *s)
{
    const char *before = s->o.managers.before;
    for (size_t i = 0; before && i < s->o.group_count; i++) {
        const char *load = s->o.groups[i].load;
        size_t len = strlen(before);
        char *at = memmem(s->files[i].data, s->files[i].len, before, len);
        if (at && strlen(load) == len)
            memcpy(at, load, len);
    }
}

/* ---- the network --------------------------------------------------------------------- */

void sim_split(struct sim *s)
{
    for (size_t i = 0; i < s->o.phones; i++)
        s->nodes[i].side = sim_random(s, 2);
    s->split = true;
}

void sim_heal(struct sim *s)
{
    s->split = false;
}

void sim_server(struct sim *s, bool up)
{
    s->server_down = !up;
    server_forget(s);
}

void sim_wan(struct sim *s, bool up)
{
    s->wan_down = !up;
}

void sim_repair(struct sim *s)
{
    s->o.damage = (struct sim_damage){0};
}

bool sim_damaged(const struct sim *s)
{
    static const struct sim_damage none;
    bool frozen = false;
    for (size_t i = 0; i < s->o.phones && !frozen; i++)
        frozen = s->nodes[i].alive && s->nodes[i].thaw > s->now;
    return frozen || s->split || s->server_down || s->wan_down || !managers_are_well(s) ||
           memcmp(&s->o.damage, &none, sizeof none) != 0;
}
