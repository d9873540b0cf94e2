/* hierarchy.h - who got each file from whom, put together again from the phones' events.
 *
 * For each model, subnet and file every phone's last "fetched" counts (a phone that was restarted
 * may fetch twice) and names its parent. Phones with sharing on whose parent is the server are
 * roots, each of a hierarchy of its own; so is a phone that others got the file from and that
 * had it from before. Where restarted phones got the file from each other in a ring, the ring is
 * cut at its first phone in the plan's order.
 */
#ifndef HIERARCHY_H
#define HIERARCHY_H

#include "netns/judge/eventlog.h"

struct hierarchy_node {
    uint32_t phone;        /* index in plan->phones */
    int32_t parent;        /* index in nodes, or -1 for the root */
    uint32_t depth;        /* in nodes: the root's is 1 */
};

struct hierarchy {
    const struct phone_model *model; /* whose file this is */
    unsigned subnet;       /* in plan->subnets: nobody shares across */
    const char *file;      /* kept by the event log */
    const char *root;      /* device name */
    unsigned members;      /* the root and all below it */
    unsigned depth;        /* in nodes: a root alone has 1 */
    unsigned max_children; /* most that any member had at one time, for whatever files */
    struct hierarchy_node *nodes; /* members of them, every parent before its children */
};

/* Fills *out with *count hierarchies, grouped by model, subnet and file in the order of their first
 * fetches. sharing and peaks are per phone. 0 or -ENOMEM. */
int hierarchy_make(const struct plan *plan, const struct eventlog *log, const bool *sharing,
                   const unsigned *peaks, struct hierarchy **out, size_t *count);
void hierarchy_free(struct hierarchy *list, size_t count);

/* peaks[phone]: the most children it had at one time, over all files. 0 or -ENOMEM. */
int hierarchy_peaks(const struct plan *plan, const struct eventlog *log, unsigned *peaks);

#endif
