/* address.h - what a phone makes of what its DHCP client (dhcp.h) tells it: its boot goes on, its
 * status says why it does not, or it boots anew.
 *
 * A phone with an address by hand has it from the first moment, and none of this happens to it. The
 * console line that names who has set the TFTP server is public ("TFTP Svr set by opt150"), as are
 * the status texts "DHCP timeout" and "Duplicate IP"; the other lines are our own words. That a
 * phone whose lease is over boots anew, and breaks off its upgrade as by a reset, is inference.
 */
#ifndef ADDRESS_H
#define ADDRESS_H

#include "emu/core/dhcp.h"

struct phone;

void address_told(struct phone *p, enum dhcp_result result);
/* Its address and TFTP server, into its status. */
void address_show(struct phone *p);

#endif
