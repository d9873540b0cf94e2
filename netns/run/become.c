/* become.c - from a fork of the keeper to a phone's process. */
#include "netns/run/become.h"
#include "netns/fleet/addresses.h"
#include "netns/fleet/discoverykeys.h"
#include "netns/host/caps.h"
#include "netns/host/lansock.h"
#include "netns/host/netns.h"
#include "netns/text/say.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if_ether.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define ARGS_MAX 64
struct args {
    char *argv[ARGS_MAX + 1];
    char text[2048];
    size_t count, used;
};

static void arg(struct args *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void arg(struct args *a, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    size_t room = sizeof a->text - a->used;
    int len = vsnprintf(a->text + a->used, room, format, list);
    va_end(list);
    if (a->count == ARGS_MAX || len < 0 || (size_t)len >= room)
        abort(); /* names are bounded by the plan: cannot happen */
    a->argv[a->count++] = a->text + a->used;
    a->used += (size_t)len + 1;
}

/* An option with the number of a descriptor, which the program inherits. */
static void arg_fd(struct args *a, const char *option, int fd)
{
    fcntl(fd, F_SETFD, 0);
    arg(a, "--%s", option);
    arg(a, "%d", fd);
}

/* Those of the phone's own firmware. */
static void add_quirks(struct args *a, const struct plan_phone *phone)
{
    char words[256] = "";
    size_t len = 0;
    for (unsigned i = 0; i < QUIRK_COUNT; i++)
        if (quirk_rules[i].phone && phone->quirks >> i & 1)
            len += (size_t)snprintf(words + len, sizeof words - len, "%s%s", len ? "," : "",
                                    quirk_rules[i].word);
    arg(a, "--" PHONE_OPT_QUIRKS);
    arg(a, "%s", words);
    arg(a, "--" PHONE_OPT_FACTORY);
    arg(a, "%s", phone->factory_reset ? "yes" : "no");
}

static void add_identity(struct args *a, const struct plan *plan, const struct plan_phone *phone)
{
    arg(a, "fleet-phone");
    arg(a, "--" PHONE_OPT_NAME);
    arg(a, "%s", phone->name);
    arg(a, "--" PHONE_OPT_MODEL);
    arg(a, "%s", phone->model->name);
    if (plan->fleet->http == TRI_ON) {
        arg(a, "--" PHONE_OPT_HTTP);
        arg(a, "on");
    }
    if (phone->running[0]) {
        arg(a, "--" PHONE_OPT_RUNNING);
        arg(a, "%s", phone->running);
    }
    add_quirks(a, phone);
    arg(a, "--" PHONE_OPT_SEED);
    arg(a, "%" PRIu64, plan->fleet->seed);
    arg(a, "--" PHONE_OPT_AUTH);
    arg(a, "%s", plan->fleet->authentication == FLEET_AUTH_SIGNATURE ? "signature" : "structure");
}

_Noreturn static void fail(const char *name, const char *what)
{
    say_errno(errno, "%s: cannot %s", name, what);
    _exit(126);
}

/* That one first, then the others as a phone has them. */
static void add_order(struct args *a, enum tftp_source prefer)
{
    static const enum tftp_source all[] = {TFTP_BY_OPTION_150, TFTP_BY_OPTION_66, TFTP_BY_SIADDR};
    char words[32];
    if (prefer == TFTP_BY_NONE)
        return;
    size_t len = (size_t)snprintf(words, sizeof words, "%s", tftp_source_words[prefer]);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i] != prefer)
            len += (size_t)snprintf(words + len, sizeof words - len, ",%s",
                                    tftp_source_words[all[i]]);
    arg(a, "--" PHONE_OPT_TFTP_ORDER);
    arg(a, "%s", words);
}

/* What it has for good, or how it comes by it: its namespace has been entered. */
static void add_address(struct args *a, const struct plan *plan, const struct plan_phone *phone)
{
    char ip[INET_ADDRSTRLEN], server[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &phone->ip, ip, sizeof ip);
    inet_ntop(AF_INET, &plan->server, server, sizeof server);
    arg(a, "--" PHONE_OPT_ADDRESS);
    if (!phone->dhcp) {
        arg(a, "%s/%u", ip, plan->subnets[phone->subnet].prefix_len);
        arg(a, "--" PHONE_OPT_TFTP);
        arg(a, "%s", server);
        return;
    }
    int dhcp = lansock_dhcp(PHONE_DEVICE, phone->mac);
    int arp = lansock_packets(PHONE_DEVICE, ETH_P_ARP);
    if (dhcp < 0 || arp < 0) {
        errno = dhcp < 0 ? -dhcp : -arp;
        fail(phone->name, "open its sockets for DHCP and ARP");
    }
    arg(a, "dhcp");
    add_order(a, plan->fleet->dhcp.prefer);
    arg_fd(a, PHONE_OPT_DHCP_FD, dhcp);
    arg_fd(a, PHONE_OPT_ARP_FD, arp);
}

/* Limits that count for the phone's user, which may not raise them, and which it may share with
 * other phones (ids.h). Whether that suffices has been seen to: hostcheck.h. */
static void raise_limits(void)
{
    static const struct {
        int resource;
        rlim_t limit;
    } limits[] = {
        {RLIMIT_MEMLOCK, RLIM_INFINITY},
        {RLIMIT_NPROC, RLIM_INFINITY},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        setrlimit(limits[i].resource, &(struct rlimit){limits[i].limit, limits[i].limit});
}

/* Its ways to its switch: its namespace has been entered. */
static void add_discovery(struct args *a, unsigned speaks, const char *name)
{
    static const struct {
        unsigned speaks;
        const char *option;
        int (*open)(const char *device);
    } ways[] = {{SPEAKS_CDP, PHONE_OPT_CDP_FD, lansock_cdp},
                {SPEAKS_LLDP, PHONE_OPT_LLDP_FD, lansock_lldp}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        int fd = speaks & ways[i].speaks ? ways[i].open(PHONE_DEVICE) : -1;
        if (fd >= 0)
            arg_fd(a, ways[i].option, fd);
        else if (speaks & ways[i].speaks) {
            errno = -fd;
            fail(name, "open its socket for CDP or LLDP");
        }
    }
}

/* Its own files, of which it only owns the flash; standard output and error go to the log. */
static void open_own(struct args *a, const struct outdir *out, const char *name)
{
    char log[32], page[32];
    snprintf(log, sizeof log, "%s.log", name);
    snprintf(page, sizeof page, "%s.xml", name);
    int log_fd = openat(out->logs, log, O_WRONLY | O_APPEND | O_CLOEXEC);
    int page_fd = openat(out->pages, page, O_WRONLY | O_CLOEXEC);
    int flash = openat(out->flash, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (log_fd < 0 || page_fd < 0 || flash < 0 || null < 0)
        fail(name, "open its files");
    arg_fd(a, PHONE_OPT_LOG_FD, log_fd);
    arg_fd(a, PHONE_OPT_PAGE_FD, page_fd);
    arg_fd(a, PHONE_OPT_FLASH_FD, flash);
    if (dup2(null, 0) < 0 || dup2(log_fd, 1) < 0 || dup2(log_fd, 2) < 0)
        fail(name, "open its files");
}

_Noreturn void become_phone(const struct job *job, size_t i, int netns, int control, int ready_fd)
{
    const char *name = job->plan->phones[i].name;
    struct args a = {.count = 0};
    add_identity(&a, job->plan, &job->plan->phones[i]);
    arg(&a, "--" PHONE_OPT_SLOT);
    arg(&a, "%zu", i);
    arg_fd(&a, PHONE_OPT_CONTROL_FD, control);
    arg_fd(&a, PHONE_OPT_CLOCK_FD, job->time.clock_fd);
    if (job->time.hands) {
        arg_fd(&a, PHONE_OPT_HANDS_FD, job->time.hands_fd);
        arg_fd(&a, PHONE_OPT_CALL_FD, job->time.call[i]);
    }
    arg_fd(&a, PHONE_OPT_STATUS_FD, job->status_fd);
    arg_fd(&a, PHONE_OPT_READY_FD, ready_fd);
    arg_fd(&a, PHONE_OPT_EVENTS_FD, job->out.events);
    arg_fd(&a, PHONE_OPT_STORE_FD, job->out.store);
    if (job->key_fd >= 0) {
        /* opened anew: a phone must not share its place in the file with the others */
        char path[32];
        snprintf(path, sizeof path, "/proc/self/fd/%d", job->key_fd);
        int key = open(path, O_RDONLY | O_CLOEXEC);
        if (key < 0)
            fail(name, "open the firmware's key");
        arg_fd(&a, PHONE_OPT_KEY_FD, key);
    }
    signal(SIGPIPE, SIG_DFL);
    if (netns_enter(netns) != 0)
        fail(name, "enter its network namespace");
    add_discovery(&a, discovery_of(job->plan->fleet), name);
    add_address(&a, job->plan, &job->plan->phones[i]);
    raise_limits();
    open_own(&a, &job->out, name);
    uid_t id = ids_of(&job->ids, i);
    if (caps_drop(id, id, NULL) != 0)
        _exit(126);
    int binary = job->binary_fd;
    a.argv[a.count] = NULL;
    execveat(binary, "", a.argv, environ, AT_EMPTY_PATH);
    fail(name, "run fleet-phone");
}
