/* spawn.c - see spawn.h. */
#include "netns/host/spawn.h"
#include "netns/host/caps.h"
#include "netns/host/netns.h"
#include "netns/text/say.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a child can fail at, in its order. */
enum step { STEP_PLACE, STEP_FOLDER, STEP_STREAMS, STEP_PRIVILEGE, STEP_EXEC };
static const char *const step_names[] = {"enter its namespace", "see its folder",
                                         "set up its descriptors", "drop privileges", "run it"};

struct failure {
    enum step step;
    int err;
};

static int signals_reset(void)
{
    struct sigaction plain = {.sa_handler = SIG_DFL};
    for (int sig = 1; sig < SIGRTMIN; sig++)
        sigaction(sig, &plain, NULL); /* SIGKILL and SIGSTOP refuse: as they should */
    sigset_t none;
    sigemptyset(&none);
    return sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Puts the three streams in place; copies above them first, as they may be given crosswise. */
static int streams_set(const int wanted[3])
{
    int copy[3];
    for (int i = 0; i < 3; i++) {
        int from = wanted[i] >= 0 ? wanted[i] : open("/dev/null", O_RDWR | O_CLOEXEC);
        copy[i] = from < 0 ? -1 : fcntl(from, F_DUPFD_CLOEXEC, 3);
        if (copy[i] < 0)
            return -errno;
    }
    for (int i = 0; i < 3; i++)
        if (dup2(copy[i], i) < 0)
            return -errno;
    return 0;
}

/* In mounts that nobody else sees. */
static int folder_show(const char *folder, const char *at)
{
    if (unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
        mount(folder, at, NULL, MS_BIND, NULL) == 0)
        return 0;
    return -errno;
}

static int descriptors_set(const struct spawn *s)
{
    int rc = streams_set((int[3]){s->in, s->out, s->err});
    for (const int *fd = s->keep_fds; rc == 0 && fd && *fd >= 0; fd++)
        if (fcntl(*fd, F_SETFD, 0) < 0)
            rc = -errno;
    return rc;
}

static void path_extend(void)
{
    const char *path = getenv("PATH");
    char *longer;
    if (asprintf(&longer, "%s:/usr/sbin:/sbin", path ? path : "/usr/bin:/bin") < 0)
        return;
    setenv("PATH", longer, 1);
    free(longer);
}

/* In the child: becomes the program, or returns what went wrong. */
static struct failure become(const struct spawn *s)
{
    setsid();
    signals_reset();
    int rc = s->netns >= 0 ? netns_enter(s->netns) : 0;
    if (rc < 0)
        return (struct failure){STEP_PLACE, -rc};
    rc = s->folder ? folder_show(s->folder, s->seen_at) : 0;
    if (rc < 0)
        return (struct failure){STEP_FOLDER, -rc};
    rc = descriptors_set(s);
    if (rc < 0)
        return (struct failure){STEP_STREAMS, -rc};
    rc = s->uid || s->keep_caps ? caps_drop(s->uid, s->gid, s->keep_caps) : 0;
    if (rc < 0)
        return (struct failure){STEP_PRIVILEGE, -rc};
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a change of user would clear it: last */
    path_extend();
    execvp(s->argv[0], (char *const *)s->argv);
    return (struct failure){STEP_EXEC, errno};
}

static int failure_say(const struct spawn *s, struct failure f)
{
    if (f.step == STEP_EXEC && f.err == ENOENT && s->package) {
        say("%s is missing; install the Debian package %s", s->argv[0], s->package);
        return -ENOENT;
    }
    return say_errno(f.err, "cannot start %s: failed to %s", s->argv[0], step_names[f.step]);
}

pid_t spawn(const struct spawn *s)
{
    int report[2];
    if (pipe2(report, O_CLOEXEC) < 0)
        return say_errno(errno, "cannot start %s", s->argv[0]);
    pid_t pid = fork();
    if (pid == 0) {
        struct failure f = become(s);
        _exit(write(report[1], &f, sizeof f) == sizeof f ? 126 : 125);
    }
    int rc = pid < 0 ? say_errno(errno, "cannot start %s", s->argv[0]) : 0;
    close(report[1]);
    struct failure f;
    if (pid > 0 && read(report[0], &f, sizeof f) == sizeof f) {
        waitpid(pid, NULL, 0);
        rc = failure_say(s, f);
    }
    close(report[0]);
    return rc < 0 ? rc : pid;
}

void spawn_end(pid_t pid, unsigned grace_ms)
{
    int fd = pidfd_open(pid, 0);
    kill(pid, SIGTERM);
    if (poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, (int)grace_ms) != 1)
        kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    if (fd >= 0)
        close(fd);
}
