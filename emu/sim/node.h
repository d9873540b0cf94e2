/* node.h - the inside of the simulator, shared by queue.c, node.c (phones), damage.c (blows), lan.c
 * (UDP and TCP), leases.c (DHCP), managers.c (SCCP), wan.c, server.c (TFTP), flash.c, hostile.c,
 * census.c and notes.c.
 */
#ifndef NODE_H
#define NODE_H

#include "emu/sim/sim.h"

enum kind {
    EV_START,
    EV_WAKE,
    EV_UDP,
    EV_TFTP,
    EV_DHCP,
    EV_FRAME,
    EV_ADDRESSED,
    EV_LEASES,
    EV_SERVER,
    EV_SERVER_TIMER,
    EV_MANAGER_CALL,
    EV_MANAGER_HEARD,
    EV_MANAGER_HUNG_UP,
    EV_MANAGER_WAKE,
    EV_MANAGER_JOINED,
    EV_MANAGER_SAID,
    EV_MANAGER_SENT,
    EV_MANAGER_ENDED,
    EV_ACCEPT,
    EV_CONNECTED,
    EV_DATA,
    EV_SENT,
    EV_CLOSED
};

struct item {
    usec at;
    uint64_t order;
    enum kind kind;
    uint32_t node, from;      /* whom it happens to, and through whom; EV_LEASES: who asks which
                               * server; EV_MANAGER_*: which phone, which manager */
    uint16_t port;            /* EV_TFTP, EV_SERVER, EV_SERVER_TIMER: the phone's port;
                               * EV_MANAGER_*: its slot */
    uint64_t end, far_end;    /* TCP: the node's end; EV_ACCEPT: the caller's */
    size_t len;
    const uint8_t *data;      /* not owned, or NULL: */
    uint8_t *copy;            /* owned */
};

struct end {                  /* one end of a TCP connection, known to others by its id alone */
    uint64_t id;              /* 0: closed */
    uint32_t peer;
    uint64_t peer_id;         /* 0 until accepted */
    usec last;                /* delivery of what was sent last */
    usec hold;                /* nothing is delivered here before */
    bool mute;                /* nothing leaves here any more */
};

struct call {                 /* to a call manager, from the phone's end */
    uint64_t id;              /* 0: none */
    uint32_t manager;
    bool broken;              /* nothing gets through any more */
    usec last[2];             /* delivery of what was sent last, each way */
};

struct hostile;               /* hostile.c */

struct node {
    struct sim *sim;
    struct phone *phone;      /* or else: */
    struct hostile *hostile;
    uint64_t rng;
    uint32_t group;
    uint32_t ip;              /* of its interface, network order; 0: none */
    bool alive, listening, ended, dhcp_open;
    bool skips;               /* authentication, by its quirk */
    bool side;                /* of the split subnet */
    bool refused;             /* by the server */
    int32_t drift_ppm;        /* its clock is fast by */
    uint32_t parent_ip;       /* as last said */
    usec thaw;                /* frozen until then */
    usec wake;                /* earliest EV_WAKE in the queue */
    uint16_t port;            /* latest TFTP port, 0 none */
    usec port_free;           /* LAN port busy until */
    struct end ends[CONN_PEERS];
    struct call calls[2];     /* of CONN_MANAGER0 and CONN_MANAGER1 */
    const struct sim_file *files[SCREEN_BOXES + 1]; /* committed */
    size_t file_count;
    const struct sim_file *flipped; /* one of them with a wrong bit, as it is served, */
    uint8_t *flipped_data;          /* and its bytes */
    /* the download under way */
    char name[NAME_MAX_LEN];
    const struct sim_file *candidate;
    uint8_t *buffer;          /* only when it differs from the candidate */
    size_t len, room;
    bool downloading;
    usec moved;               /* when a byte of a file last came to it; 0: never */
};

struct slot;                  /* leases.c */
struct manager;               /* managers.c */
struct transfer;              /* the server's */
struct waiting;

struct sim {
    struct sim_options o;
    struct auth_key *key;
    struct node *nodes;
    struct slot *pool;        /* of DHCP; NULL: addresses by hand */
    struct manager *managers; /* as many as there are */
    struct transfer **transfers; /* per node, newest first */
    size_t transfer_count;
    struct waiting *waiting, **waiting_last; /* requests that the server has not read */
    struct item *heap;
    size_t used, room;
    uint64_t order, rng, end_ids;
    usec now;
    enum kind doing;          /* what happens at this time */
    bool split, server_down, wan_down;
    uint64_t wan_free_ns[2];  /* when the line has sent all that it was given */
    size_t ended;             /* phones */
    usec ended_at;            /* when that number changed last */
    struct sim_file *files;   /* first the configuration of each group */
    size_t file_count;
    struct sim_counts counts;
};

/* queue.c */
void sim_push(struct sim *s, struct item it);
/* In its old place before what came later: at another time, but with the order it had. */
void sim_put_back(struct sim *s, struct item it);
struct item sim_pop(struct sim *s);
/* True by that chance, drawn from the seed; no draw where there is none. */
bool sim_chance(struct sim *s, double share);
/* A copy of which one bit may be wrong. */
uint8_t *sim_flip(struct sim *s, const void *data, size_t len, double share);

/* node.c; sim_find_file: server.c */
/* The phone's own time now. */
usec sim_local(const struct node *n);
void sim_schedule_wake(struct node *n);
void sim_broken(const struct node *n, const char *invariant, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
uint32_t sim_index(const struct node *n);
/* A station's address, network order; 0: it has none. */
uint32_t sim_ip(const struct sim *s, uint32_t i);
/* The address that it has by hand, or would have. */
uint32_t sim_own_ip(const struct sim *s, uint32_t i);
/* Who has that address, phone or not; -1: nobody. */
long sim_station_of(const struct sim *s, uint32_t ip);
uint8_t *sim_copy(const void *data, size_t len);
struct sim_file *sim_find_file(struct sim *s, const char *name);

/* lan.c */
/* Until when an event of TCP has to wait, 0: it has not. */
usec lan_holds(struct sim *s, struct node *n, const struct item *it);
/* Breaks a connection: both ends hear of it. */
void lan_tcp_break(struct node *n, int conn);
int lan_open(void *ctx);
void lan_close(void *ctx);
void lan_broadcast(void *ctx, const void *data, size_t len);
void lan_send(void *ctx, uint32_t ip, const void *data, size_t len);
void lan_tcp_connect(void *ctx, int conn, struct addr target);
void lan_tcp_send(void *ctx, int conn, const void *head, size_t head_len, const void *body,
                  size_t body_len);
void lan_tcp_close(void *ctx, int conn);
void lan_tcp_move(void *ctx, int from, int to);
void lan_tcp_event(struct sim *s, struct node *n, const struct item *it);

/* leases.c */
void leases_make(struct sim *s);
void leases_address(void *ctx, const struct net_address *address);
int leases_open(void *ctx);
void leases_close(void *ctx);
void leases_send(void *ctx, uint32_t to, const void *data, size_t len);
void leases_frame(void *ctx, enum frame_kind kind, const void *frame, size_t len);
/* A server hears a phone. */
void leases_heard(struct sim *s, const struct item *it);
/* Its interface has no address any more. */
void leases_drop(struct node *n);
/* The phone whose interface has that address, or -1. */
long leases_holder(const struct sim *s, uint32_t ip);

/* managers.c */
void managers_make(struct sim *s);
void managers_free(struct sim *s);
void managers_connect(struct node *n, int slot, struct addr to);
void managers_send(struct node *n, int slot, const void *data, size_t len);
void managers_close(struct node *n, int slot);
void managers_break(struct node *n, int slot);
/* Something comes to one; to a phone from one. */
void managers_event(struct sim *s, const struct item *it);
void managers_phone_event(struct node *n, const struct item *it);
bool managers_are_well(const struct sim *s);

/* notes.c: a phone has published its record. */
void sim_note_status(struct node *n, const struct phone_status *status);

/* wan.c */
enum { WAN_UP, WAN_DOWN };
/* Gives the line a UDP datagram of so many bytes: when it comes out, NEVER when it is dropped. */
usec wan_send(struct sim *s, int direction, size_t len);

/* server.c */
int server_tftp_open(void *ctx);
void server_tftp_close(void *ctx);
void server_tftp_send(void *ctx, struct addr to, const void *data, size_t len);
/* A line for a log server, which is there, beyond the WAN. */
void server_line(void *ctx, struct addr to, const void *data, size_t len);
void server_request(struct sim *s, const struct item *it);
void server_timer(struct sim *s, const struct item *it);
void server_read_root(struct sim *s);
void server_forget(struct sim *s);
/* A datagram came for a port that is closed: the phone's kernel says so. */
void server_unreachable(struct node *n, size_t len);
/* All of a file, or NULL when it cannot be opened; dir NULL: name is its path. */
uint8_t *sim_read_file(const char *dir, const char *name, size_t *len);

/* hostile.c */
/* All that is on the LAN: the phones, and after them those that are none. */
size_t hostile_stations(const struct sim *s);
void hostile_make(struct sim *s, uint32_t i);
void hostile_turn(struct node *n);
void hostile_udp(struct node *n, uint32_t from, const void *data, size_t len);
/* Where a caller is let in, or CONN_NONE. */
int hostile_accepts(struct node *n, uint32_t ip);
void hostile_tcp(struct node *n, const struct item *it, int conn);
/* Whether it takes such a message; or its window is shut. */
bool hostile_takes(const struct node *n, size_t body_len);

/* flash.c */
int sim_flash_begin(void *ctx, const char *name, const uint8_t *digest);
int sim_flash_append(void *ctx, const void *data, size_t len);
int sim_flash_view(void *ctx, struct flash_view *view);
int sim_flash_commit(void *ctx, bool authentic);
void sim_flash_discard(void *ctx);
int sim_flash_open(void *ctx, const char *name, struct flash_view *view);
void sim_flash_release(void *ctx);
int sim_flash_activate(void *ctx, const char *load);
void sim_flash_keep(void *ctx, const char *const *names, size_t count);

#endif
