/* queue.c - what decides the course of a run: the seed's random numbers, and the queue of events, a
 * heap by time; those of one moment in the order in which they came.
 */
#include "emu/random.h"
#include "emu/sim/node.h"

#include <stdlib.h>

/* ---- chance -------------------------------------------------------------------------- */

uint32_t sim_random(struct sim *s, uint32_t limit)
{
    return random_below(&s->rng, limit);
}

bool sim_chance(struct sim *s, double share)
{
    return share > 0 && sim_random(s, UINT32_MAX) < share * UINT32_MAX;
}

uint8_t *sim_flip(struct sim *s, const void *data, size_t len, double share)
{
    uint8_t *copy = sim_copy(data, len);
    if (len && sim_chance(s, share))
        copy[sim_random(s, (uint32_t)len)] ^= (uint8_t)(1u << sim_random(s, 8));
    return copy;
}

/* ---- the queue ----------------------------------------------------------------------- */

static bool before(const struct item *a, const struct item *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

void sim_put_back(struct sim *s, struct item it)
{
    if (s->used == s->room) {
        s->room = s->room ? s->room * 2 : 1024;
        s->heap = realloc(s->heap, s->room * sizeof *s->heap);
        if (!s->heap)
            abort();
    }
    size_t i = s->used++;
    for (; i > 0 && before(&it, &s->heap[(i - 1) / 2]); i = (i - 1) / 2)
        s->heap[i] = s->heap[(i - 1) / 2];
    s->heap[i] = it;
}

void sim_push(struct sim *s, struct item it)
{
    it.order = s->order++;
    sim_put_back(s, it);
}

struct item sim_pop(struct sim *s)
{
    struct item top = s->heap[0], last = s->heap[--s->used];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < s->used; i = child) {
        if (child + 1 < s->used && before(&s->heap[child + 1], &s->heap[child]))
            child++;
        if (!before(&s->heap[child], &last))
            break;
        s->heap[i] = s->heap[child];
    }
    s->heap[i] = last;
    return top;
}
