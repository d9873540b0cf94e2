/* plan.c - the fleet spelled out, phone by phone. */
#include "netns/bulk.h"
#include "netns/expect.h"
#include "netns/fault.h"
#include "netns/findingsay.h"
#include "netns/macs.h"
#include "netns/own.h"
#include "netns/rootcheck.h"
#include "netns/subnet.h"
#include "netns/tftpkeys.h"
#include "netns/units.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <strings.h>

#define SERVER_IP 0xac1fff02u /* 172.31.255.2, of our own server */

/* ---- loads --------------------------------------------------------------------------- */

/* Whether a load may be the model's: by its name it is, or it tells no hardware. */
static bool load_suits(const struct fleet *fleet, struct findings *found, const char *path,
                       const char *load, const struct phone_model *model)
{
    char owners[256] = "other hardware", names[LOAD_NAMES_SIZE];
    size_t len = 0;
    if (!load_is_foreign(load, model))
        return true;
    for (size_t i = 0; i < phone_model_count && len < sizeof owners; i++)
        if (load_is_for(load, &phone_models[i]))
            len += (size_t)snprintf(owners + len, sizeof owners - len, "%s%s", len ? ", " : "",
                                    phone_models[i].name);
    finding_at(found, FINDING_LOAD_FOREIGN, fleet, path,
               "%s: load %s is for %s; loads of a %s are named %s", path, load, owners,
               model->name, load_names(model, names));
    return false;
}

bool plan_load_fits(const struct tree *tree, const char *path, const char *load,
                    const struct phone_model *model, struct findings *found)
{
    const struct fleet *fleet = tree->fleet;
    char known[256];
    if (!load_suits(fleet, found, path, load, model))
        return false;
    if (tree_has_load(tree, load) || fleet->engine == ENGINE_EXTERNAL) /* may have it */
        return true;
    finding_at(found, FINDING_LOAD_UNKNOWN, fleet, path,
               "%s: no %s%s in %s; there for this model: %s", path, load, LOADS_SUFFIX,
               fleet->firmware, tree_list(tree, model, known, sizeof known));
    return false;
}

/* Of a root with loads of both protocols one is taken, and nothing has said which. */
static void tell_protocol(const struct tree *tree, size_t group, const char *load,
                          struct findings *found)
{
    const struct fleet_group *g = &tree->fleet->groups[group];
    char path[64], other[NAME_MAX_LEN];
    tree_pick(tree, g->model, LOAD_SIP, true, "", other);
    if (g->running || load_protocol(other) == load_protocol(load))
        return;
    snprintf(path, sizeof path, "phones[%zu]", group);
    finding_at(found, FINDING_PROTOCOLS, tree->fleet, path,
               "%s: the root has SCCP and SIP loads for a %s: %s is taken, not %s", path,
               g->model->name, load, other);
}

/* The newest in the protocol that its phones run. */
static void pick_load(const struct tree *tree, size_t group, struct findings *found,
                      char load[NAME_MAX_LEN])
{
    const struct fleet_group *g = &tree->fleet->groups[group];
    tree_pick(tree, g->model, load_protocol(g->running ? g->running : ""), true, "", load);
    if (load[0])
        tell_protocol(tree, group, load, found);
}

/* The load of those of a group that no file of their own gives one; empty after a finding. */
static void choose_load(const struct tree *tree, size_t i, struct findings *found,
                        char load[NAME_MAX_LEN])
{
    const struct fleet *fleet = tree->fleet;
    const struct fleet_group *g = &fleet->groups[i];
    char path[64], names[LOAD_NAMES_SIZE];
    snprintf(path, sizeof path, g->load ? "phones[%zu].load" : "phones[%zu]", i);
    if (g->load)
        snprintf(load, NAME_MAX_LEN, "%s", g->load);
    else
        pick_load(tree, i, found, load);
    if (!load[0])
        finding_at(found, FINDING_LOAD_UNKNOWN, fleet, path, "%s: no load for a %s (%s) in %s",
                   path, g->model->name, load_names(g->model, names), fleet->firmware);
    else
        plan_load_fits(tree, path, load, g->model, found);
}

/* Sets the loads of a group's phones, from its first on. */
static void set_loads(const struct tree *tree, size_t i, struct plan_phone *phones,
                      struct findings *found)
{
    const struct fleet_group *g = &tree->fleet->groups[i];
    char load[NAME_MAX_LEN] = "";
    bool chosen = false;
    for (size_t n = 0; n < g->count; n++) {
        struct plan_phone *p = &phones[n];
        bool own = !g->load && p->named[0];
        if (!own && !chosen)
            choose_load(tree, i, found, load);
        chosen = chosen || !own;
        snprintf(p->load, sizeof p->load, "%s", own ? p->named : load);
        if (p->config == CONFIG_WRITTEN && !p->from_default)
            snprintf(p->named, sizeof p->named, "%s", p->load);
        if (p->factory_reset)
            continue;
        if (g->running)
            snprintf(p->running, sizeof p->running, "%s", g->running);
        else
            tree_pick(tree, g->model, load_protocol(p->load), false, p->load, p->running);
    }
}

/* ---- levels of configuration --------------------------------------------------------- */

/* The group's profile, or one that says nothing. */
static const struct fleet_profile *profile_of(const struct fleet *fleet,
                                              const struct fleet_group *g)
{
    static const struct fleet_profile none = {.pfs = TRI_UNSET};
    for (size_t i = 0; g->profile && i < fleet->profile_count; i++)
        if (strcmp(fleet->profiles[i].name, g->profile) == 0)
            return &fleet->profiles[i];
    return &none;
}

static unsigned resolve_quirks(const struct fleet *fleet, const struct fleet_group *g)
{
    unsigned quirks = g->quirks | profile_of(fleet, g)->quirks;
    for (size_t i = 0; i < fleet->model_count; i++)
        if (strcmp(fleet->models[i].name, g->model->name) == 0)
            quirks |= fleet->models[i].quirks;
    return quirks;
}

/* Phone page, then common profile, then enterprise. */
static enum tri resolve_pfs(const struct fleet *fleet, const struct fleet_group *g)
{
    enum tri profile = profile_of(fleet, g)->pfs;
    if (!g->model->pfs || resolve_quirks(fleet, g) & QUIRK_CONFIG_LACKS_PFS)
        return TRI_UNSET;
    if (fleet->mode == MODE_TRADITIONAL)
        return TRI_OFF;
    return g->pfs != TRI_UNSET ? g->pfs : profile != TRI_UNSET ? profile : fleet->enterprise_pfs;
}

static uint32_t resolve_load_server(const struct fleet *fleet, const struct fleet_group *g)
{
    uint32_t profile = profile_of(fleet, g)->load_server;
    return g->load_server ? g->load_server : profile ? profile : fleet->enterprise_load_server;
}

bool plan_is_silent(const struct fleet *fleet, size_t group)
{
    const struct fleet_group *g = &fleet->groups[group];
    return !g->load && !resolve_load_server(fleet, g) && g->pfs == TRI_UNSET &&
           profile_of(fleet, g)->pfs == TRI_UNSET && fleet->enterprise_pfs == TRI_UNSET;
}

static void check_pfs(const struct plan *plan, struct findings *found)
{
    const struct fleet *fleet = plan->fleet;
    char path[64];
    bool on = false;
    for (size_t i = 0; i < fleet->group_count; i++) {
        const struct fleet_group *g = &fleet->groups[i];
        snprintf(path, sizeof path, "phones[%zu].peerFirmwareSharing", i);
        if (g->pfs == TRI_ON && !g->model->pfs)
            finding_at(found, FINDING_PFS_UNABLE, fleet, path,
                       "%s: a %s has no peer firmware sharing; take this out", path,
                       g->model->name);
    }
    for (size_t i = 0; i < plan->count; i++)
        on = on || plan->phones[i].pfs == TRI_ON || plan->phones[i].config == CONFIG_ABROAD;
    if (!on && fleet->mode == MODE_PFS && !bulk_shares_later(fleet))
        finding_at(found, FINDING_PFS_NOWHERE, fleet, "mode",
                   "mode is pfs, but peerFirmwareSharing is on for no phone");
}

/* ---- addresses ---------------------------------------------------------------------- */

static bool run_takes(const struct fleet *fleet, uint64_t total, struct findings *found)
{
    if (total > PLAN_PHONES)
        finding_at(found, FINDING_TOO_MANY, fleet, "phones",
                   "phones: a run takes 1,000 phones, not %lu", (unsigned long)total);
    return total <= PLAN_PHONES;
}

/* Phone i of the plan, the n-th of its group and the number-th of its subnet, from 0. */
static void place_phone(struct plan *plan, size_t i, unsigned n, size_t number,
                        const struct plan_phone *like)
{
    const struct fleet *fleet = plan->fleet;
    struct plan_phone *p = &plan->phones[i];
    *p = *like;
    p->ip = subnet_address(&plan->subnets[p->subnet], number);
    uint64_t mac = fleet->groups[like->group].mac;
    mac = mac ? mac + n : PLAN_MAC(ntohl(p->ip));
    for (int byte = 0; byte < 6; byte++)
        p->mac[byte] = (uint8_t)(mac >> (40 - 8 * byte));
    snprintf(p->name, sizeof p->name, "SEP%012llX", (unsigned long long)mac & 0xffffffffffff);
    p->boot_us = fleet->boot == BOOT_RATE ? (uint64_t)((double)i * 1e6 / fleet->boot_rate) : 0;
}

/* ---- the plan ----------------------------------------------------------------------- */

static void place_phones(struct plan *plan, struct findings *found)
{
    const struct fleet *fleet = plan->fleet;
    size_t next = 0, placed[SUBNETS_MAX] = {0};
    for (size_t i = 0; i < fleet->group_count; i++) {
        const struct fleet_group *g = &fleet->groups[i];
        const struct plan_phone like = {.model = g->model,
                                        .pfs = resolve_pfs(fleet, g),
                                        .load_server = resolve_load_server(fleet, g),
                                        .subnet = subnet_of(fleet, g),
                                        .quirks = resolve_quirks(fleet, g),
                                        .factory_reset = g->factory_reset == TRI_ON,
                                        .group = i};
        for (unsigned n = 0; n < g->count; n++)
            place_phone(plan, next++, n, placed[like.subnet]++, &like);
    }
    macs_check(plan, found);
}

static void check_patterns(const struct tree *tree, const struct text_list *patterns,
                           const char *key, struct findings *found)
{
    for (size_t i = 0; i < patterns->count; i++) {
        const struct text_list one = {&patterns->items[i], 1};
        bool met = false;
        for (size_t n = 0; n < tree->count && !met; n++)
            met = tftp_matches(&one, tree->names[n]);
        if (!met)
            finding_at(found, FINDING_PATTERN_IDLE, tree->fleet, key, "%s: %s: no such file in %s",
                       key, patterns->items[i], tree->fleet->firmware);
    }
}

static void fill_phones(struct plan *plan, struct findings *found)
{
    const struct fleet *fleet = plan->fleet;
    place_phones(plan, found);
    rootcheck_key(fleet, found);
    if (!rootcheck_folder(fleet, found))
        return;
    struct tree *tree = tree_read(fleet);
    if (!tree) {
        finding_at(found, FINDING_ROOT_UNREADABLE, fleet, "firmware",
                   "firmware: cannot read %s: %s", fleet->firmware, strerror(errno));
        return;
    }
    rootcheck_files(tree, found);
    check_patterns(tree, &fleet->without, "tftp.without", found);
    check_patterns(tree, &fleet->damage, "tftp.damage", found);
    own_apply(plan, tree, found);
    for (size_t i = 0, first = 0; i < fleet->group_count; first += fleet->groups[i++].count)
        set_loads(tree, i, &plan->phones[first], found);
    bulk_apply(plan, tree, found);
    tree_free(tree);
}

static size_t room_of(size_t count)
{
    return (count ? count : 1) * sizeof(struct plan_phone);
}

/* Zeroed; NULL without memory. */
static struct plan_phone *room_make(size_t count)
{
    void *room = mmap(NULL, room_of(count), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                      0);
    return room == MAP_FAILED ? NULL : room;
}

struct plan *plan_check(const struct fleet *fleet, struct findings *found)
{
    uint64_t total = 0;
    for (size_t i = 0; i < fleet->group_count; i++)
        total += fleet->groups[i].count;
    size_t subnet_count;
    struct plan_subnet *subnets =
        run_takes(fleet, total, found) ? subnet_plan(fleet, &subnet_count, found) : NULL;
    struct plan *plan = subnets ? malloc(sizeof *plan) : NULL;
    if (!plan) {
        free(subnets);
        return NULL;
    }
    *plan = (struct plan){.fleet = fleet,
                          .phones = room_make(total),
                          .count = total,
                          .subnets = subnets,
                          .subnet_count = subnet_count,
                          .server = fleet->server ? fleet->server : htonl(SERVER_IP)};
    if (!plan->phones) {
        plan_free(plan);
        return NULL;
    }
    fill_phones(plan, found);
    check_pfs(plan, found);
    return plan;
}

struct plan *plan_make(const struct fleet *fleet)
{
    struct findings found = {0};
    struct plan *plan = plan_check(fleet, &found);
    bool good = plan && found.refusals == 0 &&
                fault_check_phones(plan) + expect_check_plan(plan) == 0;
    findings_say(&found);
    findings_free(&found);
    if (good)
        return plan;
    plan_free(plan);
    return NULL;
}

void plan_free(struct plan *plan)
{
    if (!plan)
        return;
    if (plan->phones)
        munmap(plan->phones, room_of(plan->count));
    free(plan->subnets);
    free(plan);
}

const struct plan_phone *plan_find(const struct plan *plan, const char *what)
{
    uint64_t number, mac = 0;
    struct in_addr in;
    if (units_count(what, 1, plan->count, &number))
        return &plan->phones[number - 1];
    bool address = inet_pton(AF_INET, what, &in) == 1;
    bool by_mac = !address && units_mac(what, &mac);
    for (size_t i = 0; i < plan->count; i++)
        if (address ? plan->phones[i].ip == in.s_addr
                    : (by_mac && macs_of(&plan->phones[i]) == mac) ||
                          strcasecmp(plan->phones[i].name, what) == 0)
            return &plan->phones[i];
    return NULL;
}
