/* agenda.h - what is still to be done to a fleet, in the order of its moments.
 *
 * Every fault of the fleet file is there first as one stroke that has yet to find its phones, then
 * as one stroke for each of them, and then as the strokes that lift what was laid on for a time.
 */
#ifndef AGENDA_H
#define AGENDA_H

#include "netns/fleet/fault.h"

/* What a stroke does.
 *   SEEK    finds the phones that its fault means, and makes a STRIKE for each
 *   STRIKE  does it: to phone, or to server or WAN
 *   LIFT    undoes it */
enum stroke_kind { STROKE_SEEK, STROKE_STRIKE, STROKE_LIFT };

struct stroke {
    enum stroke_kind kind;
    uint64_t due_us;
    uint64_t patience_us; /* SEEK: when it gives up */
    uint64_t random;      /* SEEK: its own random numbers */
    uint32_t phone;       /* index in plan->phones, where the rule is of phones */
    size_t order;         /* strokes of one moment keep the order in which they came */
    size_t batch;         /* shared by what comes from one SEEK; 0: by nothing */
    struct fault fault;
};

struct agenda {
    enum fault_do resets; /* what the reset is that follows a SET */
    struct stroke *strokes;
    size_t count, room, added;
};

/* False without memory. */
bool agenda_add(struct agenda *a, const struct stroke *s);
/* When the next is due; UINT64_MAX: never. */
uint64_t agenda_next(const struct agenda *a);
/* Takes the first that is due by now out of it; false when none is. */
bool agenda_take(struct agenda *a, uint64_t now_us, struct stroke *s);
/* Takes out the lifting of what this phone is under, of that kind. */
void agenda_drop_lift(struct agenda *a, enum fault_do what, uint32_t phone);
/* Takes out the reset that was to follow this SET: a phone whose file did not change has nothing to
 * be reset for. */
void agenda_drop_reset(struct agenda *a, const struct stroke *set);
/* Whether a run has to wait for it: all but the lifting of what is not a phone's, and what itself
 * waits for the fleet to settle. */
bool agenda_holds_run(const struct agenda *a);
/* Takes the first out that waits for the fleet to settle; false when none does. */
bool agenda_take_waiting(struct agenda *a, struct stroke *s);
bool agenda_waits(const struct agenda *a);
void agenda_free(struct agenda *a);

/* Makes a STRIKE for each of the phones that a SEEK found: at its moment, by chance within, or one
 * after another; and then their resets, where it has any. */
bool agenda_spread(struct agenda *a, struct stroke *seek, uint64_t now_us, const uint32_t *phones,
                   size_t count);
/* Those resets alone. */
bool agenda_resets(struct agenda *a, const struct stroke *seek, uint64_t now_us,
                   const uint32_t *phones, size_t count);

#endif
