/* dryrun-private.h - the part of dryrun.c about whom phones hear and ask beside the TFTP server. */
#ifndef DRYRUN_PRIVATE_H
#define DRYRUN_PRIVATE_H

#include "netns/plan/plan.h"
#include "netns/plan/stock.h"
#include "netns/text/json.h"

/* On paper: what phones that ask for their addresses will be given; */
void dryrun_dhcp(const struct plan *plan);
/* the call managers that their configuration names, in order, and whom these would not know; */
void dryrun_managers(const struct plan *plan);
/* which load XMLDefault.cnf.xml names for which device type, and how many phones take it by that.
 */
void dryrun_default(const struct plan *plan, const struct stock *stock);

/* The last two as lists, of one phone and of all. */
json_t *dryrun_managers_json(const struct plan_phone *phone);
json_t *dryrun_defaults(const struct plan *plan, const struct stock *stock);

#endif
