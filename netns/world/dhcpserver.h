/* dhcpserver.h - who gives phones their addresses, where that is us: dnsmasq.
 *
 *   at: site           [ phones ] -- br0, br1 ... [ dnsmasq: ranges ]                   site
 *
 *   at: headquarters   [ phones ] -- br0, br1 ... [ dnsmasq: a relay ] -- WAN --+       site
 *                                                      giaddr: the bridge's     |
 *                                                   [ dnsmasq: ranges ] -- wan0 +       hq
 *
 * Every address is kept for one phone, by its MAC: that of the plan, so that a run repeats itself.
 * What it is told stands in dhcp.conf in the output directory (a relay's in dhcp-relay.conf), its
 * leases in dhcp.leases, and what it did in dhcp.log: the witness. It hears nothing but the site's
 * bridges, or the line to them.
 *
 * Its leases end by real time; phones renew by emulated time, which passes faster.
 */
#ifndef DHCPSERVER_H
#define DHCPSERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct world;

struct dhcpserver;
/* Starts it for the phones of w's plan, with its files in dir and its log into log_fd; waits until
 * it is ready. NULL after a message. */
struct dhcpserver *dhcpserver_start(const struct world *w, const char *dir, int log_fd);
/* Descriptors to poll for input, how many; and the call that passes on into the log what has been
 * said: 0, or a negative errno when not all of it could be written, now or before. */
#define DHCPSERVER_FDS 2
size_t dhcpserver_fds(const struct dhcpserver *s, int fds[DHCPSERVER_FDS]);
int dhcpserver_hear(struct dhcpserver *s);
/* Whether it was another child that ended; else false after a message. */
bool dhcpserver_alive(struct dhcpserver *s, pid_t ended);
/* Returns as dhcpserver_hear() does, for all that it has ever said. s may be NULL. */
int dhcpserver_stop(struct dhcpserver *s);

#endif
