/* notes.c - what is noted of phones as they go: children, tree depth, and whether all have come to
 * their end; and what is told to who looks on.
 */
#include "emu/sim/node.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void sim_note(const struct sim *s, long phone, enum sim_note kind, const char *text)
{
    const struct sim_watch *w = s->o.watch;
    if (w && w->note)
        w->note(w->ctx, s->now, phone, kind, text);
}

void sim_broken(const struct node *n, const char *invariant, const char *format, ...)
{
    const struct sim_watch *w = n->sim->o.watch;
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (w && w->broken) {
        w->broken(w->ctx, sim_index(n), invariant, text);
        return;
    }
    fprintf(stderr, "sim: phone %u at %llu us: %s\n", sim_index(n), n->sim->now + 0ull, text);
    abort();
}

/* How many phones there are from n, whose parent this is, up to its root. */
static unsigned depth_below(const struct sim *s, uint32_t parent_ip)
{
    unsigned depth = 1;
    for (long i; parent_ip && (i = sim_node_of(s, parent_ip)) >= 0 && depth < s->o.phones; depth++)
        parent_ip = s->nodes[i].parent_ip;
    return depth;
}

/* A phone that boots again and again, its status text still to be read, comes to no other end. */
static bool loops(const struct phone_status *status)
{
    return status->state != PHONE_FAILED && status->status_text[0];
}

void sim_note_status(struct node *n, const struct phone_status *status)
{
    struct sim *s = n->sim;
    struct sim_counts *c = &s->counts;
    unsigned children = (status->child_ip[0] != 0) + (status->child_ip[1] != 0);
    bool ended = status->state == PHONE_IDLE || status->state == PHONE_FAILED || loops(status);
    if (children > c->max_children)
        c->max_children = children;
    if (status->parent_ip != n->parent_ip) {
        unsigned depth = depth_below(s, status->parent_ip);
        c->tree_depth = status->parent_ip && depth > c->tree_depth ? depth : c->tree_depth;
        n->parent_ip = status->parent_ip;
    }
    if (ended != n->ended) {
        n->ended = ended;
        s->ended = ended ? s->ended + 1 : s->ended - 1;
        s->ended_at = s->now;
    }
}

usec sim_run_to_end(struct sim *s, usec until)
{
    while (s->ended < s->o.phones && s->used && s->heap[0].at <= until)
        sim_run(s, s->heap[0].at);
    return s->ended < s->o.phones ? NEVER : s->ended_at;
}
