/* tftproot.h - what the TFTP server serves. */
#ifndef TFTPROOT_H
#define TFTPROOT_H

#include "netns/plan/plan.h"

#include <stdio.h>

/* Fills dir with links to everything in the fleet's firmware directory, but for what tftp.without
 * and tftp.damage say, and with one SEP<MAC>.cnf.xml per phone of the plan whose configuration is
 * the launcher's to write, where the user has no file of that name. 0 or a
 * negative errno after a message. */
int tftproot_make(const struct plan *plan, const char *dir);
/* Writes the configuration of a phone of the plan anew, in one step. -EEXIST: the file there is the
 * user's own; other negative errnos after a message. */
int tftproot_rewrite(const struct plan *plan, const struct plan_phone *phone, const char *dir);
/* What that SEP<MAC>.cnf.xml holds; managers: of its fleet. */
void tftproot_config(FILE *out, const struct plan_phone *phone,
                     const struct fleet_manager *managers);

#endif
