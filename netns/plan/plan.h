/* plan.h - the fleet spelled out, phone by phone, before anything is created.
 *
 * Addresses: see lan.h. Of a phone that asks for its own by DHCP this is the one that our server
 * keeps for it; it has none where that has none left, or is not ours. What it gets in the end takes
 * its place. MAC as the file has it, else 02:76 and the four bytes of the first of these: unique on
 * the LAN, locally administered. Device name SEP<MAC>.
 */
#ifndef PLAN_H
#define PLAN_H

#include "netns/fleet/fleet.h"

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
    uint32_t ip;           /* network order; 0: none is known */
    bool dhcp;             /* it asks for it */
    unsigned subnet;       /* in the plan's subnets */
    const struct phone_model *model;
    char running[NAME_MAX_LEN], load[NAME_MAX_LEN];
    enum tri pfs;          /* as its configuration says */
    uint32_t load_server;  /* the same; network order, 0: none */
    struct units_endpoint log_server; /* the same; ip 0: none */
    uint32_t managers[MANAGERS_MAX]; /* the same of call managers, in the order of its tries */
    size_t manager_count;
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
    uint32_t gateway, broadcast, first; /* network order; first: phone's */
    unsigned prefix_len;
    size_t phones;         /* in it */
};

struct plan {
    const struct fleet *fleet;
    struct plan_phone *phones; /* shared with processes forked later: a run may change them */
    size_t count;
    struct plan_subnet *subnets;
    size_t subnet_count;
    uint32_t server;         /* of TFTP; network order; 0: phones learn it by DHCP */
};

/* Without subnets, its phones zeroed; NULL without memory. */
struct plan *plan_new(const struct fleet *fleet, size_t count);
void plan_free(struct plan *plan);
/* A phone's MAC address as one number, its first byte the highest. */
uint64_t plan_mac_of(const struct plan_phone *phone);
/* The load that a phone will ask for; empty: none. */
const char *plan_asked(const struct plan_phone *phone);
/* The one that it starts anew from, before that; empty: none. */
const char *plan_factory(const struct plan_phone *phone);
/* The phone with that name, number (as ps prints it, from 1), address or MAC address; NULL when
 * none. */
const struct plan_phone *plan_find(const struct plan *plan, const char *what);

#endif
