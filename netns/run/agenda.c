/* agenda.c - see agenda.h. */
#include "netns/run/agenda.h"
#include "emu/random.h"

#include <stdlib.h>

bool agenda_add(struct agenda *a, const struct stroke *s)
{
    if (a->count == a->room) {
        size_t room = a->room ? 2 * a->room : 64;
        struct stroke *more = reallocarray(a->strokes, room, sizeof *more);
        if (!more)
            return false;
        a->strokes = more;
        a->room = room;
    }
    a->strokes[a->count] = *s;
    a->strokes[a->count++].order = a->added++;
    return true;
}

/* The one that comes first; NULL when there is none. */
static struct stroke *first(const struct agenda *a)
{
    struct stroke *best = NULL;
    for (struct stroke *s = a->strokes; s < a->strokes + a->count; s++)
        if (!best || s->due_us < best->due_us ||
            (s->due_us == best->due_us && s->order < best->order))
            best = s;
    return best;
}

static void take_out(struct agenda *a, struct stroke *s)
{
    *s = a->strokes[--a->count];
}

uint64_t agenda_next(const struct agenda *a)
{
    const struct stroke *s = first(a);
    return s ? s->due_us : UINT64_MAX;
}

bool agenda_take(struct agenda *a, uint64_t now_us, struct stroke *s)
{
    struct stroke *next = first(a);
    if (!next || next->due_us > now_us)
        return false;
    *s = *next;
    take_out(a, next);
    return true;
}

static struct stroke *first_waiting(const struct agenda *a)
{
    struct stroke *best = NULL;
    for (struct stroke *s = a->strokes; s < a->strokes + a->count; s++)
        if (s->due_us == FAULT_SETTLED && (!best || s->order < best->order))
            best = s;
    return best;
}

bool agenda_waits(const struct agenda *a)
{
    return first_waiting(a) != NULL;
}

bool agenda_take_waiting(struct agenda *a, struct stroke *s)
{
    struct stroke *next = first_waiting(a);
    if (!next)
        return false;
    *s = *next;
    take_out(a, next);
    return true;
}

void agenda_drop_lift(struct agenda *a, enum fault_do what, uint32_t phone)
{
    for (size_t i = a->count; i-- > 0;) {
        struct stroke *s = &a->strokes[i];
        if (s->kind == STROKE_LIFT && s->fault.what == what && s->phone == phone)
            take_out(a, s);
    }
}

void agenda_drop_reset(struct agenda *a, const struct stroke *set)
{
    for (size_t i = a->count; set->batch && i-- > 0;) {
        struct stroke *s = &a->strokes[i];
        if (s->batch == set->batch && s->phone == set->phone && s->fault.what == a->resets)
            take_out(a, s);
    }
}

bool agenda_holds_run(const struct agenda *a)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->strokes[i].due_us != FAULT_SETTLED &&
            (a->strokes[i].kind != STROKE_LIFT || fault_rules[a->strokes[i].fault.what].phones))
            return true;
    return false;
}

void agenda_free(struct agenda *a)
{
    free(a->strokes);
    *a = (struct agenda){0};
}

bool agenda_spread(struct agenda *a, struct stroke *seek, uint64_t now_us, const uint32_t *phones,
                   size_t count)
{
    const struct fault *f = &seek->fault;
    seek->batch = a->added + 1;
    for (size_t i = 0; i < count; i++) {
        struct stroke s = *seek;
        s.kind = STROKE_STRIKE;
        s.phone = phones[i];
        s.due_us = now_us;
        if (f->within_us != FAULT_UNSET)
            s.due_us += random_upto(&seek->random, f->within_us);
        else if (f->every_us != FAULT_UNSET)
            s.due_us += i * f->every_us;
        if (!agenda_add(a, &s))
            return false;
    }
    return agenda_resets(a, seek, now_us, phones, count);
}

bool agenda_resets(struct agenda *a, const struct stroke *seek, uint64_t now_us,
                   const uint32_t *phones, size_t count)
{
    struct stroke s = {.kind = STROKE_STRIKE, .batch = seek->batch, .fault = fault_none};
    s.fault.what = a->resets;
    s.fault.phone = seek->fault.phone;
    for (size_t i = 0; i < count && seek->fault.reset_us != FAULT_UNSET; i++) {
        s.phone = phones[i];
        s.due_us = now_us + i * seek->fault.reset_us;
        if (!agenda_add(a, &s))
            return false;
    }
    return true;
}
