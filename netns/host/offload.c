/* offload.c - see offload.h; by the ioctls of ethtool, as rtnetlink cannot change features. */
#include "netns/host/offload.h"
#include "netns/host/netns.h"
#include "netns/text/say.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* In the caller's present namespace. */
static int turn_off(const char *interface)
{
    static const uint32_t commands[] = {ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_STXCSUM};
    struct ifreq request = {0};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc = fd < 0 ? -errno : 0;
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", interface);
    for (size_t i = 0; i < sizeof commands / sizeof *commands && rc == 0; i++) {
        struct ethtool_value off = {.cmd = commands[i]};
        request.ifr_data = (char *)&off;
        rc = ioctl(fd, SIOCETHTOOL, &request) < 0 ? -errno : 0;
    }
    if (fd >= 0)
        close(fd);
    return rc;
}

int offload_off(int netns, const char *interface)
{
    int back = netns_visit(netns), rc = netns_leave(back, back < 0 ? back : turn_off(interface));
    return rc < 0 ? say_errno(-rc, "cannot turn off the offloads of %s", interface) : 0;
}
