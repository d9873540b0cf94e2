/* lldp.h - frames of LLDP (IEEE 802.1AB) with the extension for telephones, LLDP-MED
 * (ANSI/TIA-1057): a phone's own, and a switch's.
 *
 * A frame of ethertype 88cc to 01:80:c2:00:00:0e, which no bridge passes on; then values {type 7
 * bits, length 9 bits}, from chassis, port and seconds to live to the end. What a phone puts into
 * them is public for 7911 (8-4-3S, a capture), 7971 (8-3-3SR2S, voiphopper) and 7962 (9-3-1ES27S,
 * genieparser's listing of `show lldp neighbors detail`); lldp.c has them in a table. Its chassis
 * is its address, so that it is another neighbour from the moment on when that changes.
 *
 * A switch is believed only when it says all of: chassis, port, seconds to live, that it
 * is a switch to MED, a policy for voice, and the end [administration guide of a later family].
 * VLAN 0, 1 and 4095 in a policy mean that voice goes untagged [the same].
 */
#ifndef LLDP_H
#define LLDP_H

#include "emu/core/advert.h"

/* Builds the phone's frame; its length, 0 when there is no room for it. One that is leaving says
 * so: with no seconds to live, and nothing more. */
size_t lldp_build(const struct advert *a, void *frame, size_t size);
/* Reads a frame, of which padding may follow. False: it is none of LLDP, is damaged, or comes from
 * none that a phone believes; then *out is as it was. */
bool lldp_read(const void *frame, size_t len, struct hearing *out);

#endif
