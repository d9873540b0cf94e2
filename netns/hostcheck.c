/* hostcheck.c - what this host can and cannot do, by one table of checks.
 *
 * A check says what it found and how many phones that suffices for. It is MISSING when it is
 * needed and fails; where the host merely holds less than it might, it is advice. `check` tells all
 * of them, a run only those that stand in its way.
 */
#include "netns/hostcheck.h"
#include "netns/hostprobe.h"
#include "netns/world.h"
#include "netns/json.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#define ENOUGH         UINT64_MAX
#define DESCRIPTORS    4    /* the launcher's, for each phone */
#define PHONE_KIB      700  /* process and kernel memory of one phone, on the high side */
#define SECCOMP_FILTERED 2  /* in /proc/self/status */
#define RING_BYTES     12288 /* a ring of 64 entries */
#define PLENTY         PLAN_PHONES /* phones that `check` measures limits by */

struct found {
    bool good;
    bool untold;      /* only root could have tried */
    uint64_t phones;  /* so many phones it suffices for */
    const char *remedy; /* a better one than the check's; or NULL */
    char value[256];  /* what was found */
};

struct check {
    const char *name;
    void (*look)(const struct check *c, struct found *f);
    bool needed;
    const char *remedy;
    const char *what;     /* for look: a file, a program */
    int (*probe)(void);
    uint64_t share;       /* what one phone takes of a limit */
    bool raised;          /* the launcher sees to it, and says so */
};

__attribute__((format(printf, 2, 3))) static void note(struct found *f, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(f->value, sizeof f->value, format, args);
    va_end(args);
}

/* A number in a file of /proc; false when there is none. */
static bool read_number(const char *path, uint64_t *value)
{
    FILE *in = fopen(path, "re");
    bool good = in && fscanf(in, "%" SCNu64, value) == 1;
    if (in)
        fclose(in);
    return good;
}

/* The number that follows a line's label, such as "CapEff:"; 0 when there is none. */
static uint64_t read_labelled(const char *path, const char *label, int base)
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

static void look_kernel(const struct check *c, struct found *f)
{
    struct utsname u;
    unsigned major = 0, minor = 0;
    (void)c;
    uname(&u);
    sscanf(u.release, "%u.%u", &major, &minor);
    f->good = major > 6 || (major == 6 && minor >= 1);
    note(f, "%.60s", u.release);
}

static void look_root(const struct check *c, struct found *f)
{
    char lacking[200];
    size_t count = caps_lacking(lacking, sizeof lacking);
    (void)c;
    f->good = geteuid() == 0 && count == 0;
    if (geteuid() != 0)
        note(f, "user %u", (unsigned)geteuid());
    else if (count)
        note(f, "root without %s", lacking);
    else
        note(f, "root with all it needs");
    if (geteuid() == 0)
        f->remedy = "start the container with --cap-add for each of these, or --privileged";
}

static void look_probe(const struct check *c, struct found *f)
{
    int error = c->probe();
    f->good = error == 0;
    f->untold = error == EPERM && geteuid() != 0;
    note(f, "%s", f->untold         ? "not tried: that takes root"
                  : error == ENOENT ? "absent"
                  : error           ? strerror(error)
                                    : "works");
}

/* Why phones may make no ring has several causes, each with its own remedy. */
static void look_io_uring(const struct check *c, struct found *f)
{
    uint64_t disabled = 0;
    look_probe(c, f);
    read_number("/proc/sys/kernel/io_uring_disabled", &disabled);
    if (f->good)
        return;
    bool filtered =
        !disabled && read_labelled("/proc/self/status", "Seccomp:", 10) == SECCOMP_FILTERED;
    if (disabled)
        note(f, "kernel.io_uring_disabled is %" PRIu64, disabled);
    else if (filtered)
        note(f, "forbidden by a seccomp filter");
    if (filtered)
        f->remedy = "Docker's own filter does that (25 and later): start the container with "
                    "--security-opt seccomp=unconfined";
}

/* What keeps a container from mounting is mostly AppArmor, whatever its capabilities. */
static void look_mounts(const struct check *c, struct found *f)
{
    look_probe(c, f);
    if (!f->good && !f->untold && access("/sys/kernel/security/apparmor", F_OK) == 0)
        note(f, "refused, and AppArmor is on");
}

static void look_program(const struct check *c, struct found *f)
{
    static const char *const dirs[] = {"/usr/bin", "/usr/sbin", "/usr/local/bin",
                                       "/usr/local/sbin", "/bin", "/sbin"};
    char path[128];
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs && !f->good; i++) {
        snprintf(path, sizeof path, "%s/%s", dirs[i], c->what);
        f->good = access(path, X_OK) == 0;
    }
    note(f, "%s", f->good ? path : "not installed");
}

/* ---- limits ------------------------------------------------------------------------- */

static void look_limit(const struct check *c, struct found *f)
{
    uint64_t value = 0;
    f->good = read_number(c->what, &value);
    if (f->good)
        f->phones = value / c->share;
    note(f, f->good ? "%" PRIu64 : "not readable", value);
}

static void look_pids(const struct check *c, struct found *f)
{
    look_limit(c, f);
    if (f->good) /* the host's own processes */
        f->phones -= f->phones > 2000 ? 2000 : f->phones;
}

static void look_bridge_ports(const struct check *c, struct found *f)
{
    (void)c;
    f->good = true;
    f->phones = PLAN_PHONES;
    note(f, "1023 in every kernel, and a subnet has one bridge");
}

static void look_rlimit(const struct check *c, struct found *f, int resource, uint64_t share)
{
    struct rlimit limit;
    (void)c;
    f->good = getrlimit(resource, &limit) == 0;
    /* root raises its own hard limit */
    if (limit.rlim_max != RLIM_INFINITY && geteuid() != 0)
        f->phones = limit.rlim_max / share;
    if (limit.rlim_max == RLIM_INFINITY)
        note(f, "unlimited");
    else
        note(f, "%" PRIu64 "%s", (uint64_t)limit.rlim_max,
             geteuid() == 0 ? ", raised by the launcher for its run" : "");
}

static void look_files(const struct check *c, struct found *f)
{
    look_rlimit(c, f, RLIMIT_NOFILE, c->share);
}

static void look_memlock(const struct check *c, struct found *f)
{
    look_rlimit(c, f, RLIMIT_MEMLOCK, c->share);
}

static void look_memory(const struct check *c, struct found *f)
{
    uint64_t kib = read_labelled("/proc/meminfo", "MemAvailable:", 10);
    f->good = true;
    f->phones = kib / c->share;
    note(f, "%" PRIu64 " MiB available", kib / 1024);
}

static void look_br_netfilter(const struct check *c, struct found *f)
{
    uint64_t on = 0;
    read_number(c->what, &on);
    f->good = on == 0;
    note(f, on ? "bridged frames pass iptables" : "bridged frames pass iptables: no");
}

static void look_docker(const struct check *c, struct found *f)
{
    bool inside = access("/.dockerenv", F_OK) == 0;
    (void)c;
    f->good = !inside;
    bool host = access("/var/run/docker.sock", F_OK) == 0;
    note(f, "%s", inside ? "this is a container" : host ? "runs here, apart from a fleet" : "none");
}

/* ---- the table ---------------------------------------------------------------------- */

#define PACKAGE(name) "sudo apt-get install " name
#define RAISED(sysctl)                                                                             \
    "the launcher raises it for its run; for good, and for a container on its host: sudo sysctl "  \
    "-w " sysctl

static const struct check checks[] = {
    {"Linux 6.1", look_kernel, true,
     "boot a kernel of 6.1 or later; Debian 12's own linux-image-amd64 will do", .what = NULL},
    {"root", look_root, true, "run it through sudo; in a container as its root",
     .what = NULL},
    {"io_uring", look_io_uring, true,
     "sudo sysctl -w kernel.io_uring_disabled=0 (on the host of a container); a kernel without "
     "CONFIG_IO_URING will not do",
     .probe = probe_io_uring},
    {"namespaces", look_probe, true,
     "needs root and user.max_net_namespaces above 0; in a container --cap-add SYS_ADMIN",
     .probe = probe_namespaces},
    {"mounts", look_mounts, true,
     "start the container with --cap-add SYS_ADMIN and --security-opt apparmor=unconfined",
     .probe = probe_mounts},
    {"veth", look_probe, true, "sudo modprobe veth (on the host of a container)",
     .probe = probe_veth},
    {"bridge", look_probe, true, "sudo modprobe bridge (on the host of a container)",
     .probe = probe_bridge},
    {"TUN/TAP", look_probe, true,
     "sudo modprobe tun; in a container, start that with --device /dev/net/tun",
     .probe = probe_tun},
    {"dnsmasq", look_program, true, PACKAGE("dnsmasq-base"), .what = "dnsmasq"},
    {"dumpcap", look_program, false, "for captures only: " PACKAGE("wireshark-common"),
     .what = "dumpcap"},
    {"backlog", look_limit, false, RAISED("net.core.netdev_max_backlog=16384"),
     .what = "/proc/sys/net/core/netdev_max_backlog", .share = 1, .raised = true},
    {"ARP table", look_limit, false, RAISED("net.ipv4.neigh.default.gc_thresh3=65536"),
     .what = "/proc/sys/net/ipv4/neigh/default/gc_thresh3", .share = NEIGHBOURS, .raised = true},
    {"bridge ports", look_bridge_ports, false, "", .what = NULL},
    {"process ids", look_pids, false, "sudo sysctl -w kernel.pid_max=4194304",
     .what = "/proc/sys/kernel/pid_max", .share = 1},
    {"open files", look_files, false, "run it as root, or raise the limit (ulimit -Hn)",
     .share = DESCRIPTORS},
    {"locked memory", look_memlock, false, "run it as root, or raise the limit (ulimit -Hl)",
     .share = RING_BYTES},
    {"memory", look_memory, false, "fewer phones, or a larger machine", .share = PHONE_KIB},
    {"br_netfilter", look_br_netfilter, false,
     "costs time only: sudo sysctl -w net.bridge.bridge-nf-call-iptables=0",
     .what = "/proc/sys/net/bridge/bridge-nf-call-iptables"},
    {"Docker", look_docker, false,
     "where something is MISSING, the README's \"In CI and in containers\" has the whole command",
     .what = NULL},
};
#define CHECKS (sizeof checks / sizeof *checks)

enum verdict { VERDICT_OK, VERDICT_UNTOLD, VERDICT_ADVICE, VERDICT_MISSING, VERDICT_COUNT };
static const char *const verdict_names[] = {"ok", "?", "advice", "MISSING"};
static_assert(sizeof verdict_names / sizeof *verdict_names == VERDICT_COUNT, "one name each");

static enum verdict look(const struct check *c, struct found *f, uint64_t phones)
{
    *f = (struct found){.phones = ENOUGH};
    c->look(c, f);
    if (f->good && f->phones >= phones)
        return VERDICT_OK;
    if (f->untold)
        return VERDICT_UNTOLD;
    return c->needed ? VERDICT_MISSING : VERDICT_ADVICE;
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

int hostcheck_print(bool json)
{
    json_t *lines = json_array();
    unsigned missing = 0;
    for (size_t i = 0; i < CHECKS; i++) {
        struct found f;
        enum verdict v = look(&checks[i], &f, PLENTY);
        missing += v == VERDICT_MISSING;
        if (json)
            json_array_append_new(lines, json_line(&checks[i], &f, v));
        else
            print_line(&checks[i], &f, v);
    }
    if (json) {
        json_t *all = json_pack("{s:i, s:b, s:O}", "schema", 1, "able", missing == 0, "checks",
                                lines);
        json_dumpf(all, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(all);
    } else {
        printf("\n%s\n", missing ? "This host cannot run a fleet yet: see what is MISSING above."
                                 : "This host can run a fleet.");
    }
    json_decref(lines);
    return missing ? 3 : 0;
}

int hostcheck_require(size_t phones)
{
    int code = 0;
    for (size_t i = 0; i < CHECKS; i++) {
        struct found f;
        enum verdict v = look(&checks[i], &f, phones);
        if (v == VERDICT_MISSING) {
            fprintf(stderr, "fleet: this host lacks %s: %s; %s\n", checks[i].name, f.value,
                    remedy(&checks[i], &f));
            code = 3;
        } else if (v == VERDICT_ADVICE && f.good && f.phones < phones && !checks[i].raised) {
            fprintf(stderr, "fleet: %s: enough for %" PRIu64 " phones, not %zu; %s\n",
                    checks[i].name, f.phones, phones, remedy(&checks[i], &f));
        }
    }
    return code;
}
