/* firmware.c - see firmware.h. The lists are read first, then the files that they list. */
#include "netns/firmware.h"
#include "netns/rootcheck.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *firmware_asked(const struct plan_phone *phone)
{
    return phone->config == CONFIG_ABROAD ? phone->load : phone->named;
}

const char *firmware_factory(const struct plan_phone *phone)
{
    return phone->factory_reset && phone->model->factory ? phone->model->factory : "";
}

const struct firmware_load *firmware_find(const struct firmware *f, const char *load)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->loads[i].name, load) == 0)
            return &f->loads[i];
    return NULL;
}

static void add_load(struct firmware *f, const char *name, const struct tree *tree)
{
    f->loads = reallocarray(f->loads, f->count + 1, sizeof *f->loads);
    if (!f->loads)
        err(3, "firmware");
    struct firmware_load *l = &f->loads[f->count++];
    memset(l, 0, sizeof *l);
    snprintf(l->name, sizeof l->name, "%s", name);
    snprintf(l->file[0].name, sizeof l->file[0].name, "%.57s" LOADS_SUFFIX, name);
    l->file[0].there = tree_gives(tree, l->file[0].name);
    l->count = 1;
}

static void add_listed(struct firmware_load *l, const struct tree *tree)
{
    const struct inspected *list = &l->file[0].seen;
    for (size_t i = 0; i < list->file_count; i++) {
        struct firmware_file *file = &l->file[l->count++];
        snprintf(file->name, sizeof file->name, "%s", list->file[i]);
        file->there = tree_gives(tree, file->name);
    }
}

/* Of every load the files from `first` on, as far as they are there. */
static bool inspect(struct firmware *f, const struct tree *tree, size_t first, const char *key)
{
    char **paths = calloc(f->count * (1 + SCREEN_BOXES) + 1, sizeof *paths);
    size_t count = 0, next = 0;
    if (!paths)
        err(3, "firmware");
    for (size_t i = 0; i < f->count; i++)
        for (size_t n = first; n < f->loads[i].count; n++)
            if (f->loads[i].file[n].there)
                paths[count++] = tree_path(tree, f->loads[i].file[n].name);
    struct inspected *seen = inspect_files(paths, count, key);
    for (size_t i = 0; seen && i < f->count; i++)
        for (size_t n = first; n < f->loads[i].count; n++)
            if (f->loads[i].file[n].there)
                f->loads[i].file[n].seen = seen[next++];
    for (size_t i = 0; i < count; i++)
        free(paths[i]);
    free(paths);
    free(seen);
    return seen != NULL;
}

const char *firmware_key(const struct fleet *fleet)
{
    struct findings said = {0};
    bool open = rootcheck_key(fleet, &said);
    findings_free(&said);
    return open && fleet->authentication == FLEET_AUTH_SIGNATURE ? fleet->key : NULL;
}

struct firmware *firmware_inspect(const struct plan *plan, const struct tree *tree,
                                  const char *key)
{
    struct firmware *f = calloc(1, sizeof *f);
    if (!f)
        err(3, "firmware");
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_phone *p = &plan->phones[i];
        const char *loads[] = {firmware_factory(p), firmware_asked(p)};
        for (size_t n = 0; n < sizeof loads / sizeof *loads; n++)
            if (*loads[n] && !firmware_find(f, loads[n]))
                add_load(f, loads[n], tree);
    }
    bool good = inspect(f, tree, 0, key);
    for (size_t i = 0; good && i < f->count; i++)
        add_listed(&f->loads[i], tree);
    if (good && inspect(f, tree, 1, key))
        return f;
    firmware_free(f);
    return NULL;
}

void firmware_free(struct firmware *f)
{
    if (f)
        free(f->loads);
    free(f);
}
