/* life.h - what becomes of a phone: the states of its life, with what it fails, and its reboots. */
#ifndef LIFE_H
#define LIFE_H

#include "emu/core/phone-private.h"

#define LIFE_BOOT_TIME   (5 * USEC_SEC) /* power-on to network; our choice, not published */
#define LIFE_BOOT_SPREAD (3 * USEC_SEC) /* no two phones boot equally fast */

void life_set_state(struct phone *p, enum phone_state to);
/* Gives the upgrade (or the configuration) up with the phone's own words; file may be NULL. */
void life_fail(struct phone *p, const char *text, const char *file);
/* Likewise, because of how the transfer of the file ended: with the server's words. */
void life_fail_transfer(struct phone *p, const char *text, const char *file);
/* As life_fail, and boots anew: a loop, as long as nobody mends what is wrong. Text, file and the
 * screen's title stay to be seen. */
void life_boot_again(struct phone *p, const char *text, const char *file);
/* Boots into the load on the flash; why, its call manager will be told. */
void life_reboot(struct phone *p, enum alarm_reason why);
/* Likewise, not because of an upgrade: from outside, or for want of an address. */
void life_reset(struct phone *p, enum alarm_reason why);
/* Lets go of all that it was at, without a boot of its network: its configuration comes next. */
void life_restart(struct phone *p);
/* Why it has no address yet; empty: it has one now. Another text than that stays. */
void life_say(struct phone *p, const char *text);

#endif
