/* sim.h - the phones' own core on a simulated LAN, WAN and TFTP server, in virtual time.
 *
 * One event queue, one clock, one seed: the same seed gives the same run. The LAN delivers
 * datagrams after SIM_LAN_DELAY; TCP is reliable, ordered, and paced by each phone's port rate; the
 * WAN is a FIFO with rate, delay, a queue's end and loss each way (wan.c); the server answers in
 * lock-step as RFC 1350 says and repeats itself as dnsmasq does (server.c). Nothing here decides
 * for a phone.
 *
 * What can go wrong goes wrong in two ways: by chance, at the rates of struct sim_damage, until
 * sim_repair(); or by the calls below that hit one phone, the server, the WAN or the subnet. Both
 * draw on the seed. Who wants to see what happens passes a struct sim_watch.
 */
#ifndef SIM_H
#define SIM_H

#include "emu/core/phone-private.h"
#include "emu/core/phone.h"
#include "emu/sccp/registrar.h"

#define SIM_LAN_DELAY 100ull       /* us */
#define SIM_SERVER    0xac1fff02u
#define SIM_MANAGER(i) (0xac1fff0au + (i))

struct sim_file {
    char name[NAME_MAX_LEN];
    uint8_t *data;
    size_t len;
    uint8_t digest[DIGEST_LEN];
    bool firmware;             /* no configuration */
    bool authenticated;        /* some phone has committed it */
    unsigned fetches;          /* whole transfers by the server */
};

/* What the network, the flash and the clocks do wrong by chance. Shares are 0 to 1. */
struct sim_damage {
    double udp_loss, udp_twice, udp_flip; /* of the copies of a datagram on the LAN */
    usec udp_jitter;           /* each copy is late by up to this, and so overtakes others */
    double wan_loss, wan_flip; /* of the packets, each way */
    double tftp_refused;       /* of the read requests: an ERROR that may pass */
    double tftp_broken;        /* of the blocks: an ERROR of any code, and the transfer is over */
    double dhcp_loss;          /* of the messages, each way */
    double dhcp_nak;           /* of the REQUESTs that are right */
    double dhcp_short;         /* of the pool: not handed out */
    double tcp_cut;            /* of the messages: a part of it arrives, then the connection ends */
    double tcp_stall;          /* of the messages: a part of it arrives, the rest up to */
    usec tcp_stall_max;        /*   so much later */
    double tcp_mute;           /* of the messages: a part of it arrives, then nothing any more */
    double tcp_flip;           /* of the messages: one bit is wrong */
    double tcp_pieces;         /* of the messages: arrive in pieces */
};

/* Who looks on; any may be NULL. */
enum sim_note { SIM_BLOW, SIM_EVENT, SIM_CONSOLE };
struct sim;
struct sim_watch {
    void *ctx;
    /* After every event that happened to a phone. */
    void (*step)(void *ctx, struct sim *s, size_t phone);
    /* What is said: of a fault (phone -1: of the network, the WAN or the server), of a phone's JSON
     * event lines, of its console. */
    void (*note)(void *ctx, usec at, long phone, enum sim_note kind, const char *text);
    /* A promise was broken: "address" (an interface takes what another one has), "identical" (a
     * file became visible that is not authenticated and byte-identical with the server's),
     * "whole-load" (boots from a load of which a file is missing), "spin" (a timer that has run did
     * not move the deadline on). Without it the program ends. */
    void (*broken)(void *ctx, size_t phone, const char *invariant, const char *text);
};

/* Stations that mean harm, see hostile.c. A spoofer is one station; its number is how many JOINs it
 * sends a second. */
enum sim_foe { SIM_NO_FOE, SIM_HOLDER, SIM_READS_NOTHING, SIM_RETURNER, SIM_SPOOFER,
               SIM_DRIPPER };

/* Phones that are alike. They come in the order of the groups. */
struct sim_group {
    const char *model, *running, *load;
    size_t count;              /* the last group takes the rest */
    bool pfs;
    unsigned subnet;           /* its phones hear no broadcast of another's */
    unsigned quirks;           /* enum quirk: the phones' own ones count */
    bool factory_reset;        /* they start with nothing on their flash */
    const char *config;        /* what their SEP<MAC>.cnf.xml holds; NULL: load and pfs */
};

/* How phones come by their addresses, see leases.c. */
struct sim_dhcp {
    bool on;                   /* false: by hand, and none of this */
    unsigned servers;          /* 0: one */
    size_t pool;               /* addresses of all of them; 0: enough */
    unsigned lease_s;
    size_t squatters;          /* stations that have the first addresses of it by hand */
    bool dead_tftp;            /* the first TFTP server that they name never answers */
};

/* With whom phones are to register, see managers.c. */
struct sim_managers {
    unsigned count;            /* call managers, in the order in which phones prefer them */
    unsigned keepalive;        /* seconds; 0: as a registrar has it */
    const char *before;        /* what configurations name until sim_name_load(); NULL: the groups'
                                * loads, and its name is as long as theirs */
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
    usec boot_spread;          /* power-on times are random within this */
    size_t late;               /* so many phones, the last ones, wait for sim_power_on() */
    struct sim_dhcp dhcp;
    struct sim_managers managers;
    struct sim_damage damage;
    unsigned drift_ppm;        /* each phone's clock is fast or slow by up to so much */
    enum sim_foe foe;
    unsigned foes;             /* how many */
    unsigned drip;             /* bytes a second that a dripper shows */
    bool equal_draws;          /* all phones draw the same random numbers: equal claims */
    const struct sim_watch *watch; /* or NULL */
    double boot_rate;          /* or: so many phones a second, one after another; 0: at once */
    bool trace;                /* console lines on standard output */
};
/* What a fleet is unless told otherwise: 48 CP-7961G behind a T1 with 150 ms round trip. */
extern const struct sim_options sim_defaults;

struct sim *sim_new(const struct sim_options *o);
void sim_free(struct sim *s);
/* Runs until nothing is left to do or the virtual time is reached. */
void sim_run(struct sim *s, usec until);
usec sim_now(const struct sim *s);
/* A number below limit, from the seed. */
uint32_t sim_random(struct sim *s, uint32_t limit);

/* As sim_run(), but returns at the first event after which holds() is true of the phone that it
 * happened to: its index; or -1. */
long sim_run_until(struct sim *s, usec until, bool (*holds)(struct sim *s, size_t i));

/* Switches one more of the late phones on. */
void sim_power_on(struct sim *s);
/* Ends phone i: it hears nothing more. Quietly, as when it is unplugged: its peers' connections
 * just go silent; else they are told of their end. */
void sim_kill(struct sim *s, size_t i, bool quietly);
/* Pulls phone i's plug and puts it back: its flash stays. */
void sim_restart(struct sim *s, size_t i);
/* Phone i stands still for so long; what comes for it meanwhile waits. */
void sim_freeze(struct sim *s, size_t i, usec duration);
/* Breaks every TCP connection of phone i. */
void sim_cut(struct sim *s, size_t i);

/* Tells the watcher. */
void sim_note(const struct sim *s, long phone, enum sim_note kind, const char *text);
/* Flips a bit of phone i's flash: of a file that it holds, as it serves it from now on, or else of
 * its unfinished download. False when it has neither. */
bool sim_flip_flash(struct sim *s, size_t i);
/* Splits the subnet at random into two that do not hear each other; heals it. */
void sim_split(struct sim *s);
void sim_heal(struct sim *s);
/* The server answers nothing, and has forgotten its transfers when it is back. */
void sim_server(struct sim *s, bool up);
/* From now on the server refuses phone i whatever it asks for, also in the middle of a file. */
void sim_refuse(struct sim *s, size_t i);
/* Nothing passes the WAN. */
void sim_wan(struct sim *s, bool up);
/* Call manager i: dies, and its connections with it, of which it may tell nobody; is slow; takes
 * nobody; hangs up on all; says nonsense to all; orders all of its list, so many a second; and is
 * well again, as new if it had died. */
void sim_manager_dies(struct sim *s, unsigned i, bool quietly);
void sim_manager_slow(struct sim *s, unsigned i);
void sim_manager_refuses(struct sim *s, unsigned i, const char *text);
void sim_manager_hangs_up(struct sim *s, unsigned i);
void sim_manager_babbles(struct sim *s, unsigned i);
void sim_manager_orders(struct sim *s, unsigned i, enum sccp_reset order, double rate);
void sim_manager_is_well(struct sim *s, unsigned i);
/* From now on configurations name the groups' loads. */
void sim_name_load(struct sim *s);
/* What it knows; NULL: it is dead. */
const struct registrar *sim_manager_list(const struct sim *s, unsigned i);
/* Ends all damage by chance: struct sim_damage becomes zero. */
void sim_repair(struct sim *s);
/* Whether there is any, or the subnet is split, the server or the WAN down, a phone frozen, a call
 * manager not well. */
bool sim_damaged(const struct sim *s);

size_t sim_phones(const struct sim *s);
bool sim_alive(const struct sim *s, size_t i);
const struct phone_status *sim_status(const struct sim *s, size_t i);
/* The phone with that address, or -1. */
long sim_node_of(const struct sim *s, uint32_t ip);
/* Until when a DHCP server has granted phone i the address that its interface has; 0: none has. */
usec sim_granted_until(const struct sim *s, size_t i);
/* What phone i is doing in its hierarchy. To look at; no decision of a phone's is made here. */
const struct pfs *sim_pfs(const struct sim *s, size_t i);
/* TCP connections that phone i has open. */
size_t sim_open_conns(const struct sim *s, size_t i);
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

#endif
