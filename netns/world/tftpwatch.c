/* tftpwatch.c - see tftpwatch.h. */
#include "netns/world/tftpwatch.h"
#include "netns/fleet/addresses.h"
#include "netns/host/netns.h"
#include "netns/text/say.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TFTP_PORT      69
#define BLOCK          512
#define BUCKETS        1024
#define SNAP_LEN       256 /* the names of requests; of data, the lengths are in the headers */
#define RECEIVE_BUFFER (64 * 1024 * 1024)

enum { RRQ = 1, DATA = 3, ACK = 4, ERROR = 5 };
enum { ERROR_NOT_FOUND = 1 };

struct flow {
    struct flow *next;
    uint32_t client; /* network order */
    uint16_t port;
    char file[128];
    bool answered;
    uint16_t block;  /* number of the last block seen */
    bool has_zero;   /* the server goes on after 65535 with 0: else it may with 1 */
    bool whole;      /* the last block of all was seen */
    uint64_t bytes;
};

struct tftpwatch {
    int fd, log_fd;
    int lost; /* the first error of writing the log: a negative errno, or 0 */
    struct flow *buckets[BUCKETS];
};

/* ---- flows --------------------------------------------------------------------------- */

static struct flow **place(struct tftpwatch *t, uint32_t client, uint16_t port)
{
    struct flow **f = &t->buckets[(ntohl(client) * 31 + port) % BUCKETS];
    while (*f && ((*f)->client != client || (*f)->port != port))
        f = &(*f)->next;
    return f;
}

/* Writes the line of a transfer's end, and forgets it. */
static void end(struct tftpwatch *t, struct flow **at, const char *before, const char *after)
{
    struct flow *f = *at;
    char line[256], bytes[32] = "";
    if (f->whole)
        snprintf(bytes, sizeof bytes, " (%" PRIu64 " bytes)", f->bytes);
    int len = snprintf(line, sizeof line, "tftpwatch[0]: %s %s %s %s%s\n", before, f->file, after,
                       inet_ntoa((struct in_addr){.s_addr = f->client}), bytes);
    ssize_t written = write(t->log_fd, line, (size_t)len);
    if (written != len && t->lost == 0)
        t->lost = written < 0 ? -errno : -ENOSPC;
    *at = f->next;
    free(f);
}

static void finish(struct tftpwatch *t, struct flow **at)
{
    if ((*at)->whole) {
        end(t, at, "sent", "to");
    } else if ((*at)->answered) {
        end(t, at, "failed sending", "to");
    } else {
        struct flow *f = *at;
        *at = f->next;
        free(f);
    }
}

/* ---- messages ------------------------------------------------------------------------- */

static uint16_t u16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

/* The name as it can stand in a line. */
static void take_name(struct flow *f, const uint8_t *name, size_t len)
{
    size_t n = strnlen((const char *)name, len);
    n = n < sizeof f->file - 1 ? n : sizeof f->file - 1;
    for (size_t i = 0; i < n; i++)
        f->file[i] = name[i] >= ' ' && name[i] <= '~' ? (char)name[i] : '?';
    f->file[n] = '\0';
}

static void requested(struct tftpwatch *t, uint32_t client, uint16_t port, const uint8_t *name,
                      size_t len)
{
    struct flow **at = place(t, client, port), *f;
    if (*at)
        finish(t, at); /* the port has come round again */
    if (!(f = calloc(1, sizeof *f)))
        return;
    f->client = client;
    f->port = port;
    take_name(f, name, len);
    f->next = *place(t, client, port);
    *place(t, client, port) = f;
}

/* size: of the data. */
static void data_came(struct flow *f, uint16_t block, size_t size)
{
    bool round = f->block == UINT16_MAX;
    bool next = round ? block == 0 || (block == 1 && !f->has_zero) : block == f->block + 1;
    f->answered = true;
    if (!next)
        return; /* again */
    f->has_zero |= round && block == 0;
    f->block = block;
    f->bytes += size;
    f->whole = size < BLOCK;
}

static void from_server(struct tftpwatch *t, struct flow **at, const uint8_t *m, size_t size)
{
    (*at)->answered = true;
    if (u16(m) == DATA)
        data_came(*at, u16(m + 2), size - 4);
    else if (u16(m) == ERROR && u16(m + 2) == ERROR_NOT_FOUND)
        end(t, at, "file", "not found for");
    else if (u16(m) == ERROR)
        finish(t, at);
}

static void from_client(struct tftpwatch *t, struct flow **at, const uint8_t *m)
{
    struct flow *f = *at;
    bool last = u16(m) == ACK && f->whole && u16(m + 2) == f->block;
    if (u16(m) == ERROR)
        f->whole = false;
    if (last || u16(m) == ERROR)
        finish(t, at);
}

/* ---- frames --------------------------------------------------------------------------- */

/* len: what was captured; sizes are those of the headers. */
void tftpwatch_frame(struct tftpwatch *t, const uint8_t *frame, size_t len)
{
    const uint8_t *ip = frame + ETH_HLEN, *udp, *m;
    if (len < ETH_HLEN + 20 || u16(frame + 12) != ETH_P_IP || ip[0] >> 4 != 4 ||
        ip[9] != IPPROTO_UDP || u16(ip + 6) & 0x1fff)
        return;
    udp = ip + (ip[0] & 15) * 4;
    m = udp + 8;
    if (m + 4 > frame + len || u16(udp + 4) < 12)
        return;
    size_t size = u16(udp + 4) - 8u, there = (size_t)(frame + len - m);
    uint32_t from, to;
    memcpy(&from, ip + 12, 4);
    memcpy(&to, ip + 16, 4);
    struct flow **at;
    if (u16(udp + 2) == TFTP_PORT && u16(m) == RRQ)
        requested(t, from, u16(udp), m + 2, (there < size ? there : size) - 2);
    else if (*(at = place(t, to, u16(udp + 2))))
        from_server(t, at, m, size);
    else if (*(at = place(t, from, u16(udp))))
        from_client(t, at, m);
}

int tftpwatch_poll(struct tftpwatch *t)
{
    uint8_t frame[SNAP_LEN];
    ssize_t len;
    while ((len = recv(t->fd, frame, sizeof frame, MSG_DONTWAIT)) > 0)
        tftpwatch_frame(t, frame, (size_t)len);
    return t->lost;
}

/* ---- set-up --------------------------------------------------------------------------- */

/* UDP; but no requests that come in: in a real network others have theirs. */
static int filter_set(int fd)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12), /* EtherType */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 8),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, ETH_HLEN + 9), /* protocol */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 6),
        BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, ETH_HLEN),
        BPF_STMT(BPF_LD | BPF_H | BPF_IND, ETH_HLEN + 2), /* to which port */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TFTP_PORT, 0, 2),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, SKF_AD_OFF + SKF_AD_PKTTYPE),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SNAP_LEN),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

/* In the site's namespace. Bound last: no frame comes unfiltered. */
static int listen_on(struct tftpwatch *t, const char *name)
{
    int size = RECEIVE_BUFFER;
    t->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    struct sockaddr_ll at = {.sll_family = AF_PACKET,
                             .sll_protocol = htons(ETH_P_ALL),
                             .sll_ifindex = (int)if_nametoindex(name)};
    if (t->fd < 0 || filter_set(t->fd) < 0 ||
        setsockopt(t->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0 ||
        bind(t->fd, (struct sockaddr *)&at, sizeof at) < 0)
        return -errno;
    return 0;
}

struct tftpwatch *tftpwatch_new(int log_fd)
{
    struct tftpwatch *t = calloc(1, sizeof *t);
    if (t)
        *t = (struct tftpwatch){.fd = -1, .log_fd = log_fd};
    return t;
}

struct tftpwatch *tftpwatch_open(struct world *w, int log_fd)
{
    struct tftpwatch *t = tftpwatch_new(log_fd);
    int back = t ? netns_visit(w->site_ns) : -ENOMEM;
    int rc = netns_leave(back, back < 0 ? back : listen_on(t, world_way(w)));
    if (rc == 0)
        return t;
    say_errno(-rc, "cannot watch the site's end of the WAN");
    tftpwatch_close(t);
    return NULL;
}

int tftpwatch_fd(const struct tftpwatch *t)
{
    return t->fd;
}

static void say_lost(int fd)
{
    struct tpacket_stats lost;
    socklen_t len = sizeof lost;
    if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &lost, &len) == 0 && lost.tp_drops)
        say("warning: %u frames at the site's end of the WAN were missed; tftp.log may lack some",
            lost.tp_drops);
}

int tftpwatch_close(struct tftpwatch *t)
{
    if (!t)
        return 0;
    if (t->fd >= 0) {
        tftpwatch_poll(t);
        say_lost(t->fd);
        close(t->fd);
    }
    for (size_t i = 0; i < BUCKETS; i++)
        while (t->buckets[i])
            finish(t, &t->buckets[i]);
    int lost = t->lost;
    free(t);
    return lost;
}
