/* sight.c - see sight.h. The kernel would follow links for us, but judge by who we are. */
#include "netns/plan/sight.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_MAX 40 /* as the kernel has it */

struct walk {
    const char *const *paths; /* above which nothing is judged */
    size_t count;
    char todo[2 * PATH_MAX]; /* what is left of the way */
    unsigned links;
    struct sight *out; /* whose `at` is how far it has got; "" is the topmost folder */
};

bool sight_below(const char *path, const char *folder)
{
    size_t len = strlen(folder);
    while (len > 0 && folder[len - 1] == '/')
        len--;
    return strncmp(path, folder, len) == 0 && path[len] == '/';
}

static bool is_judged(const struct walk *w, const char *folder)
{
    for (size_t i = 0; i < w->count; i++)
        if (strcmp(w->paths[i], folder) == 0 || sight_below(w->paths[i], folder))
            return false;
    return true;
}

static bool all_may(mode_t mode, mode_t bits)
{
    return (mode & bits) == bits;
}

static bool ends(struct walk *w, enum sight_kind kind)
{
    w->out->kind = kind;
    return false;
}

/* Takes the next name off what is left; false when nothing is. */
static bool next_name(struct walk *w, char name[NAME_MAX + 1])
{
    char *from = w->todo + strspn(w->todo, "/");
    size_t len = strcspn(from, "/");
    snprintf(name, NAME_MAX + 1, "%.*s", (int)len, from);
    memmove(w->todo, from + len, strlen(from + len) + 1);
    return len > 0;
}

/* What is left of the way now begins with the link's text. */
static bool follow(struct walk *w, const char *link)
{
    char target[PATH_MAX + 1];
    ssize_t len = readlink(link, target, PATH_MAX);
    size_t left = strlen(w->todo) + 1;
    if (len < 0 || ++w->links > LINKS_MAX || (size_t)len + left + 1 > sizeof w->todo)
        return ends(w, SIGHT_NOWHERE);
    memmove(w->todo + len + 1, w->todo, left);
    memcpy(w->todo, target, (size_t)len);
    w->todo[len] = '/';
    w->out->link = true;
    if (*target == '/')
        w->out->at[0] = '\0';
    return true;
}

/* One folder up; above the topmost there is none. */
static void go_up(struct sight *out)
{
    char *slash = strrchr(out->at, '/');
    if (slash)
        *slash = '\0';
}

/* What it has come to, and whether the way goes on there. */
static bool arrive(struct walk *w, const struct stat *st)
{
    struct sight *out = w->out;
    out->mode = st->st_mode;
    bool more = w->todo[strspn(w->todo, "/")] != '\0';
    if (S_ISDIR(st->st_mode))
        return more || ends(w, SIGHT_FOLDER);
    return ends(w, more                          ? SIGHT_NOWHERE
                   : !S_ISREG(st->st_mode)       ? SIGHT_SPECIAL
                   : !all_may(st->st_mode, 0444) ? SIGHT_CLOSED
                                                 : SIGHT_FILE);
}

/* One step to the name in the folder where it stands. */
static bool step(struct walk *w, const char *name)
{
    struct sight *out = w->out;
    struct stat st;
    size_t len = strlen(out->at);
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        if (name[1])
            go_up(out);
        return w->todo[strspn(w->todo, "/")] || ends(w, SIGHT_FOLDER);
    }
    if (is_judged(w, out->at) && stat(*out->at ? out->at : "/", &st) == 0 &&
        !all_may(st.st_mode, 0111)) {
        out->mode = st.st_mode;
        return ends(w, SIGHT_CLOSED);
    }
    if (len + strlen(name) + 2 > sizeof out->at)
        return ends(w, SIGHT_NOWHERE);
    snprintf(out->at + len, sizeof out->at - len, "/%s", name);
    if (lstat(out->at, &st) != 0) {
        enum sight_kind why = errno == EACCES ? SIGHT_CLOSED : SIGHT_NOWHERE;
        out->mode = why == SIGHT_CLOSED ? S_IFDIR : 0;
        if (why == SIGHT_CLOSED)
            go_up(out);
        return ends(w, why);
    }
    if (!S_ISLNK(st.st_mode))
        return arrive(w, &st);
    char link[PATH_MAX];
    snprintf(link, sizeof link, "%s", out->at);
    go_up(out);
    return follow(w, link);
}

static void walk(struct walk *w)
{
    char name[NAME_MAX + 1];
    while (next_name(w, name))
        if (!step(w, name))
            return;
    ends(w, SIGHT_FOLDER);
}

void sight_of(const char *folder, const char *name, struct sight *out)
{
    struct walk w = {.paths = &folder, .count = 1, .out = out};
    *out = (struct sight){.kind = SIGHT_NOWHERE};
    snprintf(out->at, sizeof out->at, "%s", strcmp(folder, "/") == 0 ? "" : folder);
    snprintf(w.todo, sizeof w.todo, "%s", name);
    walk(&w);
}

void sight_path(const char *path, const char *const paths[], size_t count, struct sight *out)
{
    struct walk w = {.paths = paths, .count = count, .out = out};
    *out = (struct sight){.kind = SIGHT_NOWHERE};
    snprintf(w.todo, sizeof w.todo, "%s", path);
    walk(&w);
}

const char *sight_lacks(const struct sight *s)
{
    return S_ISDIR(s->mode) ? "a+x" : "a+r";
}
