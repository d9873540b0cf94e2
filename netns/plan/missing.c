/* missing.c - see missing.h. */
#include "netns/plan/missing.h"
#include "netns/plan/inspection.h"

#include <dirent.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DEPTH_MAX   4     /* folders below the root */
#define FOLDERS_MAX 10000 /* looked into; a root may be a file system */

struct search {
    const char *name;
    unsigned folders;
    char *found;
};

static char *join(const char *folder, const char *name)
{
    char *path;
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        err(3, "TFTP root");
    return path;
}

/* ---- below --------------------------------------------------------------------------- */

static int is_entry(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static void search(struct search *s, const char *folder, unsigned depth);

/* Folders that are closed to others are passed over, as by who cannot look. */
static void search_in(struct search *s, const char *folder, const char *name, unsigned depth)
{
    struct sight sight;
    sight_of(folder, name, &sight);
    bool listed = (sight.mode & 0555) == 0555;
    char *path = sight.kind == SIGHT_FOLDER && listed && !sight.link ? join(folder, name) : NULL;
    if (path)
        search(s, path, depth + 1);
    free(path);
}

/* The file first, then what lies deeper. */
static void search(struct search *s, const char *folder, unsigned depth)
{
    struct dirent **entries;
    struct sight sight;
    sight_of(folder, s->name, &sight);
    if (sight.kind == SIGHT_FILE) {
        s->found = join(folder, s->name);
        return;
    }
    int n = depth < DEPTH_MAX && s->folders++ < FOLDERS_MAX
                ? scandir(folder, &entries, is_entry, versionsort)
                : -1;
    for (int i = 0; i < n; i++) {
        bool folders = entries[i]->d_type == DT_DIR || entries[i]->d_type == DT_UNKNOWN;
        if (!s->found && folders)
            search_in(s, folder, entries[i]->d_name, depth);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
}

/* ---- packed -------------------------------------------------------------------------- */

/* As the vendor gives its loads away, and others theirs. */
static bool is_archive(const char *name)
{
    static const char *const ends[] = {".zip",    ".cop", ".cop.sgn", ".tar",
                                       ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"};
    size_t len = strlen(name);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t n = strlen(ends[i]);
        if (len > n && strcasecmp(name + len - n, ends[i]) == 0)
            return true;
    }
    return false;
}

static char *find_archive(const struct stock *stock)
{
    for (size_t i = stock->count; i-- > 0;)
        if (is_archive(stock->names[i]) && stock_gives(stock, stock->names[i]))
            return stock_path(stock, stock->names[i]);
    return NULL;
}

/* ---- all ----------------------------------------------------------------------------- */

/* Whether the load is the same, and only ".loads" is written otherwise: nobody names that. */
static bool ends_otherwise(const char *a, const char *b)
{
    size_t len = strlen(a), n = strlen(LOADS_SUFFIX);
    return len > n && strncmp(a, b, len - n) == 0 && strcasecmp(a + len - n, LOADS_SUFFIX) == 0;
}

/* Whether a file's envelope has another name than the file, which is then in right. */
static bool is_renamed(char *path, char right[NAME_MAX_LEN])
{
    struct inspected *seen = inspect_files(&path, 1, NULL);
    const struct inspected_mistake *m = seen ? inspected_mistake(seen, seen->why) : NULL;
    bool renamed = m && m->kind == MISTAKE_NAME && strlen(m->right) < NAME_MAX_LEN;
    if (renamed)
        memcpy(right, m->right, strlen(m->right) + 1);
    free(seen);
    return renamed;
}

bool missing_case(char *path, char right[NAME_MAX_LEN])
{
    const char *slash = strrchr(path, '/');
    return is_renamed(path, right) && strcasecmp(right, slash ? slash + 1 : path) == 0;
}

struct missing missing_find(const struct stock *stock, const char *name)
{
    struct missing m = {.kind = MISSING_CASE};
    struct search s = {.name = name};
    const char *nearly = stock_nearly(stock, name);
    if (nearly) {
        snprintf(m.name, sizeof m.name, "%s", nearly);
        m.path = stock_path(stock, nearly);
        char right[NAME_MAX_LEN];
        bool renamed = stock_gives(stock, nearly) && is_renamed(m.path, right);
        if (ends_otherwise(nearly, name) || (renamed && strcmp(right, name) == 0))
            m.kind = MISSING_RENAMED;
        return m;
    }
    for (size_t i = 0; i < stock->count && !s.found; i++)
        if (stock->entries[i].sight == SIGHT_FOLDER)
            search_in(&s, stock->fleet->firmware, stock->entries[i].name, 0);
    m.path = s.found ? s.found : find_archive(stock);
    m.kind = s.found ? MISSING_BELOW : m.path ? MISSING_PACKED : MISSING_NOWHERE;
    return m;
}

void missing_free(struct missing *m)
{
    free(m->path);
    m->path = NULL;
}
