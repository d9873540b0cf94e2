/* own.c - see own.h. */
#include "netns/own.h"
#include "netns/inspection.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *own_name(const struct plan_phone *phone, char out[OWN_NAME])
{
    snprintf(out, OWN_NAME, "%s.cnf.xml", phone->name);
    return out;
}

static enum plan_config config_of(const struct plan *plan, const struct tree *tree,
                                  const struct plan_phone *p, bool has_default)
{
    char name[OWN_NAME];
    bool abroad = plan->fleet->engine == ENGINE_EXTERNAL; /* where nothing is written */
    if (tree_serves(tree, own_name(p, name)))
        return CONFIG_OWN;
    if (has_default && (abroad || plan_is_silent(plan->fleet, p->group)))
        return CONFIG_DEFAULT;
    return abroad ? CONFIG_ABROAD : CONFIG_WRITTEN;
}

/* ---- what a file says ---------------------------------------------------------------- */

static void refused(struct findings *found, const char *path, const char *why)
{
    enum finding_kind kind = strstr(why, LIMIT_OWN)              ? FINDING_BEYOND_LIMIT
                             : strstr(why, "loadServer is not") ? FINDING_CONFIG_SERVER
                                                                : FINDING_CONFIG_BROKEN;
    finding_add(found, kind, path, "phones refuse it (CFG file error): %s", why);
}

static void check_load(const struct plan *plan, const struct plan_phone *p, const char *path,
                       struct findings *found)
{
    const char *asked = plan->fleet->groups[p->group].load;
    if (!p->named[0])
        finding_add(found, FINDING_LOAD_NONE, path, "it names no load for a %s", p->model->name);
    else if (asked && strcmp(asked, p->named) != 0)
        finding_add(found, FINDING_LOAD_OTHER, path,
                    "it names %s for %s, of which the fleet file expects %s", p->named, p->name,
                    asked);
}

static void check_sharing(const struct plan *plan, const struct plan_phone *p, const char *path,
                          bool on, struct findings *found)
{
    if (on && !p->model->pfs)
        finding_add(found, FINDING_CONFIG_PFS, path,
                    "peerFirmwareSharing is on for %s, and a %s has none", p->name,
                    p->model->name);
    else if (on && plan->fleet->mode == MODE_TRADITIONAL)
        finding_add(found, FINDING_PFS_ANYWAY, path,
                    "peerFirmwareSharing is on for %s, whatever the mode", p->name);
}

/* The findings of the default file come once a group. */
static void take(struct plan *plan, struct plan_phone *p, const char *path,
                 const struct inspected *file, struct findings *found)
{
    const char *why, *load = inspected_load(file, p->model->type, &why);
    bool first = p == plan->phones || p[-1].group != p->group;
    struct findings unsaid = {0}, *tell = p->config == CONFIG_OWN || first ? found : &unsaid;
    if (load) {
        snprintf(p->named, sizeof p->named, "%s", load);
        p->pfs = !p->model->pfs ? TRI_UNSET : file->pfs ? TRI_ON : TRI_OFF;
        p->load_server = file->load_server;
        check_load(plan, p, path, tell);
        check_sharing(plan, p, path, file->pfs, tell);
    } else {
        p->refused = true;
        refused(tell, path, why);
    }
    findings_free(&unsaid);
}

/* ---- all files ----------------------------------------------------------------------- */

void own_apply(struct plan *plan, const struct tree *tree, struct findings *found)
{
    bool has_default = tree_serves(tree, OWN_DEFAULT);
    char **paths = calloc(plan->count + 1, sizeof *paths), name[OWN_NAME];
    size_t own = 0;
    if (!paths)
        err(3, "plan");
    for (size_t i = 0; i < plan->count; i++) {
        struct plan_phone *p = &plan->phones[i];
        p->config = config_of(plan, tree, p, has_default);
        if (p->config == CONFIG_OWN)
            paths[own++] = tree_path(tree, own_name(p, name));
    }
    size_t count = own;
    if (has_default)
        paths[count++] = tree_path(tree, OWN_DEFAULT);
    struct inspected *files = count ? inspect_files(paths, count, NULL) : NULL;
    if (count && !files)
        exit(3); /* it is said why */
    for (size_t i = 0, next = 0; files && i < plan->count; i++) {
        struct plan_phone *p = &plan->phones[i];
        size_t at = p->config == CONFIG_OWN ? next++ : own;
        if (p->config == CONFIG_OWN || p->config == CONFIG_DEFAULT)
            take(plan, p, paths[at], &files[at], found);
    }
    for (size_t i = 0; i < count; i++)
        free(paths[i]);
    free(files);
    free(paths);
}
