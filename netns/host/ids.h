/* ids.h - the users that phones run as.
 *
 * Theory of operation
 *
 * A phone is a user of its own: then no phone can signal or trace another, and what the kernel
 * counts by user is counted for each alone. That matters for RLIMIT_MEMLOCK, to which io_uring's
 * rings are charged (Linux 6.14 and later): where its hard limit is 8 MiB and root lacks
 * CAP_SYS_RESOURCE, as in many containers, one user carries 682 phones. And for RLIMIT_NPROC, of
 * which each phone takes one.
 *
 * Phone i is user and group first + i % count, in all its lives. The ids need no account; what they
 * must not be is somebody else's, or a number that this user namespace does not have. So an id is
 * free when /proc/self/uid_map and gid_map have it, no account or group is it, and no range of
 * /etc/subuid or /etc/subgid holds it. Of these stretches the first that has enough free ids in a
 * row is taken, or else the longest row of all, which the phones then share evenly:
 *
 *   65536 to 99999   above the ids of 16 bits, which systemd and others give out, and below those
 *                    that useradd hands on to containers (SUB_UID_MIN of login.defs, 100000)
 *   61184 to 65519   systemd's for services (DynamicUser=): where a container maps 65,536 ids, its
 *                    own are the only ones that these could be
 *   1 to 60577       what a smaller map leaves
 *
 * Where none is free it is nobody, and where the map does not even have that one, root: without a
 * capability, but the same user as the launcher.
 *
 * Fleets that run at one time share the ids: their phones see nothing of each other in any case
 * (PID and network namespaces), and the charges add up only where ids are scarce.
 */
#ifndef IDS_H
#define IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define IDS_NOBODY 65534

struct ids {
    uid_t first;
    size_t count; /* 0: not chosen; one id, ids_servant() */
};

/* Where it is looked up; of a host: ids_host. */
struct ids_source {
    const char *uid_map, *gid_map, *subuid, *subgid;
};
extern const struct ids_source ids_host;

/* Ids for so many phones. wanted: NULL, or FIRST-LAST as a user asks for it. 0, or 2 after a
 * message that says which of the wanted ids cannot be had and why. */
int ids_choose(struct ids *ids, const char *wanted, size_t phones, const struct ids_source *from);
/* The user, and group, of phone i. */
uid_t ids_of(const struct ids *ids, size_t i);
/* How many of so many phones fall on one id, at most. */
size_t ids_share(const struct ids *ids, size_t phones);
/* The user, and group, of what serves the phones: nobody, where this user namespace has it, else
 * the caller's own. */
uid_t ids_servant(void);

#endif
