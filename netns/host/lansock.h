/* lansock.h - sockets on a phone's interface that only privilege can make, for a phone that has
 * none. Each is made in the caller's present network namespace, for good.
 *
 * Both hear little: on a LAN of 1,000, what is sent to all would wake 1,000 processes.
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

#endif
