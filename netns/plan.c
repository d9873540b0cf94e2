/* plan.c - the fleet spelled out, phone by phone. */
#include "netns/expect.h"
#include "netns/fault.h"
#include "netns/subnet.h"
#include "netns/units.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <strings.h>

#define LOADS_SUFFIX ".loads"

/* ---- the loads in the TFTP root ------------------------------------------------------ */

struct root {
    struct dirent **files; /* *.loads, oldest version first */
    int count;
};

static int is_loads(const struct dirent *e)
{
    const char *dot = strrchr(e->d_name, '.');
    return dot && strcmp(dot, LOADS_SUFFIX) == 0 &&
           (size_t)(dot - e->d_name) <= NAME_MAX_LEN - sizeof LOADS_SUFFIX;
}

static bool root_read(struct root *root, const struct fleet *fleet)
{
    root->count = scandir(fleet->firmware, &root->files, is_loads, versionsort);
    if (root->count >= 0)
        return true;
    fleet_complain(fleet, "firmware", "firmware: cannot read %s: %s", fleet->firmware,
                   strerror(errno));
    root->count = 0;
    root->files = NULL;
    return false;
}

static void root_free(struct root *root)
{
    for (int i = 0; i < root->count; i++)
        free(root->files[i]);
    free(root->files);
}

/* The load that is a file's name without its suffix. */
static void load_name(const struct dirent *file, char out[NAME_MAX_LEN])
{
    snprintf(out, NAME_MAX_LEN, "%.*s", (int)(strlen(file->d_name) - strlen(LOADS_SUFFIX)),
             file->d_name);
}

static bool root_has(const struct root *root, const char *load)
{
    char name[NAME_MAX_LEN];
    for (int i = 0; i < root->count; i++) {
        load_name(root->files[i], name);
        if (strcmp(name, load) == 0)
            return true;
    }
    return false;
}

static bool begins(const char *name, const char *prefix)
{
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

/* The model's newest load, or its oldest but for `other`; empty when there is none. */
static void root_pick(const struct root *root, const struct phone_model *model, bool newest,
                      const char *other, char out[NAME_MAX_LEN])
{
    out[0] = '\0';
    for (int n = 0; n < root->count && !out[0]; n++) {
        const struct dirent *file = root->files[newest ? root->count - 1 - n : n];
        if (!begins(file->d_name, model->prefix))
            continue;
        load_name(file, out);
        if (strcmp(out, other) == 0)
            out[0] = '\0';
    }
}

/* "a, b, c": the root's loads for a model, for messages. */
static void root_list(const struct root *root, const char *prefix, char *out, size_t size)
{
    char name[NAME_MAX_LEN];
    size_t len = 0;
    snprintf(out, size, "none");
    for (int i = 0; i < root->count && len < size; i++) {
        load_name(root->files[i], name);
        if (begins(name, prefix))
            len += (size_t)snprintf(out + len, size - len, "%s%s", len ? ", " : "", name);
    }
}

/* Whether a load may be the model's: by its name it is, or it is of no model of the table. */
static bool load_suits(const struct fleet *fleet, const char *path, const char *load,
                       const struct phone_model *model)
{
    char owners[256];
    size_t len = 0;
    if (begins(load, model->prefix))
        return true;
    for (size_t i = 0; i < phone_model_count && len < sizeof owners; i++)
        if (begins(load, phone_models[i].prefix))
            len += (size_t)snprintf(owners + len, sizeof owners - len, "%s%s", len ? ", " : "",
                                    phone_models[i].name);
    if (len)
        fleet_complain(fleet, path, "%s: load %s is for %s; loads of a %s begin with %s", path,
                       load, owners, model->name, model->prefix);
    return len == 0;
}

/* Sets the loads of a group's first phone. */
static bool choose_loads(const struct root *root, const struct fleet *fleet, size_t i,
                         struct plan_phone *phone)
{
    const struct fleet_group *g = &fleet->groups[i];
    char path[64], known[256];
    snprintf(path, sizeof path, g->load ? "phones[%zu].load" : "phones[%zu]", i);
    root_list(root, g->model->prefix, known, sizeof known);
    if (g->load)
        snprintf(phone->load, sizeof phone->load, "%s", g->load);
    else
        root_pick(root, g->model, true, "", phone->load);
    if (!phone->load[0]) {
        fleet_complain(fleet, path, "%s: no load for a %s (%s*%s) in %s", path, g->model->name,
                       g->model->prefix, LOADS_SUFFIX, fleet->firmware);
        return false;
    }
    if (!load_suits(fleet, path, phone->load, g->model))
        return false;
    if (!root_has(root, phone->load)) {
        fleet_complain(fleet, path, "%s: no %s%s in %s; there for this model: %s", path,
                       phone->load, LOADS_SUFFIX, fleet->firmware, known);
        return false;
    }
    if (g->running)
        snprintf(phone->running, sizeof phone->running, "%s", g->running);
    else
        root_pick(root, g->model, false, phone->load, phone->running);
    return true;
}

/* ---- peerFirmwareSharing ------------------------------------------------------------- */

/* Phone page, then common profile, then enterprise. */
static enum tri resolve_pfs(const struct fleet *fleet, const struct fleet_group *g)
{
    if (!g->model->pfs)
        return TRI_UNSET;
    if (fleet->mode == MODE_TRADITIONAL)
        return TRI_OFF;
    if (g->pfs != TRI_UNSET)
        return g->pfs;
    for (size_t i = 0; g->profile && i < fleet->profile_count; i++)
        if (strcmp(fleet->profiles[i].name, g->profile) == 0 &&
            fleet->profiles[i].pfs != TRI_UNSET)
            return fleet->profiles[i].pfs;
    return fleet->enterprise_pfs;
}

static void warn_all_off(const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->phones[i].pfs == TRI_ON)
            return;
    if (plan->fleet->mode == MODE_PFS)
        fleet_complain(plan->fleet, "mode",
                       "warning: mode is pfs, but peerFirmwareSharing is on for no phone");
}

/* ---- addresses ---------------------------------------------------------------------- */

static bool run_takes(const struct fleet *fleet, uint64_t total)
{
    if (total > PLAN_PHONES)
        fleet_complain(fleet, "phones", "phones: a run takes 1,000 phones, not %lu",
                       (unsigned long)total);
    return total <= PLAN_PHONES;
}

/* number: in its subnet, from 0. */
static void place_phone(struct plan *plan, size_t i, const struct plan_phone *like, size_t number)
{
    const struct fleet *fleet = plan->fleet;
    struct plan_phone *p = &plan->phones[i];
    *p = *like;
    p->ip = subnet_address(&plan->subnets[p->subnet], number);
    p->mac[0] = 0x02; /* locally administered */
    p->mac[1] = 0x76;
    memcpy(p->mac + 2, &p->ip, sizeof p->ip);
    snprintf(p->name, sizeof p->name, "SEP%02X%02X%02X%02X%02X%02X", p->mac[0], p->mac[1],
             p->mac[2], p->mac[3], p->mac[4], p->mac[5]);
    p->boot_us = fleet->boot == BOOT_RATE ? (uint64_t)((double)i * 1e6 / fleet->boot_rate) : 0;
}

/* ---- the plan ----------------------------------------------------------------------- */

static bool fill_phones(struct plan *plan)
{
    const struct fleet *fleet = plan->fleet;
    struct root root;
    bool good = root_read(&root, fleet);
    size_t next = 0, placed[SUBNETS_MAX] = {0};
    for (size_t i = 0; good && i < fleet->group_count; i++) {
        const struct fleet_group *g = &fleet->groups[i];
        struct plan_phone like = {.model = g->model, .pfs = resolve_pfs(fleet, g),
                                  .subnet = subnet_of(fleet, g)};
        good = choose_loads(&root, fleet, i, &like);
        for (unsigned n = 0; n < g->count; n++)
            place_phone(plan, next++, &like, placed[like.subnet]++);
    }
    root_free(&root);
    return good;
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

struct plan *plan_make(const struct fleet *fleet)
{
    uint64_t total = 0;
    for (size_t i = 0; i < fleet->group_count; i++)
        total += fleet->groups[i].count;
    size_t subnet_count;
    struct plan_subnet *subnets = run_takes(fleet, total) ? subnet_plan(fleet, &subnet_count) : NULL;
    struct plan *plan = subnets ? malloc(sizeof *plan) : NULL;
    if (!plan) {
        free(subnets);
        return NULL;
    }
    *plan = (struct plan){.fleet = fleet,
                          .phones = room_make(total),
                          .count = total,
                          .subnets = subnets,
                          .subnet_count = subnet_count};
    if (!plan->phones || !fill_phones(plan) || fault_check_phones(plan) != 0 ||
        expect_check_plan(plan) != 0) {
        plan_free(plan);
        return NULL;
    }
    warn_all_off(plan);
    return plan;
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
    uint64_t number;
    struct in_addr in;
    if (units_count(what, 1, plan->count, &number))
        return &plan->phones[number - 1];
    bool address = inet_pton(AF_INET, what, &in) == 1;
    for (size_t i = 0; i < plan->count; i++)
        if (address ? plan->phones[i].ip == in.s_addr
                    : strcasecmp(plan->phones[i].name, what) == 0)
            return &plan->phones[i];
    return NULL;
}
