/* servers.c - see servers.h. */
#include "emu/core/servers.h"

#include "emu/core/phone-private.h"

uint32_t servers_firmware(const struct phone *p)
{
    return p->cnf.load_server ? p->cnf.load_server : p->id.tftp_ip;
}

const char *servers_name(const struct phone *p)
{
    return *p->dhcp.lease.tftp_name ? p->dhcp.lease.tftp_name : "CiscoCM1";
}

bool servers_next(struct phone *p, uint32_t server, enum transfer_result result)
{
    struct event_line e;
    char ip[IP_TEXT];
    uint32_t next = dhcplease_server_after(&p->dhcp.lease, p->id.tftp_ip);
    if (result != TRANSFER_TIMED_OUT || server != p->id.tftp_ip || !next)
        return false;
    p->id.tftp_ip = next;
    kit_log(&p->kit, LOG_WRN, "TFTP Server 2 is asked from now on: %s", kit_ip_text(next, ip));
    kit_event_begin(&p->kit, &e, EVENT_TFTP_SERVER);
    event_ip(&e, "ip", next);
    kit_event_end(&p->kit, &e);
    return true;
}
