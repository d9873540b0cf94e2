/* own.h - configuration files of the user's own, in the TFTP root. */
#ifndef OWN_H
#define OWN_H

#include "netns/plan/plan.h"
#include "netns/plan/stock.h"

#define OWN_DEFAULT "XMLDefault.cnf.xml"
#define OWN_NAME    32 /* of the longest, with its NUL */

/* A phone's own file. */
const char *own_name(const struct plan_phone *phone, char out[OWN_NAME]);

/* The element that names a load for a phone: in its own file, or in OWN_DEFAULT. */
#define OWN_ELEMENT (NAME_MAX_LEN + 64)
void own_element(const struct plan_phone *phone, bool in_default, const char *load,
                 char out[OWN_ELEMENT]);

/* Sets from where each phone has its configuration, and takes over what the user's own files say:
 * the load that they name, peerFirmwareSharing, loadServer; XMLDefault.cnf.xml's also for the files
 * that are to be written. What is wrong with them, and which wins where they and the fleet file
 * name two loads, is added to found: CONFIG_*, LOAD_OTHER, LOAD_NONE, PFS_*. */
void own_apply(struct plan *plan, const struct stock *stock, struct findings *found);

#endif
