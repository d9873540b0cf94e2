/* outdir.c - the output directory of a run. */
#include "netns/run/outdir.h"
#include "netns/fleet/dhcpkeys.h"
#include "netns/text/outfile.h"
#include "netns/text/say.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const run_dirs[] = {"logs", "pages", "flash", "tftproot"};
static const char *const result_files[] = {"summary.json", "compare.json", "junit.xml",
                                           "report.html",  "site.pcapng",  "lab.log",
                                           "callmanager.log", "callmanager.json", "dhcp.log",
                                           "dhcp.conf",    "dhcp-relay.conf", "dhcp.leases"};

int remove_tree(int dir, const char *name)
{
    if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
        return 0;
    int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *entries = fd < 0 ? NULL : fdopendir(fd);
    if (!entries)
        return -errno;
    int err = 0;
    for (struct dirent *e; err == 0 && (e = readdir(entries));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            err = remove_tree(fd, e->d_name);
    closedir(entries);
    if (err == 0 && unlinkat(dir, name, AT_REMOVEDIR) != 0)
        err = -errno;
    return err;
}

/* A file of a flash that no phone writes to any more: the launcher's, if it was the phone's (it may
 * have linked in what is another's); and a hard link where it was a symbolic one into the store.
 * What fails stays as it is; 0, or the negative errno for which content goes with the store. */
static int settle_file(int store, int dir, const char *name, uid_t phone)
{
    static const char way[] = "../.store/";
    char target[PATH_MAX];
    struct stat st;
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_uid == phone)
        fchownat(dir, name, geteuid(), getegid(), AT_SYMLINK_NOFOLLOW);
    ssize_t len = readlinkat(dir, name, target, sizeof target - 1);
    target[len > 0 ? len : 0] = '\0';
    const char *content = target + sizeof way - 1;
    if (strncmp(target, way, sizeof way - 1) != 0 || strchr(content, '/'))
        return 0;
    if (linkat(store, content, dir, ".link", 0) != 0)
        return outfile_lost(-errno);
    int err = renameat(dir, ".link", dir, name) != 0 ? outfile_lost(-errno) : 0;
    if (err != 0)
        unlinkat(dir, ".link", 0);
    return err;
}

static int settle_flash(int store, int flash, const char *phone)
{
    struct stat st;
    int err = 0;
    int dir = openat(flash, phone, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *entries = dir < 0 ? NULL : fdopendir(dir);
    if (!entries)
        return 0;
    fstat(dir, &st);
    fchown(dir, geteuid(), getegid());
    for (struct dirent *e; (e = readdir(entries));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
            int failed = settle_file(store, dir, e->d_name, st.st_uid);
            err = err ? err : failed;
        }
    closedir(entries);
    return err;
}

/* Takes the flashes from the phones, which have ended, and the store out from under them. */
static int settle_flashes(int flash)
{
    int err = 0;
    int store = openat(flash, ".store", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int again = store < 0 ? -1 : openat(flash, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *phones = again < 0 ? NULL : fdopendir(again);
    for (struct dirent *e; phones && (e = readdir(phones));)
        if (e->d_name[0] != '.') {
            int failed = settle_flash(store, flash, e->d_name);
            err = err ? err : failed;
        }
    if (phones)
        closedir(phones);
    if (store >= 0)
        close(store);
    remove_tree(flash, ".store");
    return err;
}

int outdir_cleanup(const char *out_dir)
{
    int dir = open(out_dir, O_PATH | O_DIRECTORY | O_CLOEXEC), err = 0;
    if (dir < 0)
        return 0;
    remove_tree(dir, "tftproot");
    int flash = openat(dir, "flash", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (flash >= 0) {
        err = settle_flashes(flash);
        close(flash);
    }
    close(dir);
    if (err == 0)
        return 0;
    say_errno(-err, "%s/flash is not whole: not every link could be made", out_dir);
    return 3;
}

static int cannot_write(int err, const char *path)
{
    say_errno(err, "cannot write to the output directory %s (--out names another)", path);
    return 3;
}

/* Makes path and its parents where they are missing. */
static int make_path(const char *path)
{
    char part[PATH_MAX];
    if (snprintf(part, sizeof part, "%s", path) >= (int)sizeof part)
        return -ENAMETOOLONG;
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(part, 0755) != 0 && errno != EEXIST)
            return -errno;
        *slash = '/';
    }
    return mkdir(part, 0755) == 0 || errno == EEXIST ? 0 : -errno;
}

/* Opens and locks it. 0, or an exit code after a message. */
static int open_locked(struct outdir *o, const char *path)
{
    o->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (o->dir >= 0 && flock(o->dir, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (o->dir >= 0 && errno == EWOULDBLOCK) {
        say("%s is in use by another run; name another directory with --out", path);
        return 2;
    }
    return cannot_write(errno, path);
}

static int cannot_clear(int err, const char *path, const char *name)
{
    say_errno(err, "cannot clear %s/%s", path, name);
    return 3;
}

static int clear_results(int dir, const char *path)
{
    for (size_t i = 0; i < sizeof result_files / sizeof *result_files; i++)
        if (unlinkat(dir, result_files[i], 0) != 0 && errno != ENOENT)
            return cannot_clear(errno, path, result_files[i]);
    return 0;
}

/* Clears what an earlier run left; refuses what is not of one. 0 or an exit code. */
static int clear_earlier(const struct outdir *o, const char *path)
{
    struct stat st;
    bool earlier = fstatat(o->dir, "events.jsonl", &st, AT_SYMLINK_NOFOLLOW) == 0;
    for (size_t i = 0; i < sizeof run_dirs / sizeof *run_dirs; i++) {
        if (fstatat(o->dir, run_dirs[i], &st, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (!earlier) {
            say("%s/%s exists and is not of an earlier run; name another directory with --out",
                path, run_dirs[i]);
            return 2;
        }
        int err = remove_tree(o->dir, run_dirs[i]);
        if (err != 0)
            return cannot_clear(-err, path, run_dirs[i]);
    }
    return clear_results(o->dir, path);
}

int outdir_forget(const char *out_dir)
{
    int dir = open(out_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return cannot_clear(errno, out_dir, "");
    int code = clear_results(dir, out_dir);
    close(dir);
    return code;
}

int outdir_file(const struct outdir *o, const char *name)
{
    unlinkat(o->dir, name, 0);
    int fd = openat(o->dir, name, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
    return fd < 0 ? -errno : fd;
}

static int make_dir(int at, const char *name, uid_t uid, gid_t gid)
{
    if (mkdirat(at, name, 0755) != 0)
        return -errno;
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fchown(fd, uid, gid) != 0)
        return -errno;
    return fd;
}

/* An empty file for a phone. 0 or a negative errno. */
static int make_file(int dir, const char *phone, const char *suffix)
{
    char name[32];
    snprintf(name, sizeof name, "%s%s", phone, suffix);
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return -errno;
    close(fd);
    return 0;
}

/* One phone's log and page, which it is handed open, and its flash directory, which it owns. */
static int make_phone(const struct outdir *o, const char *name, uid_t id)
{
    int err = make_file(o->logs, name, ".log");
    err = err ? err : make_file(o->pages, name, ".xml");
    if (err != 0)
        return err;
    int fd = make_dir(o->flash, name, id, id);
    if (fd < 0)
        return fd;
    close(fd);
    return 0;
}

static int make_all(struct outdir *o, const struct plan *plan, const struct ids *ids)
{
    int root;
    if ((o->events = outdir_file(o, "events.jsonl")) < 0)
        return o->events;
    if ((o->tftp_log = outdir_file(o, "tftp.log")) < 0)
        return o->tftp_log;
    if (dhcp_is_ours(plan->fleet) && (o->dhcp_log = outdir_file(o, "dhcp.log")) < 0)
        return o->dhcp_log;
    if ((o->logs = make_dir(o->dir, "logs", 0, 0)) < 0)
        return o->logs;
    if ((o->pages = make_dir(o->dir, "pages", 0, 0)) < 0)
        return o->pages;
    if ((o->flash = make_dir(o->dir, "flash", 0, 0)) < 0)
        return o->flash;
    if ((o->store = make_dir(o->flash, ".store", 0, 0)) < 0)
        return o->store;
    if ((root = make_dir(o->dir, "tftproot", 0, 0)) < 0)
        return root;
    close(root);
    int err = 0;
    for (size_t i = 0; err == 0 && i < plan->count; i++)
        err = make_phone(o, plan->phones[i].name, ids_of(ids, i));
    return err;
}

int outdir_make(struct outdir *o, const char *path, const struct plan *plan,
                const struct ids *ids)
{
    *o = OUTDIR_NONE;
    mode_t mask = umask(022); /* phones must be able to enter their directories */
    int err = make_path(path);
    int code = err == 0 ? open_locked(o, path) : 0;
    if (err == 0 && code == 0 && (code = clear_earlier(o, path)) == 0)
        err = make_all(o, plan, ids);
    umask(mask);
    if (err != 0)
        code = cannot_write(-err, path);
    if (code != 0)
        outdir_close(o);
    return code;
}

void outdir_close(struct outdir *o)
{
    const int fds[] = {o->dir, o->logs, o->pages, o->flash, o->store, o->events, o->tftp_log,
                       o->dhcp_log};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    *o = OUTDIR_NONE;
}
