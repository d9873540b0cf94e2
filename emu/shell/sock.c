/* sock.c - see sock.h. */
#include "emu/shell/sock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECEIVE_ROOM (1 << 20) /* a bulk reset sends claims and joins in bursts */
#define BACKLOG      16

struct sockaddr_in sock_addr(struct addr a)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(a.port), .sin_addr.s_addr = a.ip};
}

static int option_on(int fd, int level, int option)
{
    return setsockopt(fd, level, option, &(int){1}, sizeof(int));
}

/* The socket bound to the port of every address; closed again when that fails. */
static int bound(int fd, uint16_t port)
{
    struct sockaddr_in any = sock_addr((struct addr){htonl(INADDR_ANY), port});
    if (bind(fd, (struct sockaddr *)&any, sizeof any) == 0)
        return fd;
    int error = -errno;
    close(fd);
    return error;
}

int sock_udp(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    option_on(fd, SOL_SOCKET, SO_BROADCAST);
    /* The kernel cuts this down to net.core.rmem_max, silently. */
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &(int){RECEIVE_ROOM}, sizeof(int));
    return bound(fd, port);
}

int sock_tcp(void)
{
    /* The host's default may be bbr, whose pacing is made for the Internet, not for a LAN; an
     * unprivileged process may not always have cubic, but reno. */
    static const char *const wanted[] = {"cubic", "reno"};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    option_on(fd, IPPROTO_TCP, TCP_NODELAY);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, wanted[i],
                       (socklen_t)strlen(wanted[i])) == 0)
            break;
    return fd;
}

int sock_listen(uint16_t port)
{
    int fd = sock_tcp();
    if (fd < 0)
        return fd;
    option_on(fd, SOL_SOCKET, SO_REUSEADDR); /* connections of the last boot may be in TIME_WAIT */
    fd = bound(fd, port);
    if (fd < 0 || listen(fd, BACKLOG) == 0)
        return fd;
    int error = -errno;
    close(fd);
    return error;
}

void sock_send(int fd, struct addr to, const void *data, size_t len)
{
    struct sockaddr_in sa = sock_addr(to);
    sendto(fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&sa, sizeof sa);
}

void sock_send_frame(int fd, const void *frame, size_t len)
{
    send(fd, frame, len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void sock_hear_arp(int fd, const void *frame, size_t len)
{
    enum { SENDER_AT = 28, TARGET_AT = 38 }; /* addresses in a frame of ARP, RFC 826 */
    uint32_t asked;
    if (len < TARGET_AT + sizeof asked)
        return;
    memcpy(&asked, (const uint8_t *)frame + TARGET_AT, sizeof asked);
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SENDER_AT),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ntohl(asked), 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3), /* a probe, RFC 5227 */
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, TARGET_AT),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ntohl(asked), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

uint32_t sock_peer(int fd)
{
    struct sockaddr_in sa = {0};
    socklen_t len = sizeof sa;
    return getpeername(fd, (struct sockaddr *)&sa, &len) == 0 ? sa.sin_addr.s_addr : 0;
}

void sock_reset_on_close(int fd)
{
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
}

void sock_window(int fd, int bytes)
{
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes); /* the kernel takes it twice */
}

bool sock_is_local(uint32_t ip)
{
    struct sockaddr_in sa = sock_addr((struct addr){ip, 0});
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool local = fd >= 0 && bind(fd, (struct sockaddr *)&sa, sizeof sa) == 0;
    if (fd >= 0)
        close(fd);
    return local;
}
