/* dhcplease.c - see dhcplease.h. */
#include "emu/core/dhcplease.h"

#include <arpa/inet.h>
#include <string.h>

/* An address that a host can have: of class A, B or C, not 0/8, not loopback. */
static bool is_host(uint32_t ip)
{
    uint8_t first = *(const uint8_t *)&ip;
    return first != 0 && first != 127 && first < 224;
}

static uint32_t first_router(const struct dhcp_message *m)
{
    return m->routers.count ? m->routers.at[0] : 0;
}

const char *dhcplease_unusable(const struct dhcp_message *m)
{
    unsigned prefix = dhcpwire_prefix(m->mask);
    uint32_t hosts = htonl(UINT32_MAX >> prefix), host = m->yiaddr & hosts;
    uint32_t router = first_router(m);
    if (!is_host(m->server))
        return "it does not say whose it is";
    if (!is_host(m->yiaddr))
        return "no host can have that address";
    if (m->lease == 0)
        return "it does not say for how long";
    if (prefix == 0)
        return "its subnet mask is none";
    if (host == 0 || host == hosts)
        return "that address is the subnet's, no host's";
    if (router == m->yiaddr)
        return "the router has that address";
    if (router && ((router ^ m->yiaddr) & ~hosts))
        return "its router is on another subnet";
    return NULL;
}

/* ---- TFTP servers -------------------------------------------------------------------- */

static void add_server(struct dhcp_lease *l, uint32_t ip)
{
    for (int i = 0; i < DHCP_SERVERS && is_host(ip) && ip != l->tftp[0]; i++)
        if (!l->tftp[i]) {
            l->tftp[i] = ip;
            return;
        }
}

static void by_option_150(struct dhcp_lease *l, const struct dhcp_message *m)
{
    for (int i = 0; i < m->tftp.count; i++)
        add_server(l, m->tftp.at[i]);
}

static void by_option_66(struct dhcp_lease *l, const struct dhcp_message *m)
{
    uint32_t ip;
    if (inet_pton(AF_INET, m->tftp_name, &ip) == 1)
        add_server(l, ip);
    else
        memcpy(l->tftp_name, m->tftp_name, sizeof l->tftp_name);
}

static void by_siaddr(struct dhcp_lease *l, const struct dhcp_message *m)
{
    add_server(l, m->siaddr);
}

const struct tftp_order dhcplease_order = {
    {TFTP_BY_OPTION_150, TFTP_BY_OPTION_66, TFTP_BY_SIADDR}};

static void (*const namers[TFTP_SOURCE_COUNT])(struct dhcp_lease *l,
                                               const struct dhcp_message *m) = {
    [TFTP_BY_OPTION_150] = by_option_150,
    [TFTP_BY_OPTION_66] = by_option_66,
    [TFTP_BY_SIADDR] = by_siaddr,
};

static void name_servers(struct dhcp_lease *l, const struct dhcp_message *m,
                         const struct tftp_order *order)
{
    for (int i = 0; i < TFTP_ORDER && namers[order->by[i]] && !l->tftp[0]; i++) {
        namers[order->by[i]](l, m);
        l->tftp_by = l->tftp[0] ? order->by[i] : TFTP_BY_NONE;
    }
}

static int rank_of(const struct dhcp_lease *l, const struct tftp_order *order)
{
    int i = 0;
    while (i < TFTP_ORDER && order->by[i] != l->tftp_by)
        i++;
    return l->tftp_by ? i : TFTP_ORDER;
}

bool dhcplease_better(const struct dhcp_lease *a, const struct dhcp_lease *b,
                      const struct tftp_order *order)
{
    return rank_of(a, order) < rank_of(b, order);
}

uint32_t dhcplease_server_after(const struct dhcp_lease *l, uint32_t ip)
{
    for (int i = 0; i + 1 < DHCP_SERVERS; i++)
        if (l->tftp[i] == ip)
            return l->tftp[i + 1];
    return 0;
}

/* ---- the lease ----------------------------------------------------------------------- */

/* T1 and T2 as the server says, where they make sense; else half of the lease, and 7/8. */
static void set_times(struct dhcp_lease *l, const struct dhcp_message *m, usec from)
{
    usec all = m->lease * USEC_SEC, renew = m->renew * USEC_SEC, rebind = m->rebind * USEC_SEC;
    l->seconds = m->lease;
    if (m->lease == DHCP_FOR_EVER) {
        l->renew = l->rebind = l->end = NEVER;
        return;
    }
    if (rebind == 0 || rebind >= all)
        rebind = all / 8 * 7;
    if (renew == 0 || renew >= rebind)
        renew = all / 2 < rebind ? all / 2 : rebind / 2;
    l->renew = from + renew;
    l->rebind = from + rebind;
    l->end = from + all;
}

struct dhcp_lease dhcplease_of(const struct dhcp_message *m, usec from,
                               const struct tftp_order *order)
{
    struct dhcp_lease l = {
        .address = {.ip = m->yiaddr, .router = first_router(m),
                    .prefix_len = (uint8_t)dhcpwire_prefix(m->mask)},
        .server = m->server};
    memcpy(l.domain, m->domain, sizeof l.domain);
    name_servers(&l, m, order);
    set_times(&l, m, from);
    return l;
}
