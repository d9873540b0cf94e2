/* upgrade.h - the inside of a phone, shared by phone.c (life cycle), config.c (configuration) and
 * upgrade.c (the files of a load). And boot.c: with which load it comes up, if with any.
 */
#ifndef UPGRADE_H
#define UPGRADE_H

#include "emu/cnf.h"
#include "emu/loads.h"
#include "emu/pfs.h"
#include "emu/screen.h"
#include "emu/tftp.h"

#define PHONE_BOOT_TIME   (5 * USEC_SEC)   /* power-on to network; our choice, not published */
#define PHONE_BOOT_SPREAD (3 * USEC_SEC)   /* no two phones boot equally fast */
#define PHONE_PORT_RETRY  (250 * USEC_MS)  /* port 4051 still held by the life before */
#define PHONE_PORT_TRIES  8

#define INDEX_FILE (-1) /* the .loads index, which has no box on the screen */

struct phone {
    struct kit kit;
    struct phone_identity id;
    struct phone_status status;    /* as last published */
    struct phone_status published;
    usec at;                       /* BOOT: end; UPGRADE: retry of the port; else NEVER */

    struct tftp tftp;
    unsigned config_step;
    struct cnf_parser *parser;     /* while a configuration file arrives */
    struct cnf cnf;

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
void phone_set_state(struct phone *p, enum phone_state to);
/* Gives the upgrade (or the configuration) up with the phone's own words; file may be NULL. */
void phone_fail(struct phone *p, const char *text, const char *file);
/* Likewise, because of how the transfer of the file ended: with the server's words. */
void phone_fail_transfer(struct phone *p, const char *text, const char *file);
/* As phone_fail, and boots anew: a loop, as long as nobody mends what is wrong. Text, file and the
 * screen's title stay to be seen. */
void phone_boot_again(struct phone *p, const char *text, const char *file);
/* Boots into the load on the flash. */
void phone_reboot(struct phone *p);

/* boot.c: the boot is over, the network up. */
void boot_ended(struct phone *p);

/* config.c: from the first request to a configuration, then upgrade or idle. */
void config_begin(struct phone *p);
void config_ended(struct phone *p, enum tftp_result result);

/* upgrade.c: from a load's name to all its files on the flash. */
void upgrade_begin(struct phone *p);
void upgrade_port_timer(struct phone *p);
void upgrade_advance(struct phone *p);
void upgrade_fetch_ended(struct phone *p, enum tftp_result result);
/* Where a load's files come from, network order. */
uint32_t upgrade_server(const struct phone *p);
extern const struct pfs_owner upgrade_owner;

/* sample.c: what the server gives now. */
void sample_begin(void *owner, const char *name);
bool sample_under_way(const struct phone *p);
void sample_heard(struct phone *p, enum tftp_result result);

#endif
