/* bulk.c - see bulk.h. */
#include "netns/plan/bulk.h"
#include "netns/plan/meant.h"
#include "netns/plan/own.h"
#include "netns/plan/planload.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- one phone ----------------------------------------------------------------------- */

void bulk_set(const struct fault *f, const struct fleet *fleet, struct plan_phone *phone)
{
    if (phone->config == CONFIG_DEFAULT) { /* from now on it has a file of its own, after that */
        phone->config = CONFIG_WRITTEN;
        phone->from_default = true;
        phone->refused = false;
    }
    if (*f->load) {
        phone->from_default = false;
        memcpy(phone->load, f->load, sizeof phone->load);
        memcpy(phone->named, f->load, sizeof phone->named);
    }
    bool lacks = phone->quirks & QUIRK_CONFIG_LACKS_PFS;
    if (f->pfs != TRI_UNSET && phone->model->pfs && !lacks && fleet->mode == MODE_PFS)
        phone->pfs = f->pfs;
    if (f->load_server)
        phone->load_server = f->load_server;
}

void bulk_hold_back(struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        struct plan_phone *phone = &plan->phones[i];
        struct fault as_it_runs = fault_none;
        memcpy(as_it_runs.load, phone->running, sizeof as_it_runs.load);
        if (phone->config == CONFIG_WRITTEN && *phone->running && !phone->factory_reset)
            bulk_set(&as_it_runs, plan->fleet, phone);
    }
}

const char *bulk_misses(const struct plan_phone *phone)
{
    if (phone->quirks & QUIRK_BULK_MISSES)
        return "a bulk change passes over it, by its quirk";
    return phone->config == CONFIG_OWN      ? "its configuration is a file of yours"
           : phone->config == CONFIG_ABROAD ? "its configuration is on a server that is not ours"
                                            : NULL;
}

/* ---- the rules ----------------------------------------------------------------------- */

struct bulk {
    struct plan *plan;
    const struct stock *stock;
    struct findings *found;
    bool *barred;    /* per phone: none */
    uint32_t *meant; /* room for all */
};

/* The phones that a rule is for; all of them where only the run will tell. How many. */
static size_t find(struct bulk *b, const struct fault *rule, size_t number)
{
    const struct plan *plan = b->plan;
    uint64_t random = plan->fleet->seed + number;
    bool later = selector_is_momentary(&rule->phone) ||
                 (rule->phone.kind == SELECT_RANDOM && rule->at_us != FAULT_UNSET);
    if (!later)
        return meant_resolve(&rule->phone, plan, NULL, b->barred, &random, b->meant);
    for (size_t i = 0; i < plan->count; i++)
        b->meant[i] = (uint32_t)i;
    return plan->count;
}

/* Each model's mistake once. */
static bool load_fits(const struct bulk *b, const struct fault *rule, size_t number, size_t n)
{
    const struct phone_model *last = NULL;
    char path[64];
    snprintf(path, sizeof path, "set[%zu].load", number);
    for (size_t i = 0; i < n && *rule->load; i++) {
        const struct phone_model *model = b->plan->phones[b->meant[i]].model;
        if (model != last && !planload_fits(b->stock, path, rule->load, model, b->found))
            return false;
        last = model;
    }
    return true;
}

static bool sharing_fits(const struct bulk *b, const struct fault *rule, size_t number, size_t n)
{
    char path[64], where[64];
    for (size_t i = 0; i < n; i++)
        if (b->plan->phones[b->meant[i]].model->pfs)
            return true;
    if (n == 0 || rule->pfs != TRI_ON)
        return true;
    snprintf(path, sizeof path, "set[%zu].peerFirmwareSharing", number);
    snprintf(where, sizeof where, "set[%zu]", number);
    const struct finding_words words = {.where = where};
    fleet_tell(b->found, FINDING_PFS_UNABLE, b->plan->fleet, path, &words,
               "%s: a %s has no peer firmware sharing", path,
               b->plan->phones[b->meant[0]].model->name);
    return false;
}

/* A quirk is meant; but there must be somebody whose file is ours to write. */
static bool reaches_someone(const struct bulk *b, size_t number, size_t n)
{
    char path[64], where[64], name[OWN_NAME];
    for (size_t i = 0; i < n; i++) {
        const struct plan_phone *p = &b->plan->phones[b->meant[i]];
        if (!bulk_misses(p) || (p->quirks & QUIRK_BULK_MISSES))
            return true;
    }
    const struct plan_phone *first = &b->plan->phones[b->meant[0]];
    snprintf(path, sizeof path, "set[%zu].phones", number);
    snprintf(where, sizeof where, "set[%zu]", number);
    const struct finding_words words = {
        first->config == CONFIG_OWN ? own_name(first, name) : "what that server has", NULL, where};
    fleet_tell(b->found, FINDING_NOBODY_OURS, b->plan->fleet, path, &words,
               "%s: no rule changes %s: %s", path, first->name, bulk_misses(first));
    return false;
}

static void apply(struct bulk *b, const struct fault *rule, size_t number)
{
    const char *why = meant_misfit(&rule->phone, b->plan);
    char path[64];
    if (why) {
        snprintf(path, sizeof path, "set[%zu].phones", number);
        const struct finding_words words = {.where = path};
        fleet_tell(b->found, FINDING_NOBODY, b->plan->fleet, path, &words, "%s: %s", path,
                   why);
        return;
    }
    size_t n = find(b, rule, number);
    bool fits = load_fits(b, rule, number, n);
    fits = sharing_fits(b, rule, number, n) && fits;
    fits = reaches_someone(b, number, n) && fits;
    for (size_t i = 0; i < n && fits && rule->at_us == FAULT_UNSET; i++)
        if (!bulk_misses(&b->plan->phones[b->meant[i]]))
            bulk_set(rule, b->plan->fleet, &b->plan->phones[b->meant[i]]);
}

void bulk_apply(struct plan *plan, const struct stock *stock, struct findings *found)
{
    struct bulk b = {.plan = plan, .stock = stock, .found = found,
                     .barred = calloc(plan->count, sizeof *b.barred),
                     .meant = calloc(plan->count, sizeof *b.meant)};
    if (!b.barred || !b.meant)
        err(3, "fleet file");
    for (size_t i = 0; i < plan->fleet->set_count; i++)
        apply(&b, &plan->fleet->set[i], i);
    free(b.barred);
    free(b.meant);
}

bool bulk_shares_later(const struct fleet *fleet)
{
    for (size_t i = 0; i < fleet->set_count; i++)
        if (fleet->set[i].pfs == TRI_ON && fleet->set[i].at_us != FAULT_UNSET)
            return true;
    return false;
}
