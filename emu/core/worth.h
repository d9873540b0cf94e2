/* worth.h - whether a root that has yet to get the file is worth waiting for.
 *
 * Nobody can check what a parent says to hold of a file that is not whole there. So every ten
 * minutes it is looked at. Whoever shows PFS_DRIP is worth waiting for, until the largest file that
 * there is would have come at four times that. Whoever shows less, or takes longer, is held against
 * the server as that is at the time: the owner asks it for the file, and stops at the first block.
 * Over a slow line the server gives slowly, and over a crowded one too; who shows half of that is
 * worth waiting for, and the largest file may take as long as the server would need. So over common
 * lines nobody but a root asks the server for anything. These rates are our choice: the vendor's
 * are not public.
 *
 * So a root that has nothing to give costs each phone ten minutes, and 4 MB at 600 ms one way and
 * 64 kbit/s, which take three hours, are waited for. Who leaves an honest root all the same begins
 * a second fetch; each such root doubles what the next one may cost.
 *
 * All who wait ask within PFS_ASK_SPREAD of each other, and leave only after that: so each of them
 * has an answer of its own, and believes that root no more. To blame is the root, above all parents
 * that only pass its numbers on; or the parent, if the root has been found out before.
 */
#ifndef WORTH_H
#define WORTH_H

#include "emu/core/pfs.h"

#define PFS_PATIENCE    (600 * USEC_SEC)
#define PFS_ASK_SPREAD  (30 * USEC_SEC) /* twice the wait for a server that is silent */
#define PFS_SLOWEST     128             /* bytes a second: a block of TFTP in its first wait */
#define PFS_DRIP        512             /* TFTP's, where each way loses five packets of a hundred */
#define PFS_LARGEST     (8u << 20)      /* bytes; of published loads no file has more than 4.6 M */

/* Linked, and the file is not whole there. */
void worth_begin(struct pfs *s);
/* When it is in question; to be called then. */
usec worth_deadline(const struct pfs *s);
void worth_timer(struct pfs *s);
/* The sample asked for is here: how long a block took; NEVER: it did not come. */
void worth_sampled(struct pfs *s, usec took);
/* Patience with the parent has ended: who is to blame is blamed. */
void worth_ended(struct pfs *s);

#endif
