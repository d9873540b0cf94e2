/* bulk.c - see bulk.h. */
#include "netns/bulk.h"
#include "netns/fault.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bulk {
    struct plan *plan;
    const struct root *root;
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
        return selector_resolve(&rule->phone, plan, NULL, b->barred, &random, b->meant);
    for (size_t i = 0; i < plan->count; i++)
        b->meant[i] = (uint32_t)i;
    return plan->count;
}

/* Each model's mistake once. */
static unsigned check_load(const struct bulk *b, const struct fault *rule, size_t number, size_t n)
{
    const struct phone_model *last = NULL;
    char path[64];
    unsigned mistakes = 0;
    snprintf(path, sizeof path, "set[%zu].load", number);
    for (size_t i = 0; i < n && *rule->load && !mistakes; i++) {
        const struct phone_model *model = b->plan->phones[b->meant[i]].model;
        if (model != last)
            mistakes += !plan_load_fits(b->root, b->plan->fleet, path, rule->load, model);
        last = model;
    }
    return mistakes;
}

static unsigned check_sharing(const struct bulk *b, const struct fault *rule, size_t number,
                              size_t n)
{
    char path[64];
    for (size_t i = 0; i < n; i++)
        if (b->plan->phones[b->meant[i]].model->pfs)
            return 0;
    if (n == 0 || rule->pfs != TRI_ON)
        return 0;
    snprintf(path, sizeof path, "set[%zu].peerFirmwareSharing", number);
    fleet_complain(b->plan->fleet, path, "%s: a %s has no peer firmware sharing", path,
                   b->plan->phones[b->meant[0]].model->name);
    return 1;
}

static unsigned apply(struct bulk *b, const struct fault *rule, size_t number)
{
    const char *why = selector_misfit(&rule->phone, b->plan);
    char path[64];
    if (why) {
        snprintf(path, sizeof path, "set[%zu].phones", number);
        fleet_complain(b->plan->fleet, path, "%s: %s", path, why);
        return 1;
    }
    size_t n = find(b, rule, number);
    unsigned mistakes = check_load(b, rule, number, n) + check_sharing(b, rule, number, n);
    for (size_t i = 0; i < n && mistakes == 0 && rule->at_us == FAULT_UNSET; i++)
        fault_set(rule, b->plan->fleet, &b->plan->phones[b->meant[i]]);
    return mistakes;
}

unsigned bulk_apply(struct plan *plan, const struct root *root)
{
    struct bulk b = {.plan = plan, .root = root,
                     .barred = calloc(plan->count, sizeof *b.barred),
                     .meant = calloc(plan->count, sizeof *b.meant)};
    unsigned mistakes = 0;
    if (!b.barred || !b.meant)
        err(3, "fleet file");
    for (size_t i = 0; i < plan->fleet->set_count; i++)
        mistakes += apply(&b, &plan->fleet->set[i], i);
    free(b.barred);
    free(b.meant);
    return mistakes;
}

bool bulk_shares_later(const struct fleet *fleet)
{
    for (size_t i = 0; i < fleet->set_count; i++)
        if (fleet->set[i].pfs == TRI_ON && fleet->set[i].at_us != FAULT_UNSET)
            return true;
    return false;
}
