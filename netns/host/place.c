/* place.c - where things lie. Nothing that a user made is ever replaced or removed here. */
#include "netns/host/place.h"
#include "netns/text/say.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

const char *place_root(void)
{
    static char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    path[len > 0 ? len : 0] = '\0';
    char *build = strstr(path, "/.build/");
    for (char *next = build; next; next = strstr(build + 1, "/.build/"))
        build = next;
    if (!build) {
        say("must be run where it was built (ROOT/.build/fleet), not from %s", path);
        return NULL;
    }
    *build = '\0';
    return path;
}

char *place_program(const char *name)
{
    char self[PATH_MAX], *path;
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    while (len > 0 && self[len - 1] != '/')
        len--;
    return asprintf(&path, "%.*s%s", len > 0 ? (int)len : 0, self, name) < 0 ? NULL : path;
}

char *place_fleet_file(void)
{
    glob_t found;
    char *file = NULL;
    if (glob("{*.,}fleet.yml", GLOB_BRACE, NULL, &found) == 0 && found.gl_pathc > 1) {
        char *names = NULL;
        size_t size;
        FILE *out = open_memstream(&names, &size);
        for (size_t i = 0; out && i < found.gl_pathc; i++)
            fprintf(out, " %s", found.gl_pathv[i]);
        if (out && fclose(out) == 0)
            say("several fleet files here; name one with -f:%s", names);
        exit(2);
    }
    if (found.gl_pathc == 1)
        file = strdup(found.gl_pathv[0]);
    globfree(&found);
    return file;
}

/* ---- the directory for results ------------------------------------------------------- */

#define MARK    ".fleet-output" /* an empty file: here lie results */
#define ROOM    48               /* for what make_new() puts behind a name */
#define OUT_MAX (PATH_MAX - 256) /* VARIANT/flash/DEVICE/FILE is longest below it */

/* Whether a run of ours may write there: it is empty, or one has written there before. */
static bool is_ours(const char *path)
{
    static const char *const signs[] = {MARK, "events.jsonl", "compare.json", "plan.csv"};
    char sign[PATH_MAX];
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        snprintf(sign, sizeof sign, "%s/%s", path, signs[i]);
        if (access(sign, F_OK) == 0)
            return true;
    }
    DIR *dir = opendir(path);
    bool empty = dir != NULL;
    for (struct dirent *e; empty && (e = readdir(dir));)
        empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
    if (dir)
        closedir(dir);
    return empty;
}

/* mkdir -p; 0 or -1 with errno. An existing directory will do. */
static int make_path(const char *path)
{
    char part[PATH_MAX];
    struct stat st;
    snprintf(part, sizeof part, "%s", path);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(part, 0755) < 0 && errno != EEXIST)
            return -1;
        *slash = '/';
    }
    if (mkdir(part, 0755) == 0)
        return 0;
    if (errno == EEXIST && stat(part, &st) == 0 && !S_ISDIR(st.st_mode))
        errno = ENOTDIR;
    return errno == EEXIST ? 0 : -1;
}

/* A directory of its own for this run: two that start in the same second differ by a number. */
static int make_new(char *path, size_t size, const char *name, const char *kind)
{
    char when[32];
    time_t now = time(NULL);
    strftime(when, sizeof when, "%Y%m%d-%H%M%S", localtime(&now));
    if (mkdir(".fleet", 0755) < 0 && errno != EEXIST)
        return -1;
    int len = snprintf(path, size, ".fleet/%s-%s-%s", name, kind, when);
    for (int n = 2; mkdir(path, 0755) < 0; n++) {
        if (errno != EEXIST || n > 99)
            return -1;
        snprintf(path + len, size - (size_t)len, "-%d", n);
    }
    return 0;
}

/* Lets .fleet/latest lead to path, in one step. What is no link there stays. */
static void point_latest(const char *path)
{
    struct stat st;
    if (lstat(".fleet/latest", &st) == 0 && !S_ISLNK(st.st_mode))
        return;
    char link[64];
    snprintf(link, sizeof link, ".fleet/.latest-%d", (int)getpid());
    if (symlink(path + strlen(".fleet/"), link) == 0 && rename(link, ".fleet/latest") < 0)
        unlink(link);
}

/* Without one the next run of the same --out is refused, which it then says itself. */
static void mark(const char *path)
{
    char name[PATH_MAX];
    snprintf(name, sizeof name, "%s/" MARK, path);
    int fd = open(name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd >= 0)
        close(fd);
}

/* How long the path of results is from the top, before symbolic links; 0 with errno when the
 * working directory has none. */
static size_t length_of(const char *wanted, const char *name)
{
    char here[PATH_MAX];
    size_t len = wanted ? strlen(wanted) : sizeof ".fleet" + strlen(name) + ROOM;
    if (wanted && *wanted == '/')
        return len;
    return getcwd(here, sizeof here) ? strlen(here) + 1 + len : 0;
}

/* Whether all that a run writes will have a path; false after a message, and nothing is made. */
static bool is_in_reach(const char *wanted, const char *name)
{
    size_t len = length_of(wanted, name);
    if (len > 0 && len <= OUT_MAX)
        return true;
    if (len == 0)
        say_errno(errno, "the working directory has no path; name another with --out");
    else
        say("the path for results has %zu bytes, and %d are the most; name a shorter one with "
            "--out", len, OUT_MAX);
    return false;
}

char *place_out(const char *wanted, const char *name, const char *kind, int *code)
{
    char path[PATH_MAX] = "";
    int rc;
    if (!is_in_reach(wanted, name)) {
        *code = 2;
        return NULL;
    }
    if (wanted) {
        snprintf(path, sizeof path, "%s", wanted);
        rc = make_path(path);
    } else if ((rc = make_new(path, sizeof path, name, kind)) == 0) {
        point_latest(path);
    }
    char *real = rc == 0 ? realpath(path, NULL) : NULL;
    if (real && strlen(real) > OUT_MAX) { /* by a symbolic link */
        free(real);
        real = NULL;
        errno = ENAMETOOLONG;
    }
    if (!real || access(real, W_OK | X_OK) < 0) {
        say("cannot write results into %s: %s; name another with --out",
            *path ? path : "the working directory", strerror(errno));
        *code = 2;
    } else if (wanted && !is_ours(real)) {
        say("%s holds files that are not of an earlier run; name a new or empty directory with "
            "--out", path);
        *code = 2;
    } else {
        mark(real);
        return real;
    }
    free(real);
    return NULL;
}

bool place_writable(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    bool made = fd >= 0;
    if (!made && errno == EEXIST)
        fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        say_errno(errno, "cannot write %s", path);
        return false;
    }
    close(fd);
    if (made)
        unlink(path);
    return true;
}

int place_print(const char *dir, const char *name)
{
    char path[PATH_MAX], block[4096];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *in = fopen(path, "re");
    size_t got = 0;
    while (in && (got = fread(block, 1, sizeof block, in)) > 0)
        fwrite(block, 1, got, stdout);
    if (in && !ferror(in)) {
        fclose(in);
        return 0;
    }
    say_errno(errno, "cannot read %s", path);
    if (in)
        fclose(in);
    return 3;
}
