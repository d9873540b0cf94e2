/* plan.h - the fleet spelled out, phone by phone, before anything is created.
 *
 * Addresses: see lan.h. MAC as the file has it, else 02:76 and the four bytes of the address:
 * unique on the LAN, locally administered. Device name SEP<MAC>.
 *
 * peerFirmwareSharing: phone page, then common profile, then enterprise; unset everywhere means
 * that the element is left out and the phone's default, off, applies. In traditional mode it is
 * written as 0 for every phone. Models without the feature never get the element.
 *
 * Configuration (own.c): a SEP<MAC>.cnf.xml of the user's in the TFTP root wins; an
 * XMLDefault.cnf.xml there serves the phones of whose configuration the fleet file says nothing;
 * for all others the launcher writes one, unless the server is not its own. What that
 * XMLDefault.cnf.xml says to their model stands in it, but for what the fleet file says: to ask for
 * sharing changes no phone's load, and none of them gets one where it names none.
 *
 * loadServer: as peerFirmwareSharing; unset everywhere means none.
 *
 * Loads: where the fleet file names none, `load` is what the user's own configuration names, or
 * else the model's newest in the TFTP root (emu/loadname.h has the order), and `running` the oldest
 * other than that; where the root has one load only, one that it has no more, SCCP41.earlier.
 * Both stay within a protocol as long as the root has loads of it: with `running`, that of the load
 * that the phones run; else SCCP, which is our choice, as that is what phones are delivered with.
 */
#ifndef PLAN_H
#define PLAN_H

#include "netns/finding.h"
#include "netns/tree.h"

/* The MAC address, locally administered, that goes with an address in host byte order. */
#define PLAN_MAC(ip) (UINT64_C(0x027600000000) | (ip))

/* Where a phone's configuration comes from.
 *   WRITTEN  the launcher writes its SEP<MAC>.cnf.xml
 *   OWN      the user's own SEP<MAC>.cnf.xml
 *   DEFAULT  the user's XMLDefault.cnf.xml
 *   ABROAD   an external server has it, and nothing here tells what it says */
enum plan_config { CONFIG_WRITTEN, CONFIG_OWN, CONFIG_DEFAULT, CONFIG_ABROAD, CONFIG_COUNT };

struct plan_phone {
    char name[16];         /* "SEP" + MAC */
    uint8_t mac[6];
    uint32_t ip;           /* network order */
    unsigned subnet;       /* in the plan's subnets */
    const struct phone_model *model;
    char running[NAME_MAX_LEN], load[NAME_MAX_LEN];
    enum tri pfs;          /* as its configuration says */
    uint32_t load_server;  /* the same; network order, 0: none */
    enum plan_config config;
    char named[NAME_MAX_LEN]; /* load that its configuration names, which is not the plan's where
                              the user's own file contradicts the fleet file; empty: none */
    bool from_default;     /* WRITTEN: `named` is what XMLDefault.cnf.xml names, or fails to */
    bool refused;          /* its configuration file is none, and it will fail over it */
    size_t group;          /* in the fleet file's phones */
    unsigned quirks;       /* enum quirk: its own, its profile's and its model's */
    bool factory_reset;    /* it starts with nothing on its flash */
    uint64_t boot_us;      /* emulated time of its power-on */
};

struct plan_subnet {
    char name[NAME_MAX_LEN];
    uint32_t gateway, broadcast; /* network order */
    unsigned prefix_len;
    size_t phones;         /* in it */
};

struct plan {
    const struct fleet *fleet;
    struct plan_phone *phones; /* shared with processes forked later: a run may change them */
    size_t count;
    struct plan_subnet *subnets;
    size_t subnet_count;
    uint32_t server;         /* of TFTP; network order */
};

/* NULL after one message per mistake on standard error, with the fleet file's place: more phones
 * than a run takes or a subnet holds, no load for a model in the root, a named load missing or
 * another model's, an unreadable root, two phones with one MAC. Mode pfs on an all-off fleet is
 * only warned of. */
struct plan *plan_make(const struct fleet *fleet);
/* The same without a word: what is wrong is added to found. What could be planned is returned also
 * then; a phone without a load has an empty one. NULL when there is nothing to plan with. */
struct plan *plan_check(const struct fleet *fleet, struct findings *found);
void plan_free(struct plan *plan);
/* The group's profile, or one that says nothing. */
const struct fleet_profile *plan_profile(const struct fleet *fleet, const struct fleet_group *g);
/* Whether the fleet file says nothing about the configuration of a group's phones, at any level. */
bool plan_is_silent(const struct fleet *fleet, size_t group);
/* Whether a load may be given to phones of a model; false after a finding with the path's place: it
 * is another model's, or the root has none of that name. */
bool plan_load_fits(const struct tree *tree, const char *path, const char *load,
                    const struct phone_model *model, struct findings *found);
/* The phone with that name, number (as ps prints it, from 1), address or MAC address; NULL when
 * none. */
const struct plan_phone *plan_find(const struct plan *plan, const char *what);

#endif
