/* managercheck.c - see managercheck.h. */
#include "netns/plan/managercheck.h"
#include "netns/plan/meant.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define NODE    64
#define ELEMENT 256

static const char *node(uint32_t ip, char out[NODE])
{
    char text[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &ip, text, sizeof text);
    snprintf(out, NODE, "<processNodeName>%s</processNodeName>", text);
    return out;
}

/* The group of one call manager, as it stands in either kind of file. */
static const char *group(const struct plan_phone *p, uint32_t ip, char out[ELEMENT])
{
    bool own = p->config == CONFIG_OWN;
    char member[NODE];
    snprintf(out, ELEMENT,
             "%s<callManagerGroup><members><member priority=\"0\"><callManager>%s</callManager>"
             "</member></members></callManagerGroup>%s",
             own ? "<devicePool>" : "", node(ip, member), own ? "</devicePool>" : "");
    return out;
}

static bool names_one_of(const struct inspected *file, const struct fleet_manager *m)
{
    for (size_t i = 0; i < file->manager_count; i++)
        for (size_t n = 0; n < m->count; n++)
            if (file->manager[i] == m->address[n])
                return true;
    return false;
}

static bool names_host(const struct inspected *file)
{
    for (size_t i = 0; i < file->warning_count; i++)
        if (file->warnings[i].kind == CONFIG_WARNS_HOST &&
            strstr(file->warnings[i].why, "processNodeName"))
            return true;
    return false;
}

void managercheck_file(const struct plan *plan, const struct plan_phone *p, const char *path,
                       const struct inspected *file, struct findings *found)
{
    const struct fleet_manager *m = &plan->fleet->manager;
    bool must = meant_expected(plan, p, EXPECT_REGISTERED), none = file->manager_count == 0;
    char wrong[NODE], right[ELEMENT], there[INET_ADDRSTRLEN];
    if (m->count == 0 || names_one_of(file, m) || (none && names_host(file)))
        return;
    struct finding_words words = {.right = group(p, m->address[0], right)};
    if (none) {
        finding_tell(found, must ? FINDING_MANAGER_NONE_NEEDED : FINDING_MANAGER_NONE, path, &words,
                     "it names no call manager for %s to register with", p->name);
        return;
    }
    words = (struct finding_words){.wrong = node(file->manager[0], wrong),
                                   .right = node(m->address[0], right)};
    finding_tell(found, must ? FINDING_MANAGER_OTHER_NEEDED : FINDING_MANAGER_OTHER, path, &words,
                 "it names call manager %s for %s, which is not the fleet file's: this file wins",
                 inet_ntop(AF_INET, &file->manager[0], there, sizeof there), p->name);
}

void managercheck_plan(const struct plan *plan, struct findings *found)
{
    const struct fleet *fleet = plan->fleet;
    size_t count = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_phone *p = &plan->phones[i];
        count += p->manager_count == 0 && p->config != CONFIG_ABROAD &&
                 meant_expected(plan, p, EXPECT_REGISTERED);
    }
    if (count > 0 && fleet->manager.engine == MANAGER_NONE && fleet->engine != ENGINE_EXTERNAL)
        fleet_tell(found, FINDING_MANAGER_NOWHERE, fleet, "callmanager.engine", NULL,
                   "callmanager.engine: %zu phones are expected to register, with nobody", count);
}
