/* inspect.h - the inside of the invariants: what is remembered of a fleet, shared by invariant.c
 * (the table, and when it is looked at) and trees.c, roots.c, flows.c, stations.c and ends.c (the functions
 * that look).
 *
 * A function that looks returns false when its invariant is broken, having said so by broken().
 */
#ifndef INSPECT_H
#define INSPECT_H

#include "emu/sim/node.h"
#include "tests/sim/invariant.h"

#define ROOTED_FILES  (4 * PFS_FILES)

/* What a phone was after its latest event. */
struct seen {
    enum pfs_state state;
    int file;                 /* that it was after, by its index */
    long up, was_up;          /* the phone that it calls its parent, or -1; before the event */
    uint32_t slot[2];         /* whom its slots are for: IPs, 0: free */
    uint32_t root_of;         /* hierarchy that it is confirmed root of and still fetches; 0 */
    unsigned below;           /* phones that call it their parent */
    usec crowded;             /* since when there are too many of those; NEVER */
    usec alone[3];            /* since when its parent, its children do not agree; NEVER */
    usec stray, twice;        /* since when no call manager knows of it, or two do; NEVER */
};

/* A hierarchy with a root that still fetches. */
struct rooted {
    uint32_t h;
    unsigned roots;
};

struct invariants {
    struct limits limits;
    struct breach breach;
    struct seen *seen;
    size_t phones;
    struct rooted rooted[ROOTED_FILES];
    unsigned *wanted;         /* by file: how many hierarchies want it; NULL: not yet known */
    usec calm;                /* the fleet was last seen damaged, */
    usec thawed;              /* and with a phone, or a connection, that stands still */
    usec sample;
    bool changed;             /* the event has changed the phone's state or links */
};

/* invariant.c */
/* Says what is broken, when, and up to three phones concerned (-1: none). Always false. */
bool broken(struct invariants *v, usec at, long a, long b, long c, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
/* Keeps the moment since when something is wrong; NEVER when it is not. */
void mark(usec *since, bool wrong, usec now);
/* Longer than the bound, of time in which no phone stood still: by such news takes longer. */
bool too_long(const struct invariants *v, usec now, usec since, usec bound);

/* trees.c */
/* The phone that phone i takes its file from, or waits for; -1. One that holds its file needs no
 * parent any more, and does not look after it. */
long parent_of(const struct sim *s, size_t i);
bool two_children(struct invariants *v, struct sim *s, size_t i);
bool no_cycle(struct invariants *v, struct sim *s, size_t i);
bool ends_agree(struct invariants *v, struct sim *s, size_t i);

/* roots.c */
/* The phone's part in the count of roots, as it now is. */
void count_root(struct invariants *v, const struct sim *s, size_t i);
bool one_root(struct invariants *v, struct sim *s, size_t i);
bool few_fetches(struct invariants *v, struct sim *s, size_t i);
bool once_each(struct invariants *v, struct sim *s, size_t i);
bool few_broadcasts(struct invariants *v, struct sim *s, size_t i);

/* flows.c */
bool flows(struct invariants *v, struct sim *s, size_t i);

/* stations.c */
bool is_registered(const struct sim *s, size_t i);
bool known_where_it_says(struct invariants *v, struct sim *s, size_t i);
bool registered_once(struct invariants *v, struct sim *s, size_t i);
bool all_register(struct invariants *v, struct sim *s, size_t i);

/* ends.c */
bool leased(struct invariants *v, struct sim *s, size_t i);
bool quiet(struct invariants *v, struct sim *s, size_t i);
bool all_end(struct invariants *v, struct sim *s, size_t i);

#endif
