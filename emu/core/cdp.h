/* cdp.h - frames of Cisco's Discovery Protocol, version 2: a phone's own, and a switch's answer.
 *
 * A frame of IEEE 802.3 to the group 01:00:0c:cc:cc:cc: LLC aa aa 03, OUI 00 00 0c, protocol 2000;
 * then version 2, seconds to live, checksum, and values {type 16, length 16 with these four}
 * [Wireshark's dissector]. Which ones a phone sends is public by listings of `show cdp neighbors
 * detail` for a 7941 and 7942, and by voiphopper; cdp.c has them in a table.
 *
 * The checksum is that of the Internet over all from the version on, but for an odd length: then
 * the last byte b makes the word (0, b), and where b is 80 or more, (ff, b - 1) [Wireshark's
 * dissector].
 */
#ifndef CDP_H
#define CDP_H

#include "emu/core/advert.h"

#define CDP_TTL 180

/* Builds the phone's frame; its length, 0 when there is no room for it. */
size_t cdp_build(const struct advert *a, void *frame, size_t size);
/* Reads a frame, of which padding may follow. False: it is none of CDP, is damaged, or says nothing
 * of a VLAN for voice, as that of other phones and of a port without one; then *out is as it was.
 * */
bool cdp_read(const void *frame, size_t len, struct hearing *out);
/* Over len bytes in which the checksum's place is 0; host order. */
uint16_t cdp_checksum(const uint8_t *data, size_t len);

#endif
