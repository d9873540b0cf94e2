/* hostcheck-private.h - what a check is, for hostcheck.c (abilities, the table, telling) and
 * hostroom.c (limits: for how many phones they suffice). */
#ifndef HOSTCHECK_PRIVATE_H
#define HOSTCHECK_PRIVATE_H

#include "netns/host/hostcheck.h"

#include <stdint.h>

#define ENOUGH UINT64_MAX

/* Of limits that each user has: it does not help where one phone is too many. */
#define MORE_IDS "more user ids (--ids), or "

struct found {
    bool good;
    bool untold;        /* only root could have tried */
    uint64_t phones;    /* so many it suffices for, raised where that can be done */
    const char *remedy; /* a better one than the check's; or NULL */
    char value[256];    /* what was found */
};

struct check {
    const char *name;
    void (*look)(const struct check *c, const struct host_wish *w, struct found *f);
    bool needed; /* no fleet without it, of whatever size */
    bool limit;  /* no fleet beyond the phones that it suffices for */
    const char *remedy;
    const char *what; /* for look: a file, a program, a limit */
    int (*probe)(void);
    uint64_t share; /* what one phone takes of a limit */
    uint64_t base;  /* and all else */
};

__attribute__((format(printf, 2, 3))) void found_note(struct found *f, const char *format, ...);
/* A number in a file of /proc or /sys; false when there is none. */
bool read_number(const char *path, uint64_t *value);
/* The number that follows a line's label, such as "CapEff:"; 0 when there is none. */
uint64_t read_labelled(const char *path, const char *label, int base);

/* ---- hostroom.c --------------------------------------------------------------------- */

typedef void look_function(const struct check *c, const struct host_wish *w, struct found *f);
look_function look_ids;          /* the users of phones */
look_function look_sysctl;       /* what: one that the launcher raises; tried */
look_function look_limit;        /* what: a file */
look_function look_cgroup;       /* what: the name of a limit of this cgroup */
look_function look_files;        /* RLIMIT_NOFILE, raised if need be; tried */
look_function look_processes;    /* RLIMIT_NPROC, likewise, of those that fall on an id */
look_function look_locked;       /* RLIMIT_MEMLOCK, likewise, with as many rings as fall on an id */
look_function look_memory;       /* an estimate */
look_function look_bridge_ports; /* no host has more or fewer */

/* ---- uplinkcheck.c ------------------------------------------------------------------ */

look_function look_uplink;     /* whether it will do */
look_function look_uplink_use; /* what else is to be known about it */

#endif
