/* lintuplink.c - what a switch port may hold against a fleet, which nothing here can look at: each
 * is told until the file says that it is seen to (lan.permits); see lint.h.
 *
 * That an untrusted port is shut above 15 packets a second is published for ARP inspection, and by
 * some makers for DHCP snooping; the rest is common knowledge among administrators (inference).
 */
#include "netns/fleet/dhcpkeys.h"
#include "netns/fleet/lankeys.h"
#include "netns/foretell/lint.h"

#include <stdio.h>

#define PORT_SHUTS 15 /* packets a second above which it does */

/* What lan.permits is to be, once this one is seen to. */
static void permits_with(const struct fleet *f, enum permit one, char out[64])
{
    size_t len = 0;
    for (unsigned i = 0; i < PERMIT_COUNT; i++)
        if (i == one || f->uplink.permits >> i & 1)
            len += (size_t)snprintf(out + len, 64 - len, "%s%s", len ? ", " : "[", permit_words[i]);
    snprintf(out + len, 64 - len, "]");
}

/* A row of the table below; %1$s: the key, %2$s: the interface, %3$zu: phones. */
struct hazard {
    enum permit permit;
    enum finding_kind kind;
    bool met;
    const char *text;
};

static void tell(const struct plan *plan, const struct hazard *h, struct findings *found)
{
    const struct fleet *f = plan->fleet;
    const char *key = f->uplink.bridge ? "lan.bridge" : "lan.uplink";
    char right[64], count[32], text[256];
    permits_with(f, h->permit, right);
    snprintf(count, sizeof count, "%zu", plan->count + 1);
    snprintf(text, sizeof text, h->text, key, lan_uplink(f), plan->count);
    const struct finding_words words = {
        .wrong = h->permit == PERMIT_BPDU ? lan_uplink(f) : count, .right = right};
    fleet_tell(found, h->kind, f, key, &words, "%s", text);
}

void lint_uplink(const struct plan *plan, struct findings *found)
{
    const struct fleet *f = plan->fleet;
    const struct hazard all[] = {
        {PERMIT_MACS, FINDING_UPLINK_MACS, true,
         "%1$s: %3$zu phones show as many MAC addresses at one switch port; port security may "
         "allow one to three, and shut it"},
        {PERMIT_ARP, FINDING_UPLINK_ARP, true,
         "%1$s: ARP inspection shuts an untrusted port above 15 ARP packets a second, and drops "
         "those of addresses that no DHCP server has given"},
        {PERMIT_DHCP, FINDING_UPLINK_DHCP, dhcp_asked(f),
         "%1$s: where DHCP snooping has a limit, often 15 packets a second, it shuts the port"},
        {PERMIT_BPDU, FINDING_UPLINK_BPDU, f->uplink.bridge != NULL,
         "%1$s: if %2$s speaks the spanning tree protocol, BPDU guard shuts its port"},
        {PERMIT_FOREIGN, FINDING_UPLINK_FOREIGN, true,
         "%1$s: hypervisors, clouds and access points drop frames of MAC addresses that they have "
         "not given"},
    };
    if (!lan_uplink(f))
        return;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].met && !(f->uplink.permits >> all[i].permit & 1))
            tell(plan, &all[i], found);
    if (dhcp_is_ours(f))
        fleet_tell(found, FINDING_UPLINK_SERVES, f, "dhcp.engine", NULL,
                   "dhcp.engine: a server of ours will answer whoever asks in a real network");
    if (f->uplink.pace == 0 || f->uplink.pace > PORT_SHUTS)
        fleet_tell(found, FINDING_UPLINK_PACE, f, "lan.pace", NULL,
                   "lan.pace: above 15 ARP or DHCP packets a second an untrusted port is shut by "
                   "ARP inspection or DHCP snooping");
}
