/* hostprobe.h - abilities of the kernel that only trying can tell.
 *
 * Each probe runs in a child, and where it makes something, in a network namespace of that
 * child's own, so that nothing is left. 0: it works; otherwise the errno.
 */
#ifndef HOSTPROBE_H
#define HOSTPROBE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

int probe_namespaces(void); /* network, PID and mount */
int probe_mounts(void);     /* private ones, and a /proc, in a mount namespace */
int probe_veth(void);
int probe_bridge(void);
int probe_macvlan(void);
int probe_vlan(void);
int probe_tun(void);        /* a TAP device by /dev/net/tun */


/* Raises a hard limit of processes to need. */
int probe_raise(int resource, uint64_t need);
/* Makes count rings as phones do, with the locked memory that they will have, as that user and
 * group, where we may become that; into *made how many could be. ENOMEM: the limit is met. */
int probe_rings(uid_t id, size_t count, size_t *made);

#endif
