/* lansock.h - sockets on a phone's interface that only privilege can make, for a phone that has
 * none. Each is made in the caller's present network namespace, for good.
 *
 * All hear little: on a LAN of 1,000, what is sent to all would wake 1,000 processes.
 *
 * What a phone says by CDP and LLDP a real switch keeps for itself; here it reaches all the others.
 * The filters of both let through what is of the protocol and not from a phone, by how its frames
 * begin:
 *
 *   CDP    the first value is a device's name of 15 characters that begin with SEP
 *   LLDP   the chassis is an IPv4 address, the port a local name of 15 characters that ends in P1
 *
 * (Measured with 300 phones: each wakes twice a minute more than without, to speak itself; and not
 * 900 times to hear the others.)
 */
#ifndef LANSOCK_H
#define LANSOCK_H

#include <stdint.h>

/* UDP on the DHCP client's port, by that interface alone, whatever its address: of what comes there
 * it hears the answers of servers to that MAC address (RFC 2131: op and chaddr). The socket, or a
 * negative errno. */
int lansock_dhcp(const char *device, const uint8_t mac[6]);
/* Packets of that protocol (ETH_P_ARP) on that interface, with their headers; deaf until whoever
 * has it gives it a filter of his own. */
int lansock_packets(const char *device, uint16_t protocol);
/* Frames of CDP, or LLDP, in and out of that interface: of a switch. Likewise. */
int lansock_cdp(const char *device);
int lansock_lldp(const char *device);

#endif
