/* subnet.c - see subnet.h. */
#include "netns/fleet/subnet.h"
#include "netns/fleet/addresses.h"
#include "netns/text/setters.h"
#include "netns/text/units.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* ---- keys --------------------------------------------------------------------------- */

bool set_subnet(const char *text, const struct schema_key *key, void *field)
{
    struct fleet_subnet *s = (void *)((char *)field - offsetof(struct fleet_subnet, net));
    (void)key;
    return units_subnet(text, &s->net, &s->prefix_len);
}

const struct schema_word addresses_words[] = {
    {"static", ADDRESSES_STATIC}, {"dhcp", ADDRESSES_DHCP}, {NULL, 0}};

static const struct schema_key network_key = {
    .name = "network", .takes = SUBNET_TAKES ", or a mapping of subnet and addresses",
    .set = set_subnet,
    .offset = offsetof(struct fleet_subnet, net), .pattern = SUBNET_PATTERN};
static const struct schema_key subnet_keys[] = {
    {"subnet", SUBNET_TAKES, set_subnet, offsetof(struct fleet_subnet, net),
     .pattern = SUBNET_PATTERN, .required = true},
    {"addresses", .offset = offsetof(struct fleet_subnet, addresses), SETS_ADDRESSES},
    {0}};
const struct schema_elements subnet_elements = {.value = &network_key,
                                                .keys = subnet_keys,
                                                .named = true,
                                                .size = sizeof(struct fleet_subnet),
                                                .initial = &(struct fleet_subnet){0},
                                                .count_offset =
                                                    offsetof(struct fleet, subnet_count)};

/* ---- checks ------------------------------------------------------------------------- */

uint32_t subnet_last(const struct fleet_subnet *s)
{
    return (uint32_t)(s->net | (UINT64_C(0xffffffff) >> s->prefix_len));
}

static bool overlap(const struct fleet_subnet *a, const struct fleet_subnet *b)
{
    return a->net <= subnet_last(b) && b->net <= subnet_last(a);
}

/* NULL, or why no phone can live there. */
static const char *unfit(const struct fleet_subnet *s)
{
    const struct fleet_subnet line = {.net = ntohl(inet_addr(LINE_NET)),
                                      .prefix_len = LINE_NET_LEN};
    uint32_t first = s->net >> 24;
    if (overlap(s, &line))
        return LINE_NET "/24 is taken by the link to the server";
    if (first == 0 || first == 127 || first >= 224)
        return "no host has an address of 0.0.0.0/8, 127.0.0.0/8 or 224.0.0.0/3";
    return NULL;
}

static unsigned check_one(const struct fleet *f, size_t i)
{
    const struct fleet_subnet *s = &f->subnets[i];
    const char *why = unfit(s), *name;
    char path[128];
    unsigned mistakes = 0;
    snprintf(path, sizeof path, "lan.subnets.%s", s->name);
    if (!set_name(s->name, &(struct schema_key){.max = LIMIT_WORD}, &name)) {
        fleet_complain(f, path,
                       "lan.subnets: a name is up to 40 letters, digits and any of - . _ +, "
                       "not '%s'", s->name);
        mistakes++;
    }
    if (why) {
        fleet_complain(f, path, "%s: %s", path, why);
        mistakes++;
    }
    for (size_t n = 0; n < i; n++)
        if (overlap(s, &f->subnets[n])) {
            fleet_complain(f, path, "%s: its addresses are also those of %s", path,
                           f->subnets[n].name);
            mistakes++;
        }
    return mistakes;
}

static const struct fleet_subnet *find(const struct fleet *f, const char *name)
{
    for (size_t i = 0; i < f->subnet_count; i++)
        if (strcmp(f->subnets[i].name, name) == 0)
            return &f->subnets[i];
    return NULL;
}

static unsigned check_group(const struct fleet *f, size_t i)
{
    const char *name = f->groups[i].subnet;
    char path[64];
    if (!name || find(f, name))
        return 0;
    const char *near = units_nearest(name, f->subnets, sizeof *f->subnets, f->subnet_count);
    snprintf(path, sizeof path, "phones[%zu].subnet", i);
    fleet_complain(f, path, "%s: no subnet '%s' in lan.subnets%s%s%s", path, name,
                   near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return 1;
}

unsigned subnet_check_all(const struct fleet *f)
{
    const struct doc_node *lan = f->document ? doc_get(f->document, "lan") : NULL;
    const char *why = NULL;
    unsigned mistakes = 0;
    if (lan && doc_get(lan, "subnets")) {
        why = doc_get(lan, "subnet")           ? "there is subnet as well; take one of them out"
              : f->subnet_count == 0           ? "the mapping is empty"
              : f->subnet_count > SUBNETS_MAX  ? "more than 64"
                                               : NULL;
        for (size_t i = 0; i < f->subnet_count && i < SUBNETS_MAX; i++)
            mistakes += check_one(f, i);
        if (why)
            fleet_complain(f, "lan.subnets", "lan.subnets: %s", why);
    } else if ((why = unfit(&f->lan))) {
        fleet_complain(f, "lan.subnet", "lan.subnet: %s", why);
    }
    for (size_t i = 0; i < f->group_count; i++)
        mistakes += check_group(f, i);
    return mistakes + (why != NULL);
}

bool subnet_has(const struct fleet *f, uint32_t ip)
{
    struct fleet_subnet one = {.net = ntohl(ip), .prefix_len = 32};
    for (size_t i = 0; i < f->subnet_count; i++)
        if (overlap(&one, &f->subnets[i]))
            return true;
    return f->subnet_count == 0 && overlap(&one, &f->lan);
}

unsigned subnet_of(const struct fleet *f, const struct fleet_group *group)
{
    const struct fleet_subnet *s = group->subnet ? find(f, group->subnet) : NULL;
    return s ? (unsigned)(s - f->subnets) : 0;
}
