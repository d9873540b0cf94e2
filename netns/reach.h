/* reach.h - how far the faults of a fleet reach. */
#ifndef REACH_H
#define REACH_H

#include "netns/job.h"
#include "netns/phones.h"
#include "netns/server.h"
#include "netns/wan.h"
#include "netns/world.h"

/* What the faults lay hands on; it all outlives them. */
struct harm_reach {
    const struct job *job;
    struct phones *phones;
    struct world *world;
    struct wan *wan; /* NULL: none */
    struct server *server;
};

#endif
