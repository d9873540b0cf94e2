/* lankeys.c - see lankeys.h. */
#include "netns/fleet/lankeys.h"
#include "netns/fleet/subnet.h"
#include "netns/text/setters.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

#define AT(member) .offset = offsetof(struct fleet, member)
#define INTERFACE_LEN 15

const char *const permit_words[PERMIT_COUNT] = {
#define X(id, word) word,
    PERMITS(X)
#undef X
};

static const struct schema_word permits[] = {
#define X(id, word) {word, 1 << PERMIT_##id},
    PERMITS(X)
#undef X
    {NULL, 0}};
static const struct schema_word pace_words[] = {{"unlimited", 0}, {NULL, 0}};

/* As the kernel takes it for one. */
static bool set_interface(const char *text, const struct schema_key *key, void *field)
{
    size_t len = strlen(text);
    (void)key;
    if (len == 0 || len > INTERFACE_LEN || strpbrk(text, "/: \t\n\v\f\r%") ||
        strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
        return false;
    *(const char **)field = text;
    return true;
}

#define SETS_INTERFACE                                                                             \
    .set = set_interface, .pattern = "^(?![.]{1,2}$)[^/:%\\s]{1,15}$"

const struct schema_key lan_keys[] = {
    {"subnet", SUBNET_TAKES, set_subnet, AT(lan.net), .pattern = SUBNET_PATTERN},
    {"subnets", "a mapping from up to 64 names to networks, such as {floor1: 10.106.0.0/24}",
     AT(subnets), .elements = &subnet_elements},
    {"router", "the IPv4 address of the subnet's router", set_address, AT(uplink.router)},
    {"first", "the IPv4 address of the first phone", set_address, AT(uplink.first)},
    {"uplink", "the name of an interface of this machine, such as eth1", AT(uplink.interface),
     SETS_INTERFACE},
    {"vlan", "a VLAN's number, from 1 to 4094", set_count, AT(uplink.vlan), .min = 1, .max = 4094},
    {"bridge", "the name of a bridge of this machine, such as br-lab", AT(uplink.bridge),
     SETS_INTERFACE},
    {"pace", "how many ARP frames, and DHCP packets, may leave a second, from 1 to 1000, or "
     "unlimited", set_count_or_word, AT(uplink.pace), .min = 1, .max = 1000, .words = pace_words,
     .like = set_count},
    {"permits", .set = set_flags, AT(uplink.permits), .words = permits, .listed = true},
    {0}};

const char *lan_uplink(const struct fleet *f)
{
    return f->uplink.interface ? f->uplink.interface : f->uplink.bridge;
}

bool lan_is_routed(const struct fleet *f)
{
    return !lan_uplink(f) || f->engine == ENGINE_DNSMASQ;
}

/* Whether a key of the file, or of a mapping in it, is there. */
static bool said(const struct fleet *f, const char *map, const char *key)
{
    const struct doc_node *node = f->document ? doc_get(f->document, map) : NULL;
    return node && (!key || (node->kind == DOC_MAP && doc_get(node, key)));
}

void lan_settle(struct fleet *f)
{
    if (!lan_uplink(f))
        return;
    if (!said(f, "tftp", "engine"))
        f->engine = ENGINE_EXTERNAL;
    if (!said(f, "dhcp", "engine"))
        f->dhcp.engine = DHCP_EXTERNAL;
    if (!said(f, "boot", NULL))
        f->boot = BOOT_RATE;
    if (!said(f, "boot_rate", NULL) && f->uplink.pace)
        f->boot_rate = f->uplink.pace;
}

unsigned lan_check(const struct fleet *f)
{
    const struct fleet_uplink *u = &f->uplink;
    bool joined = lan_uplink(f) != NULL, island = !joined, routed = lan_is_routed(f);
    const struct {
        bool wrong;
        const char *path, *text;
    } cases[] = {
        {u->interface && u->bridge, "lan.bridge", "there is uplink as well; take one of them out"},
        {u->vlan && !u->interface, "lan.vlan", "goes with uplink, whose frames it tags"},
        {island && said(f, "lan", "pace"), "lan.pace", "goes with uplink or bridge"},
        {island && u->permits, "lan.permits", "goes with uplink or bridge"},
        {f->subnet_count && joined, "lan.subnets",
         "one uplink is one network; write subnet, or take it out"},
        {f->subnet_count && (u->router || u->first), u->router ? "lan.router" : "lan.first",
         "goes with subnet, not with subnets"},
        {u->router && !f->subnet_count && !subnet_has(f, u->router), "lan.router",
         "is no address of lan.subnet"},
        {u->first && !f->subnet_count && !subnet_has(f, u->first), "lan.first",
         "is no address of lan.subnet"},
        {joined && f->has_wan && !routed, "wan",
         "lies before a server of the fleet's own; take it out, or have tftp: {engine: dnsmasq}"},
        {joined && f->speed > 1, "speed",
         "with lan.uplink or lan.bridge time is real; write 1, or take it out"},
    };
    unsigned mistakes = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (cases[i].wrong) {
            fleet_complain(f, cases[i].path, "%s: %s", cases[i].path, cases[i].text);
            mistakes++;
        }
    return mistakes;
}
