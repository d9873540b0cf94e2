/* own.c - see own.h. */
#include "netns/plan/own.h"
#include "netns/fleet/expect.h"
#include "netns/plan/managercheck.h"
#include "netns/plan/meant.h"
#include "netns/plan/unfit.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *own_name(const struct plan_phone *phone, char out[OWN_NAME])
{
    snprintf(out, OWN_NAME, "%s.cnf.xml", phone->name);
    return out;
}

void own_element(const struct plan_phone *phone, bool in_default, const char *load,
                 char out[OWN_ELEMENT])
{
    char name[32] = "loadInformation";
    if (in_default)
        snprintf(name, sizeof name, "loadInformation%u", phone->model->type);
    snprintf(out, OWN_ELEMENT, "<%s>%s</%s>", name, load, name);
}

static enum plan_config config_of(const struct plan *plan, const struct stock *stock,
                                  const struct plan_phone *p, bool has_default)
{
    char name[OWN_NAME];
    bool abroad = plan->fleet->engine == ENGINE_EXTERNAL; /* where nothing is written */
    if (stock_serves(stock, own_name(p, name)))
        return CONFIG_OWN;
    if (has_default && (abroad || fleet_is_silent(plan->fleet, p->group)))
        return CONFIG_DEFAULT;
    return abroad ? CONFIG_ABROAD : CONFIG_WRITTEN;
}

/* ---- what a file says ---------------------------------------------------------------- */

/* One phone's file, and what is to be known for it. */
struct reading {
    const struct plan *plan;
    const struct stock *stock;
    const char *path;
    const struct inspected *file;
    const struct inspected *fallback; /* XMLDefault.cnf.xml, or NULL */
    bool is_default;                  /* the file is that one */
    struct findings *found;
};

/* The newest load for a phone, in the protocol that it runs; empty where the root has none. */
static void newest(const struct reading *r, const struct plan_phone *p, char load[NAME_MAX_LEN])
{
    const struct fleet_group *g = &r->plan->fleet->groups[p->group];
    stock_pick(r->stock, p->model, load_protocol(g->running ? g->running : ""), true, "", load);
}

/* What to write in place of a value that is none, where the inspection, which sees the file alone,
 * would have it wrong: NULL where it has not. A load must be there; and sharing is no use to a
 * phone that has none, or in traditional mode. */
static const char *meant(const struct reading *r, const struct plan_phone *p, const char *why,
                         char out[OWN_ELEMENT])
{
    const struct inspected_mistake *m = inspected_mistake(r->file, why);
    char load[NAME_MAX_LEN] = "";
    if (m->kind != MISTAKE_VALUE && (m->kind != MISTAKE_LONG || *m->wrong))
        return NULL;
    if (strstr(why, "peerFirmwareSharing")) {
        bool off = !p->model->pfs || r->plan->fleet->mode == MODE_TRADITIONAL;
        return off ? "<peerFirmwareSharing>0</peerFirmwareSharing>" : NULL;
    }
    if (sscanf(m->right, "<%*[^>]>%63[^<]", load) == 1 && stock_has_load(r->stock, load))
        return NULL;
    newest(r, p, load);
    if (!*load)
        return NULL;
    own_element(p, r->is_default, load, out);
    return out;
}

/* A file that is well-formed is refused for a value. */
static void refused(const struct reading *r, const struct plan_phone *p, const char *why)
{
    char right[OWN_ELEMENT];
    unfit_tell(r->found, *r->file->why ? UNFIT_CONFIG : UNFIT_REFUSED, r->path, r->file, why,
               "phones refuse it (CFG file error): ", meant(r, p, why, right));
}

static bool must_upgrade(const struct reading *r, const struct plan_phone *p)
{
    return meant_expected(r->plan, p, EXPECT_UPGRADED);
}

/* Whether a warning is that the load that is named is no name. */
static bool is_no_load(const struct reading *r, const struct inspected_warning *w)
{
    static const char element[] = "<loadInformation";
    const struct inspected_mistake *m = inspected_mistake(r->file, w->why);
    bool load = m->kind == MISTAKE_LONG || strncmp(m->right, element, strlen(element)) == 0 ||
                strncmp(m->wrong, element, strlen(element)) == 0;
    return load && w->kind == CONFIG_WARNS_VALUE;
}

static void check_warnings(const struct reading *r, const struct plan_phone *p)
{
    const struct inspected_warning *w;
    char right[OWN_ELEMENT];
    for (size_t at = 0; (w = inspected_warns(r->file, p->model->type, &at));) {
        bool needed = is_no_load(r, w) && must_upgrade(r, p);
        unfit_tell(r->found, needed ? UNFIT_NEEDED : UNFIT_WARNED, r->path, r->file, w->why, "",
                   meant(r, p, w->why, right));
    }
}

/* Whether a warning says already that the load that is named is no name. */
static bool is_said(const struct reading *r, const struct plan_phone *p)
{
    const struct inspected_warning *w;
    for (size_t at = 0; (w = inspected_warns(r->file, p->model->type, &at));)
        if (is_no_load(r, w))
            return true;
    return false;
}

/* The one that the fleet file asks for, or else the newest. */
static void tell_none(const struct reading *r, const struct plan_phone *p)
{
    if (is_said(r, p))
        return;
    const char *asked = r->plan->fleet->groups[p->group].load;
    char load[NAME_MAX_LEN], right[OWN_ELEMENT];
    newest(r, p, load);
    own_element(p, r->is_default, asked ? asked : load, right);
    const struct finding_words words = {.right = right};
    finding_tell(r->found, must_upgrade(r, p) ? FINDING_LOAD_NONE_NEEDED : FINDING_LOAD_NONE,
                 r->path, &words, "it names no load for a %s", p->model->name);
}

/* Whether a load may be offered to a phone. */
static bool is_usable(const struct reading *r, const struct plan_phone *p, const char *load)
{
    return !load_is_foreign(load, p->model) &&
           (stock_has_load(r->stock, load) || r->plan->fleet->engine == ENGINE_EXTERNAL);
}

/* Of two that name a load for the phone, the one that is read names that one; the other, in
 * `other`, is to name it too, or the file what the other names; whichever are of use. */
__attribute__((format(printf, 6, 7))) static void
tell_other(const struct reading *r, const struct plan_phone *p, const char *load,
           const char *other, const char *where, const char *format, ...)
{
    char right[OWN_ELEMENT], text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    own_element(p, r->is_default, other, right);
    const struct finding_words words = {load, right, where};
    finding_tell(r->found,
                 !is_usable(r, p, load)    ? FINDING_LOAD_OTHER_WRITTEN
                 : !is_usable(r, p, other) ? FINDING_LOAD_OTHER_NAMED
                                           : FINDING_LOAD_OTHER,
                 r->path, &words, "%s", text);
}

/* What a phone's own file names; XMLDefault.cnf.xml is not asked for. Where a load is no use, that
 * is what is told (lintasked.c, planload.c), and not that another file names another one. */
static void check_own_load(const struct reading *r, const struct plan_phone *p)
{
    const char *asked = r->plan->fleet->groups[p->group].load, *why = NULL;
    const char *other = r->fallback ? inspected_load(r->fallback, p->model->type, &why) : NULL;
    char where[64];
    snprintf(where, sizeof where, "phones[%zu].load", p->group);
    bool known = is_usable(r, p, p->named) && (!asked || is_usable(r, p, asked));
    if (!p->named[0])
        tell_none(r, p);
    else if (known && asked && strcmp(asked, p->named) != 0)
        tell_other(r, p, p->named, asked, where,
                   "it names %s for %s, of which the fleet file expects %s: its own file wins",
                   p->named, p->name, asked);
    else if (known && other && *other && strcmp(other, p->named) != 0)
        tell_other(r, p, p->named, other, OWN_DEFAULT,
                   "it names %s for %s, and " OWN_DEFAULT " %s: it asks for its own file first",
                   p->named, p->name, other);
}

/* What XMLDefault.cnf.xml names for phones that get to it, or whose files are written after it. */
static void check_default_load(const struct reading *r, const struct plan_phone *p,
                               const char *load)
{
    const char *asked = r->plan->fleet->groups[p->group].load;
    char where[64];
    snprintf(where, sizeof where, "phones[%zu].load", p->group);
    if (!*load && !asked)
        tell_none(r, p);
    else if (*load && asked && strcmp(asked, load) != 0 && is_usable(r, p, asked))
        tell_other(r, p, load, asked, where,
                   "it names %s for a %s, and the fleet file %s: the fleet file wins, by files "
                   "written for its phones",
                   load, p->model->name, asked);
}

static void check_sharing(const struct reading *r, const struct plan_phone *p)
{
    bool on = r->file->pfs;
    if (on && !p->model->pfs)
        finding_add(r->found, FINDING_CONFIG_PFS, r->path,
                    "peerFirmwareSharing is on for %s, and a %s has none", p->name,
                    p->model->name);
    else if (on && r->plan->fleet->mode == MODE_TRADITIONAL)
        finding_add(r->found, FINDING_PFS_ANYWAY, r->path,
                    "peerFirmwareSharing is on for %s, whatever the mode", p->name);
}

/* A file that the phone reads. */
static void take(const struct reading *r, struct plan_phone *p)
{
    const char *why, *load = inspected_load(r->file, p->model->type, &why);
    if (!load) {
        p->refused = true;
        refused(r, p, why);
        return;
    }
    snprintf(p->named, sizeof p->named, "%s", load);
    p->pfs = !p->model->pfs ? TRI_UNSET : r->file->pfs ? TRI_ON : TRI_OFF;
    p->load_server = r->file->load_server;
    p->manager_count = r->file->manager_count;
    memcpy(p->managers, r->file->manager, sizeof p->managers);
    check_warnings(r, p);
    if (p->config == CONFIG_OWN)
        check_own_load(r, p);
    else
        check_default_load(r, p, load);
    check_sharing(r, p);
    managercheck_file(r->plan, p, r->path, r->file, r->found);
}

/* XMLDefault.cnf.xml, to which a phone would get if no file were written for it: what it says holds
 * in that file, but for what the fleet file says. */
static void carry_over(const struct reading *r, struct plan_phone *p)
{
    const struct inspected *file = r->file;
    const char *why, *load = inspected_load(file, p->model->type, &why);
    if (!load) {
        refused(r, p, why);
        return;
    }
    p->from_default = !r->plan->fleet->groups[p->group].load;
    if (p->from_default)
        snprintf(p->named, sizeof p->named, "%s", load);
    if (!p->load_server)
        p->load_server = file->load_server;
    bool lacks = !p->model->pfs || (p->quirks & QUIRK_CONFIG_LACKS_PFS);
    if (p->pfs == TRI_UNSET && file->pfs && !lacks)
        p->pfs = TRI_ON;
    check_warnings(r, p);
    check_default_load(r, p, load);
}

/* The findings of the default file come once a group. */
static void apply(struct reading *r, struct plan_phone *p)
{
    bool first = p == r->plan->phones || p[-1].group != p->group;
    struct findings unsaid = {0}, *found = r->found;
    r->found = p->config == CONFIG_OWN || first ? found : &unsaid;
    if (p->config == CONFIG_OWN || p->config == CONFIG_DEFAULT)
        take(r, p);
    else if (p->config == CONFIG_WRITTEN && r->fallback)
        carry_over(r, p);
    else if (p->config == CONFIG_ABROAD)
        p->manager_count = 0; /* as far as is known */
    findings_free(&unsaid);
    r->found = found;
}

/* ---- all files ----------------------------------------------------------------------- */

void own_apply(struct plan *plan, const struct stock *stock, struct findings *found)
{
    bool has_default = stock_serves(stock, OWN_DEFAULT);
    char **paths = calloc(plan->count + 1, sizeof *paths), name[OWN_NAME];
    size_t own = 0;
    if (!paths)
        err(3, "plan");
    for (size_t i = 0; i < plan->count; i++) {
        struct plan_phone *p = &plan->phones[i];
        p->config = config_of(plan, stock, p, has_default);
        if (p->config == CONFIG_OWN)
            paths[own++] = stock_path(stock, own_name(p, name));
    }
    size_t count = own;
    if (has_default)
        paths[count++] = stock_path(stock, OWN_DEFAULT);
    struct inspected *files = count ? inspect_files(paths, count, NULL) : NULL;
    if (count && !files)
        exit(3); /* it is said why */
    for (size_t i = 0, next = 0; files && i < plan->count; i++) {
        struct plan_phone *p = &plan->phones[i];
        size_t at = p->config == CONFIG_OWN ? next++ : own;
        struct reading r = {.plan = plan,
                            .stock = stock,
                            .path = at < count ? paths[at] : NULL,
                            .file = &files[at],
                            .fallback = has_default ? &files[own] : NULL,
                            .is_default = at == own,
                            .found = found};
        apply(&r, p);
    }
    for (size_t i = 0; i < count; i++)
        free(paths[i]);
    free(files);
    free(paths);
}
