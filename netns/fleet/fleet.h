/* fleet.h - what the user asked for, as a record: the fleet file and the options of the command
 * line, read and found sound by fleetread.h.
 */
#ifndef FLEET_H
#define FLEET_H

#include "emu/contract.h"
#include "netns/text/finding.h"
#include "netns/text/schema.h"
#include "netns/text/units.h"

/* BOTH: read as PFS, and run as two variants, one in each mode. */
enum fleet_mode { MODE_PFS, MODE_TRADITIONAL, MODE_BOTH };
#define VARIANTS_MAX 6 /* of a file, see fleetread.h */
enum fleet_boot { BOOT_BULK, BOOT_RATE };
enum fleet_engine { ENGINE_DNSMASQ, ENGINE_EXTERNAL };
/* Whose call manager phones register with; UNSET only until the file has been read. */
enum manager_engine { MANAGER_UNSET, MANAGER_NONE, MANAGER_OWN, MANAGER_EXTERNAL };
enum fleet_addresses { ADDRESSES_UNSAID, ADDRESSES_STATIC, ADDRESSES_DHCP };
enum dhcp_engine { DHCP_OWN, DHCP_EXTERNAL };
enum dhcp_place { DHCP_AT_SITE, DHCP_AT_HQ };
enum fleet_auth { FLEET_AUTH_SIGNATURE, FLEET_AUTH_STRUCTURE };

/* A switch that may be left unset at a level of configuration. */
enum tri { TRI_UNSET = -1, TRI_OFF = 0, TRI_ON = 1 };

/* Quirks of every phone of a model. */
struct fleet_model {
    const char *name;
    unsigned quirks;       /* enum quirk */
};

struct fleet_group {
    const struct phone_model *model;
    unsigned count;        /* 1 or more */
    const char *running;   /* load at power-on; NULL: see planner.h */
    const char *load;      /* load its configuration names; NULL: see planner.h */
    const char *profile;   /* name in profiles, or NULL */
    const char *subnet;    /* name in subnets; NULL: the first */
    enum tri pfs;          /* the phone's own page: peerFirmwareSharing */
    uint32_t load_server;  /* and loadServer: network order, 0: unset */
    uint64_t mac;          /* of its first phone, the others count up; 0: see planner.h */
    unsigned quirks;       /* enum quirk: its own, beside those of profile and model */
    enum tri factory_reset; /* on: it starts with nothing on its flash */
    enum fleet_addresses addresses;
};

struct fleet_profile {
    const char *name;
    enum tri pfs;
    uint32_t load_server;
    unsigned quirks;
};

struct fleet_subnet {
    const char *name;
    uint32_t net;          /* host byte order */
    unsigned prefix_len;
    enum fleet_addresses addresses;
};

/* Who gives an address to phones that ask for one, see dhcpkeys.h; all but engine and prefer is our
 * own server's. */
struct fleet_dhcp {
    enum dhcp_engine engine;
    enum tftp_source prefer; /* whose word a phone takes first; NONE: as it does by itself */
    enum dhcp_place at;
    unsigned lease_s;
    unsigned tftp;         /* 1 << enum tftp_source: by which it names the TFTP server; 0: unsaid */
    unsigned pool;         /* addresses that a subnet gives away; 0: as many as there is room for */
};

#define MANAGERS_MAX 5
struct fleet_manager {     /* see managerkeys.h */
    enum manager_engine engine;
    bool left_open;        /* the file does not ask for one */
    uint32_t address[MANAGERS_MAX]; /* network order, in the order in which phones try them */
    size_t count;
    unsigned port;
    unsigned keepalive_s;  /* emulated, of our own */
};

/* The real network that the site is a part of, and how its one subnet is laid out; lankeys.h. */
struct fleet_uplink {
    const char *interface; /* one of this machine; or */
    const char *bridge;    /* a bridge of it; both NULL: none */
    unsigned vlan;         /* of the interface; 0: frames go as they are */
    unsigned pace;         /* ARP frames, and DHCP packets, that leave a second; 0: unlimited */
    unsigned permits;      /* 1 << enum permit */
    uint32_t router;       /* network order; 0: the subnet's first address */
    uint32_t first;        /* phone; likewise; 0: as in plan/lan.h */
};

struct fault;
struct expect;

struct fleet {
    const char *origin;     /* file name for messages, "-" or "(demo)" */
    const char *file;       /* where relative paths are from; NULL: standard input, the demo */
    const char *root_dir;
    struct doc_node *document; /* what was read; the strings below point into it */
    struct doc_node *pristine; /* the same before the options of the command line */
    const char *name;
    const char *description; /* a line, or NULL */
    enum fleet_mode mode;   /* PFS or TRADITIONAL */
    bool both;              /* mode: both was asked for */
    unsigned speed;         /* at most, in times of real time: 1 to 1000; 0: auto (speed.h) */
    bool clock_free;        /* the clock waits for nobody; so where the server is external */
    uint64_t lag_us;        /* a clock that waits lets a timer be late by so much; see speed.h */
    uint64_t seed;
    const char *firmware;   /* the TFTP root, as an absolute path */
    enum fleet_engine engine;
    uint32_t server;        /* the external TFTP server's address, network order; else 0 */
    struct fleet_manager manager;
    struct text_list without; /* shell patterns: files that the server does not have, */
    struct text_list damage;  /* and files of which it has a damaged copy */
    enum tri http;          /* phones ask that server by HTTP first; ours then speaks it */
    struct units_endpoint log_server; /* to which phones log their sharing; ip 0: none */
    enum fleet_auth authentication;
    const char *key;        /* PEM of the signing key, absolute path */
    bool has_wan;           /* false: the server is on the site's own network speed */
    uint64_t wan_delay_us;  /* one way, emulated */
    uint64_t wan_rate_bps;  /* bits a second, emulated; 0: unlimited */
    double wan_loss;        /* 0 to 1 */
    enum fleet_addresses addresses;
    struct fleet_dhcp dhcp;
    struct fleet_subnet lan; /* the only subnet where there are no subnets; has no name */
    struct fleet_subnet *subnets;
    size_t subnet_count;
    unsigned discovery;     /* as the file has it; see discoverykeys.h */
    struct fleet_uplink uplink;
    enum tri enterprise_pfs;
    uint32_t enterprise_load_server;
    struct fleet_profile *profiles;
    size_t profile_count;
    struct fleet_model *models;
    size_t model_count;
    struct fleet_group *groups;
    size_t group_count;
    enum fleet_boot boot;
    double boot_rate;       /* phones per emulated second, for BOOT_RATE */
    unsigned timeout_s;     /* of real time, for the whole run; 0: none */
    struct fault *faults;   /* see fault.h */
    size_t fault_count;
    struct fault *set;      /* bulk changes, see bulk.h */
    size_t set_count;
    uint64_t until_us;      /* emulated, when a run ends; 0: when all phones have come to an end */
    struct expect *expects; /* see expect.h */
    size_t expect_count;
};

void fleet_free(struct fleet *fleet);

/* NULL: there is none of that name. */
const struct fleet_profile *fleet_profile_find(const struct fleet *fleet, const char *name);
/* A group's profile, or one that says nothing. */
const struct fleet_profile *fleet_profile_of(const struct fleet *fleet,
                                             const struct fleet_group *g);
/* What the configuration of a group's phones says: phone page, then common profile, then
 * enterprise. */
enum tri fleet_pfs_of(const struct fleet *fleet, const struct fleet_group *g);
uint32_t fleet_load_server_of(const struct fleet *fleet, const struct fleet_group *g);
/* Whether the file says nothing about it, at any level. */
bool fleet_is_silent(const struct fleet *fleet, size_t group);
/* Its own, its profile's and its model's. */
unsigned fleet_quirks_of(const struct fleet *fleet, const struct fleet_group *g);

/* A message on standard error with the place of a key ("phones[0].load") or what comes nearest to
 * it: for mistakes that show only later. */
void fleet_complain(const struct fleet *fleet, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* That place alone, malloc'ed. */
char *fleet_place(const struct fleet *fleet, const char *path);
/* The same as a finding; words: of its row's remedy, or NULL. */
void fleet_tell(struct findings *found, enum finding_kind kind, const struct fleet *fleet,
                const char *path, const struct finding_words *words, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

#endif
