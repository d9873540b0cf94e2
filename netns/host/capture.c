/* capture.c - dumpcap on interfaces of the fleet.
 *
 * The file's head is written when the interfaces have been opened: that is the sign that it has
 * begun. That it has written all that passed has a sign too: dumpcap reads from a ring which the
 * kernel hands over with delay, and forgets what it has not yet read when it is told to end. So
 * each interface sends one more frame, addressed to itself, that nobody else takes notice of; once
 * these marks are in the file, so is all that came before them.
 */
#include "netns/host/capture.h"
#include "netns/host/clock.h"
#include "netns/host/netns.h"
#include "netns/host/spawn.h"
#include "netns/text/say.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_MS   10000
#define DRAIN_MS   10000 /* a disk may be slow */
#define STOP_MS    2000
#define LOOK_US    2000
#define NAMES_SIZE 512
#define MARK_TYPE  0x88b5 /* IEEE 802, local experimental ethertype 1 */

struct capture {
    pid_t pid; /* 0: it has ended */
    int netns, file;
    char interfaces[NAMES_SIZE];
};

/* What a mark says; the nonce makes it one that no traffic holds. */
struct mark {
    struct ethhdr head;
    char text[30];
    uint8_t nonce[16];
} __attribute__((packed));

/* ---- begin ------------------------------------------------------------------------------ */

static void show_reason(int err_fd)
{
    char text[512];
    ssize_t len = pread(err_fd, text, sizeof text - 1, 0);
    text[len > 0 ? len : 0] = '\0';
    say("dumpcap does not capture: %s", text);
}

/* 0 once it captures; else its end or the deadline. */
static int wait_for_head(pid_t pid, int file)
{
    long long deadline = clock_ms() + START_MS;
    struct stat st;
    while (fstat(file, &st) == 0 && st.st_size == 0) {
        if (waitpid(pid, NULL, WNOHANG) == pid)
            return -ECHILD;
        if (clock_ms() > deadline) {
            spawn_end(pid, 0);
            return -ETIMEDOUT;
        }
        usleep(LOOK_US);
    }
    return 0;
}

void capture_args(const char *argv[CAPTURE_ARGS], char *interfaces, const char *file)
{
    size_t n = 0;
    argv[n++] = CAPTURE_PROGRAM;
    argv[n++] = "-q";
    for (char *one; n + 5 <= CAPTURE_ARGS && (one = strsep(&interfaces, " "));) {
        argv[n++] = "-i";
        argv[n++] = one;
    }
    argv[n++] = "-w";
    argv[n++] = file;
    argv[n] = NULL;
}

static pid_t start(const struct capture *c)
{
    const char *argv[CAPTURE_ARGS];
    char names[NAMES_SIZE];
    memcpy(names, c->interfaces, sizeof names);
    capture_args(argv, names, "-");
    int err_fd = memfd_create("dumpcap-messages", MFD_CLOEXEC);
    struct spawn s = {.argv = argv, .package = CAPTURE_PACKAGE, .netns = c->netns,
                      .in = -1, .out = c->file, .err = err_fd};
    pid_t pid = spawn(&s);
    int err = pid < 0 ? 0 : wait_for_head(pid, c->file);
    if (err != 0)
        show_reason(err_fd);
    close(err_fd);
    return err != 0 ? err : pid;
}

struct capture *capture_start(int netns, const char *interfaces, int file)
{
    struct capture *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->netns = netns;
    c->file = file;
    snprintf(c->interfaces, sizeof c->interfaces, "%s", interfaces);
    c->pid = start(c);
    if (c->pid > 0)
        return c;
    free(c);
    return NULL;
}

bool capture_alive(struct capture *c, pid_t ended)
{
    if (c->pid != ended)
        return true;
    c->pid = 0;
    say("dumpcap has ended in the middle of the run (disk full?)");
    return false;
}

/* ---- end -------------------------------------------------------------------------------- */

/* One mark, from an interface to itself: no port of a bridge sends it on. */
static int send_mark(int fd, const char *interface, struct mark *m)
{
    struct ifreq request = {0};
    struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_protocol = htons(MARK_TYPE)};
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", interface);
    if (ioctl(fd, SIOCGIFHWADDR, &request) < 0)
        return -errno;
    memcpy(m->head.h_dest, request.ifr_hwaddr.sa_data, ETH_ALEN);
    memcpy(m->head.h_source, request.ifr_hwaddr.sa_data, ETH_ALEN);
    if (ioctl(fd, SIOCGIFINDEX, &request) < 0)
        return -errno;
    to.sll_ifindex = request.ifr_ifindex;
    return sendto(fd, m, sizeof *m, 0, (struct sockaddr *)&to, sizeof to) < 0 ? -errno : 0;
}

/* A mark from each interface, all alike: how many, or a negative errno. */
static int send_marks(const struct capture *c, struct mark *m)
{
    char names[NAMES_SIZE], *rest = names;
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), count = 0, rc = fd < 0 ? -errno : 0;
    memcpy(names, c->interfaces, sizeof names);
    for (char *one; rc == 0 && (one = strsep(&rest, " ")); count++)
        rc = send_mark(fd, one, m);
    if (fd >= 0)
        close(fd);
    return rc < 0 ? rc : count;
}

static int send_marks_there(const struct capture *c, struct mark *m)
{
    int back = netns_visit(c->netns);
    return netns_leave(back, back < 0 ? back : send_marks(c, m));
}

/* How often the nonce stands in the file behind an offset. */
static int count_marks(int file, off_t from, const struct mark *m)
{
    struct stat st;
    off_t page = from & ~(off_t)(sysconf(_SC_PAGESIZE) - 1);
    if (fstat(file, &st) < 0 || st.st_size <= from)
        return 0;
    size_t len = (size_t)(st.st_size - page);
    uint8_t *all = mmap(NULL, len, PROT_READ, MAP_SHARED, file, page);
    int count = 0;
    if (all == MAP_FAILED)
        return 0;
    for (const uint8_t *at = all; at && (at = memmem(at, len - (size_t)(at - all), m->nonce,
                                                     sizeof m->nonce)); at++)
        count++;
    munmap(all, len);
    return count;
}

/* Until all that has passed is in the file. */
static int drain(const struct capture *c)
{
    struct mark m = {.head.h_proto = htons(MARK_TYPE), .text = "the capture ends here"};
    struct stat st;
    long long deadline = clock_ms() + DRAIN_MS;
    if (getrandom(m.nonce, sizeof m.nonce, 0) != sizeof m.nonce || fstat(c->file, &st) < 0)
        return -EIO;
    int sent = send_marks_there(c, &m);
    while (sent > 0 && count_marks(c->file, st.st_size, &m) < sent) {
        if (clock_ms() > deadline)
            return -ETIMEDOUT;
        usleep(LOOK_US);
    }
    return sent < 0 ? sent : 0;
}

/* It writes its counts last. 0, or -EIO when it says that it could not, or does not end. */
static int stop(pid_t pid)
{
    long long deadline = clock_ms() + STOP_MS;
    int status;
    kill(pid, SIGINT);
    while (clock_ms() < deadline) {
        if (waitpid(pid, &status, WNOHANG) == pid)
            return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
        usleep(LOOK_US);
    }
    spawn_end(pid, 0);
    return -EIO;
}

int capture_stop(struct capture *c)
{
    int rc = 0;
    if (c && c->pid > 0) {
        int drained = drain(c), stopped = stop(c->pid);
        rc = drained < 0 ? drained : stopped;
        if (rc < 0)
            say_errno(-rc, "the capture may lack its end");
    }
    free(c);
    return rc;
}
