/* facts.h - what was measured of a run, by whom it does not matter: counts and times. */
#ifndef FACTS_H
#define FACTS_H

#include "emu/contract.h"

#include <stdbool.h>
#include <stdint.h>

/* What the site's bridge saw of one phone on TCP 4051. */
struct phone_traffic {
    uint32_t opened;   /* connections that it opened and that were answered (SYN+ACK): as a child */
    uint32_t accepted; /* that it answered: as a parent */
};

/* Whom the fleet's clock waited for (netns/world/pacer.h). */
enum clock_holder {
    CLOCK_HELD_BY_PHONES,   /* one at work, or late to wake */
    CLOCK_HELD_BY_WAN,      /* the line between site and servers, or a server at work */
    CLOCK_HELD_BY_MANAGER,  /* our own call manager at work */
    CLOCK_HELD_BY_LAUNCHER, /* at work on a fault, or on a phone's start */
    CLOCK_HELD_BY_HOST,     /* this machine ran nobody: steal, suspend, other work, a debugger */
    CLOCK_HOLDERS
};

/* What became of time. */
#define CLOCK_HUNG 4
struct clock_facts {
    bool free;                       /* it waited for nobody: all below is 0 */
    uint64_t ran_ns;                 /* real time from its start to the run's end */
    uint64_t held_ns[CLOCK_HOLDERS]; /* real time of that in which it stood */
    uint32_t holds[CLOCK_HOLDERS];   /* how often */
    uint64_t unanswered;             /* frames given up: nobody had taken them after a real time */
    uint32_t hung_count;             /* who was given up: the clock went on without them, */
    uint32_t hung[CLOCK_HUNG];       /* the first of them: a phone's place in the plan, or beyond
                                      * all of these the call manager */
};

struct manager_list; /* managerlist.h */

/* What the keeper and its launcher measured, handed over when the fleet has come to its end. */
struct run_facts {
    bool timed_out;              /* --timeout struck before all phones had ended */
    uint64_t wan_bytes_down;     /* counted at the site's router: towards the phones */
    uint64_t wan_bytes_up;
    uint64_t tcp4051_bytes;      /* IP bytes seen on the site's bridge */
    uint64_t udp4051_broadcasts;
    uint64_t lan_other_frames;   /* phone-to-phone IP frames on neither TFTP nor port 4051 */
    uint64_t meter_dropped;      /* frames the meter missed: counts are low by as many */
    uint64_t neighbours_refused; /* by the host's full table: sends that failed without a word */
    uint64_t emulated_us;        /* from the first power-on to the last phone's end */
    uint64_t wall_ms;            /* the same in real time */
    struct clock_facts clock;
    uint64_t phones_ready_ms;    /* from the start of set-up to the barrier */
    uint64_t teardown_ms;
    uint64_t memory_peak_kib;    /* of the whole fleet: processes and kernel */
    const struct phone_status *status; /* plan->count records, stable copies */
    const struct phone_traffic *traffic; /* plan->count records; NULL: nothing was metered */
    const struct manager_list *manager; /* our own call manager's in the end; NULL: there is none */
    const struct run_facts *traditional; /* of a comparison's run in that mode, for the one by PFS;
                                            NULL: there was none */
};

#endif
