/* sim.h - the phones' own core on a simulated LAN, WAN and TFTP server, in virtual time.
 *
 * One event queue, one clock, one seed: the same seed gives the same run. The LAN delivers
 * datagrams after SIM_LAN_DELAY and may lose them; TCP is reliable, ordered, and paced by each
 * phone's port rate; the WAN is a FIFO with rate, delay, a queue's end and loss each way (wan.c);
 * the server answers in lock-step as RFC 1350 says and repeats itself as dnsmasq does (server.c).
 * Nothing here decides for a phone.
 *
 * Checked at every step, ending the program: a committed file is byte-identical with the server's;
 * a phone boots only from a load whose files it all holds; a timer that has run moves the phone's
 * deadline on.
 */
#ifndef SIM_H
#define SIM_H

#include "emu/phone.h"

#define SIM_LAN_DELAY 100ull       /* us */
#define SIM_SERVER    0xac1fff02u

struct sim_file {
    char name[NAME_MAX_LEN];
    uint8_t *data;
    size_t len;
    uint8_t digest[DIGEST_LEN];
    bool firmware;             /* no configuration */
    bool authenticated;        /* some phone has committed it */
    unsigned fetches;          /* whole transfers by the server */
};

/* Phones that are alike. They come in the order of the groups. */
struct sim_group {
    const char *model, *running, *load;
    size_t count;              /* the last group takes the rest */
    bool pfs;
    const char *config;        /* what their SEP<MAC>.cnf.xml holds; NULL: load and pfs */
};

struct sim_options {
    size_t phones;
    uint64_t seed;
    const char *firmware;      /* directory of the TFTP root */
    const char *key;           /* PEM file that signs it; NULL: only its structure is checked */
    const struct sim_group *groups;
    size_t group_count;
    bool pfs;                  /* false: off for all, whatever the groups say */
    uint32_t first_ip;         /* of phone 0, host order; the others follow */
    usec wan_delay;            /* one way */
    uint64_t wan_bps;          /* 0: unlimited */
    uint64_t wan_queue;        /* bytes that may wait for the line each way; 0: any */
    double wan_loss;           /* 0 to 1, per frame */
    size_t server_transfers;   /* at one time; who asks beyond them has to wait; 0: any */
    unsigned server_clock;     /* emulated seconds in one of the server's own: a run's speed */
    uint64_t port_bps;         /* of each phone's LAN port */
    double udp_loss;           /* 0 to 1, per copy of a datagram */
    usec boot_spread;          /* power-on times are random within this */
    double boot_rate;          /* or: so many phones a second, one after another; 0: at once */
    bool trace;                /* console lines on standard output */
};
/* What a fleet is unless told otherwise: 48 CP-7961G behind a T1 with 150 ms round trip. */
extern const struct sim_options sim_defaults;

struct sim;
struct sim *sim_new(const struct sim_options *o);
void sim_free(struct sim *s);
/* Runs until nothing is left to do or the virtual time is reached. */
void sim_run(struct sim *s, usec until);
usec sim_now(const struct sim *s);
/* A number below limit, from the seed. */
uint32_t sim_random(struct sim *s, uint32_t limit);

/* Ends phone i: it hears nothing more. Quietly, as when it is unplugged: its peers' connections
 * just go silent; else they are told of their end. */
void sim_kill(struct sim *s, size_t i, bool quietly);
/* Pulls phone i's plug and puts it back: its flash stays. */
void sim_restart(struct sim *s, size_t i);
/* Phone i stands still for so long; what comes for it meanwhile waits. */
void sim_freeze(struct sim *s, size_t i, usec duration);
/* Breaks every TCP connection of phone i. */
void sim_cut(struct sim *s, size_t i);

bool sim_alive(const struct sim *s, size_t i);
const struct phone_status *sim_status(const struct sim *s, size_t i);
/* Index of the first living phone in an upgrade with a child and no parent; -1 when none. */
long sim_find_root(const struct sim *s);

struct sim_counts {
    uint64_t broadcasts, unicasts, tcp_connects, tcp_bytes, server_packets;
    uint64_t wan_bytes[2];     /* up: given to the line; down: come out of it; Ethernet frames */
    uint64_t wan_dropped;      /* frames: queue full or lost */
    uint64_t events;           /* of the queue */
    unsigned max_children;     /* of any phone, ever, at one time */
    unsigned tree_depth;       /* phones from a root to the farthest below it, root included */
    uint64_t trace;            /* digest of all events, FNV-1a */
};
struct sim_counts sim_counts(const struct sim *s);
/* The files that the server holds; *count of them. */
const struct sim_file *sim_files(const struct sim *s, size_t *count);

/* How the living phones stand. */
struct sim_census {
    size_t upgraded, failed, dead, busy;
};
struct sim_census sim_census(const struct sim *s);
/* Runs until every phone is idle or has failed, at most until the virtual time given. When the last
 * of them was; NEVER: some are not. */
usec sim_run_to_end(struct sim *s, usec until);

/* ---- check.c: whole runs ------------------------------------------------------------- */

/* The fixed set, as TAP on standard output. 0 when all is well. */
int check_fixed(void);
/* count seeds from first on, with random fleets and faults. Prints the failed ones. */
int check_sweep(uint64_t first, uint64_t count);
/* One of them, with the phones' console lines: the replay of a failure. */
int check_replay(uint64_t seed);

#endif
