/* dhcpserver.c - see dhcpserver.h. */
#include "netns/world/dhcpserver.h"
#include "netns/fleet/addresses.h"
#include "netns/fleet/dhcpkeys.h"
#include "netns/host/ids.h"
#include "netns/host/spawn.h"
#include "netns/text/say.h"
#include "netns/world/daemon.h"
#include "netns/world/world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LEASES  "dhcp.leases"
#define SEEN_AT "/proc/fs" /* the output directory, by dnsmasq: see server.c */

enum { SERVER, RELAY };
struct dhcpserver {
    const struct world *world;
    struct daemon of[DHCPSERVER_FDS];
    int count; /* of them that have been begun */
    int leases_fd;
    char dir[PATH_MAX];
};

/* ---- what it is told ----------------------------------------------------------------- */

static const char *ip_text(uint32_t ip, char out[INET_ADDRSTRLEN])
{
    return inet_ntop(AF_INET, &ip, out, INET_ADDRSTRLEN);
}

static bool at_site(const struct plan *plan)
{
    return plan->fleet->dhcp.at == DHCP_AT_SITE;
}

static bool asks(const struct plan *plan, size_t subnet)
{
    bool any = false;
    for (size_t i = 0; i < plan->count && !any; i++)
        any = plan->phones[i].dhcp && plan->phones[i].subnet == subnet;
    return any;
}

static void put_interfaces(FILE *out, const struct plan *plan)
{
    char bridges[WORLD_BRIDGES], *rest;
    world_bridges(plan, bridges);
    for (char *name = strtok_r(bridges, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
        fprintf(out, "interface=%s\n", name);
}

/* By which a phone learns of the TFTP server. */
static void put_tftp(FILE *out, const struct plan *plan)
{
    static const struct {
        enum tftp_source by;
        const char *option;
    } options[] = {{TFTP_BY_OPTION_150, "150"},
                   {TFTP_BY_OPTION_66, "66"},
                   {TFTP_BY_SIADDR, "option:server-ip-address"}};
    char ip[INET_ADDRSTRLEN];
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (dhcp_named_by(plan->fleet) >> options[i].by & 1)
            fprintf(out, "dhcp-option=%s,%s\n", options[i].option, ip_text(plan->server, ip));
}

static void put_subnet(FILE *out, const struct plan *plan, size_t i)
{
    const struct plan_subnet *s = &plan->subnets[i];
    uint32_t mask = htonl(UINT32_MAX << (32 - s->prefix_len));
    char net[INET_ADDRSTRLEN], mask_text[INET_ADDRSTRLEN], gateway[INET_ADDRSTRLEN];
    if (!asks(plan, i))
        return;
    fprintf(out, "dhcp-range=set:s%zu,%s,static,%s,%u\n", i, ip_text(s->gateway & mask, net),
            ip_text(mask, mask_text), plan->fleet->dhcp.lease_s);
    fprintf(out, "dhcp-option=tag:s%zu,option:router,%s\n", i, ip_text(s->gateway, gateway));
}

static void put_phone(FILE *out, const struct plan_phone *p)
{
    char ip[INET_ADDRSTRLEN];
    if (p->dhcp && p->ip != 0)
        fprintf(out, "dhcp-host=%02x:%02x:%02x:%02x:%02x:%02x,%s\n", p->mac[0], p->mac[1],
                p->mac[2], p->mac[3], p->mac[4], p->mac[5], ip_text(p->ip, ip));
}

static void put_server(FILE *out, const struct plan *plan)
{
    fprintf(out, "dhcp-authoritative\nno-ping\ndhcp-lease-max=%zu\n", 2 * plan->count + 100);
    if (at_site(plan))
        put_interfaces(out, plan);
    else
        fputs("interface=" LINE_DEVICE "\n", out);
    for (size_t i = 0; i < plan->subnet_count; i++)
        put_subnet(out, plan, i);
    put_tftp(out, plan);
    for (size_t i = 0; i < plan->count; i++)
        put_phone(out, &plan->phones[i]);
}

static void put_relay(FILE *out, const struct plan *plan)
{
    char gateway[INET_ADDRSTRLEN];
    put_interfaces(out, plan);
    for (size_t i = 0; i < plan->subnet_count; i++)
        if (asks(plan, i))
            fprintf(out, "dhcp-relay=%s,%s\n", ip_text(plan->subnets[i].gateway, gateway),
                    LINE_SERVER_IP);
}

/* ---- its files ----------------------------------------------------------------------- */

/* A new one in place of an old one: its descriptor, or -errno. */
static int file_new(const struct dhcpserver *s, const char *name)
{
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/%s", s->dir, name);
    unlink(path);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    return fd < 0 ? -errno : fd;
}

static int file_write(const struct dhcpserver *s, const char *name,
                      void (*put)(FILE *out, const struct plan *plan))
{
    int fd = file_new(s, name);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (!out)
        return fd < 0 ? fd : -ENOMEM;
    put(out, s->world->plan);
    return fclose(out) == 0 ? 0 : -errno;
}

/* The leases are its own to write, for as long as it runs. */
static int files_make(struct dhcpserver *s)
{
    int rc = file_write(s, "dhcp.conf", put_server);
    if (rc == 0 && !at_site(s->world->plan))
        rc = file_write(s, "dhcp-relay.conf", put_relay);
    if (rc == 0 && (s->leases_fd = file_new(s, LEASES)) < 0)
        rc = s->leases_fd;
    if (rc == 0 && fchown(s->leases_fd, ids_servant(), ids_servant()) < 0)
        rc = -errno;
    return rc < 0 ? say_errno(-rc, "cannot write what the DHCP server is told") : 0;
}

/* ---- its life ------------------------------------------------------------------------ */

static int start(struct dhcpserver *s, int which, int log_fd)
{
    /* dnsmasq insists on the second, for clients that take no broadcast answer; ours all do */
    static const int caps[] = {CAP_NET_BIND_SERVICE, CAP_NET_ADMIN, CAP_NET_RAW,
                               CAP_DAC_READ_SEARCH, -1};
    static const char *const what[] = {"the DHCP server", "the site's DHCP relay"};
    static const char *const told[] = {"--conf-file=" SEEN_AT "/dhcp.conf",
                                       "--conf-file=" SEEN_AT "/dhcp-relay.conf"};
    const char *argv[] = {"dnsmasq", told[which], "--keep-in-foreground", "--port=0", "--no-hosts",
                          "--no-resolv", "--pid-file", "--log-facility=-",
                          /* it is the user already that it shall be: root, if need be */
                          "--user=root", "--group=", "--dhcp-leasefile=" SEEN_AT "/" LEASES, NULL};
    struct daemon *d = &s->of[which];
    bool site = at_site(s->world->plan) || which == RELAY;
    int rc = daemon_open(d, what[which], log_fd);
    if (rc < 0)
        return say_errno(-rc, "cannot start %s", what[which]);
    s->count = which + 1;
    if (which == RELAY)
        argv[sizeof argv / sizeof *argv - 2] = NULL; /* it has no leases */
    daemon_begin(d);
    pid_t pid = spawn(&(struct spawn){.argv = argv,
                                      .package = "dnsmasq-base",
                                      .netns = site ? s->world->site_ns : s->world->hq_ns,
                                      .in = -1,
                                      .out = d->said[1],
                                      .err = d->said[1],
                                      .folder = s->dir,
                                      .seen_at = SEEN_AT,
                                      .uid = ids_servant(),
                                      .gid = ids_servant(),
                                      .keep_caps = caps});
    return daemon_await(d, pid, ": DHCP");
}

struct dhcpserver *dhcpserver_start(const struct world *w, const char *dir, int log_fd)
{
    struct dhcpserver *s = calloc(1, sizeof *s);
    if (!s) {
        say_errno(ENOMEM, "cannot start the DHCP server");
        return NULL;
    }
    *s = (struct dhcpserver){.world = w, .leases_fd = -1};
    snprintf(s->dir, sizeof s->dir, "%s", dir);
    int rc = files_make(s);
    if (rc == 0)
        rc = start(s, SERVER, log_fd);
    if (rc == 0 && !at_site(w->plan))
        rc = start(s, RELAY, log_fd);
    if (rc == 0)
        return s;
    dhcpserver_stop(s);
    return NULL;
}

size_t dhcpserver_fds(const struct dhcpserver *s, int fds[DHCPSERVER_FDS])
{
    for (int i = 0; i < s->count; i++)
        fds[i] = s->of[i].said[0];
    return (size_t)s->count;
}

int dhcpserver_hear(struct dhcpserver *s)
{
    int lost = 0;
    for (int i = 0; i < s->count && lost == 0; i++)
        lost = daemon_hear(&s->of[i]);
    return lost;
}

bool dhcpserver_alive(struct dhcpserver *s, pid_t ended)
{
    bool own = false;
    for (int i = 0; i < s->count && !own; i++) {
        own = daemon_ended(&s->of[i], ended);
        if (own)
            say("%s (dnsmasq) has ended; its log says why", s->of[i].what);
    }
    return !own;
}

int dhcpserver_stop(struct dhcpserver *s)
{
    int lost = 0;
    for (int i = s ? s->count : 0; i-- > 0;) {
        int one = daemon_close(&s->of[i]);
        lost = lost ? lost : one;
    }
    if (s && s->leases_fd >= 0) {
        fchown(s->leases_fd, geteuid(), getegid());
        close(s->leases_fd);
    }
    free(s);
    return lost;
}
