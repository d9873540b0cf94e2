/* lansock.c - see lansock.h. */
#include "netns/host/lansock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DHCP_CLIENT_PORT 68
#define ROOM             32768 /* bytes */

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
    /* the kernel closes late what the ring of a process has read from that was just killed */
    if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device,
                               (socklen_t)strlen(device) + 1) < 0 ||
                    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) < 0 ||
                    setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &(int){1}, sizeof(int)) < 0)) {
        int error = -errno;
        close(fd);
        return error;
    }
    return bound(fd, &program, &any, sizeof any);
}

static int packets(const char *device, uint16_t protocol, const struct sock_fprog *program)
{
    const struct sockaddr_ll at = {.sll_family = AF_PACKET,
                                   .sll_protocol = htons(protocol),
                                   .sll_ifindex = (int)if_nametoindex(device)};
    return bound(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), program, &at, sizeof at);
}

int lansock_packets(const char *device, uint16_t protocol)
{
    struct sock_filter deaf = BPF_STMT(BPF_RET | BPF_K, 0);
    const struct sock_fprog program = {.len = 1, .filter = &deaf};
    return packets(device, protocol, &program);
}

/* ---- of the switch -------------------------------------------------------------------- */

/* Instructions of a filter: a load; then how many to pass over, if it is that or if not. */
#define WORD(at) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at)
#define HALF(at) BPF_STMT(BPF_LD | BPF_H | BPF_ABS, at)
#define BYTE(at) BPF_STMT(BPF_LD | BPF_B | BPF_ABS, at)
#define IS(what, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, what, yes, no)
#define TAKE BPF_STMT(BPF_RET | BPF_K, UINT32_MAX)
#define DROP BPF_STMT(BPF_RET | BPF_K, 0)

/* Also hears what is sent to that group. Its filter stays as it is, and what waits for a phone is
 * bounded: what is beyond is lost. Passes the socket on, or closes it. */
static int joined(int fd, const char *device, const uint8_t group[ETH_ALEN])
{
    struct packet_mreq join = {.mr_ifindex = (int)if_nametoindex(device),
                               .mr_type = PACKET_MR_MULTICAST,
                               .mr_alen = ETH_ALEN};
    memcpy(join.mr_address, group, ETH_ALEN);
    if (fd < 0)
        return fd;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &(int){ROOM}, sizeof(int));
    if (setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &(int){1}, sizeof(int)) == 0 &&
        setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &join, sizeof join) == 0)
        return fd;
    int error = -errno;
    close(fd);
    return error;
}

int lansock_cdp(const char *device)
{
    struct sock_filter code[] = {
        WORD(0),  IS(0x01000ccc, 0, 13), /* to the group */
        HALF(4),  IS(0xcccc, 0, 11),
        WORD(14), IS(0xaaaa0300, 0, 9),  /* SNAP, of Cisco, CDP */
        WORD(18), IS(0x000c2000, 0, 7),
        WORD(26), IS(0x00010013, 0, 4),  /* a name of 15 */
        HALF(30), IS('S' << 8 | 'E', 0, 2),
        BYTE(32), IS('P', 1, 0),
        TAKE,     DROP,
    };
    const struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
    return joined(packets(device, ETH_P_802_2, &program), device,
                  (const uint8_t[]){0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcc});
}

int lansock_lldp(const char *device)
{
    struct sock_filter code[] = {
        WORD(0),  IS(0x0180c200, 0, 11), /* to the nearest bridge */
        HALF(4),  IS(0x000e, 0, 9),
        WORD(14), IS(0x02060501, 0, 6),  /* an IPv4 address */
        HALF(22), IS(0x0410, 0, 4),      /* a local name of 15 */
        BYTE(24), IS(7, 0, 2),
        HALF(38), IS('P' << 8 | '1', 1, 0),
        TAKE,     DROP,
    };
    const struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
    return joined(packets(device, ETH_P_LLDP, &program), device,
                  (const uint8_t[]){0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e});
}
