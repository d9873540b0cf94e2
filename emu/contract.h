/* contract.h - all that phones (emu/) and the world around them (netns/) share, but for time,
 * how loads are named (loadname.h) and what follows from a seed (random.h).
 *
 * The launcher starts one phone process per namespace and never looks inside it; the phone
 * never looks outside. Between them pass only:
 *
 *   argv      "--key value" pairs, PHONE_OPT_* below, and inherited descriptors named there
 *   clock     emulated time and who holds it, in memory shared by all (time/)
 *   status    one fixed record per phone in memory shared with the launcher, written by the
 *             phone alone under a sequence lock
 *   control   a SOCK_SEQPACKET pair per phone: struct control_msg downwards, struct phone_request
 *             upwards; its end of file means that the launcher is gone, and the phone exits
 *   events    one JSON object per line, appended to a shared file with one write() per line
 *   log       the console log in the vendor's form
 *   exit      enum phone_exit
 *
 * The model table stands here too: both sides must agree on what a CP-7961G is.
 */
#ifndef CONTRACT_H
#define CONTRACT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- limits ------------------------------------------------------------------------- */

/* What bounds a name, a list, a file or a fleet: all that a user may meet, each stated here alone,
 * with the fact that it rests on. They are the emulator's own; no phone is known to have them. What
 * is beyond one is refused in words that end in LIMIT_OWN, so that it is told from what is broken.
 * The manual's list (netns/fleet.5.scd, LIMITS) is this one. */
#define LIMIT_NAME       63
#define LIMIT_LOAD       57
#define LIMIT_LIST       8
#define LIMIT_FILE_MIB   64
#define LIMIT_CONFIG_KIB 1024
#define LIMIT_WORD       40
#define LIMIT_PHONES     1000

#define LIMITS(X)                                                                                  \
    X(LIMIT_NAME, "characters of a file's name", "public ones have up to 25; every record that "   \
      "phone and launcher share has room for so many")                                             \
    X(LIMIT_LOAD, "characters of a load's name", "with .loads behind it, it is a file's name")     \
    X(LIMIT_LIST, "files that a .loads lists", "public ones list five at most; a phone's screen "  \
      "shows a box for each")                                                                      \
    X(LIMIT_FILE_MIB, "MiB of a file of firmware", "public ones have up to 4.6 MB; beyond 32 MiB " \
      "the block numbers of TFTP begin anew, so that this is seen too")                            \
    X(LIMIT_CONFIG_KIB, "KiB of a configuration file", "real ones have some 10")                   \
    X(LIMIT_WORD, "characters of a fleet's, a profile's or a subnet's name", "it is part of the "  \
      "names of directories, and of lines on the screen")                                          \
    X(LIMIT_PHONES, "phones of a run", "a subnet is a bridge, which a kernel gives 1,023 ports")

extern const struct limit_rule {
    unsigned most;
    const char *what, *rests_on;
} limit_rules[];
extern const size_t limit_rule_count;

#define LIMIT_OWN "a limit of the emulator"
#define LIMIT_DIGITS(limit) #limit
/* "the list names more than 8 files, a limit of the emulator" */
#define LIMIT_BEYOND(before, limit, after) before " " LIMIT_DIGITS(limit) " " after ", " LIMIT_OWN

/* ---- models ------------------------------------------------------------------------- */

/* One row per phone model. Numbers and prefixes: the call manager's public device types and
 * the published load names. */
struct phone_model {
    const char *name;    /* as phones announce it: "CP-7961G" */
    const char *family;  /* model attribute of XMLDefault.cnf.xml: "Cisco 7961" */
    uint32_t type;       /* device type: loadInformation<type> in XMLDefault.cnf.xml */
    const char *prefix;  /* what its SCCP loads' names begin with: "SCCP41."; see loadname.h */
    const char *factory; /* load asked for after a factory reset, or NULL */
    bool pfs;            /* third generation: can share firmware with peers */
};

extern const struct phone_model phone_models[];
extern const size_t phone_model_count;

/* The row of a model by its exact name, or NULL. */
const struct phone_model *phone_model_find(const char *name);

/* ---- quirks ------------------------------------------------------------------------- */

/* Faults of a phone's firmware, or of how it is configured, that a fleet file can put on it: id,
 * word, whether the phone itself has it (else the launcher, in the configuration), what it does. */
#define QUIRKS(X)                                                                                  \
    X(IGNORES_PEERS, "ignores-peers", true,                                                        \
      "with sharing on, joins no hierarchy and takes every file from the server")                  \
    X(SKIPS_AUTHENTICATION, "skips-authentication", true,                                          \
      "checks no file when it arrives, only at boot: from a bad one it boots for ever")            \
    X(PFS_DISABLED, "pfs-disabled", true, "ignores peerFirmwareSharing: sharing stays off")        \
    X(PAGE_LACKS_PFS_ROW, "page-lacks-pfs-row", true,                                              \
      "its web page's network configuration has no row for peer firmware sharing")                 \
    X(CONFIG_LACKS_PFS, "config-lacks-pfs", false,                                                 \
      "its configuration file has no peerFirmwareSharing: the default, off, applies")              \
    X(BULK_MISSES, "bulk-misses", false, "bulk changes pass over it: it keeps its old values")
enum quirk_bit {
#define X(id, ...) QUIRK_BIT_##id,
    QUIRKS(X)
#undef X
        QUIRK_COUNT
};
enum quirk {
#define X(id, ...) QUIRK_##id = 1 << QUIRK_BIT_##id,
    QUIRKS(X)
#undef X
};
extern const struct quirk_rule {
    const char *word;
    bool phone;
    const char *help;
} quirk_rules[QUIRK_COUNT];

/* ---- exit codes of a phone process -------------------------------------------------- */

enum phone_exit {
    PHONE_EXIT_OK = 0,    /* told to stop, or the launcher went away */
    PHONE_EXIT_USAGE = 2, /* bad argument */
    PHONE_EXIT_HOST = 3,  /* this host cannot: no io_uring, no memory to lock, ... */
};

/* ---- status record ------------------------------------------------------------------ */

/* What the phone is doing as a whole.
 *   OFF        the process has not reported yet
 *   READY      ring, descriptors and memory are set up; waits for CONTROL_START
 *   BOOT       power-on or reboot, until the network is up; also a phone whose load does not
 *              run and that boots for ever: then status_text says why
 *   CONFIG     asking for CTL, ITL and configuration files
 *   UPGRADE    fetching, checking and writing the files of a new load
 *   IDLE       running the load that its configuration names
 *   FAILED     gave up the upgrade; keeps the old load; status_text says why
 * The others are no phone's word: the launcher shows them for a phone that it keeps from working,
 * because it was told to (see the faults of its fleet file).
 *   KILLED     powered off
 *   FROZEN     its process is stopped
 *   UNPLUGGED  its link is down */
enum phone_state {
    PHONE_OFF,
    PHONE_READY,
    PHONE_BOOT,
    PHONE_CONFIG,
    PHONE_UPGRADE,
    PHONE_IDLE,
    PHONE_FAILED,
    PHONE_KILLED,
    PHONE_FROZEN,
    PHONE_UNPLUGGED,
    PHONE_STATE_COUNT
};
extern const char *const phone_state_names[PHONE_STATE_COUNT];

/* What one box of the upgrade screen shows for its component. The names are those of the
 * phone's own pictures. A component that is done shows BOX_BLANK no more: it stays at
 * BOX_WRITE with 100 %. */
enum screen_box {
    BOX_BLANK,
    BOX_WAIT,
    BOX_NETWK,
    BOX_DOWNL,
    BOX_AUTH,
    BOX_WRITE,
    BOX_ERROR,
    BOX_COUNT
};
extern const char *const screen_box_names[BOX_COUNT];

#define SCREEN_BOXES LIMIT_LIST
#define NAME_MAX_LEN (LIMIT_NAME + 1) /* longest load, file or device name, with its NUL */
#define SAID_MAX_LEN 128 /* what a server said, cut to so much with its NUL */
#define DIGEST_LEN   32  /* SHA-256 */

/* What the phone's screen would show right now. */
struct screen {
    char title[24];              /* "Upgrading", "Auth Fail", or empty when idle */
    char component[NAME_MAX_LEN]; /* file being worked on, or empty */
    uint32_t kb;                 /* kilobytes of it downloaded */
    uint8_t percent;             /* of it, 0 to 100; 0 while its size is not known */
    uint8_t icon;                /* 1: the PFS icon stands top right; 0: the box is blank */
    uint8_t boxes;               /* how many boxes are in use */
    uint8_t box[SCREEN_BOXES];   /* enum screen_box, in the order of the .loads list */
};

/* How a phone has learned of its TFTP server: id, word, what that is. */
#define TFTP_SOURCES(X)                                                                            \
    X(NONE, "", "it has not")                                                                      \
    X(STATIC, "static", "with its address, by hand")                                               \
    X(OPTION_150, "150", "the list of DHCP option 150")                                            \
    X(OPTION_66, "66", "DHCP option 66")                                                           \
    X(SIADDR, "siaddr", "the next server of the DHCP answer")
enum tftp_source {
#define X(id, ...) TFTP_BY_##id,
    TFTP_SOURCES(X)
#undef X
        TFTP_SOURCE_COUNT
};
extern const char *const tftp_source_words[TFTP_SOURCE_COUNT];

/* Timer lateness in emulated microseconds, counted in buckets: bucket i holds the values
 * below lateness_bound(i) and not below lateness_bound(i - 1); the last one holds the rest. */
#define LATENESS_BUCKETS 64
/* Upper bound of bucket i in emulated us: 100, 125, 156, ... about a quarter more each time. */
uint64_t lateness_bound(unsigned i);
/* The bucket that a lateness of us falls in. */
unsigned lateness_bucket(uint64_t us);

/* What a phone could not write, as bits: a full disk, or a broken one. Nothing that it has written
 * to such a file counts any more. */
enum phone_loss {
    LOST_LOG = 1,
    LOST_EVENTS = 2,
    LOST_PAGE = 4,
    LOST_FLASH = 8, /* it ended in "Flash Error", which is not the flash's doing */
};

/* One phone's record. The phone makes seq odd before it writes and even after; a reader takes
 * a copy with status_read(). */
struct phone_status {
    _Atomic uint32_t seq;
    uint8_t state;                     /* enum phone_state */
    uint8_t pfs;                       /* 1: peer firmware sharing is on in its configuration */
    uint8_t upgraded;                  /* 1: has booted the load its configuration names */
    uint8_t root;                      /* 1: confirmed root of the file it is at */
    uint8_t lost;                      /* of enum phone_loss: what it, in this life or an earlier
                                        * one, could not write whole */
    uint8_t lost_errno;                /* why, of the first of them; 0: nothing was lost */
    uint64_t changed_us;               /* emulated time of the last change of state */
    uint64_t lateness_max_us;          /* worst timer lateness, emulated */
    uint32_t lateness[LATENESS_BUCKETS];
    uint8_t tftp_by;                   /* enum tftp_source, of tftp_ip */
    uint8_t registered;                /* 1: with the call manager of manager_ip */
    uint8_t prefix_len;                /* of its address */
    uint16_t voice_vlan;               /* that a switch has named; 0: none */
    uint32_t ip;                       /* its address; these in network order, 0: none */
    uint32_t router;
    uint32_t tftp_ip;                  /* the TFTP server that it asks */
    uint32_t dhcp_server, dhcp_other;  /* that has given it its address; whose offer it left */
    uint32_t manager_ip;
    uint64_t lease_end_us;             /* emulated time at which the address is no longer its own;
                                        * 0: it is for ever */
    uint32_t parent_ip;                /* network order; 0: none */
    uint32_t child_ip[2];              /* network order; 0: free slot */
    char running[NAME_MAX_LEN];        /* load it runs; empty: none since a factory reset */
    char status_text[NAME_MAX_LEN];    /* last line of its status messages, or empty */
    char status_file[NAME_MAX_LEN];    /* the file that it is about, or empty */
    char status_server[SAID_MAX_LEN];  /* what the TFTP server last said in place of that file: code
                                        * and words of an ERROR, error 2 "Access violation", or what
                                        * was wrong with its answer; else empty. Printable ASCII,
                                        * whatever the server sent */
    struct screen screen;
};

/* A consistent copy of *from into *to; retries while the phone writes. */
void status_read(const struct phone_status *from, struct phone_status *to);

/* ---- control messages --------------------------------------------------------------- */

enum control_op {
    CONTROL_START = 1, /* power on, or reset, now */
    CONTROL_STOP = 2,  /* finish the log and exit 0 */
    CONTROL_CORRUPT = 3, /* from now on one byte of each file that it serves is flipped */
    CONTROL_RESUMED = 4, /* it was stopped on purpose: how late its timers are is not measured */
    CONTROL_STORED = 5, /* the store holds what the phone offered */
    CONTROL_ADDRESSED = 6, /* its interface has the address that it asked for */
};

struct control_msg {
    uint32_t op; /* enum control_op */
};

/* What a phone, which has no capability, asks the launcher for.
 *   STORE    a file of its flash that it has authenticated is to be copied into the store, where it
 *            may not write, as "<name>@<digest in hex>". CONTROL_STORED comes when that is done.
 *   ADDRESS  its interface is to have that address from now on, and no other. CONTROL_ADDRESSED
 *            comes when it does. */
enum request_op { REQUEST_STORE = 1, REQUEST_ADDRESS };

struct store_offer {
    char name[NAME_MAX_LEN];    /* ended by NUL */
    uint8_t digest[DIGEST_LEN]; /* SHA-256 of all of it */
};

/* Network order. ip 0: no address; router 0: none. */
struct net_address {
    uint32_t ip, router;
    uint8_t prefix_len; /* 1 to 30 */
};

struct phone_request {
    uint32_t op; /* enum request_op */
    union {
        struct store_offer offer;
        struct net_address address;
    };
};

/* ---- command line of a phone process ------------------------------------------------ */

/* Long options, each with a value. Descriptors are numbers of inherited ones; without them a phone
 * stands alone: it starts at once, logs to standard output, its flash is the working directory. */
#define PHONE_OPT_NAME      "name"       /* device name, "SEP" + 12 hex digits */
#define PHONE_OPT_MODEL     "model"      /* phone_models[].name */
#define PHONE_OPT_ADDRESS   "address"    /* own IPv4 address with prefix length: 10.106.0.10/16 */
                                         /* or "dhcp", with descriptors for that: */
#define PHONE_OPT_DHCP_FD   "dhcp-fd"    /* UDP socket on port 68 of its interface */
#define PHONE_OPT_ARP_FD    "arp-fd"     /* packet sockets on its interface: of ARP, */
#define PHONE_OPT_CDP_FD    "cdp-fd"     /* of CDP and */
#define PHONE_OPT_LLDP_FD   "lldp-fd"    /* of LLDP; none: the phone speaks none of it */
#define PHONE_OPT_TFTP      "tftp"       /* TFTP server's IPv4 address; by DHCP it is not asked */
#define PHONE_OPT_TFTP_ORDER "tftp-order" /* what names it in an answer of DHCP, the best first: of
                                             150, 66 and siaddr, with commas; these, so */
#define PHONE_OPT_HTTP      "http"       /* on: it asks that server by HTTP first; off */
#define PHONE_OPT_RUNNING   "running"    /* load it runs, unless its flash holds an activated one */
#define PHONE_OPT_SPEED     "speed"      /* of a clock of its own, 1 to 1000 times real time */
#define PHONE_OPT_CLOCK_FD  "clock-fd"   /* memory of the fleet's struct clock, to be read only */
#define PHONE_OPT_HANDS_FD  "hands-fd"   /* of struct hands, who hold it: ours is "slot" */
#define PHONE_OPT_CALL_FD   "call-fd"    /* eventfd: one whose hand is due is called by it */
#define PHONE_OPT_SEED      "seed"       /* seed of its random numbers, mixed with its name */
#define PHONE_OPT_AUTH      "authentication" /* "signature" or "structure" */
#define PHONE_OPT_QUIRKS    "quirks"     /* words of QUIRKS, with commas */
#define PHONE_OPT_FACTORY   "factory-reset" /* "yes": no load to run, until its flash holds one */
#define PHONE_OPT_KEY_FD    "key-fd"     /* PEM of the key that signs firmware */
#define PHONE_OPT_CONTROL_FD "control-fd"
#define PHONE_OPT_STATUS_FD "status-fd"  /* memory of all records; ours is number "slot" */
#define PHONE_OPT_SLOT      "slot"
#define PHONE_OPT_READY_FD  "ready-fd"   /* eventfd: +1 when the phone waits for CONTROL_START */
#define PHONE_OPT_EVENTS_FD "events-fd"
#define PHONE_OPT_LOG_FD    "log-fd"
#define PHONE_OPT_FLASH_FD  "flash-fd"   /* directory: files under their names */
#define PHONE_OPT_STORE_FD  "store-fd"   /* directory .store beside that of the flash:
                                            authenticated content, shared by all */
#define PHONE_OPT_PAGE_FD   "page-fd"    /* file for its web page: its network configuration */

/* ---- event lines -------------------------------------------------------------------- */

/* Every line is {"t":SECONDS,"phone":"SEP...","event":"NAME",...}; t is emulated seconds with
 * six decimals. The further keys per event:
 *
 *   boot            load
 *   address         ip prefix router server lease tftp by name
 *                                            by DHCP, new or renewed: of that server, for so many
 *                                            seconds (0: for ever); tftp, by: as tftp_ip, tftp_by
 *                                            in the status; name: a host, where option 66 named one
 *                                            that is not resolved. What there is not is left out
 *   address-failed  text ip                  none yet: the phone's status text, "DHCP timeout" or
 *                                            "Duplicate IP" (of that address); it goes on trying
 *   address-lost    ip why                   it is no longer its own; a boot follows
 *   tftp-server     ip                       goes on to that one, as the one before does not answer
 *   config          file load pfs            the configuration file that was used
 *   upgrade         load files               .loads read; files: how many components
 *   file            file mode                begins; mode: "pfs" or "tftp"
 *   claim           file h strength ad       broadcast; ad 0 is the first claim
 *   yield           file to                  heard a stronger claim from that address
 *   root            file h strength          confirmed
 *   join            file to                  asks that address for a place
 *   parent          file parent              linked below that address
 *   parent-lost     file parent why
 *   child           file child               linked above that address
 *   child-gone      file child why
 *   fetched         file from bytes sha256   whole; from: "tftp", "http" or the peer's address
 *   authenticated   file how                 how: "signature", "structure", "known copy"; never
 *                                            of a phone that skips authentication
 *   refused         file from why            did not authenticate, or differed from its digest
 *   fallback        file why                 peers given up, goes to the server
 *   screen          component box percent kb icon
 *   reboot          load
 *   idle            load
 *   vlan            voice by                 a switch has told the VLAN for voice, or 0: none;
 *                                            by: "cdp" or "lldp"; "": by itself
 *   failed          text file server         text: the phone's own status text; a boot that
 *                                            follows is one of a loop. server: as status_server,
 *                                            left out when empty
 *
 * Three more are the launcher's own, about what it was told to do to a phone, or, without
 * "phone", to server or WAN. Times are emulated seconds, rates bits a second, loss a fraction:
 *
 *   fault           do for rate loss delay   done; what was not said is left out
 *   fault-lifted    do                       its time is over
 *   fault-missed    do selector why          not done: nobody was meant, or it had no sense
 */
#define EVENT_NAMES(X)                                                                             \
    X(BOOT, "boot") X(ADDRESS, "address") X(ADDRESS_FAILED, "address-failed")                      \
    X(ADDRESS_LOST, "address-lost") X(TFTP_SERVER, "tftp-server") X(CONFIG, "config")              \
    X(UPGRADE, "upgrade") X(FILE, "file") X(CLAIM, "claim") X(YIELD, "yield") X(ROOT, "root")      \
    X(JOIN, "join") X(PARENT, "parent") X(PARENT_LOST, "parent-lost") X(CHILD, "child")            \
    X(CHILD_GONE, "child-gone") X(FETCHED, "fetched") X(AUTHENTICATED, "authenticated")            \
    X(REFUSED, "refused") X(FALLBACK, "fallback") X(SCREEN, "screen") X(REBOOT, "reboot")          \
    X(IDLE, "idle") X(REGISTERING, "registering") X(REGISTERED, "registered")                      \
    X(UNREGISTERED, "unregistered") X(RESET, "reset") X(FAILED, "failed") X(VLAN, "vlan")
enum event {
#define X(id, name) EVENT_##id,
    EVENT_NAMES(X)
#undef X
        EVENT_COUNT
};
extern const char *const event_names[EVENT_COUNT];

#endif
