/* upgrade.h - from a load's name to all its files on the flash. */
#ifndef UPGRADE_H
#define UPGRADE_H

#include "emu/core/pfs.h"
#include "emu/core/transfer.h"

#define UPGRADE_PORT_RETRY (250 * USEC_MS) /* port 4051 still held by the life before */
#define UPGRADE_PORT_TRIES 8

struct phone;

void upgrade_begin(struct phone *p);
/* Opens the port, or tries again. */
void upgrade_port_timer(struct phone *p);
/* The event is over: on to the next file, where the current one is done with. */
void upgrade_advance(struct phone *p);
/* The transfer under way has ended so. */
void upgrade_fetch_ended(struct phone *p, enum transfer_result result);
extern const struct pfs_owner upgrade_owner;

#endif
