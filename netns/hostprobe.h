/* hostprobe.h - abilities of the kernel that only trying can tell.
 *
 * Each probe runs in a child, and where it makes something, in a network namespace of that
 * child's own, so that nothing is left. 0: it works; otherwise the errno.
 */
#ifndef HOSTPROBE_H
#define HOSTPROBE_H

int probe_io_uring(void);   /* a ring as phones make it; by nobody, where we may become that */
int probe_namespaces(void); /* network, PID and mount */
int probe_mounts(void);     /* private ones, and a /proc, in a mount namespace */
int probe_veth(void);
int probe_bridge(void);
int probe_tun(void);        /* a TAP device by /dev/net/tun */

#endif
