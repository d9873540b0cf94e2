/* place.c - see place.h. */
#include "emu/core/place.h"

#include "emu/core/blame.h"
#include "emu/core/lobby.h"
#include "emu/core/parent.h"
#include "emu/core/root.h"

#include <string.h>

static void refuse(struct pfs *s, uint32_t ip, uint32_t h, enum wire_reason reason)
{
    const struct pfs_root *r = root_known(s, h);
    struct wire_msg m = pfs_message(s, WIRE_REFUSE, h);
    m.reason = (uint8_t)reason;
    m.ip = r && r->ip != ip ? r->ip : 0;
    pfs_unicast(s, ip, &m);
}

void place_asked(struct pfs *s, uint32_t ip, const struct wire_msg *m)
{
    int i = pfs_find(s, m->h);
    bool ours = i >= 0 && strcmp(m->file, s->files[i].name) == 0 &&
                strcmp(m->model, s->kit->id->model->name) == 0;
    bool claiming = ours && i == s->current && s->state == PFS_CLAIM;
    if (!ours || !pfs_is_member(s, i) || ip == s->parent.link.ip) {
        refuse(s, ip, m->h, claiming ? REASON_BUSY : REASON_NOT_MEMBER);
        return;
    }
    if (parent_slot_for(s, ip) && !blame_bars(s, ip, i)) {
        lobby_promise(s, ip);
        struct wire_msg accept = pfs_message(s, WIRE_ACCEPT, m->h);
        accept.depth = s->files[i].depth;
        pfs_unicast(s, ip, &accept);
        return;
    }
    uint32_t child = parent_way_down(s, i, ip);
    if (!child) {
        refuse(s, ip, m->h, REASON_BUSY);
        return;
    }
    struct wire_msg redirect = pfs_message(s, WIRE_REDIRECT, m->h);
    redirect.depth = s->files[i].depth;
    redirect.ip = child;
    pfs_unicast(s, ip, &redirect);
}
