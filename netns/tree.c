/* tree.c - see tree.h. */
#include "netns/tree.h"
#include "netns/tftpkeys.h"

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

struct tree *tree_read(const struct fleet *fleet)
{
    struct dirent **entries;
    int n = scandir(fleet->firmware, &entries, is_entry, versionsort);
    if (n < 0)
        return NULL;
    struct tree *t = malloc(sizeof *t);
    char **names = calloc((size_t)n + 1, sizeof *names);
    if (!t || !names)
        err(3, "TFTP root");
    *t = (struct tree){fleet, names, (size_t)n};
    for (int i = 0; i < n; i++) {
        if (!(names[i] = strdup(entries[i]->d_name)))
            err(3, "TFTP root");
        free(entries[i]);
    }
    free(entries);
    return t;
}

void tree_free(struct tree *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->count; i++)
        free(t->names[i]);
    free(t->names);
    free(t);
}

bool tree_has(const struct tree *t, const char *name)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->names[i], name) == 0)
            return true;
    return false;
}

const char *tree_nearly(const struct tree *t, const char *name)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcasecmp(t->names[i], name) == 0 && strcmp(t->names[i], name) != 0)
            return t->names[i];
    return NULL;
}

bool tree_serves(const struct tree *t, const char *name)
{
    return tree_has(t, name) && !tftp_matches(&t->fleet->without, name);
}

char *tree_path(const struct tree *t, const char *name)
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

bool tree_has_load(const struct tree *t, const char *load)
{
    char name[NAME_MAX_LEN + sizeof LOADS_SUFFIX];
    snprintf(name, sizeof name, "%s" LOADS_SUFFIX, load);
    return tree_has(t, name);
}

static bool begins(const char *name, const char *prefix)
{
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

void tree_pick(const struct tree *t, const struct phone_model *model, bool newest,
               const char *other, char out[NAME_MAX_LEN])
{
    for (size_t n = 0; n < t->count; n++) {
        const char *name = t->names[newest ? t->count - 1 - n : n];
        if (begins(name, model->prefix) && load_of(name, out) && strcmp(out, other) != 0)
            return;
    }
    out[0] = '\0';
}

const char *tree_list(const struct tree *t, const char *prefix, char *out, size_t size)
{
    char load[NAME_MAX_LEN];
    size_t len = 0;
    snprintf(out, size, "none");
    for (size_t i = 0; i < t->count && len < size; i++)
        if (begins(t->names[i], prefix) && load_of(t->names[i], load))
            len += (size_t)snprintf(out + len, size - len, "%s%s", len ? ", " : "", load);
    return out;
}
