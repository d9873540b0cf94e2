/* servant.c - see servant.h. */
#include "netns/host/servant.h"
#include "netns/host/caps.h"
#include "netns/host/ids.h"
#include "netns/host/spawn.h"
#include "netns/text/say.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* 0 or a negative errno. */
static int become_servant(const char *name)
{
    sigset_t none;
    sigemptyset(&none);
    setsid();
    signal(SIGTERM, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){.sched_priority = 1});
    uid_t servant = ids_servant();
    int rc = caps_drop(servant, servant, NULL);
    prctl(PR_SET_NAME, name);
    prctl(PR_SET_TIMERSLACK, 1);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    return rc;
}

_Noreturn static void serve(const char *name, const int *fds, size_t fd_count,
                            void (*work)(void *of), void *of, int report)
{
    int rc = become_servant(name);
    if (write(report, &rc, sizeof rc) != sizeof rc || rc < 0)
        _exit(1);
    for (size_t i = 0; i < fd_count; i++)
        if (dup2(fds[i], (int)i) < 0)
            _exit(1);
    close_range((unsigned)fd_count, ~0u, 0);
    work(of);
    _exit(1);
}

pid_t servant_fork(const char *name, const int *fds, size_t fd_count, void (*work)(void *of),
                   void *of)
{
    int report[2], rc = -EPIPE;
    if (pipe2(report, O_CLOEXEC) < 0)
        return -errno;
    pid_t pid = fork();
    if (pid == 0)
        serve(name, fds, fd_count, work, of, report[1]);
    if (pid < 0)
        rc = -errno;
    close(report[1]);
    if (pid > 0 && read(report[0], &rc, sizeof rc) != sizeof rc)
        rc = -EPIPE;
    close(report[0]);
    if (pid > 0 && rc < 0)
        waitpid(pid, NULL, 0);
    return rc < 0 ? rc : pid;
}

bool servant_alive(pid_t *pid, pid_t ended, const char *message)
{
    if (*pid == ended)
        *pid = 0;
    if (*pid == 0)
        say("%s", message);
    return *pid != 0;
}

void servant_end(pid_t pid)
{
    if (pid > 0)
        spawn_end(pid, 1000);
}
