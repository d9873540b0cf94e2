/* address.c - see address.h. */
#include "emu/core/address.h"

#include "emu/core/boot.h"
#include "emu/core/life.h"

static void event_some_ip(struct event_line *e, const char *key, uint32_t ip)
{
    if (ip)
        event_ip(e, key, ip);
}

static void address_event(struct phone *p)
{
    const struct dhcp_lease *l = &p->dhcp.lease;
    struct event_line e;
    kit_event_begin(&p->kit, &e, EVENT_ADDRESS);
    event_ip(&e, "ip", l->address.ip);
    event_num(&e, "prefix", l->address.prefix_len);
    event_some_ip(&e, "router", l->address.router);
    event_ip(&e, "server", l->server);
    event_num(&e, "lease", l->seconds == DHCP_FOR_EVER ? 0 : l->seconds);
    event_some_ip(&e, "tftp", l->tftp[0]);
    if (l->tftp_by)
        event_str(&e, "by", tftp_source_words[l->tftp_by]);
    if (*l->tftp_name)
        event_str(&e, "name", l->tftp_name);
    kit_event_end(&p->kit, &e);
}

static void log_servers(struct phone *p)
{
    static const char *const named[TFTP_SOURCE_COUNT] = {
        [TFTP_BY_OPTION_150] = "opt150", [TFTP_BY_OPTION_66] = "opt66",
        [TFTP_BY_SIADDR] = "siaddr"};
    const struct dhcp_lease *l = &p->dhcp.lease;
    if (*l->tftp_name)
        kit_log(&p->kit, LOG_WRN, "opt66 names the host %s, which is not resolved", l->tftp_name);
    if (named[l->tftp_by])
        kit_log(&p->kit, LOG_INF, "TFTP Svr set by %s", named[l->tftp_by]);
    else
        kit_log(&p->kit, LOG_WRN, "DHCP names no TFTP server");
}

static void got(struct phone *p)
{
    const struct dhcp_lease *l = &p->dhcp.lease;
    char ip[IP_TEXT], server[IP_TEXT];
    p->id.ip = l->address.ip;
    p->id.prefix_len = l->address.prefix_len;
    p->id.router = l->address.router;
    p->id.tftp_ip = l->tftp[0];
    kit_log(&p->kit, LOG_INF, "DHCP: %s/%u of server %s for %u s", kit_ip_text(p->id.ip, ip),
            p->id.prefix_len, kit_ip_text(l->server, server), l->seconds);
    log_servers(p);
    address_event(p);
    life_say(p, "");
    boot_connected(p);
}

static void failed(struct phone *p, const char *text, uint32_t ip)
{
    struct event_line e;
    life_say(p, text);
    kit_log(&p->kit, LOG_WRN, "%s", text);
    kit_event_begin(&p->kit, &e, EVENT_ADDRESS_FAILED);
    event_str(&e, "text", text);
    event_some_ip(&e, "ip", ip);
    kit_event_end(&p->kit, &e);
}

static void lost(struct phone *p)
{
    struct event_line e;
    char ip[IP_TEXT];
    kit_log(&p->kit, LOG_WRN, "DHCP: %s is lost: %s", kit_ip_text(p->id.ip, ip), p->dhcp.why);
    kit_event_begin(&p->kit, &e, EVENT_ADDRESS_LOST);
    event_ip(&e, "ip", p->id.ip);
    event_str(&e, "why", p->dhcp.why);
    kit_event_end(&p->kit, &e);
    life_reset(p, ALARM_RESET);
}

void address_told(struct phone *p, enum dhcp_result result)
{
    switch (result) {
    case DHCP_MORE:
        break;
    case DHCP_GOT:
        got(p);
        break;
    case DHCP_RENEWED:
        address_event(p);
        break;
    case DHCP_SILENT:
        failed(p, "DHCP timeout", 0);
        break;
    case DHCP_DUPLICATE:
        failed(p, "Duplicate IP", p->dhcp.taken);
        break;
    case DHCP_LOST:
        lost(p);
        break;
    }
}

void address_show(struct phone *p)
{
    struct phone_status *s = &p->status;
    const struct dhcp_lease *l = &p->dhcp.lease;
    s->ip = p->id.ip;
    s->prefix_len = p->id.prefix_len;
    s->router = p->id.router;
    s->tftp_ip = p->id.tftp_ip;
    s->tftp_by = (uint8_t)(!p->id.dhcp ? TFTP_BY_STATIC : p->id.ip ? l->tftp_by : TFTP_BY_NONE);
    s->dhcp_server = p->id.ip ? l->server : 0;
    s->dhcp_other = p->id.ip ? p->dhcp.other : 0;
    s->lease_end_us = p->id.ip && l->end != NEVER ? l->end : 0;
}
