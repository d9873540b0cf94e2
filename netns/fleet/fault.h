/* fault.h - what can be done to a fleet on purpose, and when: the words, not the deeds.
 *
 * A fault is one entry of the fleet file's `faults`, or one order to a lab: the same keys, read
 * by the same tables, checked by the same rules. Who carries it out: harm.h. Times are
 * emulated.
 */
#ifndef FAULT_H
#define FAULT_H

#include "netns/fleet/fleet.h"
#include "netns/fleet/selector.h"

/* Settings, as bits. */
enum fault_setting {
    FAULT_FOR = 1,    /* lifted after so long */
    FAULT_WITHIN = 2, /* each phone at a moment of its own, by the seed */
    FAULT_RATE = 4,
    FAULT_LOSS = 8,
    FAULT_DELAY = 16,
    FAULT_LOAD = 32,
    FAULT_EVERY = 64,    /* one phone after another, so far apart; goes wherever WITHIN does */
    FAULT_SHARING = 128,
    FAULT_RESETS = 256,  /* and resets them, all at once or one after another */
    FAULT_SERVER = 512,
};

/* The keys that give them. */
#define FAULT_SETTINGS 10
extern const struct fault_setting_key {
    const char *key;
    unsigned bit;
} fault_settings[FAULT_SETTINGS];

/* Id, word, whether it is done to phones, settings it needs, settings it may have, help. */
#define FAULTS(X)                                                                                  \
    X(KILL, "kill", true, 0, FAULT_FOR | FAULT_WITHIN, "power off; with for: on again")            \
    X(FREEZE, "freeze", true, 0, FAULT_FOR | FAULT_WITHIN, "stop the process where it stands")     \
    X(RESTART, "restart", true, 0, FAULT_WITHIN, "power off and on, with its flash")               \
    X(UNPLUG, "unplug", true, 0, FAULT_FOR | FAULT_WITHIN, "take its link down")                   \
    X(SLOW, "slow", true, FAULT_RATE, FAULT_FOR | FAULT_WITHIN, "limit what it sends")             \
    X(CORRUPT, "corrupt", true, 0, FAULT_WITHIN, "flip a byte of each file that it serves")        \
    X(JOIN, "join", true, 0, FAULT_WITHIN, "stay off until then")                                  \
    X(MEND, "mend", true, 0, FAULT_WITHIN, "lift freeze, unplug and slow")                         \
    X(SET, "set", true, 0,                                                                         \
      FAULT_LOAD | FAULT_SHARING | FAULT_SERVER | FAULT_RESETS | FAULT_WITHIN,                     \
      "another load, peerFirmwareSharing or loadServer in its file")                               \
    X(RESET, "reset", true, 0, FAULT_WITHIN, "reboot in place: it reads its configuration")        \
    X(CM_RESET, "cm-reset", true, 0, FAULT_WITHIN, "the call manager resets it, as a power cycle") \
    X(CM_RESTART, "cm-restart", true, 0, FAULT_WITHIN,                                             \
      "the call manager has it read its configuration again")                                     \
    X(CM_APPLY, "cm-apply-config", true, 0, FAULT_WITHIN,                                          \
      "the call manager has it apply its configuration as it runs")                               \
    X(CM_KILL, "cm-kill", false, 0, FAULT_FOR, "end the call manager; with for: new")              \
    X(CM_START, "cm-start", false, 0, 0, "start it anew: it knows nobody")                         \
    X(SERVER_KILL, "server-kill", false, 0, FAULT_FOR, "end the TFTP server; with for: new")       \
    X(SERVER_RESTART, "server-restart", false, 0, 0, "end it and start it anew")                   \
    X(WAN_CUT, "wan-cut", false, 0, FAULT_FOR, "no frame passes")                                  \
    X(WAN_LOSS, "wan-loss", false, FAULT_LOSS, FAULT_FOR, "lose a share of the frames")            \
    X(WAN_DELAY, "wan-delay", false, FAULT_DELAY, FAULT_FOR, "another delay, one way")             \
    X(WAN_RATE, "wan-rate", false, FAULT_RATE, FAULT_FOR, "another rate")                          \
    X(WAN_RESTORE, "wan-restore", false, 0, 0, "the WAN as the fleet file has it")
enum fault_do {
#define X(id, ...) FAULT_##id,
    FAULTS(X)
#undef X
        FAULT_COUNT
};

/* One row per fault, from the table above. */
struct fault_rule {
    const char *word;
    bool phones;
    unsigned needs, takes;
    const char *help;
};
extern const struct fault_rule fault_rules[FAULT_COUNT];

/* Whether it is done to the WAN. */
bool fault_is_of_wan(enum fault_do what);
/* Whether it is done by the call manager, or to it. */
bool fault_is_of_manager(enum fault_do what);

/* Its word in a command of a lab ("phone", "cm", "wan", "server"), or NULL: it is another one's. */
const char *fault_word_in(enum fault_do what, const char *command);

#define FAULT_UNSET   UINT64_MAX
#define FAULT_SETTLED (FAULT_UNSET - 1) /* at: when all have come to rest and none is to come */

struct fault {
    enum fault_do what;
    struct selector phone;         /* NONE: left out */
    uint64_t at_us;                /* these FAULT_UNSET: left out; an order's at is now */
    uint64_t for_us, within_us, every_us;
    uint64_t reset_us;             /* between the resets that follow; 0: all at once */
    uint64_t rate_bps, delay_us;   /* rate 0: unlimited */
    double loss;                   /* 0 to 1; below 0: left out */
    char load[NAME_MAX_LEN];       /* empty: left out */
    enum tri pfs;                  /* likewise */
    uint32_t load_server;          /* network order; 0: left out */
};

/* With nothing said about it. */
extern const struct fault fault_none;

/* The elements of a fleet file's `faults`, and of its `set` (see bulk.h), which are faults SET. */
extern const struct schema_elements fault_elements, set_elements;

/* Mistakes of the file's faults and its `set`, said at their places: settings that one lacks or
 * does not take. How many. */
unsigned fault_check_all(const struct fleet *fleet);
/* An order to a lab, as the text of a mapping: "{phone: \"3\", do: kill}". False after messages,
 * which begin with said. */
bool fault_read(const char *text, const char *said, bool has_wan, struct fault *f);

#endif
