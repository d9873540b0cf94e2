/* advert.h - what a phone and a switch say of themselves to each other, whichever of the two
 * protocols carries it: cdp.h and lldp.h build the one and read the other.
 *
 * What the hardware of a model says is public where a row of the table in advert.c has a source
 * beside it, else inference from its neighbours. Loads say more of themselves from 8.4 on, as far
 * as public listings reach: two-port relay in CDP (not of 8.2, of 8.4), description and management
 * address in LLDP (not of 8.3, of 8.4).
 */
#ifndef ADVERT_H
#define ADVERT_H

#include "emu/contract.h"

#define ADVERT_MAC  6
#define ADVERT_FROM 40 /* of a switch's name with its NUL; the rest of it is cut off */

struct hardware {
    uint32_t type;        /* device type */
    uint16_t power_mw;    /* at most */
    bool gigabit;
    const char *revision; /* of the board */
    const char *boot;     /* the load that it starts from */
};

/* What the phone says. */
struct advert {
    const char *name;                /* "SEP" and 12 hexadecimal digits of its MAC */
    const char *domain;              /* that DHCP has named; empty, or NULL: none */
    const struct phone_model *model;
    const char *load;                /* that it runs; empty: none */
    uint32_t ip;                     /* network order; 0: it has no address yet */
    uint16_t voice_vlan;             /* that it has been told of; 0: none */
    bool leaving;                    /* it will say no more (LLDP) */
};

/* What the switch says. */
struct hearing {
    uint8_t mac[ADVERT_MAC]; /* of the port that sent it */
    char from[ADVERT_FROM]; /* its name, or empty; whatever bytes it sent */
    uint16_t ttl;           /* seconds for which it holds; 0: it is over */
    uint16_t voice_vlan;    /* 1 to 4094; 0: voice goes untagged, or nothing is said of it */
    uint16_t native_vlan;   /* 0: nothing is said */
};

const struct hardware *advert_hardware(const struct phone_model *model);
/* "7961", the digits of its name. */
const char *advert_digits(const struct advert *a, char out[8]);
/* "FCH" and eight characters: place, year, week, and what tells it from others: its MAC. */
#define ADVERT_SERIAL 16
const char *advert_serial(const struct advert *a, char out[ADVERT_SERIAL]);
/* Whether its load is one that says more of itself. */
bool advert_is_talkative(const struct advert *a);

/* Cuts a name down to what there is room for. */
void advert_heard_from(struct hearing *h, const void *name, size_t len);

#endif
