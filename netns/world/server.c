/* server.c - the TFTP server: dnsmasq, with everything but TFTP switched off.
 *
 * It runs as an unprivileged user. Two capabilities are left to it: to bind port 69, and to
 * read firmware that lies below folders of root alone (the root it serves is made of links,
 * see tftproot.c). Its log is one line per transfer, written as it happens: the independent
 * witness of what was fetched.
 *
 * dnsmasq cuts the value of --tftp-root at commas and keeps a thousand characters of a path, so it
 * is given one of our own making: the output directory seen at SEEN_AT, which every kernel's /proc
 * has and no user's files lie in, by this one process alone.
 */
#include "netns/world/server.h"
#include "netns/fleet/addresses.h"
#include "netns/host/ids.h"
#include "netns/host/spawn.h"
#include "netns/text/say.h"
#include "netns/world/daemon.h"
#include "netns/world/world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define TFTP_PORT      69
#define SEEN_AT        "/proc/fs"
#define RECEIVE_BUFFER (8 * 1024 * 1024) /* a bulk reset's read requests all come at once */

struct server {
    struct world *world;
    char dir[PATH_MAX];
    struct daemon daemon;
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
    return s->daemon.said[0];
}

int server_hear(struct server *s)
{
    return daemon_hear(&s->daemon);
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
    daemon_begin(&s->daemon);
    struct rlimit old = files_raise();
    pid_t pid = dnsmasq_spawn(s->world, s->dir, s->daemon.said[1]);
    setrlimit(RLIMIT_NOFILE, &old);
    /* the line that it writes when it listens and has found the root */
    int rc = daemon_await(&s->daemon, pid, "TFTP root is ");
    if (rc == 0)
        buffer_widen(pid);
    return rc;
}

struct server *server_start(struct world *w, const char *dir, int log_fd)
{
    struct server *s = calloc(1, sizeof *s);
    int rc = s ? daemon_open(&s->daemon, "the TFTP server", log_fd) : -ENOMEM;
    if (rc < 0) {
        say_errno(-rc, "cannot start the TFTP server");
    } else {
        s->world = w;
        snprintf(s->dir, sizeof s->dir, "%s", dir);
    }
    if (rc == 0 && server_revive(s) == 0)
        return s;
    server_stop(s);
    return NULL;
}

bool server_alive(struct server *s, pid_t ended)
{
    bool own = daemon_ended(&s->daemon, ended);
    if (own)
        say("the TFTP server (dnsmasq) has ended; its log says why");
    return !own;
}

bool server_kill(struct server *s)
{
    return daemon_kill(&s->daemon);
}

int server_stop(struct server *s)
{
    int lost = s ? daemon_close(&s->daemon) : 0;
    free(s);
    return lost;
}
