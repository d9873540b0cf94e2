/* httpserver.c - see httpserver.h.
 *
 * nginx is one process that runs as the servants' user, with the one capability to read firmware
 * that lies below folders of root alone. It is told all by a configuration of ours, in memory, as
 * its standard input, and none of the host's is read. It insists on writing a file with its process
 * id, which is that memory, and on making folders for what no client of ours sends, which exist
 * already. The root is shown to it as to dnsmasq: see server.c.
 *
 * Its access log has the forms of dnsmasq's. A file was sent where all of it was given to the
 * kernel before the client went away: of a file that fits into the kernel's buffers that is a
 * little less than dnsmasq's "acknowledged".
 */
#include "netns/world/httpserver.h"
#include "netns/fleet/addresses.h"
#include "netns/host/ids.h"
#include "netns/host/spawn.h"
#include "netns/text/say.h"
#include "netns/world/daemon.h"
#include "netns/world/world.h"

#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define SEEN_AT "/proc/fs"

/* What follows from the number of clients at a time, address and port. */
#define CONFIGURATION                                                                              \
    "daemon off;\n"                                                                                \
    "master_process off;\n"                                                                        \
    "pid /proc/self/fd/0;\n"                                                                       \
    "error_log stderr notice;\n"                                                                   \
    "events { worker_connections %zu; }\n"                                                         \
    "http {\n"                                                                                     \
    " client_body_temp_path " SEEN_AT "; proxy_temp_path " SEEN_AT ";\n"                           \
    " fastcgi_temp_path " SEEN_AT "; uwsgi_temp_path " SEEN_AT "; scgi_temp_path " SEEN_AT ";\n"   \
    " map $uri $name { ~^/(?<rest>.*)$ $rest; }\n"                                                 \
    " map $status$request_completion $before\n"                                                    \
    "  { 200OK 'sent '; ~^404 'file '; default 'failed sending '; }\n"                             \
    " map $status$request_completion $after { ~^404 ' not found for '; default ' to '; }\n"        \
    " log_format fleet 'nginx-http[$pid]: $before$name$after$remote_addr"                          \
    " ($body_bytes_sent bytes)';\n"                                                                \
    " access_log /proc/self/fd/1 fleet;\n"                                                         \
    " log_not_found off;\n"                                                                        \
    " default_type application/octet-stream;\n"                                                    \
    " keepalive_timeout 0;\n"                                                                      \
    " server_tokens off;\n"                                                                        \
    " sendfile on;\n"                                                                              \
    " server { listen %s:%d backlog=4096; root " SEEN_AT "/tftproot; }\n"                          \
    "}\n"

struct httpserver {
    struct world *world;
    char dir[PATH_MAX];
    struct daemon daemon;
};

/* A descriptor of it, to be read from its start; or a negative errno. */
static int configuration(size_t clients)
{
    int fd = memfd_create("nginx.conf", MFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    dprintf(fd, CONFIGURATION, clients, LINE_SERVER_IP, HTTPSERVER_PORT);
    return fd;
}

static pid_t nginx_spawn(struct httpserver *s, int conf)
{
    static const char *const argv[] = {"nginx", "-e", "stderr", "-p", SEEN_AT,
                                       "-c", "/proc/self/fd/0", NULL};
    static const int keep[] = {CAP_DAC_READ_SEARCH, -1};
    return spawn(&(struct spawn){.argv = argv,
                                 .package = HTTPSERVER_PACKAGE,
                                 .netns = s->world->hq_ns,
                                 .in = conf,
                                 .out = s->daemon.said[1],
                                 .err = s->daemon.said[1],
                                 .folder = s->dir,
                                 .seen_at = SEEN_AT,
                                 .uid = ids_servant(),
                                 .gid = ids_servant(),
                                 .keep_caps = keep});
}

int httpserver_revive(struct httpserver *s)
{
    daemon_begin(&s->daemon);
    int conf = configuration(4 * s->world->plan->count + 64);
    if (conf < 0)
        return say_errno(-conf, "cannot write the HTTP server's configuration");
    pid_t pid = nginx_spawn(s, conf);
    close(conf);
    /* the line that it writes when it listens */
    return daemon_await(&s->daemon, pid, "[notice]");
}

struct httpserver *httpserver_start(struct world *w, const char *dir, int log_fd)
{
    struct httpserver *s = calloc(1, sizeof *s);
    int rc = s ? daemon_open(&s->daemon, "the HTTP server", log_fd) : -ENOMEM;
    if (rc < 0) {
        say_errno(-rc, "cannot start the HTTP server");
    } else {
        s->world = w;
        snprintf(s->dir, sizeof s->dir, "%s", dir);
    }
    if (rc == 0 && httpserver_revive(s) == 0)
        return s;
    httpserver_stop(s);
    return NULL;
}

int httpserver_fd(const struct httpserver *s)
{
    return s->daemon.said[0];
}

int httpserver_hear(struct httpserver *s)
{
    return daemon_hear(&s->daemon);
}

bool httpserver_ended(struct httpserver *s, pid_t ended)
{
    bool own = daemon_ended(&s->daemon, ended);
    if (own)
        say("the HTTP server (nginx) has ended; phones go on by TFTP");
    return own;
}

bool httpserver_kill(struct httpserver *s)
{
    return daemon_kill(&s->daemon);
}

int httpserver_stop(struct httpserver *s)
{
    int lost = s ? daemon_close(&s->daemon) : 0;
    free(s);
    return lost;
}
