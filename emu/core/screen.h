/* screen.h - what the upgrade screen would show: one box per component, the component being
 * worked on with its kilobytes and per cent, and the PFS icon or a blank box top right.
 *
 * A box goes WAIT (its turn has not come) -> NETWK (asking a server or a peer) -> DOWNL -> AUTH
 * -> WRITE and stays there at 100 %; or ERROR. The icon stands from the start of an upgrade with
 * PFS on to its end. While a phone waits for its own children it shows its component at 100 %
 * [vendor document: "whoever is a parent shows component x at 100 % while others still show KB"].
 */
#ifndef SCREEN_H
#define SCREEN_H

#include "emu/core/core.h"

/* Idle: no upgrade screen. */
void screen_clear(struct screen *s);
/* An upgrade begins; the boxes come with screen_list. */
void screen_upgrade(struct screen *s, bool pfs_icon);
/* count components, all WAIT. */
void screen_list(struct screen *s, size_t count);
/* Work on a file begins: box is its index, or -1 for the .loads index, which has no box. */
void screen_file(struct screen *s, int box, const char *name);
/* Moves the current file's box on. */
void screen_box(struct screen *s, int box, enum screen_box to);
/* bytes of total have arrived; total 0 when not known (TFTP names no size: per cent stays 0). */
void screen_progress(struct screen *s, uint64_t bytes, uint64_t total);
/* The current file is whole: 100 %, its kilobytes. */
void screen_whole(struct screen *s, uint64_t bytes);
/* The upgrade ends with the phone's own words, such as "Auth Fail". */
void screen_failed(struct screen *s, int box, const char *text);

#endif
