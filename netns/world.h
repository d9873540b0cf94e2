/* world.h - the namespaces, links and servers around the phones.
 *
 *      [ phone 1 ]   [ phone 2 ]  ...  [ phone N ]     one anonymous network namespace each
 *        eth0          eth0              eth0
 *          |             |                 |
 *   +------p1------------p2-----  ...  ----pN------+
 *   |  br0   10.106.0.1/16 (subnet's first)  site  |    the site: a bridge for each subnet (br0,
 *   |                                              |    br1, ...), and the router between them
 *   |  wan0  172.31.255.1/30                       |
 *   +----|-----------------------------------------+
 *        |  TAP = relay = TAP   (or a plain veth: no WAN set)
 *   +----|-----------------------------------------+
 *   |  wan0  172.31.255.2/30     dnsmasq (TFTP) hq  |
 *   +----------------------------------------------+
 *
 * Everything hangs on descriptors of the process that made it, and on processes inside its own
 * PID namespace: when it dies, however it dies, the kernel takes all of it away.
 *
 * With an external server there is no hq of our own: the line ends in the namespace that the
 * launcher was started in, the host's, as fleet0, with a route to the phones; the site's default
 * route leads there. Nothing else of the host is touched, and both vanish with the run.
 */
#ifndef WORLD_H
#define WORLD_H

#include "netns/plan.h"
#include "netns/relay.h"

#include <stdio.h>
#include <sys/types.h>

/* ---- world.c, links.c: namespaces, links, addresses (libnl) -------------------------- */

struct world {
    const struct plan *plan;
    int site_ns, hq_ns;  /* descriptors of the two namespaces, close-on-exec */
    bool beside;         /* hq is the host's */
    bool plain_frames;   /* see world_plain_frames() */
    int *phone_ns;       /* plan->count of them */
    struct links *links; /* private to world.c: netlink sockets */
};

/* Makes site and hq with bridges, addresses, routes and forwarding; and, without a WAN, the veth
 * between them (with one: two TAPs named wan0, see wan.c). The caller's own network namespace is
 * no part of it, and the caller is in it again afterwards. At most 1,000 phones. The plan has
 * to outlive the world. NULL after a message. */
struct world *world_make(const struct plan *plan);
/* The same with the server's side in the namespace of that descriptor, which stays the caller's. */
struct world *world_make_beside(const struct plan *plan, int host_ns);
/* From now on what phones and server send looks in a capture as it does on a wire: checksums are
 * filled in and no frame is longer than the MTU, since the links' offloads are off. Else the kernel
 * spares itself both where a frame never leaves the machine. To be asked for before the first
 * phone. 0 or a negative errno after a message. */
int world_plain_frames(struct world *w);
/* What the line is called at the server's side. */
const char *world_far_end(const struct world *w);
/* The names of the site's bridges, by spaces. */
#define WORLD_BRIDGES 512 /* characters at most */
void world_bridges(const struct plan *plan, char out[WORLD_BRIDGES]);
/* Makes phone i's namespace, its link to its bridge, its address and default route, in place.
 * 0 or a negative errno after a message. */
int world_add_phone(struct world *w, size_t i);
/* Blocks until every bridge port forwards and the WAN is in service; 0, or -ETIMEDOUT after
 * timeout_ms. */
int world_wait_forwarding(struct world *w, unsigned timeout_ms);
/* Takes the bridge's port of phone i down, or up again: the phone sees its carrier go and come.
 * 0 or a negative errno after a message. */
int world_plug(struct world *w, size_t i, bool in);
/* Limits all that phone i sends, in real bits a second; 0: no limit. 0 or a negative errno after
 * a message (a kernel without sch_tbf). */
int world_limit(struct world *w, size_t i, uint64_t rate_bps);
/* The site's wan0: bytes from (down) and to (up) the server's side, kernel counters. */
int world_wan_bytes(struct world *w, uint64_t *down, uint64_t *up);
/* For wan.c, once both TAPs exist: gives the two wan0 their addresses, and hq its route. */
int world_wan_up(struct world *w);
/* Closes every descriptor; the kernel removes the links with the namespaces. */
void world_free(struct world *w);

/* ---- caps.c: privilege in stages (libcap) ------------------------------------------- */

/* Keeps only what set-up needs (CAP_SYS_ADMIN, NET_ADMIN, SETUID, ...); the rest of the
 * permitted and bounding sets is dropped. 0 or a negative errno after a message. */
int caps_limit_setup(void);
/* The names of those that set-up cannot do without and this process does not have, as "A, B" into
 * names; how many. */
size_t caps_lacking(char *names, size_t size);
/* In a child before exec: becomes an unprivileged user with no capability but those in keep
 * (an array ended by -1, made ambient; NULL for none) and with no_new_privs. */
int caps_drop(uid_t uid, gid_t gid, const int *keep);

/* ---- wan.c: the link between site and hq -------------------------------------------- */

struct wan; /* two TAPs and the relay process between them */
/* Makes the TAPs in site and hq and starts the relay, a child of the caller; delay and rate are
 * scaled by the fleet's speed. NULL after a message. */
struct wan *wan_start(struct world *w);
/* What a WAN is like, in emulated units. */
struct wan_terms {
    uint64_t delay_us, rate_bps; /* rate 0: unlimited */
    double loss;
    bool cut;                    /* no frame passes */
};
struct wan_terms wan_terms_of(const struct fleet *fleet);
/* The same in real time, one way (0: up, 1: down). */
struct relay_params wan_params(const struct fleet *fleet, const struct wan_terms *terms,
                               uint64_t way);
/* New terms for frames from now on. 0 or a negative errno. */
int wan_change(struct wan *wan, const struct fleet *fleet, const struct wan_terms *terms);
/* Whether the relay lives, given the pid of a child that ended; else false after a message. */
bool wan_alive(struct wan *wan, pid_t ended);
void wan_stop(struct wan *wan);

/* ---- server.c, tftproot.c: the TFTP server and what it serves ------------------------ */

/* Fills dir with links to everything in the fleet's firmware directory, but for what tftp.without
 * and tftp.damage say, and with one SEP<MAC>.cnf.xml per phone of the plan whose configuration is
 * the launcher's to write, where the user has no file of that name. 0 or a
 * negative errno after a message. */
int tftproot_make(const struct plan *plan, const char *dir);
/* Writes a phone's configuration anew, in one step. -EEXIST: the file there is the user's own;
 * other negative errnos after a message. */
int tftproot_rewrite(const struct plan_phone *phone, const char *dir);
/* What that SEP<MAC>.cnf.xml holds. */
void tftproot_config(FILE *out, const struct plan_phone *phone);

struct server; /* dnsmasq */
/* How many transfers it takes at one time. */
size_t server_transfers(size_t phones);
/* Starts it in w->hq_ns on LINE_SERVER_IP, serving dir/tftproot, its log into log_fd; waits until
 * it is ready. NULL after a message. */
struct server *server_start(struct world *w, const char *dir, int log_fd);
/* Descriptor to poll for input, and the call that passes on into the log what it has said: 0, or a
 * negative errno when not all of it could be written, now or before. */
int server_fd(const struct server *s);
int server_hear(struct server *s);
/* Whether it was another child that ended; else false after a message. */
bool server_alive(struct server *s, pid_t ended);
/* Ends it at once, on purpose; does nothing when there is none. */
/* Whether there was one to kill. */
bool server_kill(struct server *s);
/* Starts it again as it was, after server_kill(): its log goes on. Blocks until it is ready. 0 or
 * a negative errno after a message. */
int server_revive(struct server *s);
/* Returns as server_hear() does, for all that it has ever said. s may be NULL. */
int server_stop(struct server *s);

/* ---- meter.c: what passes on the site's bridge -------------------------------------- */

struct meter_counts {
    uint64_t tcp4051_bytes; /* IP total length of TCP with a port 4051 */
    uint64_t udp4051_bytes;
    uint64_t udp4051_broadcasts; /* datagrams, counted once each */
    uint64_t tftp_frames;        /* UDP between a phone and the server */
    uint64_t other_frames;       /* IP frames between phones on neither */
    uint64_t dropped;            /* by the kernel, for want of room */
};
struct meter;
struct phone_traffic;
/* Opens a packet ring on each of the site's bridges, promiscuous, headers only. traffic: zeroed
 * records of the plan's phones, counted up as it reads; or NULL. NULL after a message. */
struct meter *meter_open(struct world *w, struct phone_traffic *traffic);
/* Descriptor to poll for input, and the call that empties the ring. */
int meter_fd(const struct meter *m);
void meter_poll(struct meter *m);
struct meter_counts meter_read(struct meter *m);
void meter_close(struct meter *m);

/* ---- hostlimit.c: host-wide limits that a large fleet needs ------------------------- */

/* The neighbour table is one for the whole kernel. A phone knows the phones that it was sent on to
 * on its way down six trees, those that asked it, and its links: 20 to 50 at 1,000 phones. Full,
 * the table makes sends fail, broadcasts among them. */
#define NEIGHBOURS 64

/* Raises what the fleet needs and the host lacks (net.core.netdev_max_backlog, the neighbour
 * table's gc_thresh; silently the caller's own limits on open files and locked memory), each with
 * a line on standard error, and leaves a guard process that puts the old values back when the
 * calling process and what it forked have ended, however they ended. Puts back first what a run
 * left that was killed with its guard. To be called in the host's
 * namespaces before any other is entered. 0 or a negative errno after a message. */
int hostlimit_raise(const struct plan *plan);
/* What it would do about one of them, by its sysctl's name, for so many phones; tried by writing
 * the value that it has, where that does not suffice. */
struct hostlimit_try {
    unsigned long have, need; /* have 0: not to be seen from here, where the host's stands */
    int error;                /* an errno: it does not suffice and cannot be raised */
    size_t phones;            /* that it suffices for as it is */
};
struct hostlimit_try hostlimit_try(const char *name, size_t phones);
/* Puts them back now, and waits (at most 2 s) until it is done: for an orderly end, when all that
 * the caller forked is gone. A guard that has been killed is stood in for, with a message. */
void hostlimit_release(void);

#endif
