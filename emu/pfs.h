/* pfs.h - peer firmware sharing: one phone's part in the hierarchies of its model.
 *
 * Theory of operation
 *
 * An upgrade takes its files one by one, the .loads index first. For each file the phones of one
 * model on one subnet form a binary tree:
 *
 *   election   (elect.c)  Listen 0.53 s, then broadcast CLAIM with a random strength, and Ad 1 to
 *              4 at 250 ms; who hears a claim before its own, or a stronger one, falls silent.
 *              Unbeaten at the fifth timeout: confirmed root, strength bumped above any tentative
 *              one. The stronger claim a little earlier (+-19 ms), so that a thousand phones
 *              reset together need only a handful of broadcasts. A root answers later claims by
 *              unicast.
 *   join       (join.c)   The others walk down from the root by unicast UDP: JOIN is answered by
 *              ACCEPT (a child slot is free), REDIRECT (to the child through which fewer have
 *              passed: that keeps the tree balanced) or REFUSE. A datagram proves nothing, so it
 *              takes no slot and none away: the first to connect have them.
 *   sharing    (share.c)  The accepted phone connects by TCP and waits. The root waits 10 s for
 *              its tree to form, then takes the file from the TFTP server. A parent passes a file
 *              on when it is whole and authenticated, resumes at the child's offset, and stays
 *              at that file until everything below it holds it (DONE): this is why parents
 *              show 100 % while others still show kilobytes.
 *
 * Invariants
 *   - At most one parent and two children, for all files together.
 *   - Only a phone without children below it asks for a parent: who loses its parent without
 *     holding the file lets its own children go first. So no cycle can form.
 *   - Bytes reach a child only from a file that is whole and authenticated here.
 *   - A phone answers for every file it holds in this upgrade, so that latecomers find it.
 *
 * Failure: a lost parent sends its children back to the root; a lost root to a new election; a
 * peer that is silent, stalls or serves what does not check is not used again for that file;
 * after PFS_ATTEMPTS such turns the phone goes to the TFTP server by itself. A root that
 * gives its fetch up (the server refuses the file, is silent for good, or sends what does not
 * check) says so to all below it. The server may have nothing against the next one (an access
 * list), and the word of a peer is no proof: so two more roots are tried before a phone that heard
 * three of them goes to the server by itself [the white paper: "Fails back to TFTP"]. There it
 * hears the answer that is its own: no phone fails by what a server told another.
 *
 * Doubt (doubt.c)  Anybody on the LAN can claim anything. A phone that has met one bad peer is wary
 * for the rest of its upgrade: a claim silences it only when its sender has answered a JOIN, and
 * a root that was never let down does not step down for a stronger one before that either. So
 * claimers that never serve cost each phone one turn, however many addresses they use. Half of
 * the turns gone, the root of each that fails is blamed as well.
 *
 * Worth (worth.h)  What a parent shows before it has the file is a number that nobody can check. So
 * now and then who waits asks the server for the file, for one block of it, and leaves a parent
 * that gives less than half of what the server itself gives then.
 *
 * Blame (blame.c)  Patience belongs to an address. Who was no use is remembered for all of the
 * upgrade: as a parent, it is not asked again for that file; as a child that wasted our time with a
 * file, it gets no slot for that file. For the next ones it comes after the others while a tree
 * forms, and has half of the patience; after two such files it gets no slot at all.
 *
 * The owner (phone.c) hears of everything through struct pfs_owner.
 */
#ifndef PFS_H
#define PFS_H

#include "emu/link.h"
#include "emu/worth.h"

#define PFS_OPEN_DELAY    (30 * USEC_MS)   /* sockets open to "|parent=": vendor log, line 3 */
#define PFS_LISTEN        (479 * USEC_MS)  /* from there to the earliest claim */
#define PFS_LISTEN_SPREAD (38 * USEC_MS)   /* the strongest claims first; log: 528 ms in all */
#define PFS_TICK          (250 * USEC_MS)
#define PFS_ADS           4
#define PFS_ROOT_WAITING  (10 * USEC_SEC)
#define PFS_AD_INTERVAL   (60 * USEC_SEC)  /* a confirmed root reminds its subnet */
#define PFS_JOIN_SPREAD   (4 * USEC_SEC)   /* joins are spread over this much of ROOT_WAITING */
#define PFS_JOIN_TIMEOUT  (1500 * USEC_MS)
#define PFS_JOIN_TRIES    4
#define PFS_JOIN_HOPS     64
#define PFS_LINK_TIMEOUT  (5 * USEC_SEC)   /* connect and HELLO */
#define PFS_ALIVE         (5 * USEC_SEC)
#define PFS_SILENCE       (15 * USEC_SEC)  /* a peer silent for so long is gone */
#define PFS_STALL         (240 * USEC_SEC) /* a parent without progress: ROOT_WAITING, TFTP's
                                            * tries (155 s), and one ALIVE per level */
#define PFS_FALLS         20               /* a parent that holds less than before: a fetch begun
                                            * anew, or the next level's own begun; not for ever */
/* Patience, whatever else is shown, for a LAN's transfer. Bytes that come earn it anew, at a rate
 * that no LAN is below, as many as the largest file has. For a parent that fetches: worth.h. */
#define PFS_SERVE_LIMIT   (600 * USEC_SEC)
#define PFS_CRAWL         4096             /* bytes a second; the server gives as much at 125 ms */
#define PFS_LEVELS        16               /* below a child, each as slow as the link to it was */
#define PFS_FILE_MAX      ((uint32_t)LIMIT_FILE_MIB << 20) /* bytes */
#define PFS_ATTEMPTS      8
#define PFS_LOSSES        32 /* a peer that says so for ever is no use either */
#define PFS_BLAME         (PFS_ATTEMPTS / 2) /* turns after which a failed turn's root is bad */
#define PFS_FILES         (1 + SCREEN_BOXES)
#define PFS_KNOWN         8
#define PFS_BAD           32               /* a turn adds its peer, and may add its root */
#define PFS_DONE          (20 * USEC_SEC)  /* for a child to be done; one below may be silent */
#define PFS_DONE_LEVEL    USEC_SEC         /* and more with each level down to PFS_LEVELS */
#define PFS_LINGER        (2 * PFS_JOIN_TIMEOUT) /* who was sent away has asked again by then */
#define PFS_HALVES        2                /* times that this is halved at most: beyond an ALIVE */
#define PFS_PROMISES      64               /* joiners that may call */
#define PFS_DOUBTS        32               /* claimers asked in a tick */

#define STRENGTH_CONFIRMED 0x80000000u /* tentative strengths have 31 bits; confirming adds this */

/* What the phone does for its current file. The names in brackets are the log's.
 *   OFF        sharing is closed; every message is ignored.
 *   IDLE       open, between files: serves what it holds.
 *   OPENING    sockets just opened; the 30 ms before the state line.
 *   LISTENING  nobody known; claims when the time is up. Any claim believed: YIELD.
 *   CLAIM      [ClaimRoot(tent)] a stronger claim believed: YIELD. Fifth timeout: ROOT_WAIT.
 *   YIELD      waits for another's confirmation and for its own turn to join.
 *   JOIN       asked `turn.target` for a place.
 *   LINK       accepted: connecting, then HELLO until the parent's first word.
 *   CHILD      linked; waits for the file, then receives it.
 *   ROOT_WAIT  [ROOT_WAITING] confirmed root; its tree forms.
 *   ROOT_FETCH the owner takes the file from the server.
 *   FALLBACK   no peer to be had: the owner takes the file from the server.
 *   SERVE      holds the file; stays until both child slots are free, or for PFS_SERVE_LIMIT and
 *              what a slow LAN adds to it. */
enum pfs_state {
    PFS_OFF,
    PFS_IDLE,
    PFS_OPENING,
    PFS_LISTENING,
    PFS_CLAIM,
    PFS_YIELD,
    PFS_JOIN,
    PFS_LINK,
    PFS_CHILD,
    PFS_ROOT_WAIT,
    PFS_ROOT_FETCH,
    PFS_FALLBACK,
    PFS_SERVE,
    PFS_STATE_COUNT
};
extern const char *const pfs_state_names[PFS_STATE_COUNT];

/* One file of this upgrade. */
struct pfs_file {
    char name[NAME_MAX_LEN];
    uint32_t h;
    bool held;          /* whole and authenticated here */
    bool rooted;        /* we are its confirmed root */
    uint32_t strength;  /* of our claim for it */
    uint8_t depth;      /* our own in its tree; root, and who has no parent: 1 */
    usec answered_at;   /* when we last told everybody that it is to be had here */
};

/* A root heard of, for a file that is or will be ours. */
struct pfs_root {
    uint32_t ip;        /* network order; 0: free */
    uint32_t h, xid, strength;
    bool confirmed;
    usec confirmed_at;  /* when it is, or was, to be confirmed */
};

/*   FREE      nobody.
 *   WAITING   linked; the file is not whole here yet.
 *   SENDING   FILE or DATA on their way.
 *   SENT      all sent; the child serves those below it and says DONE when they hold it, within
 *             blame_patience() and what a slow LAN adds to it. */
enum slot_state { SLOT_FREE, SLOT_WAITING, SLOT_SENDING, SLOT_SENT };

struct pfs_slot {
    enum slot_state state;
    uint32_t xid;
    uint32_t ip;          /* network order */
    int file;             /* index in files */
    unsigned passed;      /* joiners redirected to it */
    uint64_t offset;      /* WAITING: bytes it holds already; SENDING: next byte to send */
    uint8_t digest[DIGEST_LEN]; /* of the file that those bytes belong to */
    usec deadline;        /* when its silence is too long */
    usec limit;           /* SENDING, SENT: when our patience ends, whatever it says */
    usec since;           /* SENDING: from then on */
    uint64_t took;        /* SENDING: bytes that it last said to hold */
    struct link link;
};

/* A claim that counts when its sender has answered. */
struct pfs_doubt {
    struct pfs_root root; /* ip 0: free */
    usec asked_at;
};

/* The link upwards. Made anew with each connection, nothing of the one before is left. */
struct pfs_parent {
    struct link link;
    usec silent_at;       /* when its silence is too long */
    usec stalled_at;      /* when its lack of progress is */
    usec limit;           /* when our patience ends, whatever it says */
    uint64_t has;         /* bytes it last said to hold */
    unsigned falls;       /* how often they were fewer than before */
    bool announced;       /* it has said FILE: DATA may follow */
};

/* What the flash has of a file from peers, so that the next one can go on with it. */
struct pfs_part {
    bool partial;         /* its beginning, and not yet the end */
    uint64_t size, received;
    uint8_t digest[DIGEST_LEN];
};

/* One turn: an election, or a walk to a place, and what became of it. Begun by elect_begin(). */
struct pfs_turn {
    unsigned ads;         /* sent for the claim */
    uint32_t target;      /* YIELD, JOIN, LINK: the phone to be asked, network order */
    unsigned tries, hops;
    uint64_t fetched;     /* ROOT_FETCH: bytes that the owner has from the server */
};

/* What is known for the sake of the current file alone. Begun anew with each, see pfs_attend(). */
struct pfs_want {
    unsigned attempts;    /* turns that ended without the file, by a peer's fault, */
    unsigned losses;      /* and because one further up was lost */
    struct pfs_part part;
    struct pfs_worth worth;
    struct pfs_turn turn;
    usec whole_at;        /* SERVE: since when it is held */
};

/* What there is against an address: files by their index, a bit each. */
struct pfs_bad {
    uint32_t ip;          /* network order; 0: free */
    uint32_t parent;      /* for which it is not to be asked */
    uint32_t child;       /* with which it wasted our patience: it gets no slot for them */
};

/* Told that a slot is free. It has none before it has called. */
struct pfs_promise {
    uint32_t ip;          /* network order; 0: free */
    usec until;
};

struct pfs_lobby {
    usec deadline;
    bool promised;        /* used up by the call */
    struct link link;
};

/* What the owner is told; each may be called from within any pfs_*() call. */
struct pfs_owner {
    /* Take the current file from the TFTP server: as its root, or because no peer is left. */
    void (*fetch)(void *owner, const char *file);
    /* Stop doing so: a stronger root was found. */
    void (*fetch_stop)(void *owner);
    /* Ask the server for the file, and stop at its first block: worth_sampled() hears of it. */
    void (*sample)(void *owner, const char *file);
    /* A download from a peer begins, goes on: bytes of total. */
    void (*progress)(void *owner, uint64_t bytes, uint64_t total);
    /* The download on the flash, whole, is to have that digest: authenticate and commit. NULL, or
     * why it was refused. */
    const char *(*whole)(void *owner, const char *file, uint32_t from_ip, const uint8_t *digest);
    /* The current file is held and nobody below waits for it: on to the next. */
    void (*advance)(void *owner);
};

struct pfs {
    struct kit *kit;
    const struct pfs_owner *owner;
    void *owner_arg;
    enum pfs_state state;
    usec at;                 /* when the current state has something to do; NEVER */
    uint32_t map;            /* this boot's number */

    struct pfs_file files[PFS_FILES];
    int file_count;
    int current;             /* index in files; -1 between files */
    struct pfs_want want;    /* of the current file */

    struct pfs_root known[PFS_KNOWN];
    bool wary;               /* one has been bad in this upgrade */
    struct pfs_doubt doubts[PFS_DOUBTS];
    struct pfs_bad bad[PFS_BAD];

    struct pfs_parent parent;
    struct pfs_slot slots[2];
    struct pfs_promise promises[PFS_PROMISES];
    struct pfs_lobby lobby[CONN_COUNT - CONN_LOBBY];
    usec alive_at;           /* when ALIVE goes to whoever waits for us */
    usec ad_at;              /* when a confirmed root reminds its subnet */
};

/* ---- for the owner (pfs.c) ----------------------------------------------------------- */

void pfs_init(struct pfs *s, struct kit *kit, const struct pfs_owner *owner, void *owner_arg);
/* Opens port 4051 for an upgrade. 0 or a negative errno. */
int pfs_open(struct pfs *s);
/* Leaves every hierarchy and closes the port. */
void pfs_close(struct pfs *s);
/* The next file is wanted from peers. */
void pfs_want(struct pfs *s, const char *file);
/* A file that the flash already held: served to others, not wanted. */
void pfs_hold(struct pfs *s, const char *file);
/* The fetch asked for has ended: whole (committed by the owner), or failed for good: those below
 * hear of it, and go on without us. */
void pfs_fetched(struct pfs *s);
void pfs_fetch_failed(struct pfs *s);
/* Bytes of the current file held by the owner's own fetch: told to children as progress. */
void pfs_fetch_progress(struct pfs *s, uint64_t bytes);

usec pfs_deadline(const struct pfs *s);
void pfs_timers(struct pfs *s);
void pfs_udp(struct pfs *s, struct addr from, const void *data, size_t len);
int pfs_accepted(struct pfs *s, uint32_t ip);
void pfs_connected(struct pfs *s, int conn);
void pfs_data(struct pfs *s, int conn, const void *data, size_t len);
void pfs_sent(struct pfs *s, int conn);
void pfs_closed(struct pfs *s, int conn, int error);

/* ---- between elect.c, join.c, share.c and pfs.c -------------------------------------- */

struct pfs_file *pfs_current(struct pfs *s);       /* NULL between files */
/* Another file is the current one, or none, by its index in files: the only place that says so. */
void pfs_attend(struct pfs *s, int file);
int pfs_find(const struct pfs *s, uint32_t h);     /* index in files, or -1 */
void pfs_set_state(struct pfs *s, enum pfs_state to, usec at);
struct wire_msg pfs_message(const struct pfs *s, enum wire_type type, uint32_t h);
void pfs_unicast(struct pfs *s, uint32_t ip, const struct wire_msg *msg);
/* The next turn, after one that ended without the file: to the root, or to an election. */
void pfs_turn(struct pfs *s, bool root_lost);
/* Likewise, but the turn failed by a peer's fault: after PFS_ATTEMPTS of them, fall back. */
void pfs_again(struct pfs *s, bool root_lost, const char *why);
/* Patience that ends at `end`, after so many bytes more at that rate; never beyond all of it. */
usec pfs_earn(const struct pfs *s, usec end, uint64_t bytes, unsigned rate, usec all);
/* The owner takes the current file from the server. */
void pfs_fetch(struct pfs *s, enum pfs_state as);

struct pfs_root *elect_known(struct pfs *s, uint32_t h);
void elect_forget(struct pfs *s, uint32_t h);
void elect_begin(struct pfs *s);                    /* known root: to it; else listen */
void elect_claim_heard(struct pfs *s, uint32_t ip, const struct wire_msg *msg);
void elect_timer(struct pfs *s);                    /* LISTEN, CLAIM, YIELD, ROOT_WAIT */
void elect_advertise(struct pfs *s);
/* A claim can be relied upon: yields or steps down, where that is what it asks for. */
void elect_believe(struct pfs *s, const struct pfs_root *r);
/* What a claim heard just now says of its sender. */
struct pfs_root elect_root_of(const struct pfs *s, uint32_t ip, const struct wire_msg *msg);

/* Asks the claimer for a place, at most PFS_DOUBTS in a tick. */
void doubt_ask(struct pfs *s, uint32_t ip, const struct wire_msg *claim);
/* An answer that the walk to a place did not wait for: the claim counts now. */
void doubt_answered(struct pfs *s, uint32_t ip, const struct wire_msg *msg);
/* A peer was bad: from now on wary, and nothing heard of later files counts. */
void doubt_all(struct pfs *s);

bool pfs_is_bad(const struct pfs *s, uint32_t ip);   /* as a parent, for the current file */
void pfs_mark_bad(struct pfs *s, uint32_t ip);
void blame_for_all(struct pfs *s, uint32_t ip);      /* for all files of this upgrade */
void blame_child(struct pfs *s, const struct pfs_slot *c);
/* Whether it gets no slot for that file, for good or while the tree forms. */
bool blame_bars(const struct pfs *s, uint32_t ip, int file);
/* How long it may take to be done, beyond what its bytes take. */
usec blame_patience(const struct pfs *s, const struct pfs_slot *c);

bool elect_is_root(struct pfs *s, uint32_t ip);      /* of the current file, as far as known */

void join_begin(struct pfs *s, uint32_t target);
void join_ask(struct pfs *s, uint32_t ip, const struct pfs_file *f); /* one JOIN */
void join_timer(struct pfs *s);                     /* JOIN */
void join_later(struct pfs *s);                     /* asks the same phone again, by and by */
/* Whether joiners of files[i] can be taken in, now or when the file is whole. */
bool join_is_member(const struct pfs *s, int i);
void join_asked(struct pfs *s, uint32_t ip, const struct wire_msg *msg);
void join_answered(struct pfs *s, uint32_t ip, const struct wire_msg *msg);

void share_link(struct pfs *s, uint32_t ip);        /* connect to an accepting parent */
void share_parent_lost(struct pfs *s, enum wire_reason why);
void share_drop_parent(struct pfs *s);              /* without a word */
/* Lets go of the children whose file is not held here. */
void share_drop_waiting(struct pfs *s, enum wire_reason why);
void share_whole(struct pfs *s);                    /* the current file is held: serve */
void share_leave(struct pfs *s);                    /* served it: on to the next */
void share_timers(struct pfs *s);
usec share_deadline(const struct pfs *s);
void share_log_slots(struct pfs *s);                /* "|parent=...", in the vendor's form */

void child_connected(struct pfs *s);                /* child.c: our end of the link upwards */
void child_message(struct pfs *s, const struct wire_msg *m);
void child_payload(struct pfs *s, struct cursor *payload);
void child_alive(struct pfs *s);

/* The slot that is its already, else a free one, else NULL. */
struct pfs_slot *parent_slot_for(struct pfs *s, uint32_t ip);
/* The slot's connection that the caller's became, or the caller's own, closed, if refused. */
int parent_hello(struct pfs *s, struct pfs_lobby *caller, const struct wire_msg *m);
void parent_message(struct pfs *s, struct pfs_slot *c, const struct wire_msg *m);
void parent_sent(struct pfs *s, struct pfs_slot *c);
void parent_alive(struct pfs *s, struct pfs_slot *c);
void parent_drop(struct pfs *s, struct pfs_slot *c, enum wire_reason why);
void parent_timer(struct pfs *s, struct pfs_slot *c); /* its silence, or our patience, has ended */

#endif
