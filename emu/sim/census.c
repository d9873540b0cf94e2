/* census.c - what is asked about a fleet. See sim.h. */
#include "emu/sim/node.h"

usec sim_now(const struct sim *s)
{
    return s->now;
}

size_t sim_phones(const struct sim *s)
{
    return s->o.phones;
}

bool sim_alive(const struct sim *s, size_t i)
{
    return s->nodes[i].alive;
}

const struct phone_status *sim_status(const struct sim *s, size_t i)
{
    return phone_status(s->nodes[i].phone);
}

const struct pfs *sim_pfs(const struct sim *s, size_t i)
{
    return &s->nodes[i].phone->pfs;
}

size_t sim_open_conns(const struct sim *s, size_t i)
{
    size_t open = 0;
    for (int c = 0; c < CONN_PEERS; c++)
        open += s->nodes[i].ends[c].id != 0;
    return open;
}

long sim_find_root(const struct sim *s)
{
    for (size_t i = 0; i < s->o.phones; i++) {
        const struct phone_status *st = phone_status(s->nodes[i].phone);
        if (s->nodes[i].alive && st->state == PHONE_UPGRADE && st->parent_ip == 0 &&
            st->child_ip[0] != 0)
            return (long)i;
    }
    return -1;
}

struct sim_census sim_census(const struct sim *s)
{
    struct sim_census c = {0};
    for (size_t i = 0; i < s->o.phones; i++) {
        const struct phone_status *st = sim_status(s, i);
        if (!s->nodes[i].alive)
            c.dead++;
        else if (st->state == PHONE_FAILED || st->status_text[0])
            c.failed++;
        else if (st->state == PHONE_IDLE && st->upgraded)
            c.upgraded++;
        else
            c.busy++;
    }
    return c;
}

struct sim_counts sim_counts(const struct sim *s)
{
    return s->counts;
}

const struct sim_file *sim_files(const struct sim *s, size_t *count)
{
    *count = s->file_count;
    return s->files;
}
