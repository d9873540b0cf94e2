/* reach.h - how far the faults of a fleet reach. */
#ifndef REACH_H
#define REACH_H

#include "netns/run/job.h"
#include "netns/run/phones.h"
#include "netns/world/callmanager.h"
#include "netns/world/httpserver.h"
#include "netns/world/server.h"
#include "netns/world/wan.h"
#include "netns/world/world.h"

/* What the faults lay hands on; it all outlives them. */
struct harm_reach {
    const struct job *job;
    struct phones *phones;
    struct world *world;
    struct wan *wan; /* NULL: none */
    struct server *server;   /* NULL: it is not ours */
    struct httpserver *http; /* beside it; NULL: none */
    struct callmanager *manager; /* NULL: there is none, or it is not ours */
};

#endif
