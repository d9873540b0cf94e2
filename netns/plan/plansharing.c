/* plansharing.c - peer firmware sharing that cannot be, or is nowhere. */
#include "netns/plan/plansharing.h"
#include "netns/plan/bulk.h"
#include "netns/plan/own.h"

#include <limits.h>
#include <stdio.h>

/* The first phone that could share, or NULL. */
static const struct plan_phone *find_able(const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_phone *p = &plan->phones[i];
        if (p->model->pfs && !(p->quirks & QUIRK_CONFIG_LACKS_PFS))
            return p;
    }
    return NULL;
}

/* Where it can be turned on: in the file that a phone reads, or at the highest level that no lower
 * one overrules. */
static void tell_nowhere(const struct plan *plan, struct findings *found)
{
    const struct fleet *fleet = plan->fleet;
    const struct plan_phone *p = find_able(plan);
    const struct fleet_group *g = p ? &fleet->groups[p->group] : NULL;
    bool ours = p && (p->config == CONFIG_WRITTEN || fleet->engine == ENGINE_DNSMASQ) &&
                p->config != CONFIG_OWN;
    char where[PATH_MAX] = "enterprise", name[OWN_NAME];
    if (p && !ours)
        snprintf(where, sizeof where, "%s/%s", fleet->firmware,
                 p->config == CONFIG_OWN ? own_name(p, name) : OWN_DEFAULT);
    else if (p && (g->pfs != TRI_UNSET || fleet_profile_of(fleet, g)->pfs != TRI_UNSET))
        snprintf(where, sizeof where, "phones[%zu]", p->group);
    const struct finding_words words = {.right = "<peerFirmwareSharing>1</peerFirmwareSharing>",
                                        .where = where};
    fleet_tell(found,
               ours                           ? FINDING_PFS_NOWHERE
               : p && p->config == CONFIG_OWN ? FINDING_PFS_ELSEWHERE
                                              : FINDING_PFS_NEVER,
               fleet, "mode", &words,
               "mode is pfs, but peerFirmwareSharing is on for no phone");
}

void plansharing_check(const struct plan *plan, struct findings *found)
{
    const struct fleet *fleet = plan->fleet;
    char path[64], where[64];
    bool on = false;
    for (size_t i = 0; i < fleet->group_count; i++) {
        const struct fleet_group *g = &fleet->groups[i];
        snprintf(path, sizeof path, "phones[%zu].peerFirmwareSharing", i);
        snprintf(where, sizeof where, "phones[%zu]", i);
        const struct finding_words words = {.where = where};
        if (g->pfs == TRI_ON && !g->model->pfs)
            fleet_tell(found, FINDING_PFS_UNABLE, fleet, path, &words,
                       "%s: a %s has no peer firmware sharing; take this out", path,
                       g->model->name);
    }
    for (size_t i = 0; i < plan->count; i++)
        on = on || plan->phones[i].pfs == TRI_ON || plan->phones[i].config == CONFIG_ABROAD;
    if (!on && fleet->mode == MODE_PFS && !bulk_shares_later(fleet))
        tell_nowhere(plan, found);
}
