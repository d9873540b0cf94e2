/* pfs.h - peer firmware sharing: one phone's part in the hierarchies of its model, as a record that
 * share.c and the files named below it share. It includes none of them.
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
 *              reset together need only a handful of broadcasts. A root answers later claims,
 *              those who come together by one broadcast.
 *   join       (join.c, place.c)  The others walk down from the root by unicast UDP: JOIN is
 *              answered by ACCEPT (a child slot is free), REDIRECT (to the child through which
 *              fewer have passed: that keeps the tree balanced) or REFUSE. A datagram proves
 *              nothing, so it takes no slot and none away: the first to connect have them.
 *   sharing    (child.c, parent.c)  The accepted phone connects by TCP and waits. The root waits
 *              10 s for its tree to form, then takes the file from the TFTP server. A parent passes
 *              a file on when it is whole and authenticated, resumes at the child's offset, and
 *              stays at that file until everything below it holds it, or has had its time
 *              (DONE): this is why parents show 100 % while others still show kilobytes.
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
 * who waits for one that shows little asks the server for the file, for one block of it, and leaves
 * a parent that gives less than half of what the server itself gives then.
 *
 * Blame (blame.c)  Patience belongs to an address. Who was no use is remembered for all of the
 * upgrade: as a parent, it is not asked again for that file; as a child that was alive and wasted
 * our time all the same, it gets no slot any more. One that fell silent gets none for that file;
 * for the next ones it comes after the others while a tree forms, and has half of the patience;
 * after two such files it gets no slot at all. Who leaves in the midst may come again, once for a
 * file. No phone is blamed for those it waits for: it is done before its parent's patience ends.
 *
 * Who is above whom: share.c takes all events in and hands each to the part whose it is: elect.c,
 * doubt.c, join.c, child.c; place.c and parent.c, lobby.c for those below. None of them calls back
 * up: what has become of a turn they leave in `over`. root.c and blame.c are what all remember.
 *
 * The owner (upgrade.c) hears of everything through struct pfs_owner.
 */
#ifndef PFS_H
#define PFS_H

#include "emu/core/link.h"

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
#define PFS_STALL         (300 * USEC_SEC) /* a parent without progress: TFTP's waits for a block
                                            * (75 s) and for answers to requests (155 s), and one
                                            * ALIVE for each of 14 levels */
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
#define PFS_STATES(X) /* id, name, what may follow */                                              \
    X(OFF, "off", TO(OPENING))                                                                     \
    X(IDLE, "idle", TO(IDLE) | TO(LISTENING) | TO(YIELD) | TO(OFF))                                \
    X(OPENING, "opening", TO(IDLE))                                                                \
    X(LISTENING, "listening", TO(CLAIM) | TO(YIELD) | TO(IDLE))                                    \
    X(CLAIM, "ClaimRoot(tent)", TO(ROOT_WAIT) | TO(YIELD) | TO(IDLE))                              \
    X(YIELD, "yield", TO(YIELD) | TO(JOIN) | TO(IDLE))                                             \
    X(JOIN, "join", TO(JOIN) | TO(LINK) | TURN | TO(FALLBACK) | TO(IDLE))                          \
    X(LINK, "link", TO(CHILD) | TO(JOIN) | TURN | TO(FALLBACK) | TO(IDLE))                         \
    X(CHILD, "child", TO(SERVE) | TURN | TO(FALLBACK) | TO(IDLE))                                  \
    X(ROOT_WAIT, "ROOT_WAITING", TO(ROOT_FETCH) | TURN | TO(IDLE))                                 \
    X(ROOT_FETCH, "root", TO(SERVE) | TURN | TO(IDLE))                                             \
    X(FALLBACK, "fallback", TO(FALLBACK) | TO(SERVE) | TO(IDLE))                                   \
    X(SERVE, "serve", TO(IDLE))
enum pfs_state {
#define X(id, ...) PFS_##id,
    PFS_STATES(X)
#undef X
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
enum slot_state { SLOT_FREE, SLOT_WAITING, SLOT_SENDING, SLOT_SENT, SLOT_STATE_COUNT };

struct pfs_slot {
    enum slot_state state;
    uint32_t xid;
    uint32_t ip;          /* network order */
    int file;             /* index in files */
    unsigned passed;      /* joiners redirected to it */
    uint64_t offset;      /* WAITING: bytes it holds already; SENDING: next byte to send */
    uint8_t digest[DIGEST_LEN]; /* of the file that those bytes belong to */
    usec heard_at;        /* alive then */
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

/* The election: written by elect.c and, below it, root.c and doubt.c. */
struct pfs_election {
    struct pfs_root known[PFS_KNOWN];     /* root.c */
    struct pfs_doubt doubts[PFS_DOUBTS];  /* doubt.c */
    usec ad_at;           /* when a confirmed root reminds its subnet */
};

/* The link upwards, written by child.c. Made anew with each connection, nothing of the one before
 * is left. */
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

/* One turn: an election, or a walk to a place. Begun by elect_begin(). */
struct pfs_turn {
    unsigned ads;         /* sent for the claim */
    uint32_t target;      /* YIELD, JOIN, LINK: the phone to be asked, network order */
    unsigned tries, hops;
    uint64_t fetched;     /* ROOT_FETCH: bytes that the owner has from the server */
};

/* What waiting for the current file below one root has come to, over however many links. */
struct pfs_worth {
    uint32_t ip;          /* of the root, as far as known, else of the parent; network order */
    usec since;           /* first linked */
    usec from, ask_at;    /* held against the server last, and next; NEVER: it is being asked */
    uint64_t grown;       /* bytes shown since then */
    unsigned drips;       /* roots before it that gave less than the server */
};

/* What is known for the sake of the current file alone. Begun anew with each, see pfs_attend(). */
struct pfs_want {
    unsigned attempts;    /* turns that ended without the file, by a peer's fault, */
    unsigned losses;      /* and because one further up was lost: share.c */
    struct pfs_part part; /* child.c */
    struct pfs_worth worth; /* worth.c */
    struct pfs_turn turn; /* elect.c, join.c */
    usec whole_at;        /* SERVE: since when it is held, */
    usec done_at;         /* and when the parent hears so, whoever is below: parent.c */
};

/* What there is against an address: files by their index, a bit each. */
struct pfs_bad {
    uint32_t ip;          /* network order; 0: free */
    uint32_t parent;      /* for which it is not to be asked */
    uint32_t child;       /* with which it wasted our patience: it gets no slot for them */
    uint32_t left;        /* in the midst of which it has left */
};

/* Who was no use, written by blame.c. */
struct pfs_blame {
    bool wary;            /* one has been bad in this upgrade */
    struct pfs_bad bad[PFS_BAD];
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

/* Downwards: written by parent.c and, below it, lobby.c. */
struct pfs_below {
    struct pfs_slot slots[2];                         /* parent.c */
    struct pfs_promise promises[PFS_PROMISES];        /* lobby.c */
    struct pfs_lobby lobby[CONN_PEERS - CONN_LOBBY];  /* lobby.c */
};

/* What the owner is told; each may be called from within any share_*() call. */
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

/* What a part says when the turn ends with it; share.c, above all of them, begins the next one.
 *   NOT     it goes on.
 *   BUSY    others were there first: the same phone is asked again, by and by.
 *   LOST    one further up was lost, and nobody here is to blame: the next turn.
 *   FAILED  by a peer's fault: the next turn, but after PFS_ATTEMPTS of them the server.
 *   SERVED  the file is held and nobody below waits for it: on to the next. */
enum pfs_over_how { OVER_NOT, OVER_BUSY, OVER_LOST, OVER_FAILED, OVER_SERVED };
struct pfs_over {
    enum pfs_over_how how;
    bool root_lost;          /* LOST, FAILED: there is no root to go back to */
    const char *why;         /* FAILED */
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
    struct pfs_over over;    /* NOT, but from where a part says it to where share.c hears it */

    struct pfs_election election;
    struct pfs_parent parent;
    struct pfs_below below;
    struct pfs_blame blame;
    usec alive_at;           /* when ALIVE goes to whoever waits for us */
};

void pfs_init(struct pfs *s, struct kit *kit, const struct pfs_owner *owner, void *owner_arg);
/* The only one that writes it. Says so in the log, but for the way to be root: the vendor's log of
 * that time shows nothing between its lines. */
void pfs_set_state(struct pfs *s, enum pfs_state to, usec at);
bool pfs_is_electing(const struct pfs *s);         /* on that way */
/* What has become of the turn, for share.c to act on. */
void pfs_turn_over(struct pfs *s, enum pfs_over_how how, bool root_lost, const char *why);
/* The owner takes the current file from the server. */
void pfs_fetch(struct pfs *s, enum pfs_state as);

struct pfs_file *pfs_current(struct pfs *s);       /* NULL between files */
/* Another file is the current one, or none, by its index in files: the only place that says so. */
void pfs_attend(struct pfs *s, int file);
int pfs_find(const struct pfs *s, uint32_t h);     /* index in files, or -1 */
struct pfs_file *pfs_add(struct pfs *s, const char *name);
/* Whether joiners of files[i] can be taken in, now or when the file is whole. */
bool pfs_is_member(const struct pfs *s, int i);

struct wire_msg pfs_message(const struct pfs *s, enum wire_type type, uint32_t h);
void pfs_unicast(struct pfs *s, uint32_t ip, const struct wire_msg *msg);
/* Patience that ends at `end`, after so many bytes more at that rate; never beyond all of it. */
usec pfs_earn(const struct pfs *s, usec end, uint64_t bytes, unsigned rate, usec all);
void pfs_log_slots(const struct pfs *s);           /* "|parent=...", in the vendor's form */

#endif
