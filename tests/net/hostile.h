/* hostile.h - what the parts of the hostile peer share. See hostile.c. */
#ifndef HOSTILE_H
#define HOSTILE_H

#include "emu/core/pfs.h"

#include <netinet/in.h>

#define XID       0xfeedf000u
#define TURN_MS   20
#define ADDRESSES 64
#define FILES     16
#define PHONES    64

/* What it says to JOIN, to who then connects, and to all phones unasked. */
enum join { J_SILENT, J_ACCEPT, J_BUSY, J_REFUSE, J_ASTRAY };
enum serve {
    S_MUTE,
    S_STALL,
    S_DRIP,
    S_HALF,
    S_WRONG,
    S_DIGEST,
    S_SHORT,
    S_ENDLESS,
    S_OLD,
    S_FAILED
};
enum noise {
    N_NONE,
    N_DATAGRAMS,
    N_STREAMS,
    N_CALLS,
    N_HALF_CALLS,
    N_HELLO,
    N_REPLAY,
    N_HOLD,     /* takes every place that it is given, and is never done with the file */
    N_SHUT,     /* likewise, and reads nothing */
    N_AGAIN,    /* gives it back before anybody's patience ends, and asks anew */
    N_JOINS,    /* datagrams alone, from addresses at which nobody is */
    N_SYNS,     /* likewise, from nearly all of the subnet's */
};

struct role {
    const char *name;
    bool claims; /* to be the strongest confirmed root, of every file that it hears of */
    enum join join;
    enum serve serve;
    enum noise noise;
    unsigned rate; /* N_JOINS, N_SYNS: datagrams an emulated second */
};

struct file {
    struct wire_msg claim; /* of ours */
    uint8_t old[WIRE_MAX]; /* a claim heard, as it was */
    size_t old_len;
    uint8_t *data;
    size_t len;
};

/* Whom it has heard, or heard of. */
struct victim {
    struct in_addr ip;
    size_t file; /* that it was last said to be at */
};

struct did {
    unsigned claims, joins, connects, accepts, datagrams;
};

extern const struct role *role;
extern struct in_addr first, broadcast;
extern int address_count;
extern struct file files[FILES];
extern size_t file_count;
extern struct victim phones[PHONES];
extern size_t phone_count;
extern struct did did;

/* Since it began, in emulated milliseconds. */
uint64_t emulated_ms(void);
struct sockaddr_in at(struct in_addr ip, uint16_t port);
/* Its own addresses; from address_count on, those at which nobody is. */
struct in_addr own(int i);
void send_udp(int ear, struct in_addr to, const void *data, size_t len);
void say(int ear, struct in_addr to, struct wire_msg m);

/* noise.c: unasked, to everybody. */
void noise_set_up(void);
void noise_turn(void);

/* intruder.c: asks for places, and takes what it is given. */
void intruder_set_up(void);
void intruder_turn(void);
void intruder_accepted(int ear, size_t phone, size_t file);

#endif
