/* lintasked.c - which loads phones are sent to, how they get there, and from where; see
 * lint-private.h.
 */
#include "netns/foretell/lint-private.h"
#include "netns/plan/own.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- who asks for which load ---------------------------------------------------------- */

/* A load that a file names for phones of another hardware. */
static void tell_foreign(struct lint *l, const struct plan_phone *p, const char *path,
                         bool in_default)
{
    char names[LOAD_NAMES_SIZE], own[NAME_MAX_LEN], right[OWN_ELEMENT];
    const char *asked = l->plan->fleet->groups[p->group].load;
    stock_pick(l->stock, p->model, load_protocol(p->named), true, "", own);
    if (asked && !load_is_foreign(asked, p->model) && stock_has_load(l->stock, asked))
        snprintf(own, sizeof own, "%s", asked);
    own_element(p, in_default, own, right);
    load_names(p->model, names);
    const struct finding_words words = {.right = *own ? right : names,
                                        .where = l->plan->fleet->firmware};
    finding_tell(l->found, *own ? FINDING_CONFIG_FOREIGN : FINDING_CONFIG_FOREIGN_ALONE, path,
                 &words, "it names %s for a %s, whose loads are named %s", p->named, p->model->name,
                 names);
}

/* The load of the root that is meant by a name with a path before it, or ".loads" behind it. */
static bool is_misspelt(const struct lint *l, const char *load, char out[NAME_MAX_LEN])
{
    const char *slash = strrchr(load, '\\'), *from = slash ? slash + 1 : load;
    size_t len = strlen(from), n = strlen(LOADS_SUFFIX);
    if (len > n && strcasecmp(from + len - n, LOADS_SUFFIX) == 0)
        len -= n;
    while (len > 0 && from[len - 1] == ' ')
        len--;
    snprintf(out, NAME_MAX_LEN, "%.*s", (int)len, from);
    return strcmp(out, load) != 0 && stock_has_load(l->stock, out);
}

/* A load that the root has not: `file` is that of its .loads. */
static void tell_absent(struct lint *l, const struct plan_phone *p, const char *path,
                        bool in_default, const char *file)
{
    static const enum finding_kind kinds[] = {[MISSING_CASE] = FINDING_LOAD_CASE,
                                              [MISSING_RENAMED] = FINDING_FILE_CASE,
                                              [MISSING_BELOW] = FINDING_CONFIG_BELOW,
                                              [MISSING_PACKED] = FINDING_CONFIG_IN_ARCHIVE,
                                              [MISSING_NOWHERE] = FINDING_CONFIG_LOAD};
    static_assert(sizeof kinds / sizeof *kinds == MISSING_COUNT, "each cause has its finding");
    const struct missing *m = lint_missing(l, file);
    char load[NAME_MAX_LEN] = "", right[PATH_MAX], folder[PATH_MAX], absent[128];
    bool misspelt = is_misspelt(l, p->named, load), renamed = m->kind == MISSING_RENAMED;
    if (m->kind == MISSING_CASE)
        snprintf(load, sizeof load, "%.*s", (int)(strlen(m->name) - strlen(LOADS_SUFFIX)), m->name);
    own_element(p, in_default, load, right);
    if (renamed)
        snprintf(right, sizeof right, "%s/%s", l->plan->fleet->firmware, file);
    snprintf(folder, sizeof folder, "%s", m->path ? m->path : file);
    if (m->kind == MISSING_BELOW)
        *strrchr(folder, '/') = '\0';
    const struct finding_words words = {folder, right, l->plan->fleet->firmware};
    snprintf(absent, sizeof absent, "%s is missing", file);
    if (m->kind == MISSING_CASE)
        snprintf(absent, sizeof absent, "the load is %s", load);
    finding_tell(l->found, misspelt ? FINDING_CONFIG_MISSPELT : kinds[m->kind],
                 renamed ? m->path : path, &words, "%s %s for %s, but %s",
                 renamed ? "a file names" : "it names", p->named, p->name, absent);
}

/* What a configuration file of the user's names for a phone. */
static void check_named(struct lint *l, const struct plan_phone *p, const char *name)
{
    char file[NAME_MAX_LEN + sizeof LOADS_SUFFIX];
    char *path = stock_path(l->stock, name);
    bool in_default = strcmp(name, OWN_DEFAULT) == 0;
    if (load_is_foreign(p->named, p->model))
        tell_foreign(l, p, path, in_default);
    snprintf(file, sizeof file, "%s" LOADS_SUFFIX, p->named);
    if (!load_is_foreign(p->named, p->model) && !stock_has(l->stock, file))
        tell_absent(l, p, path, in_default, file);
    free(path);
}

void lint_asked(struct lint *l)
{
    const struct plan *plan = l->plan;
    char name[OWN_NAME];
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_phone *p = &plan->phones[i];
        bool first = i == 0 || p[-1].group != p->group || p[-1].config != p->config;
        if (p->config == CONFIG_OWN && *p->named)
            check_named(l, p, own_name(p, name));
        else if ((p->config == CONFIG_DEFAULT || p->from_default) && *p->named && first)
            check_named(l, p, OWN_DEFAULT);
    }
}

/* ---- steps --------------------------------------------------------------------------- */

/* Whether a phone that runs a load refuses to go to another, which the root has; why. */
static bool refuses(const struct lint *l, const char *running, const char *load, char why[160])
{
    char name[NAME_MAX_LEN + sizeof LOADS_SUFFIX];
    snprintf(name, sizeof name, "%s" LOADS_SUFFIX, load);
    char *path = stock_gives(l->stock, name) ? stock_path(l->stock, name) : NULL;
    bool refused = path && inspect_step(running, path, why) && *why;
    free(path);
    return refused;
}

/* The newest load of the model in the root by which a phone gets there in two steps. */
static bool find_step(const struct lint *l, const struct plan_phone *p, char out[NAME_MAX_LEN])
{
    char why[160], name[NAME_MAX_LEN + sizeof LOADS_SUFFIX];
    for (size_t i = l->stock->count; i-- > 0;) {
        const char *end = strstr(l->stock->names[i], LOADS_SUFFIX);
        size_t len = end && !end[strlen(LOADS_SUFFIX)] ? (size_t)(end - l->stock->names[i]) : 0;
        if (len == 0 || len >= NAME_MAX_LEN)
            continue;
        snprintf(out, NAME_MAX_LEN, "%.*s", (int)len, l->stock->names[i]);
        snprintf(name, sizeof name, "%s" LOADS_SUFFIX, out);
        if (load_is_for(out, p->model) && !load_is_factory(out) && stock_gives(l->stock, name) &&
            strcmp(out, p->running) != 0 && !refuses(l, p->running, out, why) &&
            !refuses(l, out, plan_asked(p), why))
            return true;
    }
    return false;
}

/* How to go by another load: where that is written which is gone to now. */
static void tell_step(struct lint *l, const struct plan_phone *p, const char *why)
{
    const char *root = l->plan->fleet->firmware;
    char place[64], where[PATH_MAX], step[NAME_MAX_LEN] = "", right[OWN_ELEMENT], name[OWN_NAME];
    bool there = find_step(l, p, step), own = p->config == CONFIG_OWN;
    own_element(p, false, step, right);
    snprintf(place, sizeof place, "phones[%zu].running", p->group);
    if (!there)
        snprintf(where, sizeof where, "%s", root);
    else if (own)
        snprintf(where, sizeof where, "%s/%s", root, own_name(p, name));
    else
        snprintf(where, sizeof where, "phones[%zu].load", p->group);
    const struct finding_words words = {.right = own ? right : step, .where = where};
    fleet_tell(l->found,
               !there ? FINDING_STEP_MISSING
               : own  ? FINDING_STEP_CONFIG
                      : FINDING_STEP_TOO_LONG,
               l->plan->fleet, place, &words, "%s: from %s to %s ends in Auth Fail: %s", place,
               p->running, plan_asked(p), why);
}

/* Once a group: can its phones get from what they run to what they are to run? */
void lint_steps(struct lint *l)
{
    char why[160];
    for (size_t i = 0; i < l->plan->count; i++) {
        const struct plan_phone *p = &l->plan->phones[i];
        const char *load = plan_asked(p);
        if ((i == 0 || p[-1].group != p->group) && *p->running && strcmp(load, p->running) != 0 &&
            refuses(l, p->running, load, why))
            tell_step(l, p, why);
    }
}

/* ---- load servers -------------------------------------------------------------------- */

/* Of the levels of the fleet file, the one that gives the phones of a group theirs. */
static void server_level(const struct plan *plan, size_t group, char out[96])
{
    const struct fleet *fleet = plan->fleet;
    const struct fleet_group *g = &fleet->groups[group];
    bool profile = false;
    for (size_t i = 0; g->profile && i < fleet->profile_count; i++)
        profile |=
            strcmp(fleet->profiles[i].name, g->profile) == 0 && fleet->profiles[i].load_server;
    if (g->load_server)
        snprintf(out, 96, "phones[%zu]", group);
    else if (profile)
        snprintf(out, 96, "profiles.%s", g->profile);
    else
        snprintf(out, 96, "enterprise");
}

static void tell_server(struct lint *l, const struct plan_phone *p)
{
    char level[96], key[128], name[OWN_NAME], ip[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &p->load_server, ip, sizeof ip);
    if (p->config == CONFIG_OWN) {
        char *path = stock_path(l->stock, own_name(p, name));
        const struct finding_words words = {.where = path};
        finding_tell(l->found, FINDING_SERVER_WRITTEN, path, &words,
                     "loadServer: %s is not the TFTP server, and phones do not fall back to that",
                     ip);
        free(path);
        return;
    }
    server_level(l->plan, p->group, level);
    snprintf(key, sizeof key, "%s.loadServer", level);
    const struct finding_words words = {.where = level};
    fleet_tell(l->found, FINDING_SERVER_ELSEWHERE, l->plan->fleet, key, &words,
               "%s: %s is not the TFTP server, and phones do not fall back to that", key, ip);
}

/* Beyond our own headquarters there is no network. */
static void lint_log_server(struct lint *l)
{
    const struct fleet *fleet = l->plan->fleet;
    char ip[INET_ADDRSTRLEN], server[INET_ADDRSTRLEN];
    if (!fleet->log_server.ip || fleet->log_server.ip == l->plan->server ||
        fleet->engine != ENGINE_DNSMASQ)
        return;
    inet_ntop(AF_INET, &fleet->log_server.ip, ip, sizeof ip);
    inet_ntop(AF_INET, &l->plan->server, server, sizeof server);
    const struct finding_words words = {.where = "logserver", .right = server};
    fleet_tell(l->found, FINDING_LOG_ELSEWHERE, fleet, "logserver", &words,
               "logserver: no route leads to %s; what phones send to %s can be seen by --capture",
               ip, server);
}

/* Where only the TFTP server answers. */
void lint_servers(struct lint *l)
{
    const struct plan *plan = l->plan;
    lint_log_server(l);
    for (size_t i = 0; i < plan->count && plan->fleet->engine == ENGINE_DNSMASQ; i++) {
        const struct plan_phone *p = &plan->phones[i];
        if (p->load_server && p->load_server != plan->server)
            tell_server(l, p);
    }
}
