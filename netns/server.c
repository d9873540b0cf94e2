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
#include "netns/ids.h"
#include "netns/say.h"
#include "netns/spawn.h"
#include "netns/world.h"

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
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TFTP_PORT      69
#define SEEN_AT        "/proc/fs"
#define START_LIMIT_MS 5000
#define RECEIVE_BUFFER (8 * 1024 * 1024) /* a bulk reset's read requests all come at once */

struct server {
    struct world *world;
    char dir[PATH_MAX];
    int log_fd;
    pid_t pid; /* 0: has ended */
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
                          "--listen-address=" WORLD_SERVER_IP,
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

/* What the log has got since offset start. */
static const char *log_since(int log_fd, off_t start)
{
    static char text[4096];
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", log_fd);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* log_fd may be for writing only */
    ssize_t len = fd < 0 ? 0 : pread(fd, text, sizeof text - 1, start);
    text[len > 0 ? len : 0] = '\0';
    if (fd >= 0)
        close(fd);
    return text;
}

/* Waits for the line that dnsmasq writes when it listens and has found the root; a socket on the
 * port would not tell, that comes earlier. Its first line says why, when it ends instead. */
static int ready_wait(pid_t pid, int log_fd, off_t start)
{
    long long deadline = spawn_now_ms() + START_LIMIT_MS;
    while (!strstr(log_since(log_fd, start), "TFTP root is ")) {
        if (waitpid(pid, NULL, WNOHANG) == pid) {
            const char *why = log_since(log_fd, start);
            say("the TFTP server did not start: %.*s", (int)strcspn(why, "\n"), why);
            return -ECHILD;
        }
        if (spawn_now_ms() >= deadline) {
            say("the TFTP server is not ready after %d s", START_LIMIT_MS / 1000);
            spawn_end(pid, 0);
            return -ETIMEDOUT;
        }
        poll(NULL, 0, 2);
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
    struct stat log;
    off_t start = fstat(s->log_fd, &log) == 0 ? log.st_size : 0;
    struct rlimit old = files_raise();
    pid_t pid = dnsmasq_spawn(s->world, s->dir, s->log_fd);
    setrlimit(RLIMIT_NOFILE, &old);
    int rc = pid < 0 ? pid : ready_wait(pid, s->log_fd, start);
    if (rc < 0)
        return rc;
    s->pid = pid;
    buffer_widen(pid);
    return 0;
}

struct server *server_start(struct world *w, const char *dir, int log_fd)
{
    struct server *s = malloc(sizeof *s);
    if (!s) {
        say_errno(ENOMEM, "cannot start the TFTP server");
        return NULL;
    }
    *s = (struct server){.world = w, .log_fd = log_fd};
    snprintf(s->dir, sizeof s->dir, "%s", dir);
    if (server_revive(s) == 0)
        return s;
    free(s);
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

void server_stop(struct server *s)
{
    if (!s)
        return;
    if (s->pid > 0)
        spawn_end(s->pid, 1000);
    free(s);
}
