/* hostlimit.c - raises limits of the whole host for a run, and sees that they come back.
 *
 * Each run that raised something leaves a guard: a child in a session of its own, deaf to signals,
 * that reads from a pipe which nobody writes to. Its end of file means that the launcher and what
 * it forked are gone, however they went.
 *
 * Runs may overlap, so what to put back is kept in STATE_FILE, a line "name original set" each,
 * for as long as a guard lives. Two locks on it (of open file descriptions: they go with their
 * holder): byte 0, exclusive, by whoever reads or changes limits and file; byte 1, shared, by every
 * guard. The guard that finds itself alone on byte 1 is the last: it puts everything back and
 * removes the file. So the first value is restored once, and no run loses a limit that another one
 * had raised before it.
 *
 * A guard may be killed, too, or fail: then the file stays, and whoever finds it without a living
 * guard puts back what it says, and says so: the launcher at its end, or the next one at its start.
 * What cannot be put back is told with the command that does it.
 *
 * Limits of this scheme: a value that somebody else changed meanwhile is left alone. Limits raised
 * inside a container count for the host only where the container may write them.
 */
#include "netns/host/hostlimit.h"
#include "netns/host/clock.h"
#include "netns/text/say.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATE_FILE "/run/fleet-hostlimits"

/* Of one table for the whole kernel. A phone knows those that it was sent on to on its way down six
 * trees, those that asked it, and its links: 20 to 50 at 1,000 phones. Full, the table makes sends
 * fail, broadcasts among them. */
#define NEIGHBOURS 64

enum { BACKLOG, THRESH3, THRESH2, THRESH1, LIMITS };
static const char *const names[LIMITS] = {
    "net.core.netdev_max_backlog",       /* 1,000 ports lose part of every broadcast at 1,000 */
    "net.ipv4.neigh.default.gc_thresh3", /* neighbours of all phones together: one table */
    "net.ipv4.neigh.default.gc_thresh2",
    "net.ipv4.neigh.default.gc_thresh1",
};

/* What the message about it adds; NULL: no message, another's speaks for it. */
static const char *const messages[LIMITS] = {"", ", gc_thresh1 and 2 with it,", NULL, NULL};

struct state {
    struct {
        unsigned long original, set; /* set 0: not raised */
    } limit[LIMITS];
};

static pid_t guard_pid;
static int guard_pipe = -1;

/* ---- the limits --------------------------------------------------------------------------- */

static FILE *limit_open(int i, const char *mode)
{
    char path[96];
    snprintf(path, sizeof path, "/proc/sys/%s", names[i]);
    for (char *c = path + strlen("/proc/sys/"); *c; c++)
        if (*c == '.')
            *c = '/';
    return fopen(path, mode);
}

/* A network namespace other than the first does not show all of them, and could raise none: there
 * the host's stand, whatever they are. */
static unsigned long limit_read(int i)
{
    unsigned long value = 0;
    FILE *f = limit_open(i, "re");
    if (!f && errno == ENOENT)
        return ULONG_MAX;
    if (f && fscanf(f, "%lu", &value) != 1)
        value = 0;
    if (f)
        fclose(f);
    return value;
}

static int limit_write(int i, unsigned long value)
{
    FILE *f = limit_open(i, "we");
    if (!f)
        return -errno;
    fprintf(f, "%lu\n", value);
    return fclose(f) == 0 ? 0 : -errno;
}

/* What a fleet of that size needs; 0: an unraised host will do. */
static void needs(size_t phones, const unsigned long unraised[LIMITS], unsigned long need[LIMITS])
{
    memset(need, 0, LIMITS * sizeof *need);
    if (phones > 500 && unraised[BACKLOG] < 16384)
        need[BACKLOG] = 16384;
    if (phones * NEIGHBOURS > unraised[THRESH3]) {
        need[THRESH3] = 1024;
        while (need[THRESH3] < phones * NEIGHBOURS)
            need[THRESH3] *= 2;
        need[THRESH2] = need[THRESH3] / 2;
        need[THRESH1] = need[THRESH3] / 4;
    }
}

/* ---- the state file ------------------------------------------------------------------------ */

static int lock(int fd, short type, off_t byte, bool wait)
{
    struct flock l = {.l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
    return fcntl(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, &l) < 0 ? -errno : 0;
}

/* The file, with byte 0 held. One that its last guard removed meanwhile is of no use. */
static int state_open(void)
{
    for (;;) {
        int fd = open(STATE_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
            return -errno;
        struct stat st;
        int rc = lock(fd, F_WRLCK, 0, true);
        if (rc == 0 && fstat(fd, &st) == 0 && st.st_nlink > 0)
            return fd;
        close(fd);
        if (rc < 0)
            return rc;
    }
}

/* Leaves no file behind when nobody has raised anything. */
static void state_close(int fd)
{
    struct stat st;
    if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size == 0)
        unlink(STATE_FILE);
    if (fd >= 0)
        close(fd);
}

static void state_read(int fd, struct state *s)
{
    char text[1024] = "", name[64];
    unsigned long original, set;
    int used;
    *s = (struct state){0};
    if (pread(fd, text, sizeof text - 1, 0) < 0)
        return;
    for (char *at = text; sscanf(at, "%63s %lu %lu\n%n", name, &original, &set, &used) == 3;
         at += used)
        for (int i = 0; i < LIMITS; i++)
            if (strcmp(name, names[i]) == 0) {
                s->limit[i].original = original;
                s->limit[i].set = set;
            }
}

static int state_write(int fd, const struct state *s)
{
    char text[1024];
    int len = 0;
    for (int i = 0; i < LIMITS; i++)
        if (s->limit[i].set)
            len += snprintf(text + len, sizeof text - (size_t)len, "%s %lu %lu\n", names[i],
                            s->limit[i].original, s->limit[i].set);
    if (ftruncate(fd, 0) < 0)
        return -errno;
    return pwrite(fd, text, (size_t)len, 0) == len ? 0 : -EIO;
}

/* Back to its first value. why: said with it; NULL: nothing is said. 0 or a negative errno. */
static int restore_one(int i, unsigned long original, const char *why)
{
    int rc = limit_write(i, original);
    if (why && rc == 0)
        say("%s is back at %lu: %s", names[i], original, why);
    else if (why)
        say_errno(-rc, "%s stays raised: %s; put it back: sudo sysctl -w %s=%lu", names[i], why,
                  names[i], original);
    return rc;
}

/* All of them; what fails stays in the file for who comes next. 0 or a negative errno. */
static int state_restore(int fd, const char *why)
{
    struct state s;
    int rc = 0;
    state_read(fd, &s);
    for (int i = 0; i < LIMITS; i++)
        if (s.limit[i].set && limit_read(i) == s.limit[i].set &&
            restore_one(i, s.limit[i].original, why) < 0)
            rc = -EPERM;
    if (rc == 0)
        unlink(STATE_FILE);
    return rc;
}

/* Whether no guard lives: then byte 1 is the caller's until it closes or unlocks the file. */
static bool unguarded(int fd)
{
    return lock(fd, F_WRLCK, 1, false) == 0;
}

/* ---- the guard ----------------------------------------------------------------------------- */

/* In the guard: waits for the pipe's end, and restores if no other guard lives. */
static void guard(int pipe_end, int state)
{
    setsid();
    prctl(PR_SET_NAME, "fleet-guard");
    if (chdir("/") < 0 || dup2(pipe_end, 0) < 0 || dup2(state, 1) < 0)
        _exit(1);
    close_range(2, ~0u, 0);
    char nothing;
    while (read(0, &nothing, 1) < 0 && errno == EINTR)
        ;
    lock(1, F_WRLCK, 0, true);
    _exit(unguarded(1) && state_restore(1, NULL) < 0);
}

/* Leaves a guard that holds byte 1 of the state file; releases byte 0. */
static int guard_start(int state)
{
    int ends[2], rc = lock(state, F_RDLCK, 1, true);
    if (rc < 0)
        return rc;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before); /* deaf from its first moment */
    guard_pid = fork();
    if (guard_pid == 0) {
        close(ends[1]);
        guard(ends[0], state);
    }
    rc = guard_pid < 0 ? -errno : 0;
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(ends[0]);
    if (rc < 0)
        close(ends[1]);
    else
        guard_pipe = ends[1];
    lock(state, F_UNLCK, 0, true);
    return rc;
}

/* ---- raising ------------------------------------------------------------------------------- */

/* Once in a process: the second run of a comparison raises the same. */
static void tell_raised(int i, unsigned long from, unsigned long to, size_t phones)
{
    static bool told[LIMITS];
    if (messages[i] && !told[i])
        say("raising %s from %lu to %lu%s for %zu phones (restored at the end)", names[i], from,
            to, messages[i], phones);
    told[i] = true;
}

static int raise_one(struct state *s, int i, unsigned long need, size_t phones)
{
    unsigned long now = limit_read(i);
    if (need <= now)
        return 0; /* enough, maybe by another run's doing */
    int rc = limit_write(i, need);
    if (rc < 0)
        return say_errno(-rc, "cannot raise %s from %lu to %lu; set it on the host by sysctl",
                         names[i], now, need);
    tell_raised(i, now, need, phones);
    /* What another run, still there or crashed, found before it raised is the true original. */
    if (s->limit[i].set != now)
        s->limit[i].original = now;
    s->limit[i].set = need;
    return 0;
}

/* Raises what the fleet needs. It needs a guard too where another run has raised it already. */
static int raise_all(int fd, size_t phones)
{
    struct state s;
    unsigned long unraised[LIMITS], need[LIMITS];
    int rc = 0;
    bool any = false;
    state_read(fd, &s);
    for (int i = 0; i < LIMITS; i++) {
        unsigned long now = limit_read(i);
        unraised[i] = s.limit[i].set && s.limit[i].set == now ? s.limit[i].original : now;
    }
    needs(phones, unraised, need);
    for (int i = 0; rc == 0 && i < LIMITS; i++) {
        any = any || need[i] > unraised[i];
        rc = raise_one(&s, i, need[i], phones);
    }
    if (!any)
        return rc;
    /* A second run of one process has its guard already. */
    int saved = state_write(fd, &s), guarded = guard_pipe < 0 ? guard_start(fd) : 0;
    if (saved < 0 || guarded < 0)
        rc = say_errno(saved < 0 ? -saved : -guarded, "cannot guard the host's limits");
    return rc;
}

/* What a run left that was killed together with its guard. The file, open as by state_open(). */
static int state_open_clean(void)
{
    int fd = state_open();
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size == 0 || !unguarded(fd))
        return fd;
    int rc = state_restore(fd, "a run that was killed had left it raised");
    lock(fd, F_UNLCK, 1, true);
    if (rc < 0)
        return fd; /* its entries are still true */
    close(fd);
    return state_open();
}

int hostlimit_raise(size_t phones)
{
    int fd = state_open_clean();
    if (fd < 0)
        return say_errno(-fd, "cannot open %s, which keeps the host's limits", STATE_FILE);
    int rc = raise_all(fd, phones);
    state_close(fd);
    return rc;
}

/* The largest fleet whose need is met by what there is. */
static size_t suffices_for(int i, size_t phones, const unsigned long have[LIMITS])
{
    unsigned long need[LIMITS];
    do
        needs(--phones, have, need);
    while (phones > 0 && need[i] > have[i]);
    return phones;
}

struct hostlimit_try hostlimit_try(const char *name, size_t phones)
{
    unsigned long have[LIMITS], need[LIMITS];
    int which = 0, fd = state_open(); /* nobody may raise it between reading and writing */
    for (int i = 0; i < LIMITS; i++) {
        have[i] = limit_read(i);
        which = strcmp(names[i], name) == 0 ? i : which;
    }
    needs(phones, have, need);
    struct hostlimit_try t = {.have = have[which] == ULONG_MAX ? 0 : have[which],
                              .need = need[which], .phones = phones};
    if (t.need > have[which]) {
        t.error = fd < 0 ? -fd : -limit_write(which, t.have);
        t.phones = suffices_for(which, phones, have);
    }
    state_close(fd);
    return t;
}

/* For a guard that was killed or failed, unless another one lives: the last one restores. */
static void stand_in(void)
{
    int fd = state_open();
    if (fd >= 0 && unguarded(fd))
        state_restore(fd, "the guard that was to put it back is dead");
    state_close(fd);
}

void hostlimit_release(void)
{
    if (guard_pipe < 0)
        return;
    close(guard_pipe);
    guard_pipe = -1;
    long long deadline = clock_ms() + 2000;
    int status = 0;
    while (waitpid(guard_pid, &status, WNOHANG) == 0 && clock_ms() < deadline)
        poll(NULL, 0, 1);
    if (status != 0)
        stand_in();
}
