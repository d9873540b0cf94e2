/* dhcpkeys.c - see dhcpkeys.h. */
#include "netns/fleet/dhcpkeys.h"
#include "netns/fleet/lankeys.h"
#include "netns/fleet/subnet.h"
#include "netns/text/setters.h"

#include <stddef.h>
#include <stdio.h>

#define AT(member) .offset = offsetof(struct fleet, dhcp.member)

static const struct schema_word engine_words[] = {
    {"own", DHCP_OWN}, {"external", DHCP_EXTERNAL}, {NULL, 0}};
static const struct schema_word prefer_words[] = {{"150", TFTP_BY_OPTION_150},
                                                  {"66", TFTP_BY_OPTION_66},
                                                  {"siaddr", TFTP_BY_SIADDR},
                                                  {NULL, 0}};
static const struct schema_word at_words[] = {
    {"site", DHCP_AT_SITE}, {"headquarters", DHCP_AT_HQ}, {NULL, 0}};
#define PACKETS      2.0 /* DISCOVER and REQUEST: a phone that boots sends so many */
#define NAMES_NOBODY (1 << TFTP_BY_NONE)
static const struct schema_word tftp_words[] = {{"150", 1 << TFTP_BY_OPTION_150},
                                                {"66", 1 << TFTP_BY_OPTION_66},
                                                {"siaddr", 1 << TFTP_BY_SIADDR},
                                                {"none", NAMES_NOBODY},
                                                {NULL, 0}};

#define OF_PHONES 2 /* the first ones are not our own server's */
const struct schema_key dhcp_keys[] = {
    {"engine", "own or external", set_word, AT(engine), .words = engine_words},
    {"prefer", "150, 66 or siaddr", set_word, AT(prefer), .words = prefer_words},
    {"at", "site or headquarters", set_word, AT(at), .words = at_words},
    {"lease", "whole seconds from 2m to 24h, such as 8h", set_seconds, AT(lease_s),
     .max = 24 * UNITS_HOUR_US},
    {"tftp", .set = set_flags, AT(tftp), .words = tftp_words, .listed = true},
    {"pool", "a whole number of addresses from 1 to 100000", set_count, AT(pool), .min = 1,
     .max = 100000},
    {0}};

static bool said(const struct fleet *f, const char *key)
{
    const struct doc_node *dhcp = f->document ? doc_get(f->document, "dhcp") : NULL;
    return dhcp && dhcp->kind == DOC_MAP && doc_get(dhcp, key);
}

static unsigned complain(const struct fleet *f, const char *path, const char *why)
{
    fleet_complain(f, path, "%s: %s", path, why);
    return 1;
}

/* What only a server of ours can be told. */
static unsigned check_external(const struct fleet *f)
{
    unsigned mistakes = 0;
    for (const struct schema_key *key = dhcp_keys + OF_PHONES; key->name; key++) {
        char path[32];
        snprintf(path, sizeof path, "dhcp.%s", key->name);
        if (said(f, key->name))
            mistakes += complain(f, path, "an external server is not ours to tell; take it out, or "
                                          "have engine: own");
    }
    return mistakes;
}

void dhcp_settle(struct fleet *f)
{
    if (!lan_uplink(f))
        return;
    if (f->addresses == ADDRESSES_UNSAID)
        f->addresses = ADDRESSES_DHCP;
    if (!said(f, "engine"))
        f->dhcp.engine = DHCP_EXTERNAL;
    bool paced = f->uplink.pace != 0 && !(f->document && doc_get(f->document, "boot_rate"));
    if (paced && dhcp_asked(f))
        f->boot_rate = f->uplink.pace / PACKETS;
}

unsigned dhcp_check(const struct fleet *f)
{
    const struct fleet_dhcp *d = &f->dhcp;
    unsigned mistakes = 0;
    if (d->engine == DHCP_EXTERNAL)
        return check_external(f);
    if (d->lease_s < DHCP_LEASE_LEAST)
        mistakes += complain(f, "dhcp.lease", "our server gives no lease below two minutes");
    if (d->at == DHCP_AT_HQ && f->engine == ENGINE_EXTERNAL)
        mistakes += complain(f, "dhcp.at", "with an external TFTP server there are no headquarters "
                                           "of ours; have at: site");
    if (dhcp_asked(f) && !lan_is_routed(f))
        mistakes += complain(f, "dhcp.engine", "a server of ours stands behind a router of ours; "
                                               "have tftp: {engine: dnsmasq}, or engine: external");
    if (d->tftp & NAMES_NOBODY && d->tftp != NAMES_NOBODY)
        mistakes += complain(f, "dhcp.tftp", "none goes with no other; take it out");
    return mistakes;
}

bool dhcp_asked_by(const struct fleet *f, const struct fleet_group *group)
{
    enum fleet_addresses subnet = f->subnet_count ? f->subnets[subnet_of(f, group)].addresses
                                                  : ADDRESSES_UNSAID;
    return (group->addresses ? group->addresses : subnet ? subnet : f->addresses) ==
           ADDRESSES_DHCP;
}

bool dhcp_asked(const struct fleet *f)
{
    for (size_t i = 0; i < f->group_count; i++)
        if (dhcp_asked_by(f, &f->groups[i]))
            return true;
    return false;
}

bool dhcp_asked_by_all(const struct fleet *f)
{
    for (size_t i = 0; i < f->group_count; i++)
        if (!dhcp_asked_by(f, &f->groups[i]))
            return false;
    return true;
}

bool dhcp_is_ours(const struct fleet *f)
{
    return f->dhcp.engine == DHCP_OWN && dhcp_asked(f);
}

unsigned dhcp_named_by(const struct fleet *f)
{
    unsigned by = f->dhcp.tftp ? f->dhcp.tftp : 1u << TFTP_BY_OPTION_150;
    return by & ~(unsigned)NAMES_NOBODY;
}
