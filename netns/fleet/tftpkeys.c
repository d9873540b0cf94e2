/* tftpkeys.c - see tftpkeys.h. */
#include "netns/fleet/tftpkeys.h"
#include "netns/fleet/dhcpkeys.h"
#include "netns/fleet/fault.h"
#include "netns/fleet/lankeys.h"
#include "netns/fleet/subnet.h"
#include "netns/text/setters.h"

#include <fnmatch.h>
#include <stddef.h>
#include <stdio.h>

#define AT(member) .offset = offsetof(struct fleet, member)
#define PATTERNS   "a file name or shell pattern such as 'apps41.*', or a list of them"

static const struct schema_word engine_words[] = {
    {"dnsmasq", ENGINE_DNSMASQ}, {"external", ENGINE_EXTERNAL}, {NULL, 0}};

const struct schema_key tftp_keys[] = {
    {"engine", "dnsmasq or external", set_word, AT(engine), .words = engine_words},
    {"address", "the IPv4 address of an external TFTP server", set_address, AT(server)},
    {"without", PATTERNS, set_append, AT(without), .max = NAME_MAX_LEN, .listed = true},
    {"damage", PATTERNS, set_append, AT(damage), .max = NAME_MAX_LEN, .listed = true},
    {0}};

static unsigned check_faults(const struct fleet *f)
{
    unsigned mistakes = 0;
    for (size_t i = 0; i < f->fault_count; i++) {
        char path[32];
        enum fault_do what = f->faults[i].what;
        if (what != FAULT_SERVER_KILL && what != FAULT_SERVER_RESTART)
            continue;
        snprintf(path, sizeof path, "faults[%zu].do", i);
        fleet_complain(f, path, "%s: an external server is not ours to %s", path,
                       what == FAULT_SERVER_KILL ? "kill" : "restart");
        mistakes++;
    }
    return mistakes;
}

unsigned tftp_check(const struct fleet *f)
{
    bool external = f->engine == ENGINE_EXTERNAL;
    bool by_dhcp = f->dhcp.engine == DHCP_EXTERNAL && dhcp_asked_by_all(f); /* learnt with it */
    const struct {
        bool wrong;
        const char *path, *text;
    } cases[] = {
        {external && !f->server && !by_dhcp, "tftp.engine",
         "tftp.address is missing: the IPv4 address of the external server"},
        {!external && f->server, "tftp.address",
         "tftp.address: only an external server has one; add engine: external"},
        {external && !lan_uplink(f) && subnet_has(f, f->server), "tftp.address",
         "tftp.address: lies in lan.subnet, among the phones; the server is beyond the WAN"},
        {external && f->without.count, "tftp.without",
         "tftp.without: an external server's files are not ours to leave out"},
        {external && f->damage.count, "tftp.damage",
         "tftp.damage: an external server's files are not ours to damage"},
    };
    unsigned mistakes = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (cases[i].wrong) {
            fleet_complain(f, cases[i].path, "%s", cases[i].text);
            mistakes++;
        }
    return mistakes + (external ? check_faults(f) : 0);
}

bool tftp_matches(const struct text_list *patterns, const char *name)
{
    for (size_t i = 0; i < patterns->count; i++)
        if (fnmatch(patterns->items[i], name, 0) == 0)
            return true;
    return false;
}
