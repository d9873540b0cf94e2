/* hostroom.c - for how many phones the limits of this host suffice.
 *
 * What is said to work has been done: a limit of processes is raised in a child, rings are made by
 * a child that has become a phone's user, and a sysctl is written with the value that it has. What
 * only root could try is said to be untried.
 */
#include "netns/host/hostcheck-private.h"
#include "emu/contract.h"
#include "netns/host/hostlimit.h"
#include "netns/host/hostprobe.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define RING_BYTES 12288 /* that a phone's ring of 64 entries and its ring of buffers are charged */

static uint64_t phones_of(const struct check *c, uint64_t value)
{
    return value > c->base ? (value - c->base) / c->share : 0;
}

/* ---- what is read ------------------------------------------------------------------- */

void look_ids(const struct check *c, const struct host_wish *w, struct found *f)
{
    (void)c;
    f->good = w->ids.count >= w->phones;
    if (w->ids.count < 2)
        found_note(f, "%u alone: phones can signal each other", (unsigned)ids_of(&w->ids, 0));
    else
        found_note(f, "%u to %u, %s", (unsigned)w->ids.first,
                   (unsigned)(w->ids.first + w->ids.count - 1), f->good ? "one each" : "shared");
}

/* A kernel that has no such limit has none that is met. */
void look_limit(const struct check *c, const struct host_wish *w, struct found *f)
{
    uint64_t value = 0;
    (void)w;
    f->good = true;
    if (!read_number(c->what, &value))
        return found_note(f, "none to be seen");
    f->phones = phones_of(c, value);
    found_note(f, "%" PRIu64, value);
}

/* Where cgroups are mounted: version 2, then 1. A container sees its own at the top. */
static bool read_cgroup(const char *name, uint64_t *value)
{
    char path[128];
    snprintf(path, sizeof path, "/sys/fs/cgroup/%s", name);
    if (read_number(path, value))
        return true;
    snprintf(path, sizeof path, "/sys/fs/cgroup/%.*s/%s", (int)strcspn(name, "."), name, name);
    return read_number(path, value);
}

void look_cgroup(const struct check *c, const struct host_wish *w, struct found *f)
{
    uint64_t most = 0, now = 0;
    (void)w;
    f->good = true;
    if (!read_cgroup(c->what, &most))
        return found_note(f, "no limit to be seen");
    read_cgroup("pids.current", &now);
    f->phones = phones_of(c, most > now ? most - now : 0);
    found_note(f, "%" PRIu64 ", of which %" PRIu64 " are taken", most, now);
}

void look_bridge_ports(const struct check *c, const struct host_wish *w, struct found *f)
{
    (void)c, (void)w;
    f->good = true;
    f->phones = LIMIT_PHONES;
    found_note(f, "1023 in every kernel, and a subnet has one bridge");
}

void look_memory(const struct check *c, const struct host_wish *w, struct found *f)
{
    uint64_t kib = read_labelled("/proc/meminfo", "MemAvailable:", 10), most = 0, now = 0;
    (void)w;
    bool bounded = read_cgroup("memory.max", &most) && read_cgroup("memory.current", &now) &&
                   most > now && (most - now) / 1024 < kib;
    if (bounded)
        kib = (most - now) / 1024;
    f->good = true;
    f->phones = phones_of(c, kib);
    found_note(f, "%" PRIu64 " MiB available%s", kib / 1024, bounded ? " to this cgroup" : "");
}

/* ---- what is tried ------------------------------------------------------------------ */

/* Says that it cannot be raised, or that nobody has tried. */
static void cannot(struct found *f, uint64_t have, uint64_t need, int error)
{
    f->untold = geteuid() != 0;
    if (f->untold)
        found_note(f, "%" PRIu64 " of the %" PRIu64 " needed; raising it takes root to try", have,
                   need);
    else
        found_note(f, "%" PRIu64 " of the %" PRIu64 " needed, and raising it was refused: %s", have,
                   need, strerror(error));
}

void look_sysctl(const struct check *c, const struct host_wish *w, struct found *f)
{
    struct hostlimit_try t = hostlimit_try(c->what, w->phones);
    f->good = true;
    if (t.have == 0)
        found_note(f, "the host's own, not to be seen here, and not raised");
    else if (t.need <= t.have)
        found_note(f, "%lu", t.have);
    else if (t.error == 0)
        found_note(f, "%lu, raised to %lu for a run (writing it was tried)", t.have, t.need);
    else
        cannot(f, t.have, t.need, t.error);
    if (t.error != 0)
        f->phones = t.phones;
}

/* Raising it for real, in a child. */
static int raise_tried(int resource, uint64_t need, struct found *f, rlim_t *hard)
{
    struct rlimit limit = {0};
    getrlimit(resource, &limit);
    *hard = limit.rlim_max;
    f->good = true;
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < need)
        return probe_raise(resource, need);
    if (limit.rlim_max == RLIM_INFINITY)
        found_note(f, "unlimited");
    else
        found_note(f, "%" PRIu64, (uint64_t)limit.rlim_max);
    return 0;
}

/* Whether a limit is high enough, or can be raised to that, which is tried. It says so. */
static bool suffices(int resource, uint64_t need, struct found *f, rlim_t *hard)
{
    int error = raise_tried(resource, need, f, hard);
    if (error != 0)
        cannot(f, *hard, need, error);
    else if (f->value[0] == '\0')
        found_note(f, "%" PRIu64 ", raised to %" PRIu64 " for a run (tried)", (uint64_t)*hard,
                   need);
    return error == 0;
}

void look_files(const struct check *c, const struct host_wish *w, struct found *f)
{
    rlim_t hard;
    if (!suffices(RLIMIT_NOFILE, c->base + c->share * w->phones, f, &hard))
        f->phones = phones_of(c, hard);
}

/* What only a higher limit helps against, and not that it is shared by fewer. */
static void nothing_to_share(const struct check *c, struct found *f)
{
    if (f->phones == 0)
        f->remedy = c->remedy + strlen(MORE_IDS);
}

/* Each user's, too. */
void look_processes(const struct check *c, const struct host_wish *w, struct found *f)
{
    rlim_t hard;
    size_t count = w->ids.count > 0 ? w->ids.count : 1;
    if (suffices(RLIMIT_NPROC, ids_share(&w->ids, w->phones), f, &hard))
        return;
    f->phones = hard * count;
    nothing_to_share(c, f);
}

/* The charge is each user's, so it is one id's phones that have to fit. */
void look_locked(const struct check *c, const struct host_wish *w, struct found *f)
{
    rlim_t hard;
    size_t share = ids_share(&w->ids, w->phones), count = w->ids.count > 0 ? w->ids.count : 1;
    uint64_t need = share * (uint64_t)RING_BYTES;
    int error = raise_tried(RLIMIT_MEMLOCK, need, f, &hard);
    if (error != 0 && geteuid() != 0) {
        cannot(f, hard, need, error);
        f->phones = hard / RING_BYTES * count;
        return nothing_to_share(c, f);
    }
    size_t made;
    int refused = probe_rings(ids_of(&w->ids, 0), share, &made);
    if (refused == ENOMEM) {
        found_note(f, "%" PRIu64 " of the %" PRIu64 " bytes that %zu phone%s of one user id take%s"
                      ", and raising it was refused",
                   (uint64_t)hard, need, share, share == 1 ? "" : "s", share == 1 ? "s" : "");
        f->phones = made * count;
        return nothing_to_share(c, f);
    }
    if (refused != 0) /* another check says why */
        return found_note(f, "not tried: no ring of a phone's user could be made");
    found_note(f, "%s%" PRIu64 " for each user id; %zu ring%s of one id made",
               error ? "" : hard < need ? "raised from " : "", (uint64_t)hard, share,
               share == 1 ? "" : "s");
}
