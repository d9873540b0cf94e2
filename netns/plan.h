/* plan.h - the fleet spelled out, phone by phone, before anything is created.
 *
 * Addresses: see subnet.h. MAC 02:76 and the four bytes of the address: unique on the LAN,
 * locally administered. Device name SEP<MAC>.
 *
 * peerFirmwareSharing: phone page, then common profile, then enterprise; unset everywhere means
 * that the element is left out and the phone's default, off, applies. In traditional mode it is
 * written as 0 for every phone. Models without the feature never get the element.
 *
 * Loads: where the file names none, `load` is the model's newest in the TFTP root (versions
 * compared as numbers) and `running` the oldest other than that; a root with one load only has
 * running empty, a phone fresh from factory reset.
 */
#ifndef PLAN_H
#define PLAN_H

#include "netns/fleetfile.h"

#define PLAN_PHONES 1000 /* at most; a subnet is a bridge, which a kernel gives 1,023 ports */

struct plan_phone {
    char name[16];         /* "SEP" + MAC */
    uint8_t mac[6];
    uint32_t ip;           /* network order */
    unsigned subnet;       /* in the plan's subnets */
    const struct phone_model *model;
    char running[NAME_MAX_LEN], load[NAME_MAX_LEN];
    enum tri pfs;          /* as written to its configuration */
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
};

/* NULL after one message per mistake on standard error, with the fleet file's place: more phones
 * than a run takes or a subnet holds, no load for a model in the root, a named load missing or
 * another model's, an unreadable root. Mode pfs on an all-off fleet is only warned of. */
struct plan *plan_make(const struct fleet *fleet);
void plan_free(struct plan *plan);
/* The loads in a fleet's TFTP root. */
struct root;
/* Whether a load may be given to phones of a model; false after a message with the path's place: it
 * is another model's, or the root has none of that name. */
bool plan_load_fits(const struct root *root, const struct fleet *fleet, const char *path,
                    const char *load, const struct phone_model *model);
/* The phone with that name, number (as ps prints it, from 1) or address; NULL when none. */
const struct plan_phone *plan_find(const struct plan *plan, const char *what);

#endif
