/* hostcheck.c - what this host can and cannot do, by one table of checks.
 *
 * A check says what it found and how many phones that suffices for. It is MISSING when it is
 * needed and fails; where the host merely holds less than it might, it is advice. `check` tells all
 * of them, a run only those that stand in its way.
 */
#include "netns/host/hostcheck.h"
#include "emu/contract.h"
#include "netns/host/caps.h"
#include "netns/host/hostcheck-private.h"
#include "netns/host/hostprobe.h"
#include "netns/text/finding.h"
#include "netns/text/json.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#define DESCRIPTORS      4       /* the launcher's, for each phone */
#define DESCRIPTORS_ELSE 64      /* and for all else */
#define PROCESSES_ELSE   2000    /* the host's own, and the servers */
#define PHONE_KIB        700     /* process and kernel memory of one phone, on the high side */
#define SECCOMP_FILTERED 2       /* in /proc/self/status */
#define PLENTY       LIMIT_PHONES /* phones that `check` measures limits by, unless told */

void found_note(struct found *f, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(f->value, sizeof f->value, format, args);
    va_end(args);
}

bool read_number(const char *path, uint64_t *value)
{
    FILE *in = fopen(path, "re");
    bool good = in && fscanf(in, "%" SCNu64, value) == 1;
    if (in)
        fclose(in);
    return good;
}

uint64_t read_labelled(const char *path, const char *label, int base)
{
    char line[256];
    uint64_t value = 0;
    FILE *in = fopen(path, "re");
    while (in && fgets(line, sizeof line, in))
        if (strncmp(line, label, strlen(label)) == 0)
            value = strtoull(line + strlen(label), NULL, base);
    if (in)
        fclose(in);
    return value;
}

/* ---- what is needed ----------------------------------------------------------------- */

static void look_kernel(const struct check *c, const struct host_wish *w, struct found *f)
{
    struct utsname u;
    unsigned major = 0, minor = 0;
    (void)c, (void)w;
    uname(&u);
    sscanf(u.release, "%u.%u", &major, &minor);
    f->good = major > 6 || (major == 6 && minor >= 1);
    found_note(f, "%.60s", u.release);
}

static void look_root(const struct check *c, const struct host_wish *w, struct found *f)
{
    char lacking[200];
    size_t count = caps_lacking(lacking, sizeof lacking);
    (void)c, (void)w;
    f->good = geteuid() == 0 && count == 0;
    if (geteuid() != 0)
        found_note(f, "user %u", (unsigned)geteuid());
    else if (count)
        found_note(f, "root without %s", lacking);
    else
        found_note(f, "root with all it needs");
    if (geteuid() == 0)
        f->remedy = "start the container with --cap-add for each of these, or --privileged";
}

static void tell_probe(struct found *f, int error)
{
    f->good = error == 0;
    f->untold = error == EPERM && geteuid() != 0;
    found_note(f, "%s", f->untold         ? "not tried: that takes root"
                  : error == ENOENT ? "absent"
                  : error           ? strerror(error)
                                    : "works");
}

static void look_probe(const struct check *c, const struct host_wish *w, struct found *f)
{
    (void)w;
    tell_probe(f, c->probe());
}

/* Why phones may make no ring has several causes, each with its own remedy; whether the memory for
 * it suffices is another check. */
static void look_io_uring(const struct check *c, const struct host_wish *w, struct found *f)
{
    uint64_t disabled = 0;
    size_t made;
    (void)c;
    int error = probe_rings(ids_of(&w->ids, 0), 1, &made);
    tell_probe(f, error == ENOMEM ? 0 : error);
    read_number("/proc/sys/kernel/io_uring_disabled", &disabled);
    if (f->good)
        return;
    bool filtered =
        !disabled && read_labelled("/proc/self/status", "Seccomp:", 10) == SECCOMP_FILTERED;
    if (disabled)
        found_note(f, "kernel.io_uring_disabled is %" PRIu64, disabled);
    else if (filtered)
        found_note(f, "forbidden by a seccomp filter");
    if (filtered)
        f->remedy = "Docker's own filter does that (25 and later): start the container with "
                    "--security-opt seccomp=unconfined";
}

/* What keeps a container from mounting is mostly AppArmor, whatever its capabilities. */
static void look_mounts(const struct check *c, const struct host_wish *w, struct found *f)
{
    look_probe(c, w, f);
    if (!f->good && !f->untold && access("/sys/kernel/security/apparmor", F_OK) == 0)
        found_note(f, "refused, and AppArmor is on");
}

static void look_program(const struct check *c, const struct host_wish *w, struct found *f)
{
    static const char *const dirs[] = {"/usr/bin", "/usr/sbin", "/usr/local/bin",
                                       "/usr/local/sbin", "/bin", "/sbin"};
    char path[128];
    (void)w;
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs && !f->good; i++) {
        snprintf(path, sizeof path, "%s/%s", dirs[i], c->what);
        f->good = access(path, X_OK) == 0;
    }
    found_note(f, "%s", f->good ? path : "not installed");
}

/* ---- what costs time ---------------------------------------------------------------- */

static void look_br_netfilter(const struct check *c, const struct host_wish *w, struct found *f)
{
    uint64_t on = 0;
    (void)w;
    read_number(c->what, &on);
    f->good = on == 0;
    found_note(f, on ? "bridged frames pass iptables" : "bridged frames pass iptables: no");
}

static void look_docker(const struct check *c, const struct host_wish *w, struct found *f)
{
    bool inside = access("/.dockerenv", F_OK) == 0;
    (void)c, (void)w;
    f->good = !inside;
    bool host = access("/var/run/docker.sock", F_OK) == 0;
    found_note(f, "%s", inside ? "this is a container"
                        : host ? "runs here, apart from a fleet"
                               : "none");
}

/* ---- the table ---------------------------------------------------------------------- */

#define PACKAGE(name) "sudo apt-get install " name
#define RAISED(sysctl) "on the host (of a container): sudo sysctl -w " sysctl

static const struct check checks[] = {
    {"Linux 6.1", look_kernel, .needed = true,
     .remedy = "boot a kernel of 6.1 or later; Debian 12's own linux-image-amd64 will do"},
    {"root", look_root, .needed = true,
     .remedy = "run it through sudo; in a container as its root"},
    {"io_uring", look_io_uring, .needed = true,
     .remedy = "sudo sysctl -w kernel.io_uring_disabled=0 (on the host of a container); a kernel "
     "without CONFIG_IO_URING will not do"},
    {"namespaces", look_probe, .needed = true,
     .remedy = "needs root and user.max_net_namespaces above 0; in a container --cap-add SYS_ADMIN",
     .probe = probe_namespaces},
    {"mounts", look_mounts, .needed = true,
     .remedy = "start the container with --cap-add SYS_ADMIN and --security-opt "
     "apparmor=unconfined",
     .probe = probe_mounts},
    {"veth", look_probe, .needed = true,
     .remedy = "sudo modprobe veth (on the host of a container)",
     .probe = probe_veth},
    {"bridge", look_probe, .needed = true,
     .remedy = "sudo modprobe bridge (on the host of a container)",
     .probe = probe_bridge},
    {"TUN/TAP", look_probe, .needed = true,
     .remedy = "sudo modprobe tun; in a container, start that with --device /dev/net/tun",
     .probe = probe_tun},
    {"dnsmasq", look_program, .needed = true, .remedy = PACKAGE("dnsmasq-base"), .what = "dnsmasq"},
    {"nginx", look_program, .remedy = "for http: on only: ./run-fleet.sh --install-packages http",
     .what = "nginx"},
    {"dumpcap", look_program, .remedy = "for captures only: " PACKAGE("wireshark-common"),
     .what = "dumpcap"},
    {"uplink", look_uplink, .needed = true, .remedy = ""},
    {"uplink's use", look_uplink_use, .remedy = ""},
    {"backlog", look_sysctl, .limit = true, .remedy = RAISED("net.core.netdev_max_backlog=16384"),
     .what = "net.core.netdev_max_backlog"},
    {"ARP table", look_sysctl, .limit = true,
     .remedy = RAISED("net.ipv4.neigh.default.gc_thresh3=65536"),
     .what = "net.ipv4.neigh.default.gc_thresh3"},
    {"bridge ports", look_bridge_ports, .remedy = ""},
    {"net namespaces", look_limit, .limit = true,
     .remedy = RAISED("user.max_net_namespaces=65536"),
     .what = "/proc/sys/user/max_net_namespaces", .share = 1, .base = 2},
    {"process ids", look_limit, .limit = true, .remedy = RAISED("kernel.pid_max=4194304"),
     .what = "/proc/sys/kernel/pid_max", .share = 1, .base = PROCESSES_ELSE},
    {"cgroup's pids", look_cgroup, .limit = true,
     .remedy = "start the container with a larger --pids-limit, or none (-1)", .what = "pids.max",
     .share = 1, .base = DESCRIPTORS_ELSE},
    {"open files", look_files, .limit = true,
     .remedy = "raise the hard limit (ulimit -Hn); in a container --ulimit nofile=16384",
     .share = DESCRIPTORS, .base = DESCRIPTORS_ELSE},
    {"user ids", look_ids, .remedy = "--ids names a range with one for each phone; in a "
     "container, a larger map of user ids"},
    {"processes", look_processes, .limit = true,
     .remedy = MORE_IDS "a higher hard limit (ulimit -Hu); in a container --ulimit nproc=-1, or "
     "--cap-add SYS_RESOURCE"},
    {"locked memory", look_locked, .limit = true,
     .remedy = MORE_IDS "a higher hard limit (ulimit -Hl); in a container --ulimit memlock=-1, or "
     "--cap-add SYS_RESOURCE"},
    {"memory", look_memory, .remedy = "fewer phones, or a larger machine", .share = PHONE_KIB},
    {"br_netfilter", look_br_netfilter,
     .remedy = "costs time only: sudo sysctl -w net.bridge.bridge-nf-call-iptables=0",
     .what = "/proc/sys/net/bridge/bridge-nf-call-iptables"},
    {"Docker", look_docker,
     .remedy = "where something is MISSING, IN CONTAINERS in netns/run-fleet.1.scd has the whole "
     "command"},
};
#define CHECKS (sizeof checks / sizeof *checks)

enum verdict { VERDICT_OK, VERDICT_UNTOLD, VERDICT_ADVICE, VERDICT_MISSING, VERDICT_COUNT };
static const char *const verdict_names[] = {"ok", "?", "advice", "MISSING"};
static_assert(sizeof verdict_names / sizeof *verdict_names == VERDICT_COUNT, "one name each");

static bool falls_short(const struct check *c, const struct found *f, const struct host_wish *w)
{
    return c->limit && f->good && !f->untold && f->phones < w->phones;
}

static enum verdict look(const struct check *c, struct found *f, const struct host_wish *w)
{
    *f = (struct found){.phones = ENOUGH};
    c->look(c, w, f);
    if (f->good && f->phones >= w->phones)
        return VERDICT_OK;
    if (f->untold)
        return VERDICT_UNTOLD;
    return c->needed || (w->asked && falls_short(c, f, w)) ? VERDICT_MISSING : VERDICT_ADVICE;
}

/* ---- telling ------------------------------------------------------------------------ */

static const char *remedy(const struct check *c, const struct found *f)
{
    return f->remedy ? f->remedy : c->remedy;
}

static void print_line(const struct check *c, const struct found *f, enum verdict v)
{
    char phones[32] = "";
    if (f->phones != ENOUGH)
        snprintf(phones, sizeof phones, " (%" PRIu64 " phones)", f->phones);
    printf("%-8s %-14s %s%s\n", verdict_names[v], c->name, f->value, phones);
    if (v >= VERDICT_ADVICE && *remedy(c, f))
        printf("%24s%s\n", "-> ", remedy(c, f));
}

static json_t *json_line(const struct check *c, const struct found *f, enum verdict v)
{
    json_t *line = json_pack("{s:s, s:b, s:s, s:s}", "name", c->name, "needed", c->needed,
                             "verdict", verdict_names[v], "found", f->value);
    if (f->phones != ENOUGH)
        json_object_set_new(line, "phones", json_integer((json_int_t)f->phones));
    if (v >= VERDICT_ADVICE)
        json_object_set_new(line, "remedy", json_string(remedy(c, f)));
    return line;
}

/* What nothing here can look at is advice as well. */
static void tell_findings(const struct findings *told, json_t *lines, bool json)
{
    for (size_t i = 0; told && i < told->count; i++) {
        const struct finding *f = &told->items[i];
        const struct check c = {.name = finding_rules[f->kind].name};
        struct found found = {.phones = ENOUGH, .remedy = f->remedy};
        found_note(&found, "%s", f->text);
        if (json)
            json_array_append_new(lines, json_line(&c, &found, VERDICT_ADVICE));
        else
            print_line(&c, &found, VERDICT_ADVICE);
    }
}

static void print_sum(const struct host_wish *w, unsigned missing)
{
    if (missing && w->asked)
        printf("\nThis host cannot run %zu phones yet: see what is MISSING above.\n", w->phones);
    else if (w->asked)
        printf("\nThis host can run %zu phones.\n", w->phones);
    else
        printf("\n%s\n", missing ? "This host cannot run a fleet yet: see what is MISSING above."
                                 : "This host can run a fleet.");
}

int hostcheck_print(const struct host_wish *wish, bool json)
{
    const struct host_wish plenty = {.phones = PLENTY, .ids = wish->ids};
    const struct host_wish *w = wish->asked ? wish : &plenty;
    json_t *lines = json_array();
    unsigned missing = 0;
    for (size_t i = 0; i < CHECKS; i++) {
        struct found f;
        enum verdict v = look(&checks[i], &f, w);
        missing += v == VERDICT_MISSING;
        if (json)
            json_array_append_new(lines, json_line(&checks[i], &f, v));
        else
            print_line(&checks[i], &f, v);
    }
    tell_findings(w->told, lines, json);
    if (json) {
        json_t *all = json_pack("{s:i, s:b, s:I, s:O}", "schema", 1, "able", missing == 0,
                                "phones", (json_int_t)w->phones, "checks", lines);
        json_dumpf(all, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(all);
    } else {
        print_sum(w, missing);
    }
    json_decref(lines);
    return missing ? 3 : 0;
}

/* One that is in the way of a run, or advice on what may be scarce. */
static void tell_short(const struct check *c, const struct found *f, enum verdict v,
                       const struct host_wish *w)
{
    if (f->phones < w->phones && f->good)
        fprintf(stderr, "fleet: %s%s: %s: enough for %" PRIu64 " phones, not %zu; %s\n",
                v == VERDICT_MISSING ? "this host lacks " : "", c->name, f->value, f->phones,
                w->phones, remedy(c, f));
    else if (v == VERDICT_MISSING)
        fprintf(stderr, "fleet: this host lacks %s: %s; %s\n", c->name, f->value, remedy(c, f));
}

int hostcheck_require(const struct host_wish *w)
{
    uint64_t most = ENOUGH;
    int code = 0;
    for (size_t i = 0; i < CHECKS; i++) {
        struct found f;
        enum verdict v = look(&checks[i], &f, w);
        if (v >= VERDICT_ADVICE)
            tell_short(&checks[i], &f, v, w);
        if (v == VERDICT_MISSING)
            code = 3;
        if (falls_short(&checks[i], &f, w) && f.phones < most)
            most = f.phones;
    }
    if (most != ENOUGH)
        fprintf(stderr, "fleet: the largest fleet that this host carries as it is: %" PRIu64
                        " phones\n", most);
    return code;
}
