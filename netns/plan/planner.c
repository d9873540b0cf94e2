/* planner.c - see planner.h. */
#include "netns/plan/planner.h"
#include "netns/fleet/addresses.h"
#include "netns/fleet/dhcpkeys.h"
#include "netns/fleet/lankeys.h"
#include "netns/fleet/subnet.h"
#include "netns/fleet/tftpkeys.h"
#include "netns/plan/bulk.h"
#include "netns/plan/dhcpcheck.h"
#include "netns/plan/lan.h"
#include "netns/plan/macs.h"
#include "netns/plan/managercheck.h"
#include "netns/plan/meant.h"
#include "netns/plan/own.h"
#include "netns/plan/planload.h"
#include "netns/plan/plansharing.h"
#include "netns/plan/rootcheck.h"
#include "netns/text/findingsay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- addresses ---------------------------------------------------------------------- */

static bool run_takes(const struct fleet *fleet, uint64_t total, struct findings *found)
{
    char right[32];
    snprintf(right, sizeof right, "%lu", (unsigned long)(total - LIMIT_PHONES));
    const struct finding_words words = {.right = right};
    if (total > LIMIT_PHONES)
        fleet_tell(found, FINDING_TOO_MANY, fleet, "phones", &words,
                   "phones: a run takes 1,000 phones, not %lu", (unsigned long)total);
    return total <= LIMIT_PHONES;
}

/* How many phones of a subnet have their places, from 0; and of them, those that ask for one. */
struct places {
    size_t taken, asked;
};

/* Whether our server has an address for one more that asks. */
static bool is_kept(const struct fleet *fleet, struct places *at)
{
    unsigned pool = fleet->dhcp.pool;
    return at->asked++ < (pool ? pool : SIZE_MAX) && fleet->dhcp.engine == DHCP_OWN;
}

/* Phone i of the plan, the n-th of its group, from 0. */
static void place_phone(struct plan *plan, size_t i, unsigned n, struct places *at,
                        const struct plan_phone *like)
{
    const struct fleet *fleet = plan->fleet;
    struct plan_phone *p = &plan->phones[i];
    *p = *like;
    memcpy(p->managers, fleet->manager.address, sizeof p->managers);
    p->ip = lan_address(&plan->subnets[p->subnet], at->taken++);
    uint64_t mac = fleet->groups[like->group].mac;
    mac = mac ? mac + n : PLAN_MAC(ntohl(p->ip));
    if (p->dhcp && !is_kept(fleet, at))
        p->ip = 0;
    for (int byte = 0; byte < 6; byte++)
        p->mac[byte] = (uint8_t)(mac >> (40 - 8 * byte));
    snprintf(p->name, sizeof p->name, "SEP%012llX", (unsigned long long)mac & 0xffffffffffff);
    p->boot_us = fleet->boot == BOOT_RATE ? (uint64_t)((double)i * 1e6 / fleet->boot_rate) : 0;
}

/* ---- the plan ----------------------------------------------------------------------- */

static void place_phones(struct plan *plan, struct findings *found)
{
    const struct fleet *fleet = plan->fleet;
    struct places places[SUBNETS_MAX] = {0};
    size_t next = 0;
    for (size_t i = 0; i < fleet->group_count; i++) {
        const struct fleet_group *g = &fleet->groups[i];
        const struct plan_phone like = {.model = g->model,
                                        .pfs = fleet_pfs_of(fleet, g),
                                        .load_server = fleet_load_server_of(fleet, g),
                                        .log_server = fleet->log_server,
                                        .subnet = subnet_of(fleet, g),
                                        .dhcp = dhcp_asked_by(fleet, g),
                                        .manager_count = fleet->manager.count,
                                        .quirks = fleet_quirks_of(fleet, g),
                                        .factory_reset = g->factory_reset == TRI_ON,
                                        .group = i};
        for (unsigned n = 0; n < g->count; n++)
            place_phone(plan, next++, n, &places[like.subnet], &like);
    }
    macs_check(plan, found);
}

/* The pattern as a name of the root, where it differs from one in capitals alone. */
static void tell_idle(const struct stock *stock, const char *pattern, const char *key,
                      struct findings *found)
{
    const char *nearly = stock_nearly(stock, pattern);
    const struct finding_words words = {pattern, nearly, key};
    fleet_tell(found, nearly ? FINDING_PATTERN_CASE : FINDING_PATTERN_IDLE, stock->fleet, key,
               &words, "%s: %s: no such file in %s", key, pattern, stock->fleet->firmware);
}

static void check_patterns(const struct stock *stock, const struct text_list *patterns,
                           const char *key, struct findings *found)
{
    for (size_t i = 0; i < patterns->count; i++) {
        const struct text_list one = {&patterns->items[i], 1};
        bool met = false;
        for (size_t n = 0; n < stock->count && !met; n++)
            met = tftp_matches(&one, stock->names[n]);
        if (!met)
            tell_idle(stock, patterns->items[i], key, found);
    }
}

/* A root that cannot be read, though all may: it is none, most often. */
static void tell_unreadable(const struct fleet *fleet, int error, struct findings *found)
{
    char folder[PATH_MAX] = "a folder that can be read";
    const char *slash = strrchr(fleet->firmware, '/');
    if (error == ENOTDIR && slash)
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - fleet->firmware), fleet->firmware);
    const struct finding_words words = {.right = folder};
    fleet_tell(found, FINDING_ROOT_UNREADABLE, fleet, "firmware", &words,
               "firmware: cannot read %s: %s", fleet->firmware, strerror(error));
}

static void fill_phones(struct plan *plan, struct findings *found)
{
    const struct fleet *fleet = plan->fleet;
    place_phones(plan, found);
    rootcheck_key(fleet, found);
    if (!rootcheck_folder(fleet, found))
        return;
    struct stock *stock = stock_read(fleet);
    if (!stock) {
        tell_unreadable(fleet, errno, found);
        return;
    }
    rootcheck_files(stock, found);
    check_patterns(stock, &fleet->without, "tftp.without", found);
    check_patterns(stock, &fleet->damage, "tftp.damage", found);
    own_apply(plan, stock, found);
    for (size_t i = 0, first = 0; i < fleet->group_count; first += fleet->groups[i++].count)
        planload_set(stock, i, &plan->phones[first], found);
    bulk_apply(plan, stock, found);
    stock_free(stock);
}

struct plan *plan_check(const struct fleet *fleet, struct findings *found)
{
    uint64_t total = 0;
    for (size_t i = 0; i < fleet->group_count; i++)
        total += fleet->groups[i].count;
    size_t subnet_count;
    struct plan_subnet *subnets =
        run_takes(fleet, total, found) ? lan_plan(fleet, &subnet_count, found) : NULL;
    struct plan *plan = subnets ? plan_new(fleet, total) : NULL;
    if (!plan) {
        free(subnets);
        return NULL;
    }
    plan->subnets = subnets;
    plan->subnet_count = subnet_count;
    plan->server = fleet->server || !lan_is_routed(fleet) ? fleet->server
                                                          : inet_addr(LINE_SERVER_IP);
    fill_phones(plan, found);
    plansharing_check(plan, found);
    managercheck_plan(plan, found);
    dhcpcheck(plan, found);
    return plan;
}

struct plan *plan_make(const struct fleet *fleet)
{
    struct findings found = {0};
    struct plan *plan = plan_check(fleet, &found);
    bool good = plan && found.refusals == 0 && meant_check(plan) == 0;
    findings_say(&found);
    findings_free(&found);
    if (good)
        return plan;
    plan_free(plan);
    return NULL;
}
