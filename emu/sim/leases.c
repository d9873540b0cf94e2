/* leases.c - the DHCP servers of the simulated LAN, the phones' interfaces, and the stations that
 * have an address of the pool all the same.
 *
 * Each server hands out a part of the pool of its own, to a phone the address that it had before if
 * that is free, and remembers all of it for the whole run. An offer is held for OFFER_HELD, a
 * declined address kept back for DECLINED_HELD. It refuses what it has not granted, and, by chance,
 * what it has. An interface that has an address answers ARP for it whatever its phone does, as a
 * kernel does: also when the phone stands still.
 */
#include "emu/sim/node.h"

#include "emu/core/arp.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define OFFER_HELD    (30 * USEC_SEC)
#define DECLINED_HELD (3600 * USEC_SEC)
#define NOBODY        UINT32_MAX
#define MASK          0xffff0000u
#define ROUTER        1u /* host parts of the subnet */
#define SERVER        2u
#define DEAD_TFTP     0xac1fff03u

struct slot {
    uint32_t client;     /* a node, or NOBODY */
    usec until;          /* its lease, an offer, or that it is kept back */
    bool granted, squatted;
    uint32_t holder;     /* the node whose interface has it, or NOBODY */
};

static bool busy(const struct sim *s, const struct slot *l)
{
    return s->now < l->until;
}

/* ---- the pool ------------------------------------------------------------------------ */

static uint32_t slot_ip(const struct sim *s, const struct slot *l)
{
    return htonl(s->o.first_ip + (uint32_t)(l - s->pool));
}

static struct slot *slot_of(const struct sim *s, uint32_t ip)
{
    uint32_t i = ntohl(ip) - s->o.first_ip;
    return i < s->o.dhcp.pool ? &s->pool[i] : NULL;
}

static uint32_t server_ip(const struct sim *s, unsigned server)
{
    return htonl((s->o.first_ip & MASK) + SERVER + server);
}

/* The part of the pool that is this server's; while the pool falls short, less of it. */
static void part_of(const struct sim *s, unsigned server, struct slot **from, struct slot **to)
{
    size_t share = s->o.dhcp.pool / s->o.dhcp.servers;
    *from = s->pool + server * share;
    *to = *from + (size_t)((double)share * (1 - s->o.damage.dhcp_short));
}

static struct slot *find(const struct sim *s, unsigned server, uint32_t client)
{
    struct slot *from, *to, *vacant = NULL;
    part_of(s, server, &from, &to);
    for (struct slot *l = from; l < to; l++) {
        if (l->client == client && (l->granted || busy(s, l)))
            return l;
        if (!vacant && !busy(s, l))
            vacant = l;
    }
    return vacant;
}

static void hold(struct sim *s, struct slot *l, uint32_t client, usec time, bool granted)
{
    l->client = client;
    l->until = s->now + time;
    l->granted = granted;
}

/* ---- the servers --------------------------------------------------------------------- */

static void reply(struct sim *s, unsigned server, const struct dhcp_message *to,
                  enum dhcp_type type, const struct slot *l, uint32_t node)
{
    uint8_t out[DHCP_BUILT];
    struct dhcp_message m = {.op = DHCP_BOOTREPLY, .xid = to->xid, .flags = to->flags,
                             .type = (uint8_t)type, .server = server_ip(s, server)};
    memcpy(m.mac, to->mac, sizeof m.mac);
    if (l) {
        m.yiaddr = slot_ip(s, l);
        m.lease = s->o.dhcp.lease_s;
        m.mask = htonl(MASK);
        m.routers = (struct dhcp_list){1, {htonl((s->o.first_ip & MASK) + ROUTER)}};
        m.tftp = (struct dhcp_list){1, {htonl(SIM_SERVER)}};
        if (s->o.dhcp.dead_tftp)
            m.tftp = (struct dhcp_list){2, {htonl(DEAD_TFTP), htonl(SIM_SERVER)}};
    }
    size_t len = dhcpwire_build(&m, out);
    if (!sim_chance(s, s->o.damage.dhcp_loss))
        sim_push(s, (struct item){.at = s->now + SIM_LAN_DELAY, .kind = EV_DHCP, .node = node,
                                  .len = len, .copy = sim_copy(out, len)});
}

/* It wants what was offered, or has it, and more time for it. */
static void decide(struct sim *s, unsigned server, const struct dhcp_message *m, uint32_t node)
{
    struct slot *l = slot_of(s, m->ciaddr ? m->ciaddr : m->requested), *from, *to;
    part_of(s, server, &from, &to);
    bool ours = l && l >= from && l < s->pool + (server + 1) * (s->o.dhcp.pool / s->o.dhcp.servers);
    if (!ours)
        return;
    bool its_own = l->client == node && (busy(s, l) || l->granted);
    if (!its_own || sim_chance(s, s->o.damage.dhcp_nak)) {
        reply(s, server, m, DHCP_NAK, NULL, node);
        return;
    }
    hold(s, l, node, s->o.dhcp.lease_s * USEC_SEC, true);
    reply(s, server, m, DHCP_ACK, l, node);
}

static void serve(struct sim *s, unsigned server, const struct dhcp_message *m, uint32_t node)
{
    struct slot *l;
    if (m->type == DHCP_DISCOVER && (l = find(s, server, node))) {
        if (!busy(s, l))
            hold(s, l, node, OFFER_HELD, false);
        reply(s, server, m, DHCP_OFFER, l, node);
    } else if (m->type == DHCP_REQUEST && (!m->server || m->server == server_ip(s, server))) {
        decide(s, server, m, node);
    } else if (m->type == DHCP_DECLINE && m->server == server_ip(s, server) &&
               (l = slot_of(s, m->requested))) {
        hold(s, l, NOBODY, DECLINED_HELD, false);
    }
}

void leases_heard(struct sim *s, const struct item *it)
{
    struct dhcp_message m;
    if (dhcpwire_read(it->copy, it->len, &m) == NULL)
        serve(s, it->from, &m, it->node);
}

/* ---- the phones' side ---------------------------------------------------------------- */

void leases_drop(struct node *n)
{
    struct slot *l = n->ip ? slot_of(n->sim, n->ip) : NULL;
    if (l && l->holder == sim_index(n))
        l->holder = NOBODY;
    n->ip = 0;
}

void leases_address(void *ctx, const struct net_address *address)
{
    struct node *n = ctx;
    struct sim *s = n->sim;
    leases_drop(n);
    struct slot *l = slot_of(s, address->ip);
    bool other = l && l->holder != NOBODY && s->nodes[l->holder].thaw <= s->now;
    if (l && (l->squatted || other))
        sim_broken(n, "address", "takes the address of %s %u",
                   l->squatted ? "a station, number" : "phone",
                   l->squatted ? (unsigned)(l - s->pool) : l->holder);
    if (l)
        l->holder = sim_index(n);
    n->ip = address->ip;
    sim_push(s, (struct item){.at = s->now, .kind = EV_ADDRESSED, .node = sim_index(n)});
}

int leases_open(void *ctx)
{
    ((struct node *)ctx)->dhcp_open = true;
    return 0;
}

void leases_close(void *ctx)
{
    ((struct node *)ctx)->dhcp_open = false;
}

void leases_send(void *ctx, uint32_t to, const void *data, size_t len)
{
    struct node *n = ctx;
    struct sim *s = n->sim;
    for (unsigned i = 0; i < s->o.dhcp.servers; i++)
        if ((to == INADDR_BROADCAST || to == server_ip(s, i)) &&
            !sim_chance(s, s->o.damage.dhcp_loss))
            sim_push(s, (struct item){.at = s->now + SIM_LAN_DELAY, .kind = EV_LEASES,
                                      .node = sim_index(n), .from = i, .len = len,
                                      .copy = sim_copy(data, len)});
}

static void give_frame(struct sim *s, uint32_t to, usec late, const uint8_t frame[ARP_FRAME])
{
    sim_push(s, (struct item){.at = s->now + late, .kind = EV_FRAME, .node = to,
                              .len = ARP_FRAME, .copy = sim_copy(frame, ARP_FRAME)});
}

/* Everybody who looks for an address hears it, and whoever has it answers. */
void leases_frame(void *ctx, enum frame_kind kind, const void *frame, size_t len)
{
    struct node *n = ctx;
    struct sim *s = n->sim;
    struct arp a;
    if (kind != FRAME_ARP || !arp_read(frame, len, &a))
        return;
    for (uint32_t i = 0; i < s->o.phones; i++)
        if (i != sim_index(n) && s->nodes[i].dhcp_open)
            give_frame(s, i, SIM_LAN_DELAY, frame);
    const struct slot *l = slot_of(s, a.target);
    if (!l || (!l->squatted && l->holder == NOBODY))
        return;
    const uint8_t mac[6] = {2, 0, (uint8_t)(l - s->pool)};
    uint8_t answer[ARP_FRAME];
    arp_build(ARP_REPLY, mac, a.target, a.target, answer);
    give_frame(s, sim_index(n), 2 * SIM_LAN_DELAY, answer);
}

/* ---- asked about it ------------------------------------------------------------------ */

long leases_holder(const struct sim *s, uint32_t ip)
{
    const struct slot *l = slot_of(s, ip);
    return l && l->holder != NOBODY ? (long)l->holder : -1;
}

usec sim_granted_until(const struct sim *s, size_t i)
{
    const struct slot *l = slot_of(s, s->nodes[i].ip);
    return l && l->granted && l->client == i ? l->until : 0;
}

/* ---- making -------------------------------------------------------------------------- */

void leases_make(struct sim *s)
{
    struct sim_dhcp *d = &s->o.dhcp;
    d->servers = d->servers ? d->servers : 1;
    if (d->pool == 0) /* enough, for each of the servers */
        d->pool = d->servers * (2 * s->o.phones + d->squatters);
    s->pool = calloc(d->pool, sizeof *s->pool);
    if (!s->pool)
        abort();
    for (size_t i = 0; i < d->pool; i++)
        s->pool[i] = (struct slot){.client = NOBODY, .holder = NOBODY,
                                   .squatted = i < d->squatters};
}
