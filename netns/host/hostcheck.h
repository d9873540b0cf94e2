/* hostcheck.h - what this host can and cannot do for a fleet.
 *
 * Nothing is changed by asking: what is tried is tried in a child, or in namespaces of a child, or
 * by writing a value that is there already.
 */
#ifndef HOSTCHECK_H
#define HOSTCHECK_H

#include "netns/host/ids.h"

#include <stdbool.h>
#include <stddef.h>

/* An interface of the caller's namespace, to be joined as lankeys.h says; name NULL: none. */
struct uplink_wish {
    const char *name;
    bool bridge;        /* it is to be one, of which a port is made */
    unsigned vlan;      /* 0: its frames as they are */
    bool default_route; /* it may be that of this machine's default route */
};

/* What a host is looked at for. */
struct findings;
struct host_wish {
    size_t phones;
    struct ids ids; /* that they would run as */
    bool asked;     /* by number or by a fleet: what does not suffice is in the way */
    struct uplink_wish uplink;
    const struct findings *told; /* what is to be known of the fleet's surroundings; or NULL */
};

/* The verb `check`: a table on standard output, or JSON. What no size was asked for is measured by
 * the largest fleet, whose limits are advice. 0, or 3 when something needed lacks. */
int hostcheck_print(const struct host_wish *wish, bool json);
/* Before a run: a line on standard error, with its remedy, for each needed thing that lacks, and
 * for each limit that so many phones would pass; and the largest fleet that would fit. 0, or 3 when
 * something is in the way. */
int hostcheck_require(const struct host_wish *wish);

#endif
