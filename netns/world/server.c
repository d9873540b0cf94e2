/* server.c - the TFTP server: dnsmasq, with everything but TFTP switched off.
 *
 * It runs as an unprivileged user. Two capabilities are left to it: to bind port 69, and to
 * read firmware that lies below folders of root alone (the root it serves is made of links,
 * see tftproot.c). Its log is one line per transfer, written as it happens: the independent
 * witness of what was fetched. It comes by a pipe and goes on into the file as it is: dnsmasq drops
 * what a full disk does not take, and says nothing of it; we do.
 *
 * dnsmasq cuts the value of --tftp-root at commas and keeps a thousand characters of a path, so it
 * is given one of our own making: the output directory seen at SEEN_AT, which every kernel's /proc
 * has and no user's files lie in, by this one process alone.
 */
#include "netns/world/server.h"
#include "netns/fleet/addresses.h"
#include "netns/host/clock.h"
#include "netns/host/ids.h"
#include "netns/host/spawn.h"
#include "netns/text/say.h"
#include "netns/world/world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define TFTP_PORT      69
#define SEEN_AT        "/proc/fs"
#define START_LIMIT_MS 5000
#define RECEIVE_BUFFER (8 * 1024 * 1024) /* a bulk reset's read requests all come at once */
#define LOG_PIPE       (1024 * 1024)     /* ten thousand lines: nobody waits for the keeper */

struct server {
    struct world *world;
    char dir[PATH_MAX];
    int log_fd;
    int said[2];      /* a pipe: our end, and what each life of it writes into */
    int lost;         /* the first error of writing the log: a negative errno, or 0 */
    char first[1024]; /* what this life said first */
    pid_t pid;        /* 0: has ended */
};

/* Beyond them dnsmasq stops reading requests, and answers them when whoever asked is gone. A phone
 * asks up to six times, each time from a new port, which is a new transfer; those before it stay
 * for 29 s of real time, at speed minutes. */
size_t server_transfers(size_t phones)
{
    return 8 * phones + 50;
}

static pid_t dnsmasq_spawn(struct world *w, const char *dir, int log_fd)
{
    char tftp_max[32];
    snprintf(tftp_max, sizeof tftp_max, "--tftp-max=%zu", server_transfers(w->plan->count));
    const char *argv[] = {"dnsmasq",
                          "--conf-file=/dev/null",
                          "--keep-in-foreground",
                          "--port=0",
                          "--enable-tftp",
                          "--tftp-root=" SEEN_AT "/tftproot",
                          tftp_max,
                          "--tftp-no-blocksize",
                          "--listen-address=" LINE_SERVER_IP,
                          "--bind-interfaces",
                          "--no-hosts",
                          "--no-resolv",
                          "--pid-file",
                          "--log-facility=-",
                          /* it is the user already that it shall be: root, if need be */
                          "--user=root",
                          "--group=",
                          NULL};
    static const int keep[] = {CAP_NET_BIND_SERVICE, CAP_DAC_READ_SEARCH, -1};
    return spawn(&(struct spawn){.argv = argv,
                                 .package = "dnsmasq-base",
                                 .netns = w->hq_ns,
                                 .in = -1,
                                 .out = log_fd,
                                 .err = log_fd,
                                 .folder = dir,
                                 .seen_at = SEEN_AT,
                                 .uid = ids_servant(),
                                 .gid = ids_servant(),
                                 .keep_caps = keep});
}

int server_fd(const struct server *s)
{
    return s->said[0];
}

static void log_write(struct server *s, const char *text, size_t len)
{
    ssize_t n = write(s->log_fd, text, len);
    if (n != (ssize_t)len && s->lost == 0)
        s->lost = n < 0 ? -errno : -ENOSPC;
}

int server_hear(struct server *s)
{
    char text[4096];
    ssize_t len;
    while ((len = read(s->said[0], text, sizeof text)) > 0) {
        size_t have = strlen(s->first), room = sizeof s->first - 1 - have;
        memcpy(s->first + have, text, (size_t)len < room ? (size_t)len : room);
        log_write(s, text, (size_t)len);
    }
    return s->lost;
}

/* Waits for the line that dnsmasq writes when it listens and has found the root; a socket on the
 * port would not tell, that comes earlier. Its first line says why, when it ends instead. */
static int ready_wait(struct server *s, pid_t pid)
{
    long long deadline = clock_ms() + START_LIMIT_MS;
    while (server_hear(s), !strstr(s->first, "TFTP root is ")) {
        if (waitpid(pid, NULL, WNOHANG) == pid) {
            server_hear(s);
            say("the TFTP server did not start: %.*s", (int)strcspn(s->first, "\n"), s->first);
            return -ECHILD;
        }
        if (clock_ms() >= deadline) {
            say("the TFTP server is not ready after %d s", START_LIMIT_MS / 1000);
            spawn_end(pid, 0);
            return -ETIMEDOUT;
        }
        poll(&(struct pollfd){.fd = s->said[0], .events = POLLIN}, 1, 2);
    }
    return 0;
}

static bool is_tftp_socket(int fd)
{
    struct sockaddr_in name = {0};
    socklen_t len = sizeof name;
    return getsockname(fd, (struct sockaddr *)&name, &len) == 0 && name.sin_family == AF_INET &&
           name.sin_port == htons(TFTP_PORT);
}

/* dnsmasq leaves its receive buffer at the default, which holds some 270 requests; widened from
 * outside. A convenience: phones retry what was lost, so no failure here matters. */
static void buffer_widen(pid_t pid)
{
    int size = RECEIVE_BUFFER, pidfd = pidfd_open(pid, 0);
    for (int n = 3; pidfd >= 0 && n < 32; n++) {
        int fd = pidfd_getfd(pidfd, n, 0);
        if (fd < 0)
            continue;
        if (is_tftp_socket(fd))
            setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
        close(fd);
    }
    if (pidfd >= 0)
        close(pidfd);
}

/* Each transfer takes two descriptors. Inherited by the child; put back afterwards. */
static struct rlimit files_raise(void)
{
    struct rlimit old, raised;
    getrlimit(RLIMIT_NOFILE, &old);
    raised = old;
    raised.rlim_cur = raised.rlim_max;
    setrlimit(RLIMIT_NOFILE, &raised);
    return old;
}

int server_revive(struct server *s)
{
    server_hear(s);
    memset(s->first, 0, sizeof s->first);
    struct rlimit old = files_raise();
    pid_t pid = dnsmasq_spawn(s->world, s->dir, s->said[1]);
    setrlimit(RLIMIT_NOFILE, &old);
    int rc = pid < 0 ? pid : ready_wait(s, pid);
    if (rc < 0)
        return rc;
    s->pid = pid;
    buffer_widen(pid);
    return 0;
}

/* Our end never waits; the other does, as dnsmasq would drop what does not fit. */
static int pipe_make(int said[2])
{
    if (pipe2(said, O_CLOEXEC) < 0)
        return -errno;
    fcntl(said[1], F_SETPIPE_SZ, LOG_PIPE); /* a convenience */
    return fcntl(said[0], F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
}

struct server *server_start(struct world *w, const char *dir, int log_fd)
{
    struct server *s = calloc(1, sizeof *s);
    if (s)
        *s = (struct server){.world = w, .log_fd = log_fd, .said = {-1, -1}};
    int rc = s ? pipe_make(s->said) : -ENOMEM;
    if (rc < 0)
        say_errno(-rc, "cannot start the TFTP server");
    else
        snprintf(s->dir, sizeof s->dir, "%s", dir);
    if (rc == 0 && server_revive(s) == 0)
        return s;
    server_stop(s);
    return NULL;
}

bool server_alive(struct server *s, pid_t ended)
{
    if (s->pid != ended)
        return true;
    s->pid = 0;
    say("the TFTP server (dnsmasq) has ended; its log says why");
    return false;
}

bool server_kill(struct server *s)
{
    if (s->pid <= 0)
        return false;
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
    s->pid = 0;
    return true;
}

int server_stop(struct server *s)
{
    if (!s)
        return 0;
    if (s->pid > 0)
        spawn_end(s->pid, 1000);
    int lost = s->said[0] >= 0 ? server_hear(s) : 0;
    for (int i = 0; i < 2; i++)
        if (s->said[i] >= 0)
            close(s->said[i]);
    free(s);
    return lost;
}
