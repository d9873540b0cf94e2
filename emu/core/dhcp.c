/* dhcp.c - the DHCP client; its theory of operation stands in dhcp.h. */
#include "emu/core/dhcp.h"

#include "emu/core/arp.h"
#include "emu/core/state.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define XID_FIRST 0x4000 /* below: small numbers, as these phones use */

/* Of option 55, in a phone's order. */
static const uint8_t asked_for[] = {1, 66, 6, 3, 15, 150, 35};

/* ---- states -------------------------------------------------------------------------- */

static const struct {
    const char *name;
    bool listens;
    uint32_t may_follow;
} states[] = {
#define TO(state) STATE_TO(DHCP_##state)
#define X(id, listens, may) {#id, listens, may},
    DHCP_STATES(X)
#undef X
#undef TO
};

static void set_state(struct dhcp *d, enum dhcp_state to, usec at)
{
    const struct kit *k = d->kit;
    enum dhcp_state from = d->state;
    assert(states[from].may_follow & STATE_TO(to));
    d->state = to;
    d->at = at;
    if (from != to)
        kit_log(k, LOG_DBG, "DHCP: %s -> %s", states[from].name, states[to].name);
    if (states[from].listens && !states[to].listens)
        k->ops->dhcp_close(k->ctx);
    if (!states[from].listens && states[to].listens && k->ops->dhcp_open(k->ctx) != 0)
        kit_log(k, LOG_WRN, "DHCP: its port cannot be opened");
}

static usec sooner(usec a, usec b)
{
    return a < b ? a : b;
}

static usec wait_of(const struct dhcp *d, unsigned tries)
{
    unsigned doubled = tries < DHCP_TRIES ? tries : DHCP_TRIES - 1;
    return (DHCP_FIRST_WAIT << doubled) - DHCP_SPREAD + kit_random(d->kit, 2 * DHCP_SPREAD);
}

static void set_interface(struct dhcp *d, const struct net_address *address)
{
    d->kit->ops->net_address(d->kit->ctx, address);
}

static const struct tftp_order *order_of(const struct dhcp *d)
{
    const struct tftp_order *own = &d->kit->id->tftp_order;
    return own->by[0] ? own : &dhcplease_order;
}

/* One more search, or part of one, was in vain. */
static enum dhcp_result in_vain(struct dhcp *d)
{
    return ++d->tries == DHCP_TRIES ? DHCP_SILENT : DHCP_MORE;
}

/* ---- what it says -------------------------------------------------------------------- */

static struct dhcp_message message(const struct dhcp *d, enum dhcp_type type)
{
    struct dhcp_message m = {.op = DHCP_BOOTREQUEST, .xid = d->xid, .type = (uint8_t)type};
    memcpy(m.mac, d->mac, sizeof m.mac);
    m.client_id = (struct dhcp_bytes){.len = 7, .at = {1}};
    memcpy(m.client_id.at + 1, d->mac, sizeof d->mac);
    return m;
}

/* As a DISCOVER and a REQUEST of these phones are. */
static struct dhcp_message request(const struct dhcp *d, enum dhcp_type type)
{
    const struct phone_identity *id = d->kit->id;
    struct dhcp_message m = message(d, type);
    m.secs = d->secs;
    m.flags = DHCP_BROADCAST;
    snprintf(m.host_name, sizeof m.host_name, "%s", id->name);
    int len = snprintf((char *)m.vendor_class.at, sizeof m.vendor_class.at,
                       "Cisco Systems, Inc. IP Phone %s", id->model->name);
    m.vendor_class.len = (uint8_t)(len + 1); /* its NUL is counted */
    m.parameters.len = sizeof asked_for;
    memcpy(m.parameters.at, asked_for, sizeof asked_for);
    return m;
}

static void send_message(struct dhcp *d, uint32_t to, const struct dhcp_message *m)
{
    uint8_t out[DHCP_BUILT];
    size_t len = dhcpwire_build(m, out);
    assert(len);
    d->kit->ops->dhcp_send(d->kit->ctx, to, out, len);
}

static void count_seconds(struct dhcp *d)
{
    usec seconds = (d->kit->now - d->began) / USEC_SEC;
    d->secs = (uint16_t)(seconds < UINT16_MAX ? seconds : UINT16_MAX);
}

/* ---- a search ------------------------------------------------------------------------ */

static void discover(struct dhcp *d)
{
    if (d->state != DHCP_SELECTING)
        d->xid++;
    d->lease = (struct dhcp_lease){0};
    d->passed_over = false;
    d->other = 0;
    d->asked = d->kit->now;
    count_seconds(d);
    set_state(d, DHCP_SELECTING, d->kit->now + wait_of(d, d->tries));
    struct dhcp_message m = request(d, DHCP_DISCOVER);
    send_message(d, INADDR_BROADCAST, &m);
}

static void ask_for_offer(struct dhcp *d)
{
    struct dhcp_message m = request(d, DHCP_REQUEST);
    m.requested = d->lease.address.ip;
    m.server = d->lease.server;
    if (d->state != DHCP_REQUESTING) {
        d->requests = 0;
        d->asked = d->kit->now;
    }
    set_state(d, DHCP_REQUESTING, d->kit->now + wait_of(d, d->requests++));
    send_message(d, INADDR_BROADCAST, &m);
}

/* Pauses, for so long at least, before it begins anew. */
static enum dhcp_result pause(struct dhcp *d, usec least)
{
    usec wait = wait_of(d, d->tries);
    set_state(d, DHCP_INIT, d->kit->now + (wait > least ? wait : least));
    return in_vain(d);
}

static enum dhcp_result pass_over(struct dhcp *d, const struct dhcp_message *m, const char *why)
{
    char ip[IP_TEXT], server[IP_TEXT];
    if (!d->passed_over)
        kit_log(d->kit, LOG_WRN, "DHCP: passes over %s of server %s: %s",
                kit_ip_text(m->yiaddr, ip), kit_ip_text(m->server, server), why);
    d->passed_over = true;
    return DHCP_MORE;
}

static enum dhcp_result take_offer(struct dhcp *d, const struct dhcp_message *m)
{
    if (d->state != DHCP_SELECTING)
        return DHCP_MORE;
    struct dhcp_lease offered = dhcplease_of(m, d->kit->now, order_of(d));
    bool first = !d->lease.address.ip;
    bool better = first || dhcplease_better(&offered, &d->lease, order_of(d));
    if (!first && offered.server != d->lease.server)
        d->other = better ? d->lease.server : offered.server;
    if (better)
        d->lease = offered;
    usec until = d->asked + DHCP_COLLECT;
    if (d->kit->now < until)
        d->at = until;
    else
        ask_for_offer(d);
    return DHCP_MORE;
}

static enum dhcp_result granted(struct dhcp *d, const struct dhcp_message *m)
{
    uint8_t frame[ARP_FRAME];
    if (m->server != d->lease.server)
        return DHCP_MORE;
    d->lease = dhcplease_of(m, d->asked, order_of(d));
    set_state(d, DHCP_PROBING, sooner(d->kit->now + DHCP_PROBE, d->lease.end));
    arp_build(ARP_REQUEST, d->mac, 0, d->lease.address.ip, frame);
    d->kit->ops->frame_send(d->kit->ctx, FRAME_ARP, frame, sizeof frame);
    return DHCP_MORE;
}

/* Nobody answered for the address. */
static enum dhcp_result take_address(struct dhcp *d)
{
    if (d->kit->now >= d->lease.end)
        return pause(d, 0);
    set_state(d, DHCP_ADDRESSING, d->lease.end);
    set_interface(d, &d->lease.address);
    return DHCP_MORE;
}

static enum dhcp_result decline(struct dhcp *d)
{
    struct dhcp_message m = message(d, DHCP_DECLINE);
    m.requested = d->taken = d->lease.address.ip;
    m.server = d->lease.server;
    send_message(d, INADDR_BROADCAST, &m);
    pause(d, DHCP_DECLINED);
    return DHCP_DUPLICATE;
}

/* ---- a lease ------------------------------------------------------------------------- */

static enum dhcp_result lose(struct dhcp *d, const char *why)
{
    d->why = why;
    dhcp_stop(d);
    return DHCP_LOST;
}

/* Asks its server, or all, for more time, and again when half of what is left is over. */
static enum dhcp_result ask_for_more(struct dhcp *d, enum dhcp_state as, usec until)
{
    usec now = d->kit->now, half = (until - now) / 2;
    if (d->state == DHCP_BOUND)
        d->began = now;
    d->xid++;
    d->asked = now;
    d->passed_over = false;
    count_seconds(d);
    set_state(d, as, sooner(now + (half > DHCP_RENEW_WAIT ? half : DHCP_RENEW_WAIT), until));
    struct dhcp_message m = request(d, DHCP_REQUEST);
    m.flags = 0; /* it can be answered at its address */
    m.ciaddr = d->lease.address.ip;
    send_message(d, as == DHCP_RENEWING ? d->lease.server : INADDR_BROADCAST, &m);
    return DHCP_MORE;
}

static enum dhcp_result renewed(struct dhcp *d, const struct dhcp_message *m)
{
    struct dhcp_lease now = dhcplease_of(m, d->asked, order_of(d));
    if (d->state == DHCP_RENEWING && m->server != d->lease.server)
        return DHCP_MORE;
    d->lease.server = now.server;
    d->lease.seconds = now.seconds;
    d->lease.renew = now.renew;
    d->lease.rebind = now.rebind;
    d->lease.end = now.end;
    set_state(d, DHCP_BOUND, d->lease.renew);
    return DHCP_RENEWED;
}

/* ---- what it hears ------------------------------------------------------------------- */

static bool is_bound(const struct dhcp *d)
{
    return d->state == DHCP_BOUND || d->state == DHCP_RENEWING || d->state == DHCP_REBINDING;
}

static enum dhcp_result take_grant(struct dhcp *d, const struct dhcp_message *m)
{
    if (m->yiaddr != d->lease.address.ip)
        return DHCP_MORE;
    return d->state == DHCP_REQUESTING ? granted(d, m)
           : is_bound(d)               ? renewed(d, m)
                                       : DHCP_MORE;
}

static enum dhcp_result take_refusal(struct dhcp *d, const struct dhcp_message *m)
{
    char server[IP_TEXT];
    bool its_own = m->server == d->lease.server;
    if (!(d->state == DHCP_REQUESTING && its_own) && !(d->state == DHCP_RENEWING && its_own) &&
        d->state != DHCP_REBINDING)
        return DHCP_MORE;
    kit_log(d->kit, LOG_WRN, "DHCP: server %s refuses%s%s", kit_ip_text(m->server, server),
            *m->said ? ": " : "", m->said);
    return d->state == DHCP_REQUESTING ? pause(d, 0) : lose(d, "refused by a server");
}

bool dhcp_answered_by(const struct dhcp *d, const void *data, size_t len)
{
    return states[d->state].listens && dhcpwire_answers(data, len, d->xid, d->mac);
}

enum dhcp_result dhcp_datagram(struct dhcp *d, const void *data, size_t len)
{
    struct dhcp_message m;
    const char *why = dhcpwire_read(data, len, &m);
    if (!why && m.type == DHCP_NAK)
        return take_refusal(d, &m);
    if (!why && m.type != DHCP_OFFER && m.type != DHCP_ACK)
        return DHCP_MORE;
    why = why ? why : dhcplease_unusable(&m);
    if (why)
        return pass_over(d, &m, why);
    return m.type == DHCP_OFFER ? take_offer(d, &m) : take_grant(d, &m);
}

enum dhcp_result dhcp_arp(struct dhcp *d, const void *frame, size_t len)
{
    struct arp a;
    if (d->state != DHCP_PROBING || !arp_read(frame, len, &a) ||
        !arp_claims(&a, d->mac, d->lease.address.ip))
        return DHCP_MORE;
    return decline(d);
}

enum dhcp_result dhcp_addressed(struct dhcp *d)
{
    if (d->state != DHCP_ADDRESSING)
        return DHCP_MORE;
    d->tries = 0;
    set_state(d, DHCP_BOUND, d->lease.renew);
    return DHCP_GOT;
}

/* ---- time ---------------------------------------------------------------------------- */

static enum dhcp_result select_timer(struct dhcp *d)
{
    enum dhcp_result result = DHCP_MORE;
    if (d->lease.address.ip) {
        ask_for_offer(d);
    } else {
        result = in_vain(d);
        discover(d);
    }
    return result;
}

static enum dhcp_result request_timer(struct dhcp *d)
{
    if (d->requests < DHCP_REQUESTS) {
        ask_for_offer(d);
        return DHCP_MORE;
    }
    enum dhcp_result result = in_vain(d);
    discover(d);
    return result;
}

/* Past T1, past T2, past the end. */
static enum dhcp_result lease_timer(struct dhcp *d)
{
    usec now = d->kit->now;
    const struct dhcp_lease *l = &d->lease;
    return now >= l->end      ? lose(d, "its lease is over")
           : now >= l->rebind ? ask_for_more(d, DHCP_REBINDING, l->end)
                              : ask_for_more(d, DHCP_RENEWING, l->rebind);
}

enum dhcp_result dhcp_timer(struct dhcp *d)
{
    switch (d->state) {
    case DHCP_OFF:
    case DHCP_STATE_COUNT:
        break;
    case DHCP_INIT:
        discover(d);
        break;
    case DHCP_SELECTING:
        return select_timer(d);
    case DHCP_REQUESTING:
        return request_timer(d);
    case DHCP_PROBING:
        return take_address(d);
    case DHCP_ADDRESSING:
    case DHCP_BOUND:
    case DHCP_RENEWING:
    case DHCP_REBINDING:
        return lease_timer(d);
    }
    return DHCP_MORE;
}

/* ---- beginning and end --------------------------------------------------------------- */

void dhcp_init(struct dhcp *d, const struct kit *kit)
{
    *d = (struct dhcp){.kit = kit, .at = NEVER};
    identity_mac(kit->id->name, d->mac);
}

void dhcp_start(struct dhcp *d)
{
    d->began = d->kit->now;
    d->tries = 0;
    if (!d->xid)
        d->xid = kit_random(d->kit, XID_FIRST);
    discover(d);
}

void dhcp_stop(struct dhcp *d)
{
    static const struct net_address none;
    set_state(d, DHCP_OFF, NEVER);
    d->lease = (struct dhcp_lease){0};
    set_interface(d, &none);
}
