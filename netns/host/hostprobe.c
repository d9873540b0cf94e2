/* hostprobe.c - abilities of the kernel that only trying can tell. */
#include "netns/host/hostprobe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/io_uring.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define RING_ENTRIES 64
#define RING_BUFFERS 16
/* The kernel takes back late what the rings of earlier children were charged. */
#define CHARGE_WAITS   20
#define CHARGE_WAIT_US 25000

/* Linux 6.0 and 6.1; Debian 12's own header may be older than the kernel. */
#ifndef IORING_SETUP_SINGLE_ISSUER
#define IORING_SETUP_SINGLE_ISSUER (1u << 12)
#endif
#ifndef IORING_SETUP_DEFER_TASKRUN
#define IORING_SETUP_DEFER_TASKRUN (1u << 13)
#endif

/* Runs try, which returns 0 or an errno, in a child. */
static int in_child(int (*try)(void))
{
    pid_t pid = fork();
    if (pid < 0)
        return errno;
    if (pid == 0)
        _exit(try());
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EFAULT;
}

/* ---- limits ------------------------------------------------------------------------- */

static struct {
    int resource;
    uint64_t need;
} raise_wanted;

static int try_raise(void)
{
    const struct rlimit more = {raise_wanted.need, raise_wanted.need};
    return setrlimit(raise_wanted.resource, &more) < 0 ? errno : 0;
}

int probe_raise(int resource, uint64_t need)
{
    raise_wanted.resource = resource;
    raise_wanted.need = need;
    return in_child(try_raise);
}

/* All that may be, and a phone's hard limit is its soft one. */
static void limit_open(int resource, rlim_t most)
{
    struct rlimit limit;
    if (setrlimit(resource, &(struct rlimit){most, most}) == 0)
        return;
    getrlimit(resource, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(resource, &limit);
}

/* As emu/shell/ring.c does: a ring, and a ring of buffers on a page of its own. */
static int make_ring(void)
{
    struct io_uring_params params = {.flags =
                                         IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN};
    int fd = (int)syscall(SYS_io_uring_setup, RING_ENTRIES, &params);
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (fd < 0 || page == MAP_FAILED)
        return errno;
    struct io_uring_buf_reg reg = {
        .ring_addr = (uintptr_t)page, .ring_entries = RING_BUFFERS, .bgid = 1};
    int rc = (int)syscall(SYS_io_uring_register, fd, IORING_REGISTER_PBUF_RING, &reg, 1);
    int error = rc < 0 ? errno : 0;
    if (error != 0)
        close(fd); /* half a ring must not count */
    return error;
}

static struct {
    uid_t id;
    size_t count;
    size_t *made; /* shared with the child */
} rings_wanted;

static int try_rings(void)
{
    uid_t id = rings_wanted.id;
    int error = 0, waits = 0;
    limit_open(RLIMIT_MEMLOCK, RLIM_INFINITY);
    limit_open(RLIMIT_NOFILE, rings_wanted.count + 64);
    /* kernel.io_uring_disabled=1 shuts out the unprivileged only, which phones are */
    if (geteuid() == 0 && (setresgid(id, id, id) || setresuid(id, id, id)))
        return errno;
    while (error == 0 && *rings_wanted.made < rings_wanted.count) {
        error = make_ring();
        if (error == 0) {
            ++*rings_wanted.made;
        } else if (error == ENOMEM && waits++ < CHARGE_WAITS) {
            usleep(CHARGE_WAIT_US);
            error = 0;
        }
    }
    return error;
}

int probe_rings(uid_t id, size_t count, size_t *made)
{
    size_t *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *made = 0;
    if (shared == MAP_FAILED)
        return EAGAIN; /* and nothing was tried */
    rings_wanted.id = id;
    rings_wanted.count = count;
    rings_wanted.made = shared;
    int error = in_child(try_rings);
    *made = *shared;
    munmap(shared, sizeof *shared);
    return error;
}

/* ---- namespaces and links ----------------------------------------------------------- */

static int try_namespaces(void)
{
    return unshare(CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWNS) < 0 ? errno : 0;
}

int probe_namespaces(void)
{
    return in_child(try_namespaces);
}

static int try_mounts(void)
{
    return unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
                   mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0
               ? errno
               : 0;
}

int probe_mounts(void)
{
    return in_child(try_mounts);
}

/* A netlink request with room for a few attributes. */
struct request {
    struct nlmsghdr head;
    struct ifinfomsg link;
    char attributes[128];
};

static struct rtattr *add_attribute(struct request *r, unsigned short type, const void *data,
                                    size_t len)
{
    struct rtattr *a = (struct rtattr *)((char *)r + NLMSG_ALIGN(r->head.nlmsg_len));
    a->rta_type = type;
    a->rta_len = (unsigned short)RTA_LENGTH(len);
    if (len)
        memcpy(RTA_DATA(a), data, len);
    r->head.nlmsg_len = (unsigned)(NLMSG_ALIGN(r->head.nlmsg_len) + RTA_ALIGN(a->rta_len));
    return a;
}

/* Sends it inside a fresh network namespace; 0 or the kernel's errno. */
static int ask_kernel(struct request *r)
{
    struct {
        struct nlmsghdr head;
        struct nlmsgerr error;
        char rest[512];
    } answer;
    if (unshare(CLONE_NEWNET) < 0)
        return errno;
    int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    r->head.nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK;
    if (sock < 0 || send(sock, r, r->head.nlmsg_len, 0) < 0)
        return errno;
    ssize_t got = recv(sock, &answer, sizeof answer, 0);
    if (got < (ssize_t)NLMSG_LENGTH(sizeof answer.error) || answer.head.nlmsg_type != NLMSG_ERROR)
        return EPROTO;
    return -answer.error.error;
}

static int try_link(const char *kind)
{
    struct request r = {.head = {.nlmsg_len = NLMSG_LENGTH(sizeof r.link),
                                 .nlmsg_type = RTM_NEWLINK}};
    struct rtattr *info = add_attribute(&r, IFLA_LINKINFO, NULL, 0);
    add_attribute(&r, IFLA_INFO_KIND, kind, strlen(kind));
    info->rta_len = (unsigned short)((char *)&r + r.head.nlmsg_len - (char *)info);
    return ask_kernel(&r);
}

static int try_veth(void)
{
    return try_link("veth");
}

static int try_bridge(void)
{
    return try_link("bridge");
}

static int try_macvlan(void)
{
    return try_link("macvlan");
}

static int try_vlan(void)
{
    return try_link("vlan");
}

/* A kind that the kernel has it refuses for want of a link below. */
static int known(int error)
{
    return error == EOPNOTSUPP || error == EPERM ? error : 0;
}

int probe_macvlan(void)
{
    return known(in_child(try_macvlan));
}

int probe_vlan(void)
{
    return known(in_child(try_vlan));
}

int probe_veth(void)
{
    return in_child(try_veth);
}

int probe_bridge(void)
{
    return in_child(try_bridge);
}

static int try_tun(void)
{
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    if (unshare(CLONE_NEWNET) < 0)
        return errno;
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    return fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0 ? errno : 0;
}

int probe_tun(void)
{
    return in_child(try_tun);
}
