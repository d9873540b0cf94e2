/* gate.h - what may leave by an interface, and how often: a queueing discipline of the kernel, in
 * front of it.
 *
 *   ARP, and DHCP from clients       each at most so often a second; what would have to wait for
 *                                    longer than GATE_WAIT_S is dropped, and will be asked anew
 *   TCP, UDP, ICMP, CDP, LLDP        as they come
 *   answers of a DHCP server         only where that is wanted: paced like the questions
 *   all else (IPv6, IGMP, spanning   never
 *   tree, ...)
 *
 * Whoever is behind it is told nothing; the kernel counts what was dropped (tc -s class).
 */
#ifndef GATE_H
#define GATE_H

#include <stdbool.h>

#define GATE_WAIT_S 4 /* as long as the first wait of who asks by DHCP (RFC 2131, 4.1) */

struct nl_sock;
struct gate {
    unsigned pace;     /* frames a second, of ARP and of DHCP; 0: as they come */
    bool serves_dhcp;
};
/* Before the interface is up. 0 or a negative code of links_error(). */
int gate_set(struct nl_sock *sock, int index, const struct gate *gate);

#endif
