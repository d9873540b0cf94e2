/* lobby.c - see lobby.h. */
#include "emu/core/lobby.h"

#include <string.h>

#define PLACES (CONN_PEERS - CONN_LOBBY)

/* ---- promises ------------------------------------------------------------------------ */

/* One for each address; in the place of the one that ends first. */
void lobby_promise(struct pfs *s, uint32_t ip)
{
    struct pfs_promise *place = &s->below.promises[0];
    for (int i = 0; i < PFS_PROMISES && place->ip != ip; i++)
        if (s->below.promises[i].ip == ip || s->below.promises[i].until < place->until)
            place = &s->below.promises[i];
    *place = (struct pfs_promise){.ip = ip, .until = s->kit->now + PFS_LINK_TIMEOUT};
}

void lobby_forget(struct pfs *s)
{
    memset(s->below.promises, 0, sizeof s->below.promises);
}

/* Whether we wait for a caller from there, who then has called. */
static bool expected(struct pfs *s, uint32_t ip)
{
    for (int i = 0; i < PFS_PROMISES; i++)
        if (s->below.promises[i].ip == ip && s->below.promises[i].until > s->kit->now) {
            s->below.promises[i] = (struct pfs_promise){0};
            return true;
        }
    return false;
}

/* ---- callers ------------------------------------------------------------------------- */

/* Who has less to say for himself: nobody waits for him, or he should have said it before. */
static struct pfs_lobby *idler(struct pfs_lobby *a, struct pfs_lobby *b)
{
    if (!a || a->promised != b->promised)
        return a && !a->promised ? a : b;
    return a->deadline <= b->deadline ? a : b;
}

int lobby_accepted(struct pfs *s, uint32_t ip)
{
    struct pfs_lobby *place = NULL, *idle = NULL;
    for (int i = 0; i < PLACES && s->state != PFS_OFF; i++) {
        const struct link *l = &s->below.lobby[i].link;
        if (l->state == LINK_CLOSED)
            place = place ? place : &s->below.lobby[i];
        else if (l->ip == ip)
            return CONN_NONE; /* one place each: nobody fills the lobby alone */
        else
            idle = idler(idle, &s->below.lobby[i]);
    }
    bool promised = s->state != PFS_OFF && expected(s, ip);
    if (!place && promised) { /* nor do many keep out whom we wait for */
        link_close(s->kit, &idle->link);
        place = idle;
    }
    if (!place)
        return CONN_NONE; /* full: the caller is sent away and may ask again */
    link_accepted(&place->link, ip);
    place->promised = promised;
    place->deadline = s->kit->now + PFS_LINK_TIMEOUT;
    return place->link.conn;
}

usec lobby_deadline(const struct pfs *s)
{
    usec at = NEVER;
    for (int i = 0; i < PLACES; i++)
        if (s->below.lobby[i].link.state != LINK_CLOSED && s->below.lobby[i].deadline < at)
            at = s->below.lobby[i].deadline;
    return at;
}

void lobby_timers(struct pfs *s)
{
    for (int i = 0; i < PLACES; i++) {
        struct pfs_lobby *caller = &s->below.lobby[i];
        if (caller->link.state != LINK_CLOSED && caller->deadline <= s->kit->now)
            link_close(s->kit, &caller->link);
    }
}
