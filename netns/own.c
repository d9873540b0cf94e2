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

/* A file that is well-formed is refused for a value. */
static void refused(struct findings *found, const char *path, const struct inspected *file,
                    const char *why)
{
    enum finding_kind kind = strstr(why, LIMIT_OWN)              ? FINDING_BEYOND_LIMIT
                             : *file->why                        ? FINDING_CONFIG_BROKEN
                             : strstr(why, "loadServer is not") ? FINDING_CONFIG_SERVER
                                                                : FINDING_CONFIG_REFUSED;
    finding_add(found, kind, path, "phones refuse it (CFG file error): %s", why);
}

static void check_warnings(const struct plan_phone *p, const char *path,
                           const struct inspected *file, struct findings *found)
{
    static const enum finding_kind kinds[] = {[CONFIG_WARNS_VALUE] = FINDING_CONFIG_VALUE,
                                              [CONFIG_WARNS_HOST] = FINDING_CONFIG_HOST,
                                              [CONFIG_WARNS_UNREAD] = FINDING_CONFIG_UNREAD};
    const struct inspected_warning *w;
    for (size_t at = 0; (w = inspected_warns(file, p->model->type, &at));)
        finding_add(found, kinds[w->kind], path, "%s", w->why);
}

/* What a phone's own file names; XMLDefault.cnf.xml, NULL when there is none, is not asked for. */
static void check_own_load(const struct plan *plan, const struct plan_phone *p, const char *path,
                           const struct inspected *fallback, struct findings *found)
{
    const char *asked = plan->fleet->groups[p->group].load, *why = NULL;
    const char *other = fallback ? inspected_load(fallback, p->model->type, &why) : NULL;
    if (!p->named[0])
        finding_add(found, FINDING_LOAD_NONE, path, "it names no load for a %s", p->model->name);
    else if (asked && strcmp(asked, p->named) != 0)
        finding_add(found, FINDING_LOAD_OTHER, path,
                    "it names %s for %s, of which the fleet file expects %s: its own file wins",
                    p->named, p->name, asked);
    else if (other && *other && strcmp(other, p->named) != 0)
        finding_add(found, FINDING_LOAD_OTHER, path,
                    "it names %s for %s, and " OWN_DEFAULT " %s: it asks for its own file first",
                    p->named, p->name, other);
}

/* What XMLDefault.cnf.xml names for phones that get to it, or whose files are written after it. */
static void check_default_load(const struct plan *plan, const struct plan_phone *p,
                               const char *path, const char *load, struct findings *found)
{
    const char *asked = plan->fleet->groups[p->group].load;
    if (!*load && !asked)
        finding_add(found, FINDING_LOAD_NONE, path, "it names no load for a %s", p->model->name);
    else if (*load && asked && strcmp(asked, load) != 0)
        finding_add(found, FINDING_LOAD_OTHER, path,
                    "it names %s for a %s, and the fleet file %s: the fleet file wins, by files "
                    "written for its phones",
                    load, p->model->name, asked);
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

/* A file that the phone reads. */
static void take(struct plan *plan, struct plan_phone *p, const char *path,
                 const struct inspected *file, const struct inspected *fallback,
                 struct findings *found)
{
    const char *why, *load = inspected_load(file, p->model->type, &why);
    if (!load) {
        p->refused = true;
        refused(found, path, file, why);
        return;
    }
    snprintf(p->named, sizeof p->named, "%s", load);
    p->pfs = !p->model->pfs ? TRI_UNSET : file->pfs ? TRI_ON : TRI_OFF;
    p->load_server = file->load_server;
    check_warnings(p, path, file, found);
    if (p->config == CONFIG_OWN)
        check_own_load(plan, p, path, fallback, found);
    else
        check_default_load(plan, p, path, load, found);
    check_sharing(plan, p, path, file->pfs, found);
}

/* XMLDefault.cnf.xml, to which a phone would get if no file were written for it: what it says holds
 * in that file, but for what the fleet file says. */
static void carry_over(struct plan *plan, struct plan_phone *p, const char *path,
                       const struct inspected *file, struct findings *found)
{
    const char *why, *load = inspected_load(file, p->model->type, &why);
    if (!load) {
        refused(found, path, file, why);
        return;
    }
    p->from_default = !plan->fleet->groups[p->group].load;
    if (p->from_default)
        snprintf(p->named, sizeof p->named, "%s", load);
    if (!p->load_server)
        p->load_server = file->load_server;
    bool lacks = !p->model->pfs || (p->quirks & QUIRK_CONFIG_LACKS_PFS);
    if (p->pfs == TRI_UNSET && file->pfs && !lacks)
        p->pfs = TRI_ON;
    check_warnings(p, path, file, found);
    check_default_load(plan, p, path, load, found);
}

/* The findings of the default file come once a group. */
static void apply(struct plan *plan, struct plan_phone *p, const char *path,
                  const struct inspected *file, const struct inspected *fallback,
                  struct findings *found)
{
    bool first = p == plan->phones || p[-1].group != p->group;
    struct findings unsaid = {0}, *tell = p->config == CONFIG_OWN || first ? found : &unsaid;
    if (p->config == CONFIG_OWN || p->config == CONFIG_DEFAULT)
        take(plan, p, path, file, fallback, tell);
    else if (p->config == CONFIG_WRITTEN && fallback)
        carry_over(plan, p, path, file, tell);
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
        apply(plan, p, at < count ? paths[at] : NULL, &files[at],
              has_default ? &files[own] : NULL, found);
    }
    for (size_t i = 0; i < count; i++)
        free(paths[i]);
    free(files);
    free(paths);
}
