/* labfind.c - which lab is meant, and the way to it.
 *
 * Labs of several people, and of several jobs of one machine, share a network namespace. A verb
 * that names none means the lab of this place: one that was begun in this very directory, or in
 * whose output directory this is. Directories are compared by device and inode, which the lab holds
 * open: by whatever name they are reached, however they were renamed, none is taken for another. A
 * lab of elsewhere is named, and left alone.
 */
#include "netns/run/labfind.h"
#include "netns/text/say.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define LAB_NAMES 64         /* labs told apart */
#define PATIENCE_S 2         /* for a lab to say what it is */
#define LISTENING 0x10000ul  /* __SO_ACCEPTCON in /proc/net/unix */

struct lab_names {
    char name[LAB_NAMES][sizeof((struct sockaddr_un *)NULL)->sun_path];
    size_t count;
};

/* ---- what runs ---------------------------------------------------------------------- */

/* Takes the lab's name from a line of /proc/net/unix:
 * "address: references protocol flags type state inode @run-fleet/NAME". */
static void take_name(struct lab_names *labs, char *line)
{
    unsigned long flags;
    int path = 0;
    line[strcspn(line, "\n")] = '\0';
    if (sscanf(line, "%*s %*s %*s %lx %*s %*s %*s %n", &flags, &path) != 1 || path == 0)
        return;
    if ((flags & LISTENING) == 0 || labs->count == LAB_NAMES)
        return;
    if (strncmp(line + path, "@" LAB_PREFIX, sizeof "@" LAB_PREFIX - 1) == 0)
        snprintf(labs->name[labs->count++], sizeof *labs->name, "%s",
                 line + path + sizeof "@" LAB_PREFIX - 1);
}

static void find_names(struct lab_names *labs)
{
    char line[512];
    FILE *file = fopen("/proc/net/unix", "re");
    labs->count = 0;
    while (file && fgets(line, sizeof line, file))
        take_name(labs, line);
    if (file)
        fclose(file);
}

int lab_ask(int socket, const char *verb, const char *arg, char text[LAB_ANSWER], int *fd)
{
    char request[LAB_REQUEST];
    int len = snprintf(request, sizeof request, *arg != '\0' ? "%s %s" : "%s", verb, arg);
    if (len >= (int)sizeof request) {
        say("that is too long to be meant: %s", arg);
        return 2;
    }
    *fd = -1;
    if (send(socket, request, (size_t)len, MSG_NOSIGNAL) < 0 ||
        lab_receive(socket, text, LAB_ANSWER, fd) <= 0) {
        say("the lab does not answer (root needed, or it is going down)");
        return 3;
    }
    if (text[0] != '+') {
        say("%s", text + 1);
        return 2;
    }
    memmove(text, text + 1, strlen(text));
    return 0;
}

/* What a lab answers to a request that it may not know, or not in time; false: nothing. */
static bool hear(int socket, const char *request, char text[LAB_ANSWER], int *fd)
{
    *fd = -1;
    return send(socket, request, strlen(request), MSG_NOSIGNAL) > 0 &&
           lab_receive(socket, text, LAB_ANSWER, fd) > 0 && text[0] == '+';
}

static void be_patient(int socket, time_t seconds)
{
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = seconds},
               sizeof(struct timeval));
}

/* Its connection, and what it says of itself: one that starts, or is of another version, says
 * nothing. 0 or a negative errno. */
static int connect_to(const char *name, struct lab *lab)
{
    struct sockaddr_un address;
    char text[LAB_ANSWER];
    int len = lab_address(name, &address);
    *lab = LAB_NONE;
    snprintf(lab->name, sizeof lab->name, "%s", name);
    lab->socket = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (lab->socket < 0 || len < 0 ||
        connect(lab->socket, (struct sockaddr *)&address, (socklen_t)len) != 0)
        return -errno;
    be_patient(lab->socket, PATIENCE_S);
    if (hear(lab->socket, "begun", text, &lab->begun_in) &&
        sscanf(text, "+%" SCNd64 " %zu", &lab->begun_s, &lab->phones) == 2)
        lab->known = hear(lab->socket, "output", text, &lab->output);
    be_patient(lab->socket, 0);
    return 0;
}

void lab_leave(struct lab *lab)
{
    const int fds[] = {lab->socket, lab->begun_in, lab->output};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    *lab = LAB_NONE;
}

/* ---- where it is -------------------------------------------------------------------- */

/* The path of an open directory, as it is called now; of one that is gone the kernel says so. */
static const char *path_of(int fd, char out[PATH_MAX])
{
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t len = fd < 0 ? -1 : readlink(link, out, PATH_MAX - 1);
    snprintf(out + (len > 0 ? len : 0), PATH_MAX - (size_t)(len > 0 ? len : 0), "%s",
             len > 0 ? "" : "?");
    return out;
}

const char *lab_describe(const struct lab *lab, char out[LAB_DESCRIBED])
{
    char begun[PATH_MAX], output[PATH_MAX], when[32] = "?";
    time_t since = (time_t)lab->begun_s;
    struct tm tm;
    if (localtime_r(&since, &tm))
        strftime(when, sizeof when, "%F %T", &tm);
    if (lab->known)
        snprintf(out, LAB_DESCRIBED, "%s: %zu phones, begun in %s at %s, output in %s", lab->name,
                 lab->phones, path_of(lab->begun_in, begun), when, path_of(lab->output, output));
    else
        snprintf(out, LAB_DESCRIBED, "%s: does not say where it was begun (it starts, or is of "
                 "another version)", lab->name);
    return out;
}

static bool is_same(int a, int b)
{
    struct stat x, y;
    return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Whether the directory lies below another, or is it. */
static bool is_below(int dir, int other)
{
    bool found = is_same(dir, other);
    for (int up, at = fcntl(dir, F_DUPFD_CLOEXEC, 0); at >= 0 && !found; at = up) {
        up = openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
        bool top = up >= 0 && is_same(up, at);
        close(at);
        found = up >= 0 && is_same(up, other);
        if (up >= 0 && (top || found)) {
            close(up);
            break;
        }
    }
    return found;
}

static bool is_of_here(const struct lab *lab)
{
    int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    bool is = here >= 0 && lab->known &&
              (is_same(here, lab->begun_in) || is_below(here, lab->output));
    if (here >= 0)
        close(here);
    return is;
}

/* ---- the one that is meant ----------------------------------------------------------- */

/* A line for each, of all or of those of this place. */
static void say_labs(const struct lab_names *labs, bool of_here)
{
    char text[LAB_DESCRIBED];
    for (size_t i = 0; i < labs->count; i++) {
        struct lab lab;
        if (connect_to(labs->name[i], &lab) == 0 && (!of_here || is_of_here(&lab)))
            say("    %s", lab_describe(&lab, text));
        lab_leave(&lab);
    }
}

/* The only one of this place. 0, or an exit code after a message. */
static int reach_here(struct lab *lab)
{
    struct lab_names labs;
    size_t count = 0;
    find_names(&labs);
    *lab = LAB_NONE;
    for (size_t i = 0; i < labs.count; i++) {
        struct lab one;
        bool ours = connect_to(labs.name[i], &one) == 0 && is_of_here(&one);
        if (ours && count++ == 0)
            *lab = one;
        else
            lab_leave(&one);
    }
    if (count == 1)
        return 0;
    lab_leave(lab);
    if (labs.count == 0)
        say("no lab runs; bring one up with \"up\"");
    else
        say(count ? "several labs were begun here; name one by --lab:"
                  : "no lab was begun in this directory; elsewhere, to be named by --lab:");
    say_labs(&labs, count > 0);
    return 2;
}

int lab_reach(const char *name, struct lab *lab)
{
    struct lab_names labs;
    if (!name)
        return reach_here(lab);
    int err = connect_to(name, lab);
    if (err == 0)
        return 0;
    lab_leave(lab);
    find_names(&labs);
    if (err != -ECONNREFUSED && err != -EINVAL)
        return say_errno(-err, "cannot reach the lab %s", name), 3;
    say(labs.count ? "no lab called %s runs; there is:" : "no lab called %s runs, nor any other",
        name);
    say_labs(&labs, false);
    return 2;
}

void lab_say_who(const char *name)
{
    struct lab_names one = {.count = 1};
    snprintf(one.name[0], sizeof *one.name, "%s", name);
    say_labs(&one, false);
}

int lab_reach_and_ask(const char *name, const char *verb, const char *arg, struct lab *lab,
                      char text[LAB_ANSWER], int *fd)
{
    int code = lab_reach(name, lab);
    if (code == 0 && (code = lab_ask(lab->socket, verb, arg, text, fd)) != 0)
        lab_leave(lab);
    return code;
}
