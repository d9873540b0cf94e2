/* netns.c - see netns.h. */
#include "netns/host/netns.h"
#include "netns/text/say.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

int netns_here(void)
{
    int ns = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    return ns < 0 ? -errno : ns;
}

int netns_new(void)
{
    return unshare(CLONE_NEWNET) < 0 ? -errno : netns_here();
}

int netns_enter(int ns)
{
    return setns(ns, CLONE_NEWNET) < 0 ? -errno : 0;
}

int netns_visit(int ns)
{
    int back = netns_here();
    int rc = back < 0 ? back : netns_enter(ns);
    if (rc == 0)
        return back;
    if (back >= 0)
        close(back);
    return rc;
}

int netns_leave(int back, int rc)
{
    if (back < 0)
        return rc;
    int err = netns_enter(back);
    close(back);
    return err < 0 ? say_errno(-err, "cannot return to the launcher's network namespace") : rc;
}
