/* stock.c - see stock.h. */
#include "netns/plan/stock.h"
#include "netns/fleet/tftpkeys.h"

#include <dirent.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int is_entry(const struct dirent *e)
{
    return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

/* ---- by name ------------------------------------------------------------------------- */

/* Names that differ in capitals alone follow each other. */
static int by_name(const void *a, const void *b)
{
    const struct stock_entry *x = a, *y = b;
    int order = strcasecmp(x->name, y->name);
    return order ? order : strcmp(x->name, y->name);
}

static void sort(struct stock *t)
{
    struct sight sight;
    for (size_t i = 0; i < t->count; i++) {
        sight_of(t->fleet->firmware, t->names[i], &sight);
        t->entries[i] = (struct stock_entry){t->names[i], sight.kind};
    }
    qsort(t->entries, t->count, sizeof *t->entries, by_name);
}

/* The first of those that have the name but for capitals; where there is none, NULL. */
static const struct stock_entry *first_of(const struct stock *t, const char *name)
{
    size_t from = 0, to = t->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (strcasecmp(t->entries[middle].name, name) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    bool there = from < t->count && strcasecmp(t->entries[from].name, name) == 0;
    return there ? &t->entries[from] : NULL;
}

/* The one of exactly that name, or of one that differs in capitals; NULL when there is none. */
static const struct stock_entry *find(const struct stock *t, const char *name, bool exactly)
{
    const struct stock_entry *end = t->entries + t->count, *e = first_of(t, name);
    for (; e && e < end && strcasecmp(e->name, name) == 0; e++)
        if ((strcmp(e->name, name) == 0) == exactly)
            return e;
    return NULL;
}

/* ---- the root ------------------------------------------------------------------------ */

struct stock *stock_read(const struct fleet *fleet)
{
    struct dirent **entries;
    int n = scandir(fleet->firmware, &entries, is_entry, versionsort);
    if (n < 0)
        return NULL;
    struct stock *t = malloc(sizeof *t);
    char **names = calloc((size_t)n + 1, sizeof *names);
    struct stock_entry *sorted = calloc((size_t)n + 1, sizeof *sorted);
    if (!t || !names || !sorted)
        err(3, "TFTP root");
    *t = (struct stock){fleet, names, (size_t)n, sorted};
    for (int i = 0; i < n; i++) {
        if (!(names[i] = strdup(entries[i]->d_name)))
            err(3, "TFTP root");
        free(entries[i]);
    }
    free(entries);
    sort(t);
    return t;
}

void stock_free(struct stock *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->count; i++)
        free(t->names[i]);
    free(t->names);
    free(t->entries);
    free(t);
}

bool stock_has(const struct stock *t, const char *name)
{
    return find(t, name, true) != NULL;
}

bool stock_gives(const struct stock *t, const char *name)
{
    const struct stock_entry *e = find(t, name, true);
    return e && e->sight == SIGHT_FILE;
}

const char *stock_nearly(const struct stock *t, const char *name)
{
    const struct stock_entry *e = find(t, name, false);
    return e ? e->name : NULL;
}

bool stock_serves(const struct stock *t, const char *name)
{
    return stock_gives(t, name) && !tftp_matches(&t->fleet->without, name);
}

char *stock_path(const struct stock *t, const char *name)
{
    char *path;
    if (asprintf(&path, "%s/%s", t->fleet->firmware, name) < 0)
        err(3, "TFTP root");
    return path;
}

/* ---- loads --------------------------------------------------------------------------- */

/* False when the name is no load's. */
static bool load_of(const char *name, char out[NAME_MAX_LEN])
{
    const char *dot = strrchr(name, '.');
    if (!dot || strcmp(dot, LOADS_SUFFIX) != 0 ||
        (size_t)(dot - name) > NAME_MAX_LEN - sizeof LOADS_SUFFIX)
        return false;
    snprintf(out, NAME_MAX_LEN, "%.*s", (int)(dot - name), name);
    return true;
}

bool stock_has_load(const struct stock *t, const char *load)
{
    char name[NAME_MAX_LEN + sizeof LOADS_SUFFIX];
    snprintf(name, sizeof name, "%s" LOADS_SUFFIX, load);
    return stock_has(t, name);
}

/* Whether the word before the hardware's digits is in capitals, as in all loads that were given
 * away; another is what a file system or a transfer made of one. */
static bool in_capitals(const char *load)
{
    size_t word = strcspn(load, "0123456789");
    return strspn(load, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == word;
}

bool stock_load_of(const char *name, const struct phone_model *model, char out[NAME_MAX_LEN])
{
    return load_of(name, out) && in_capitals(out) && load_is_for(out, model) &&
           !load_is_factory(out);
}

static bool pick_of(const struct stock *t, const struct phone_model *model,
                    enum load_protocol protocol, bool newest, const char *other,
                    char out[NAME_MAX_LEN])
{
    char load[NAME_MAX_LEN];
    bool found = false;
    for (size_t n = 0; n < t->count; n++) {
        if (!stock_load_of(t->names[n], model, load) || load_protocol(load) != protocol ||
            strcmp(load, other) == 0)
            continue;
        int order = found ? load_compare(load, out) : 0;
        if (!found || (newest ? order > 0 : order < 0))
            memcpy(out, load, NAME_MAX_LEN);
        found = true;
    }
    return found;
}

void stock_pick(const struct stock *t, const struct phone_model *model, enum load_protocol protocol,
               bool newest, const char *other, char out[NAME_MAX_LEN])
{
    enum load_protocol second = protocol == LOAD_SIP ? LOAD_SCCP : LOAD_SIP;
    if (!pick_of(t, model, protocol, newest, other, out) &&
        !pick_of(t, model, second, newest, other, out))
        out[0] = '\0';
}

static int older_first(const void *a, const void *b)
{
    return load_compare(a, b);
}

const char *stock_list(const struct stock *t, const struct phone_model *model, char *out,
                      size_t size)
{
    char(*loads)[NAME_MAX_LEN] = calloc(t->count + 1, sizeof *loads);
    size_t count = 0, len = 0;
    if (!loads)
        err(3, "TFTP root");
    for (size_t i = 0; i < t->count; i++)
        count += stock_load_of(t->names[i], model, loads[count]);
    qsort(loads, count, sizeof *loads, older_first);
    snprintf(out, size, "none");
    for (size_t i = 0; i < count && len < size; i++)
        len += (size_t)snprintf(out + len, size - len, "%s%s", len ? ", " : "", loads[i]);
    free(loads);
    return out;
}
