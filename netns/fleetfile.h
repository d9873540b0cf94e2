/* fleetfile.h - what the user asked for: the fleet file, --set and the common options.
 *
 * YAML by a table schema. Unknown keys, wrong types, values out of range and impossible
 * combinations are refused with file, line and column before anything is created.
 *
 * Options of the command line are put into the tree that was read from the file, and go through
 * the same tables: whatever can be written in the file can be said by --set, and is checked alike.
 */
#ifndef FLEETFILE_H
#define FLEETFILE_H

#include "emu/contract.h"
#include "netns/schema.h"

/* BOTH: read as PFS, and run as two variants, one in each mode. */
enum fleet_mode { MODE_PFS, MODE_TRADITIONAL, MODE_BOTH };
enum fleet_boot { BOOT_BULK, BOOT_RATE };
enum fleet_engine { ENGINE_DNSMASQ, ENGINE_EXTERNAL };
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
    const char *running;   /* load at power-on; NULL: chosen by plan.h */
    const char *load;      /* load its configuration names; NULL: chosen by plan.h */
    const char *profile;   /* name in profiles, or NULL */
    const char *subnet;    /* name in subnets; NULL: the first */
    enum tri pfs;          /* the phone's own page: peerFirmwareSharing */
    uint32_t load_server;  /* and loadServer: network order, 0: unset */
    uint64_t mac;          /* of its first phone, the others count up; 0: chosen by plan.h */
    unsigned quirks;       /* enum quirk: its own, beside those of profile and model */
    enum tri factory_reset; /* on: it starts with nothing on its flash */
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
    unsigned speed;         /* 1 to 1000 */
    uint64_t seed;
    const char *firmware;   /* the TFTP root, as an absolute path */
    enum fleet_engine engine;
    uint32_t server;        /* the external TFTP server's address, network order; else 0 */
    struct text_list without; /* shell patterns: files that the server does not have, */
    struct text_list damage;  /* and files of which it has a damaged copy */
    enum fleet_auth authentication;
    const char *key;        /* PEM of the signing key, absolute path */
    bool has_wan;           /* false: the server is on the site's own network speed */
    uint64_t wan_delay_us;  /* one way, emulated */
    uint64_t wan_rate_bps;  /* bits a second, emulated; 0: unlimited */
    double wan_loss;        /* 0 to 1 */
    struct fleet_subnet lan; /* the only subnet where there are no subnets; has no name */
    struct fleet_subnet *subnets;
    size_t subnet_count;
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

/* Options of the command line that change the fleet, in the order given. Where path is
 * "phones" or "wan", the value may be the short form: "CP-7961G=24,CP-7970G=8" (the file's
 * first entry of a model lends its other settings), "delay=75ms,rate=1536kbit" or "none". */
struct fleet_overrides {
    struct override {
        const char *path;  /* "wan.delay", "phones", "phones[1].count" (from 0) */
        const char *value; /* "10ms", "{delay: 10ms}" */
        const char *said;  /* how the user said it, for messages: "--speed 0" */
        const struct doc_node *node; /* instead of value and said: from the file itself */
    } *items;
    size_t count;
};

/* Reads file ("-": standard input; NULL: the bundled demo, base directory root_dir) and applies
 * the overrides, whose strings must outlive the fleet. Relative paths in the file are taken from
 * the directory it lies in, or, when not found there, from the working directory and then from
 * root_dir. Returns the fleet, or NULL after one message per mistake on standard error
 * ("FILE:LINE:COLUMN: what is wrong; what to do"). */
struct fleet *fleet_read(const char *file, const char *root_dir, const struct fleet_overrides *o);
void fleet_free(struct fleet *fleet);

/* ---- variants ------------------------------------------------------------------------
 *
 * A file may describe several fleets that differ in little: `variants` maps a name to values by
 * their paths, as --set takes them. `mode: both` is short for two that differ in mode. */
#define VARIANTS_MAX 6
/* Their names into names, in the order of the file; how many, 0: the fleet is one. */
size_t fleet_variants(const struct fleet *base, const char *names[VARIANTS_MAX]);
/* Reads that one; the base must outlive it. The command line's overrides win over the variant's.
 * NULL after messages. */
struct fleet *fleet_variant(const struct fleet *base, const char *name,
                            const struct fleet_overrides *o);

/* A message on standard error with the place of a key ("phones[0].load") or what comes nearest to
 * it: for mistakes that show only later. */
void fleet_complain(const struct fleet *fleet, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* That place alone, malloc'ed. */
char *fleet_place(const struct fleet *fleet, const char *path);

#endif
