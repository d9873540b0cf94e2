/* isolate.c - the first steps of process 1. */
#include "netns/host/isolate.h"
#include "netns/host/caps.h"
#include "netns/text/say.h"

#include <errno.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

/* A /proc of its own PID namespace, and mounts that nobody else sees. */
static int own_mounts(void)
{
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
        mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0)
        return 0;
    say_errno(errno, "cannot mount a /proc of its own (a container must allow it)");
    return 3;
}

int isolate(int message_fd)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid(); /* the terminal's Ctrl-C is for the launcher, which tells us */
    if (chdir("/") != 0 || dup2(message_fd, 1) < 0 || dup2(message_fd, 2) < 0)
        return 3;
    signal(SIGPIPE, SIG_IGN);
    int code = own_mounts();
    return code == 0 && caps_limit_setup() != 0 ? 3 : code;
}
