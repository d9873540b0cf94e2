/* planload.c - which load each phone is to run, and what is wrong with the ones that are named. */
#include "netns/plan/planload.h"
#include "netns/plan/missing.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- loads --------------------------------------------------------------------------- */

/* Whether a load may be the model's: by its name it is, or it tells no hardware. */
static bool load_suits(const struct stock *stock, struct findings *found, const char *path,
                       const char *load, const struct phone_model *model)
{
    char owners[256] = "other hardware", names[LOAD_NAMES_SIZE], own[NAME_MAX_LEN];
    size_t len = 0;
    if (!load_is_foreign(load, model))
        return true;
    for (size_t i = 0; i < phone_model_count && len < sizeof owners; i++)
        if (load_is_for(load, &phone_models[i]))
            len += (size_t)snprintf(owners + len, sizeof owners - len, "%s%s", len ? ", " : "",
                                    phone_models[i].name);
    load_names(model, names);
    stock_pick(stock, model, load_protocol(load), true, "", own);
    const struct finding_words words = {.right = *own ? own : names,
                                        .where = *own ? path : stock->fleet->firmware};
    fleet_tell(found, *own ? FINDING_LOAD_FOREIGN : FINDING_LOAD_FOREIGN_ALONE, stock->fleet,
               path, &words, "%s: load %s is for %s; loads of a %s are named %s", path, load,
               owners, model->name, names);
    return false;
}

/* The load of a file of that name. */
static void load_name_of(const char *file, char out[NAME_MAX_LEN])
{
    size_t len = strlen(file), n = strlen(LOADS_SUFFIX);
    snprintf(out, NAME_MAX_LEN, "%.*s", (int)(len > n ? len - n : len), file);
}

/* A load that the root has not. */
static void tell_absent(const struct stock *stock, const char *path, const char *load,
                        const struct phone_model *model, struct findings *found)
{
    static const enum finding_kind kinds[] = {[MISSING_CASE] = FINDING_LOAD_MISSPELT,
                                              [MISSING_RENAMED] = FINDING_LOAD_RENAMED,
                                              [MISSING_BELOW] = FINDING_LOAD_BELOW,
                                              [MISSING_PACKED] = FINDING_LOAD_PACKED,
                                              [MISSING_NOWHERE] = FINDING_LOAD_UNKNOWN};
    static_assert(sizeof kinds / sizeof *kinds == MISSING_COUNT, "each cause has its finding");
    char file[NAME_MAX_LEN + sizeof LOADS_SUFFIX], right[PATH_MAX], known[256], own[NAME_MAX_LEN];
    snprintf(file, sizeof file, "%s" LOADS_SUFFIX, load);
    struct missing m = missing_find(stock, file);
    load_name_of(load, own);
    bool suffixed = strcmp(own, load) != 0 && stock_has_load(stock, own) &&
                    strcasecmp(load + strlen(own), LOADS_SUFFIX) == 0;
    if (!suffixed)
        load_name_of(m.name, own);
    snprintf(right, sizeof right, "%s/%s", stock->fleet->firmware, file);
    if (m.kind == MISSING_BELOW)
        *strrchr(m.path, '/') = '\0';
    bool misspelt = suffixed || m.kind == MISSING_CASE;
    const struct finding_words words = {m.path ? m.path : file, misspelt ? own : right,
                                        misspelt ? path : stock->fleet->firmware};
    fleet_tell(found, misspelt ? FINDING_LOAD_MISSPELT : kinds[m.kind], stock->fleet, path,
               &words, "%s: no %s in %s; there for this model: %s", path, file,
               stock->fleet->firmware, stock_list(stock, model, known, sizeof known));
    missing_free(&m);
}

bool planload_fits(const struct stock *stock, const char *path, const char *load,
                   const struct phone_model *model, struct findings *found)
{
    if (!load_suits(stock, found, path, load, model))
        return false;
    if (stock_has_load(stock, load) || stock->fleet->engine == ENGINE_EXTERNAL) /* may have it */
        return true;
    tell_absent(stock, path, load, model, found);
    return false;
}

/* Of a root with loads of both protocols one is taken, and nothing has said which. */
static void tell_protocol(const struct stock *stock, size_t group, const char *load,
                          struct findings *found)
{
    const struct fleet_group *g = &stock->fleet->groups[group];
    char path[64], where[72], other[NAME_MAX_LEN];
    stock_pick(stock, g->model, LOAD_SIP, true, "", other);
    if (g->running || load_protocol(other) == load_protocol(load))
        return;
    snprintf(path, sizeof path, "phones[%zu]", group);
    snprintf(where, sizeof where, "%s.load", path);
    const struct finding_words words = {.right = load, .where = where};
    fleet_tell(found, FINDING_PROTOCOLS, stock->fleet, path, &words,
               "%s: the root has SCCP and SIP loads for a %s: %s is taken, not %s", path,
               g->model->name, load, other);
}

/* A load of the model that nobody can ask for, as its file has lost the case of its name: the
 * envelope has kept it. */
static void tell_miscased(const struct stock *stock, const struct phone_model *model,
                          struct findings *found)
{
    for (size_t i = 0; i < stock->count; i++) {
        const char *name = stock->names[i];
        size_t len = strlen(name), n = strlen(LOADS_SUFFIX);
        char load[NAME_MAX_LEN], right[NAME_MAX_LEN], *path, *to;
        load_name_of(name, load);
        if (len <= n || strcasecmp(name + len - n, LOADS_SUFFIX) != 0 ||
            !load_is_for(load, model) || stock_load_of(name, model, right) ||
            !stock_gives(stock, name))
            continue;
        path = stock_path(stock, name);
        if (missing_case(path, right) && !stock_has(stock, right)) {
            to = stock_path(stock, right);
            const struct finding_words words = {.right = to};
            finding_tell(found, FINDING_FILE_CASE, path, &words, "it is the list of a load for a "
                         "%s, which is asked for as %s", model->name, right);
            free(to);
        }
        free(path);
    }
}

/* The newest in the protocol that its phones run. */
static void pick_load(const struct stock *stock, size_t group, struct findings *found,
                      char load[NAME_MAX_LEN])
{
    const struct fleet_group *g = &stock->fleet->groups[group];
    stock_pick(stock, g->model, load_protocol(g->running ? g->running : ""), true, "", load);
    tell_miscased(stock, g->model, found);
    if (load[0])
        tell_protocol(stock, group, load, found);
}

/* No load of the model is there; packed, one may be. */
static void tell_none(const struct stock *stock, const char *path, const struct phone_model *model,
                      struct findings *found)
{
    char names[LOAD_NAMES_SIZE];
    load_names(model, names);
    struct missing m = missing_find(stock, LOADS_SUFFIX);
    const struct finding_words words = {m.path, names, stock->fleet->firmware};
    fleet_tell(found, m.path ? FINDING_LOAD_PACKED : FINDING_LOAD_NO_MODEL, stock->fleet, path,
               &words, "%s: no load for a %s (%s) in %s", path, model->name, names,
               stock->fleet->firmware);
    missing_free(&m);
}

/* The load of those of a group that no file of their own gives one; empty after a finding. */
static void choose_load(const struct stock *stock, size_t i, struct findings *found,
                        char load[NAME_MAX_LEN])
{
    const struct fleet_group *g = &stock->fleet->groups[i];
    char path[64];
    snprintf(path, sizeof path, g->load ? "phones[%zu].load" : "phones[%zu]", i);
    if (g->load)
        snprintf(load, NAME_MAX_LEN, "%s", g->load);
    else
        pick_load(stock, i, found, load);
    if (!load[0])
        tell_none(stock, path, g->model, found);
    else
        planload_fits(stock, path, load, g->model, found);
}

/* What a phone runs before. A root with one load only does not tell: then a load that has no
 * version, which no rule about versions is for. */
static void set_running(const struct stock *stock, const struct fleet_group *g,
                        struct plan_phone *p)
{
    if (g->running)
        snprintf(p->running, sizeof p->running, "%s", g->running);
    else
        stock_pick(stock, g->model, load_protocol(p->load), false, p->load, p->running);
    const char *dot = strchr(p->load, '.');
    int family = dot ? (int)(dot + 1 - p->load) : 0;
    if (!p->running[0])
        snprintf(p->running, sizeof p->running, "%.*searlier", family ? family : 4,
                 family ? p->load : g->model->prefix);
}

/* Sets the loads of a group's phones, from its first on. */
void planload_set(const struct stock *stock, size_t i, struct plan_phone *phones,
                  struct findings *found)
{
    const struct fleet_group *g = &stock->fleet->groups[i];
    char load[NAME_MAX_LEN] = "";
    bool chosen = false;
    for (size_t n = 0; n < g->count; n++) {
        struct plan_phone *p = &phones[n];
        bool own = !g->load && p->named[0];
        if (!own && !chosen)
            choose_load(stock, i, found, load);
        chosen = chosen || !own;
        snprintf(p->load, sizeof p->load, "%s", own ? p->named : load);
        if (p->config == CONFIG_WRITTEN && !p->from_default)
            snprintf(p->named, sizeof p->named, "%s", p->load);
        if (p->factory_reset)
            continue;
        set_running(stock, g, p);
    }
}
