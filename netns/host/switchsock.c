/* switchsock.c - see switchsock.h. */
#include "netns/host/switchsock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROOM 32768 /* bytes that wait for a phone; what is beyond is lost */

/* Instructions of a filter: a load; then how many to pass over, if it is that or if not. */
#define WORD(at) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at)
#define HALF(at) BPF_STMT(BPF_LD | BPF_H | BPF_ABS, at)
#define BYTE(at) BPF_STMT(BPF_LD | BPF_B | BPF_ABS, at)
#define IS(what, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, what, yes, no)
#define TAKE BPF_STMT(BPF_RET | BPF_K, UINT32_MAX)
#define DROP BPF_STMT(BPF_RET | BPF_K, 0)

struct speech {
    unsigned char group[ETH_ALEN];
    unsigned short protocol;
    struct sock_fprog filter;
};

/* Binds it to its protocol only behind the filter: nothing comes unfiltered. */
static int open_for(const struct speech *s, const char *device)
{
    int index = (int)if_nametoindex(device);
    const struct sockaddr_ll at = {
        .sll_family = AF_PACKET, .sll_protocol = htons(s->protocol), .sll_ifindex = index};
    struct packet_mreq join = {
        .mr_ifindex = index, .mr_type = PACKET_MR_MULTICAST, .mr_alen = ETH_ALEN};
    memcpy(join.mr_address, s->group, ETH_ALEN);
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &(int){ROOM}, sizeof(int));
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &s->filter, sizeof s->filter) == 0 &&
        setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &(int){1}, sizeof(int)) == 0 &&
        bind(fd, (const struct sockaddr *)&at, sizeof at) == 0 &&
        setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &join, sizeof join) == 0)
        return fd;
    int error = -errno;
    close(fd);
    return error;
}

int switchsock_cdp(const char *device)
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
    const struct speech cdp = {.group = {0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcc},
                               .protocol = ETH_P_802_2,
                               .filter = {.len = sizeof code / sizeof *code, .filter = code}};
    return open_for(&cdp, device);
}

int switchsock_lldp(const char *device)
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
    const struct speech lldp = {.group = {0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e},
                                .protocol = ETH_P_LLDP,
                                .filter = {.len = sizeof code / sizeof *code, .filter = code}};
    return open_for(&lldp, device);
}
