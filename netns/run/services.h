/* services.h - what serves a fleet beside its phones: the clock's pacer, the WAN's relay, the TFTP
 * server, with one of HTTP, or the witness of one that is not ours, the DHCP server, our own call
 * manager, the meter, the capture. The keeper's alone.
 */
#ifndef SERVICES_H
#define SERVICES_H

#include "netns/host/capture.h"
#include "netns/run/job.h"
#include "netns/world/callmanager.h"
#include "netns/world/dhcpserver.h"
#include "netns/world/httpserver.h"
#include "netns/world/meter.h"
#include "netns/world/pacer.h"
#include "netns/world/server.h"
#include "netns/world/tftpwatch.h"
#include "netns/world/wan.h"
#include "netns/world/world.h"

struct services {
    const struct job *job;
    struct world *world;
    struct pacer *pacer;       /* NULL: the clock runs free */
    struct wan *wan;           /* NULL: none */
    struct server *server;     /* NULL: it is not ours */
    struct httpserver *http;   /* NULL: likewise, or phones do not ask so */
    struct dhcpserver *dhcp;   /* NULL: nobody asks it */
    struct tftpwatch *witness; /* of an external server's transfers, or NULL */
    struct callmanager *manager; /* NULL: there is none, or it is not ours */
    struct meter *meter;       /* NULL: of a lab */
    struct capture *capture;   /* NULL: none is asked for */
};

/* Starts them. 0, or 3 after a message; what was started is to be stopped all the same. */
int services_start(struct services *s, const struct job *job, struct world *world);
/* The descriptors to wait for, and what to do when one can be read. Returns how many. */
#define SERVICES_FDS (3 + DHCPSERVER_FDS)
size_t services_fds(const struct services *s, int fds[SERVICES_FDS]);
void services_hear(struct services *s, int fd);
/* What the meter has counted so far. */
void services_count(const struct services *s, struct run_facts *f);
/* Whether it was none of them that ended; else false after a message. */
bool services_alive(struct services *s, pid_t ended);
/* Ends the capture, while the phones are still there. 0, or 3 after a message. */
int services_stop_capture(struct services *s);
void services_stop(struct services *s);

#endif
