/* lansock.c - see lansock.h. */
#include "netns/host/lansock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DHCP_CLIENT_PORT 68

/* The filter before the address: nothing comes unfiltered. Passes the socket on, or closes it. */
static int bound(int fd, const struct sock_fprog *program, const void *address, socklen_t len)
{
    if (fd < 0)
        return -errno;
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, sizeof *program) == 0 &&
        bind(fd, address, len) == 0)
        return fd;
    int error = -errno;
    close(fd);
    return error;
}

int lansock_dhcp(const char *device, const uint8_t mac[6])
{
    enum { REPLY = 2, OP_AT = 8, MAC_AT = 36 }; /* in a datagram with its UDP header */
    uint32_t high = (uint32_t)mac[0] << 24 | (uint32_t)mac[1] << 16 | (uint32_t)mac[2] << 8 |
                    mac[3];
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, OP_AT),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, REPLY, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, MAC_AT),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, high, 0, 3),
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, MAC_AT + 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)mac[4] << 8 | mac[5], 0, 1),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    const struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
    const struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(DHCP_CLIENT_PORT)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device,
                               (socklen_t)strlen(device) + 1) < 0 ||
                    setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &(int){1}, sizeof(int)) < 0)) {
        int error = -errno;
        close(fd);
        return error;
    }
    return bound(fd, &program, &any, sizeof any);
}

int lansock_packets(const char *device, uint16_t protocol)
{
    struct sock_filter deaf = BPF_STMT(BPF_RET | BPF_K, 0);
    const struct sock_fprog program = {.len = 1, .filter = &deaf};
    const struct sockaddr_ll at = {.sll_family = AF_PACKET,
                                   .sll_protocol = htons(protocol),
                                   .sll_ifindex = (int)if_nametoindex(device)};
    return bound(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), &program, &at, sizeof at);
}
