/* phone.c - one phone: its making, and the entries through which its carrier drives it. Every entry
 * notes the time, lets one part handle the event, does what became due, and publishes the status
 * record if it changed.
 */
#include "emu/core/phone.h"

#include "emu/core/address.h"
#include "emu/core/boot.h"
#include "emu/core/check.h"
#include "emu/core/config.h"
#include "emu/core/life.h"
#include "emu/core/sample.h"
#include "emu/core/share.h"
#include "emu/core/upgrade.h"

#include <stdlib.h>
#include <string.h>

struct phone *phone_new(const struct phone_identity *id, const struct phone_ops *ops, void *ctx)
{
    struct phone *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->id = *id;
    p->kit = (struct kit){.ops = ops, .ctx = ctx, .id = &p->id};
    p->at = NEVER;
    p->status.state = PHONE_READY;
    if (!id->factory_reset)
        memcpy(p->status.running, id->running, sizeof p->status.running);
    fetch_init(&p->fetch, ops, ctx, id->http);
    dhcp_init(&p->dhcp, &p->kit);
    discovery_init(&p->discovery, &p->kit, &p->cnf, p->dhcp.lease.domain, &p->status);
    pfs_init(&p->pfs, &p->kit, &upgrade_owner, p);
    station_init(&p->station, &p->kit, &p->status);
    return p;
}

void phone_free(struct phone *p)
{
    if (!p)
        return;
    fetch_free(&p->fetch);
    cnf_close(p->parser);
    free(p);
}

const struct phone_status *phone_status(const struct phone *p)
{
    return &p->published;
}

/* ---- entries ------------------------------------------------------------------------- */

static void enter(struct phone *p, usec now)
{
    p->kit.now = now;
}

/* What its call manager has told it. */
static void obey(struct phone *p)
{
    switch (station_order(&p->station)) {
    case SCCP_DO_RESET:
        life_reset(p, ALARM_RESET);
        break;
    case SCCP_DO_RESTART:
        life_restart(p);
        config_begin(p);
        break;
    case SCCP_DO_APPLY_CONFIG:
        config_begin(p);
        break;
    }
}

static void leave(struct phone *p)
{
    upgrade_advance(p);
    obey(p);
    discovery_advance(&p->discovery);
    check_phone(p);
    struct phone_status *s = &p->status;
    address_show(p);
    s->root = p->pfs.current >= 0 && pfs_current(&p->pfs)->rooted;
    s->parent_ip = p->pfs.parent.link.state == LINK_OPEN ? p->pfs.parent.link.ip : 0;
    for (int i = 0; i < 2; i++) {
        const struct pfs_slot *child = &p->pfs.below.slots[i];
        s->child_ip[i] = child->link.state == LINK_OPEN ? child->ip : 0;
    }
    if (memcmp(s, &p->published, sizeof *s) == 0)
        return;
    p->published = *s;
    p->kit.ops->status(p->kit.ctx, &p->published);
}

void phone_start(struct phone *p, usec now)
{
    enter(p, now);
    station_power_on(&p->station);
    life_reset(p, ALARM_INITIALIZED);
    leave(p);
}

usec phone_deadline(const struct phone *p)
{
    usec at = share_deadline(&p->pfs);
    usec found = discovery_deadline(&p->discovery);
    at = found < at ? found : at;
    at = p->at < at ? p->at : at;
    at = station_deadline(&p->station) < at ? station_deadline(&p->station) : at;
    at = p->dhcp.at < at ? p->dhcp.at : at;
    return fetch_deadline(&p->fetch) < at ? fetch_deadline(&p->fetch) : at;
}

/* What the server said in place of a file, or that it said nothing. An absent file is nothing
 * unusual. */
static void log_answer(struct phone *p, enum transfer_result result)
{
    const char *name = p->fetch.name, *said = fetch_said(&p->fetch);
    const char *next = fetch_turned(&p->fetch) ? ", asks by TFTP" : ", asks again";
    if (result == TRANSFER_TIMED_OUT)
        kit_log(&p->kit, LOG_WRN, "TFTP %s: no answer", name);
    else if (*said)
        kit_log(&p->kit, result == TRANSFER_NOT_FOUND ? LOG_DBG : LOG_WRN, "%s %s: %s%s",
                fetch_teller(&p->fetch), name, said, result == TRANSFER_LATER ? next : "");
}

static void transfer_ended(struct phone *p, bool sample, enum transfer_result result)
{
    if (sample)
        sample_heard(p, result);
    if (sample || result == TRANSFER_MORE)
        return;
    log_answer(p, result);
    if (result == TRANSFER_LATER)
        return;
    if (p->status.state == PHONE_CONFIG)
        config_ended(p, result);
    else if (p->status.state == PHONE_UPGRADE)
        upgrade_fetch_ended(p, result);
}

static void own_timer(struct phone *p)
{
    p->at = NEVER;
    if (p->status.state == PHONE_BOOT)
        boot_ended(p);
    else if (p->status.state == PHONE_UPGRADE)
        upgrade_port_timer(p);
}

void phone_run_timers(struct phone *p, usec now)
{
    enter(p, now);
    if (p->dhcp.at <= now)
        address_told(p, dhcp_timer(&p->dhcp));
    if (p->at <= now)
        own_timer(p);
    if (fetch_deadline(&p->fetch) <= now) {
        bool sample = sample_under_way(p);
        transfer_ended(p, sample, fetch_timeout(&p->fetch, now));
    }
    if (share_deadline(&p->pfs) <= now)
        share_timers(&p->pfs);
    if (station_deadline(&p->station) <= now)
        station_timers(&p->station);
    leave(p);
}

void phone_tftp(struct phone *p, struct addr from, const void *data, size_t len, usec now)
{
    enter(p, now);
    bool sample = sample_under_way(p);
    transfer_ended(p, sample, fetch_datagram(&p->fetch, from, data, len, now));
    leave(p);
}

void phone_addressed(struct phone *p, usec now)
{
    enter(p, now);
    address_told(p, dhcp_addressed(&p->dhcp));
    leave(p);
}

bool phone_dhcp(struct phone *p, struct addr from, const void *data, size_t len, usec now)
{
    (void)from; /* it says itself whose it is */
    enter(p, now);
    bool ours = dhcp_answered_by(&p->dhcp, data, len);
    if (ours)
        address_told(p, dhcp_datagram(&p->dhcp, data, len));
    leave(p);
    return ours;
}

void phone_frame(struct phone *p, enum frame_kind kind, const void *data, size_t len, usec now)
{
    enter(p, now);
    discovery_frame(&p->discovery, kind, data, len);
    if (kind == FRAME_ARP)
        address_told(p, dhcp_arp(&p->dhcp, data, len));
    leave(p);
}

void phone_udp(struct phone *p, struct addr from, const void *data, size_t len, usec now)
{
    enter(p, now);
    share_udp(&p->pfs, from, data, len);
    leave(p);
}

int phone_tcp_accepted(struct phone *p, uint32_t ip, usec now)
{
    enter(p, now);
    int conn = share_accepted(&p->pfs, ip);
    leave(p);
    return conn;
}

void phone_tcp_connected(struct phone *p, int conn, usec now)
{
    enter(p, now);
    if (conn < CONN_PEERS)
        share_connected(&p->pfs, conn);
    else if (conn == CONN_HTTP)
        transfer_ended(p, false, fetch_connected(&p->fetch, now));
    else
        station_connected(&p->station, conn);
    leave(p);
}

void phone_tcp_data(struct phone *p, int conn, const void *data, size_t len, usec now)
{
    enter(p, now);
    if (conn < CONN_PEERS)
        share_data(&p->pfs, conn, data, len);
    else if (conn == CONN_HTTP)
        transfer_ended(p, false, fetch_data(&p->fetch, data, len, now));
    else
        station_data(&p->station, conn, data, len);
    leave(p);
}

void phone_tcp_sent(struct phone *p, int conn, usec now)
{
    enter(p, now);
    if (conn < CONN_PEERS)
        share_sent(&p->pfs, conn);
    else if (conn != CONN_HTTP)
        station_sent(&p->station, conn);
    leave(p);
}

void phone_tcp_closed(struct phone *p, int conn, int error, usec now)
{
    enter(p, now);
    if (conn < CONN_PEERS)
        share_closed(&p->pfs, conn, error);
    else if (conn == CONN_HTTP)
        transfer_ended(p, false, fetch_closed(&p->fetch, error, now));
    else
        station_closed(&p->station, conn, error);
    leave(p);
}
