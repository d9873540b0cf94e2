/* phone-private.h - the inside of a phone: of phone.c (what its carrier calls), boot.c, config.c
 * and upgrade.c (what it does), and life.c (what becomes of it).
 */
#ifndef PHONE_PRIVATE_H
#define PHONE_PRIVATE_H

#include "emu/core/cnf.h"
#include "emu/core/dhcp.h"
#include "emu/core/discovery.h"
#include "emu/core/fetch.h"
#include "emu/core/loads.h"
#include "emu/core/pfs.h"
#include "emu/core/station.h"

#define INDEX_FILE (-1) /* the .loads index, which has no box on the screen */

struct phone {
    struct kit kit;
    struct phone_identity id;
    struct phone_status status;    /* as last published */
    struct phone_status published;
    usec at;                       /* BOOT: end; UPGRADE: retry of the port; else NEVER */
    struct dhcp dhcp;              /* OFF with an address by hand */
    bool addressless;              /* the status text says why it has no address yet */

    struct fetch fetch;
    unsigned config_step;
    struct cnf_parser *parser;     /* while a configuration file arrives */
    struct cnf cnf;

    struct discovery discovery;
    struct station station;

    struct pfs pfs;
    usec sampled_at;               /* when the server was asked for a sample */
    unsigned port_tries;
    bool sharing;                  /* this upgrade goes by PFS */
    bool advance;                  /* the current file is done with: go on when the event is over */
    bool hopeless;                 /* no sender can help it to this load: it boots again then */
    struct loads list;
    int file;                      /* INDEX_FILE, or index in list */
    uint32_t next_kb;              /* screen event when the kilobytes reach this */
};

static inline bool phone_has(const struct phone *p, enum quirk quirk)
{
    return p->id.quirks & quirk;
}

#endif
