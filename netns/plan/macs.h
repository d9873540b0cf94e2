/* macs.h - the phones' MAC addresses, of which no two have one. */
#ifndef MACS_H
#define MACS_H

#include "netns/plan/plan.h"

/* Adds to found: groups that leave the range of a maker (MAC_RANGE); phones, or a phone and the
 * gateway, of one MAC address or with the same last four bytes, by which phones know each other
 * (MAC_TWICE), once a group. */
void macs_check(const struct plan *plan, struct findings *found);

#endif
