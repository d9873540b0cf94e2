/* daemon.c - see daemon.h. */
#include "netns/world/daemon.h"
#include "netns/host/clock.h"
#include "netns/host/ids.h"
#include "netns/host/spawn.h"
#include "netns/text/say.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_LIMIT_MS 5000
#define LOG_PIPE       (1024 * 1024) /* ten thousand lines: nobody waits for the keeper */

/* Our end never waits; the other does, as the program would drop what does not fit. One that opens
 * its log by name, through /proc, has to own it. */
int daemon_open(struct daemon *d, const char *what, int log_fd)
{
    *d = (struct daemon){.what = what, .log_fd = log_fd, .said = {-1, -1}};
    if (pipe2(d->said, O_CLOEXEC) < 0)
        return -errno;
    fcntl(d->said[1], F_SETPIPE_SZ, LOG_PIPE); /* a convenience */
    if (fchown(d->said[1], ids_servant(), ids_servant()) < 0)
        return -errno;
    return fcntl(d->said[0], F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
}

static void log_write(struct daemon *d, const char *text, size_t len)
{
    ssize_t n = write(d->log_fd, text, len);
    if (n != (ssize_t)len && d->lost == 0)
        d->lost = n < 0 ? -errno : -ENOSPC;
}

int daemon_hear(struct daemon *d)
{
    char text[4096];
    ssize_t len;
    while ((len = read(d->said[0], text, sizeof text)) > 0) {
        size_t have = strlen(d->first), room = sizeof d->first - 1 - have;
        memcpy(d->first + have, text, (size_t)len < room ? (size_t)len : room);
        log_write(d, text, (size_t)len);
    }
    return d->lost;
}

void daemon_begin(struct daemon *d)
{
    daemon_hear(d);
    memset(d->first, 0, sizeof d->first);
}

int daemon_await(struct daemon *d, pid_t pid, const char *ready)
{
    long long deadline = clock_ms() + START_LIMIT_MS;
    if (pid < 0)
        return pid;
    while (daemon_hear(d), !strstr(d->first, ready)) {
        if (waitpid(pid, NULL, WNOHANG) == pid) {
            daemon_hear(d);
            say("%s did not start: %.*s", d->what, (int)strcspn(d->first, "\n"), d->first);
            return -ECHILD;
        }
        if (clock_ms() >= deadline) {
            say("%s is not ready after %d s", d->what, START_LIMIT_MS / 1000);
            spawn_end(pid, 0);
            return -ETIMEDOUT;
        }
        poll(&(struct pollfd){.fd = d->said[0], .events = POLLIN}, 1, 2);
    }
    d->pid = pid;
    return 0;
}

bool daemon_ended(struct daemon *d, pid_t ended)
{
    bool own = d->pid > 0 && d->pid == ended;
    if (own)
        d->pid = 0;
    return own;
}

bool daemon_kill(struct daemon *d)
{
    if (d->pid <= 0)
        return false;
    kill(d->pid, SIGKILL);
    waitpid(d->pid, NULL, 0);
    d->pid = 0;
    return true;
}

int daemon_close(struct daemon *d)
{
    if (d->pid > 0)
        spawn_end(d->pid, 1000);
    d->pid = 0;
    int lost = d->said[0] >= 0 ? daemon_hear(d) : 0;
    for (int i = 0; i < 2; i++)
        if (d->said[i] >= 0)
            close(d->said[i]);
    d->said[0] = d->said[1] = -1;
    return lost;
}
