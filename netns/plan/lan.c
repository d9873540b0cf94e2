/* lan.c - see lan.h. */
#include "netns/plan/lan.h"
#include "netns/fleet/dhcpkeys.h"
#include "netns/fleet/subnet.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

uint32_t lan_address(const struct plan_subnet *s, size_t phone)
{
    return htonl(ntohl(s->first) + (uint32_t)phone);
}

/* The smallest network around it that holds so many; of several subnets none is made larger, since
 * they lie beside each other. */
static void tell_full(const struct fleet *f, const struct plan_subnet *s, size_t room,
                      struct findings *found)
{
    char right[32], ip[INET_ADDRSTRLEN];
    unsigned len = f->lan.prefix_len;
    while (len > 8 && (UINT32_MAX >> len) < s->phones + 16)
        len--;
    struct in_addr net = {.s_addr = htonl(f->lan.net & ~(UINT32_MAX >> len))};
    inet_ntop(AF_INET, &net, ip, sizeof ip);
    if (f->subnet_count)
        snprintf(right, sizeof right, "%zu", s->phones - room);
    else
        snprintf(right, sizeof right, "%s/%u", ip, len);
    const struct finding_words words = {.right = right,
                                        .where = f->subnet_count ? s->name : "lan.subnet"};
    fleet_tell(found, f->subnet_count ? FINDING_SUBNET_CROWDED : FINDING_SUBNET_FULL, f,
               "phones", &words,
               "phones: %s holds %zu phones, not %zu; fewer phones, or a larger %s%s", s->name,
               room, s->phones, f->subnet_count ? "lan.subnets." : "lan.subnet",
               f->subnet_count ? s->name : "");
}

static bool has_room(const struct fleet *f, const struct plan_subnet *s, struct findings *found)
{
    size_t room = ntohl(s->broadcast) - ntohl(s->first);
    if (s->phones > room)
        tell_full(f, s, room, found);
    return s->phones <= room;
}

/* The router, or a server, is where a phone is to be. */
static void check_taken(const struct fleet *f, const struct plan_subnet *s, uint32_t ip,
                        const char *key, struct findings *found)
{
    uint32_t first = ntohl(s->first), at = ntohl(ip);
    char right[INET_ADDRSTRLEN];
    if (at < first || at - first >= s->phones)
        return;
    inet_ntop(AF_INET, &(struct in_addr){.s_addr = htonl(at + 1)}, right, sizeof right);
    const struct finding_words words = {.right = right};
    fleet_tell(found, FINDING_ADDRESS_TAKEN, f, key, &words,
               "%s: this address would be that of phone %u", key, at - first + 1);
}

struct plan_subnet *lan_plan(const struct fleet *f, size_t *count, struct findings *found)
{
    const struct fleet_subnet *from = f->subnet_count ? f->subnets : &f->lan;
    *count = f->subnet_count ? f->subnet_count : 1;
    struct plan_subnet *all = calloc(*count, sizeof *all);
    bool good = all != NULL;
    for (size_t i = 0; all && i < *count; i++) {
        const struct in_addr net = {.s_addr = htonl(from[i].net)};
        struct plan_subnet *s = &all[i];
        uint32_t first = from[i].net + (from[i].prefix_len > 26 ? 10 : 16);
        *s = (struct plan_subnet){.gateway = f->uplink.router ? f->uplink.router
                                                              : htonl(from[i].net + 1),
                                  .first = f->uplink.first ? f->uplink.first : htonl(first),
                                  .broadcast = htonl(subnet_last(&from[i])),
                                  .prefix_len = from[i].prefix_len};
        if (f->subnet_count)
            snprintf(s->name, sizeof s->name, "%s", from[i].name);
        else
            snprintf(s->name, sizeof s->name, "%s/%u", inet_ntoa(net), s->prefix_len);
    }
    for (size_t i = 0; all && i < f->group_count; i++)
        all[subnet_of(f, &f->groups[i])].phones += f->groups[i].count;
    for (size_t i = 0; all && i < *count; i++)
        good = has_room(f, &all[i], found) && good;
    bool given = f->dhcp.engine == DHCP_EXTERNAL && dhcp_asked_by_all(f); /* none is of ours */
    if (good && !given && f->uplink.router)
        check_taken(f, &all[0], f->uplink.router, "lan.router", found);
    if (good && !given && f->server)
        check_taken(f, &all[0], f->server, "tftp.address", found);
    for (size_t i = 0; good && i < f->manager.count; i++)
        check_taken(f, &all[0], f->manager.address[i], "callmanager.address", found);
    if (good)
        return all;
    free(all);
    return NULL;
}
