/* planner.h - from a fleet to its plan.
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
#ifndef PLANNER_H
#define PLANNER_H

#include "netns/plan/plan.h"

/* NULL after one message per mistake on standard error, with the fleet file's place: more phones
 * than a run takes or a subnet holds, no load for a model in the root, a named load missing or
 * another model's, an unreadable root, two phones with one MAC. Mode pfs on an all-off fleet is
 * only warned of. */
struct plan *plan_make(const struct fleet *fleet);
/* The same without a word: what is wrong is added to found. What could be planned is returned also
 * then; a phone without a load has an empty one. NULL when there is nothing to plan with. */
struct plan *plan_check(const struct fleet *fleet, struct findings *found);

#endif
