/* firmware.c - see firmware.h. The lists are read first, then the files that they list. */
#include "netns/plan/firmware.h"
#include "netns/fleet/fault.h"
#include "netns/plan/rootcheck.h"
#include "netns/text/findingsay.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct firmware_load *firmware_find(const struct firmware *f, const char *load)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->loads[i].name, load) == 0)
            return &f->loads[i];
    return NULL;
}

static void add_load(struct firmware *f, const char *name, const struct stock *stock)
{
    f->loads = reallocarray(f->loads, f->count + 1, sizeof *f->loads);
    if (!f->loads)
        err(3, "firmware");
    struct firmware_load *l = &f->loads[f->count++];
    memset(l, 0, sizeof *l);
    snprintf(l->name, sizeof l->name, "%s", name);
    snprintf(l->file[0].name, sizeof l->file[0].name, "%.57s" LOADS_SUFFIX, name);
    l->file[0].there = stock_gives(stock, l->file[0].name);
    l->count = 1;
}

static void add_listed(struct firmware_load *l, const struct stock *stock)
{
    const struct inspected *list = &l->file[0].seen;
    for (size_t i = 0; i < list->file_count; i++) {
        struct firmware_file *file = &l->file[l->count++];
        snprintf(file->name, sizeof file->name, "%s", list->file[i]);
        file->there = stock_gives(stock, file->name);
    }
}

/* Of every load the files from `first` on, as far as they are there. */
static bool inspect(struct firmware *f, const struct stock *stock, size_t first, const char *key)
{
    char **paths = calloc(f->count * (1 + SCREEN_BOXES) + 1, sizeof *paths);
    size_t count = 0, next = 0;
    if (!paths)
        err(3, "firmware");
    for (size_t i = 0; i < f->count; i++)
        for (size_t n = first; n < f->loads[i].count; n++)
            if (f->loads[i].file[n].there)
                paths[count++] = stock_path(stock, f->loads[i].file[n].name);
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

/* Once each. */
static void add_asked(struct firmware *f, const char *load, const struct stock *stock)
{
    if (*load && !firmware_find(f, load))
        add_load(f, load, stock);
}

struct firmware *firmware_inspect(const struct plan *plan, const struct stock *stock,
                                  const char *key)
{
    struct firmware *f = calloc(1, sizeof *f);
    if (!f)
        err(3, "firmware");
    for (size_t i = 0; i < plan->count; i++) {
        add_asked(f, plan_factory(&plan->phones[i]), stock);
        add_asked(f, plan_asked(&plan->phones[i]), stock);
    }
    for (size_t i = 0; i < plan->fleet->set_count; i++)
        add_asked(f, plan->fleet->set[i].load, stock);
    bool good = inspect(f, stock, 0, key);
    for (size_t i = 0; good && i < f->count; i++)
        add_listed(&f->loads[i], stock);
    if (good && inspect(f, stock, 1, key))
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

/* ---- limits -------------------------------------------------------------------------- */

static void check_load(const struct firmware_load *load, const struct stock *stock,
                       struct findings *found)
{
    for (size_t i = 0; i < load->count; i++) {
        const struct firmware_file *file = &load->file[i];
        if (!strstr(file->seen.why, LIMIT_OWN))
            continue;
        char *path = stock_path(stock, file->name);
        finding_add(found, FINDING_BEYOND_LIMIT, path, "%s", file->seen.why);
        free(path);
    }
}

/* What is wrong with a file in any other way is for phones to say. */
bool firmware_within_limits(const struct plan *plan)
{
    struct findings found = {0};
    struct stock *stock = stock_read(plan->fleet);
    struct firmware *f = stock ? firmware_inspect(plan, stock, NULL) : NULL;
    if (!f)
        exit(3); /* it is said why */
    for (size_t i = 0; i < f->count; i++)
        check_load(&f->loads[i], stock, &found);
    findings_say(&found);
    bool within = found.count == 0;
    findings_free(&found);
    firmware_free(f);
    stock_free(stock);
    return within;
}

void firmware_check_names(const struct stock *stock, struct findings *found)
{
    for (size_t i = 0; i < stock->count; i++) {
        const char *name = stock->names[i], *dot = strrchr(name, '.');
        if (!dot || strcmp(dot, LOADS_SUFFIX) != 0 || (size_t)(dot - name) <= LIMIT_LOAD)
            continue;
        char *path = stock_path(stock, name);
        finding_add(found, FINDING_NAME_TOO_LONG, path, "%s",
                    LIMIT_BEYOND("the load's name is longer than", LIMIT_LOAD, "characters"));
        free(path);
    }
}
