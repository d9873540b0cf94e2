/* pfs.c - the record of pfs.h: its states, its files, its words on the wire and in the log. */
#include "emu/core/pfs.h"

#include "emu/core/state.h"

#include <string.h>

const char *const pfs_state_names[] = {
#define X(id, name, ...) name,
    PFS_STATES(X)
#undef X
};

static const uint32_t may_follow[] = {
#define TO(state) STATE_TO(PFS_##state)
#define TURN (TO(LISTENING) | TO(YIELD)) /* the next one begins */
#define X(id, name, may) may,
    PFS_STATES(X)
#undef X
#undef TURN
#undef TO
};

void pfs_init(struct pfs *s, struct kit *kit, const struct pfs_owner *owner, void *owner_arg)
{
    *s = (struct pfs){.kit = kit, .owner = owner, .owner_arg = owner_arg, .at = NEVER,
                      .current = -1, .alive_at = NEVER, .election.ad_at = NEVER,
                      .parent.link.conn = CONN_PARENT};
    for (int i = 0; i < 2; i++)
        s->below.slots[i].link.conn = CONN_CHILD0 + i;
    for (int i = 0; i < CONN_PEERS - CONN_LOBBY; i++)
        s->below.lobby[i].link.conn = CONN_LOBBY + i;
}

bool pfs_is_electing(const struct pfs *s)
{
    return s->state == PFS_OPENING || s->state == PFS_LISTENING || s->state == PFS_CLAIM ||
           s->state == PFS_ROOT_WAIT;
}

void pfs_set_state(struct pfs *s, enum pfs_state to, usec at)
{
    enum pfs_state from = s->state;
    STATE_ASSERT(may_follow, from, to);
    s->state = to;
    s->at = at;
    if (from != to && from != PFS_OPENING && !pfs_is_electing(s))
        kit_tell(s->kit, LOG_DBG, "XID%08X sharing: %s -> %s", s->kit->id->xid,
                 pfs_state_names[from], pfs_state_names[to]);
}

struct pfs_file *pfs_current(struct pfs *s)
{
    return s->current < 0 ? NULL : &s->files[s->current];
}

void pfs_attend(struct pfs *s, int file)
{
    s->current = file;
    s->want = (struct pfs_want){0};
}

int pfs_find(const struct pfs *s, uint32_t h)
{
    for (int i = 0; i < s->file_count; i++)
        if (s->files[i].h == h)
            return i;
    return -1;
}

struct pfs_file *pfs_add(struct pfs *s, const char *name)
{
    uint32_t h = wire_hierarchy(s->kit->id->model->name, name);
    int i = pfs_find(s, h);
    if (i < 0)
        i = s->file_count++;
    assert(i < PFS_FILES);
    struct pfs_file *f = &s->files[i];
    f->h = h;
    f->depth = 1;
    memccpy(f->name, name, 0, sizeof f->name - 1);
    return f;
}

struct wire_msg pfs_message(const struct pfs *s, enum wire_type type, uint32_t h)
{
    return (struct wire_msg){
        .type = (uint8_t)type, .xid = s->kit->id->xid, .h = h, .map = s->map};
}

void pfs_unicast(struct pfs *s, uint32_t ip, const struct wire_msg *msg)
{
    uint8_t out[WIRE_MAX];
    size_t len = wire_encode(msg, 0, out, sizeof out);
    s->kit->ops->udp_send(s->kit->ctx, ip, out, len);
}

void pfs_turn_over(struct pfs *s, enum pfs_over_how how, bool root_lost, const char *why)
{
    s->over = (struct pfs_over){how, root_lost, why};
}

void pfs_fetch(struct pfs *s, enum pfs_state as)
{
    pfs_set_state(s, as, NEVER);
    s->want.part = (struct pfs_part){0}; /* the server's transfer begins anew, over that */
    s->want.turn.fetched = 0;
    s->owner->fetch(s->owner_arg, pfs_current(s)->name);
}

bool pfs_is_member(const struct pfs *s, int i)
{
    if (s->files[i].held)
        return true;
    return i == s->current && (s->state == PFS_LINK || s->state == PFS_CHILD ||
                               s->state == PFS_ROOT_WAIT || s->state == PFS_ROOT_FETCH);
}

usec pfs_earn(const struct pfs *s, usec end, uint64_t bytes, unsigned rate, usec all)
{
    usec earned = end + bytes * USEC_SEC / rate, most = s->kit->now + all;
    return earned < most ? earned : most;
}

void pfs_log_slots(const struct pfs *s)
{
    int fd[3];
    const struct pfs_slot *slots = s->below.slots;
    const struct link *links[] = {&s->parent.link, &slots[0].link, &slots[1].link};
    for (int i = 0; i < 3; i++) /* as a phone counts them: 7 listens, 8 and on are links */
        fd[i] = links[i]->state == LINK_OPEN ? 8 + links[i]->conn : -1;
    kit_tell(s->kit, LOG_NOT, "|parent=%d><fd[0]=%d fd[1]=%d FULL=%d", fd[0], fd[1], fd[2],
             slots[0].state != SLOT_FREE && slots[1].state != SLOT_FREE);
}
