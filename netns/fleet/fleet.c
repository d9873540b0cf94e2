/* fleet.c - see fleet.h. */
#include "netns/fleet/fleet.h"
#include "netns/text/say.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fleet_free(struct fleet *fleet)
{
    if (!fleet)
        return;
    doc_free(fleet->document);
    doc_free(fleet->pristine);
    free(fleet->profiles);
    free(fleet->models);
    free(fleet->groups);
    free(fleet->set);
    free(fleet->expects);
    free(fleet->subnets);
    free(fleet->without.items);
    free(fleet->damage.items);
    free(fleet->faults);
    free((char *)fleet->firmware);
    free((char *)fleet->key);
    free(fleet);
}

/* ---- levels of configuration --------------------------------------------------------- */

const struct fleet_profile *fleet_profile_find(const struct fleet *fleet, const char *name)
{
    for (size_t i = 0; i < fleet->profile_count; i++)
        if (strcmp(fleet->profiles[i].name, name) == 0)
            return &fleet->profiles[i];
    return NULL;
}

const struct fleet_profile *fleet_profile_of(const struct fleet *fleet, const struct fleet_group *g)
{
    static const struct fleet_profile none = {.pfs = TRI_UNSET};
    const struct fleet_profile *profile = g->profile ? fleet_profile_find(fleet, g->profile) : NULL;
    return profile ? profile : &none;
}

unsigned fleet_quirks_of(const struct fleet *fleet, const struct fleet_group *g)
{
    unsigned quirks = g->quirks | fleet_profile_of(fleet, g)->quirks;
    for (size_t i = 0; i < fleet->model_count; i++)
        if (strcmp(fleet->models[i].name, g->model->name) == 0)
            quirks |= fleet->models[i].quirks;
    return quirks;
}

enum tri fleet_pfs_of(const struct fleet *fleet, const struct fleet_group *g)
{
    enum tri profile = fleet_profile_of(fleet, g)->pfs;
    if (!g->model->pfs || fleet_quirks_of(fleet, g) & QUIRK_CONFIG_LACKS_PFS)
        return TRI_UNSET;
    if (fleet->mode == MODE_TRADITIONAL)
        return TRI_OFF;
    return g->pfs != TRI_UNSET ? g->pfs : profile != TRI_UNSET ? profile : fleet->enterprise_pfs;
}

uint32_t fleet_load_server_of(const struct fleet *fleet, const struct fleet_group *g)
{
    uint32_t profile = fleet_profile_of(fleet, g)->load_server;
    return g->load_server ? g->load_server : profile ? profile : fleet->enterprise_load_server;
}

bool fleet_is_silent(const struct fleet *fleet, size_t group)
{
    const struct fleet_group *g = &fleet->groups[group];
    return !g->load && !fleet_load_server_of(fleet, g) && g->pfs == TRI_UNSET &&
           fleet_profile_of(fleet, g)->pfs == TRI_UNSET && fleet->enterprise_pfs == TRI_UNSET;
}

/* ---- places in the file -------------------------------------------------------------- */

void fleet_complain(const struct fleet *fleet, const char *path, const char *format, ...)
{
    char *text;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        err(3, "fleet file");
    va_end(args);
    if (fleet->document)
        doc_complain(doc_locate(fleet->document, path), "%s", text);
    else
        say_at(fleet->origin ? fleet->origin : "fleet", "%s", text);
    free(text);
}

char *fleet_place(const struct fleet *fleet, const char *path)
{
    return fleet->document ? doc_place(doc_locate(fleet->document, path))
                           : strdup(fleet->origin ? fleet->origin : "fleet");
}

void fleet_tell(struct findings *found, enum finding_kind kind, const struct fleet *fleet,
                const char *path, const struct finding_words *words, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    finding_take(found, kind, fleet_place(fleet, path), words, format, args);
    va_end(args);
}
