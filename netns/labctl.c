/* labctl.c - the user's side of a lab's verbs: finds the lab, asks it, shows what it says. */
#include "netns/capture.h"
#include "netns/lab.h"
#include "netns/ps.h"
#include "netns/say.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#define LAB_NAMES 64 /* labs told apart in a message */
#define LISTENING 0x10000ul /* __SO_ACCEPTCON in /proc/net/unix */

/* ---- finding ------------------------------------------------------------------------ */

struct lab_names {
    char name[LAB_NAMES][sizeof((struct sockaddr_un *)NULL)->sun_path];
    size_t count;
};

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

static void find_labs(struct lab_names *labs)
{
    char line[512];
    FILE *file = fopen("/proc/net/unix", "re");
    labs->count = 0;
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        take_name(labs, line);
    if (file != NULL)
        fclose(file);
}

/* The lab meant, for no name the only one; NULL after a message. */
static const char *choose(const char *name, struct lab_names *labs)
{
    find_labs(labs);
    for (size_t i = 0; i < labs->count; i++)
        if (name == NULL ? labs->count == 1 : strcmp(labs->name[i], name) == 0)
            return labs->name[i];
    if (labs->count == 0)
        say("no lab runs; bring one up with \"up\"");
    else
        say(name ? "no lab called %s runs; there are:" : "several labs run; name one by --lab:",
            name);
    for (size_t i = 0; i < labs->count; i++)
        say("    %s", labs->name[i]);
    return NULL;
}

/* A connection to the lab, or minus an exit code after a message. */
static int reach(const char *name)
{
    struct lab_names labs;
    struct sockaddr_un address;
    if ((name = choose(name, &labs)) == NULL)
        return -2;
    int len = lab_address(name, &address);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd >= 0 && len > 0 && connect(fd, (struct sockaddr *)&address, (socklen_t)len) == 0)
        return fd;
    say_errno(errno, "cannot reach the lab %s", name);
    if (fd >= 0)
        close(fd);
    return -3;
}

/* One request and its answer: 0 with what came in text (without its sign) and *fd (which may be
 * -1), or an exit code after a message. */
static int ask(int lab, const char *verb, const char *arg, char text[LAB_ANSWER], int *fd)
{
    char request[LAB_REQUEST];
    int len = snprintf(request, sizeof request, *arg != '\0' ? "%s %s" : "%s", verb, arg);
    if (len >= (int)sizeof request) {
        say("that is too long to be meant: %s", arg);
        return 2;
    }
    *fd = -1;
    if (send(lab, request, (size_t)len, MSG_NOSIGNAL) < 0 ||
        lab_receive(lab, text, LAB_ANSWER, fd) <= 0) {
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

/* reach() and ask() in one. The connection is left in *lab. */
static int reach_and_ask(const char *name, const char *verb, const char *arg, int *lab,
                         char text[LAB_ANSWER], int *fd)
{
    *lab = reach(name);
    return *lab < 0 ? -*lab : ask(*lab, verb, arg, text, fd);
}

/* ---- verbs -------------------------------------------------------------------------- */

int lab_ps(const char *name, bool json)
{
    char text[LAB_ANSWER];
    int lab, fd;
    int code = reach_and_ask(name, "ps", "", &lab, text, &fd);
    if (code != 0)
        return code;
    FILE *rows = fdopen(fd, "r");
    int err = rows == NULL ? -errno : ps_show(rows, stdout, json);
    if (rows != NULL)
        fclose(rows);
    close(lab);
    if (err == 0)
        return 0;
    say_errno(-err, "cannot show what the lab says");
    return 3;
}

/* Copies what is left of a file to standard output. False when that is closed. */
static bool pour(int fd)
{
    char block[16384];
    ssize_t len;
    while ((len = read(fd, block, sizeof block)) > 0)
        if (fwrite(block, 1, (size_t)len, stdout) != (size_t)len)
            return false;
    return fflush(stdout) == 0;
}

int lab_logs(const char *name, const char *phone, bool follow)
{
    char text[LAB_ANSWER];
    int lab, fd;
    int code = reach_and_ask(name, "log", phone, &lab, text, &fd);
    if (code != 0)
        return code;
    struct pollfd life = {.fd = lab, .events = POLLIN}; /* readable: the lab has gone */
    while (pour(fd) && follow)
        follow = poll(&life, 1, 100) == 0;
    pour(fd);
    close(fd);
    close(lab);
    return 0;
}

/* Moves this process into the target's network namespace; the names of its interfaces into text. */
static int enter(const char *name, const char *target, char text[LAB_ANSWER])
{
    int lab, fd;
    int code = reach_and_ask(name, "ns", target, &lab, text, &fd);
    if (code != 0)
        return code;
    int err = world_enter(fd);
    close(fd);
    close(lab);
    if (err == 0)
        return 0;
    say_errno(-err, "cannot enter the namespace of %s", target);
    return 3;
}

int lab_exec(const char *name, const char *target, char **argv)
{
    char text[LAB_ANSWER];
    int code = enter(name, target, text);
    if (code != 0)
        return code;
    argv += strcmp(argv[0], "--") == 0 && argv[1] != NULL; /* as `docker exec` and others take it */
    execvp(argv[0], argv);
    int err = errno;
    say_errno(err, "cannot run %s", argv[0]);
    return err == ENOENT ? 127 : 126; /* as shells say it: the command's own codes pass through */
}

int lab_capture(const char *name, const char *target, const char *file)
{
    char text[LAB_ANSWER];
    int code = enter(name, target, text);
    if (code != 0)
        return code;
    int fd = strcmp(file, "-") == 0
                 ? STDOUT_FILENO
                 : open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0) {
        say_errno(errno, "cannot write %s", file);
        return 2;
    }
    const char *argv[CAPTURE_ARGS];
    capture_args(argv, text, "-"); /* it makes something else of some names */
    execvp(CAPTURE_PROGRAM, (char *const *)argv);
    say_errno(errno, "cannot run %s; install the Debian package %s", CAPTURE_PROGRAM,
              CAPTURE_PACKAGE);
    return 3;
}

/* One "key: value" of an order, quoted, so that nothing in it has a meaning; false when it would
 * not fit or cannot be quoted. */
static bool put(char order[LAB_REQUEST], const char *key, size_t key_len, const char *value)
{
    size_t used = strlen(order), room = LAB_REQUEST - used;
    if (strpbrk(key, "\"\\\n") != NULL)
        return false;
    int len = snprintf(order + used, room, "%s\"%.*s\": \"%s\"", used > 0 ? ", " : "{",
                       (int)key_len, key, value);
    return len > 0 && (size_t)len < room;
}

/* {"phone": "3", "do": "slow", "rate": "64kbit"} from what a user typed. */
static bool make_order(char order[LAB_REQUEST], const char *phone, const char *what,
                       char **settings)
{
    bool good = (phone == NULL || (strpbrk(phone, "\"\\\n") == NULL &&
                                   put(order, "phone", 5, phone))) &&
                strpbrk(what, "\"\\\n") == NULL && put(order, "do", 2, what);
    for (; good && *settings != NULL; settings++) {
        const char *equals = strchr(*settings, '=');
        good = equals != NULL && put(order, *settings, (size_t)(equals - *settings), equals + 1);
    }
    size_t used = strlen(order);
    good = good && used + 2 < LAB_REQUEST;
    if (good)
        strcpy(order + used, "}");
    return good;
}

int lab_fault(const char *name, const char *phone, const char *what, char **settings)
{
    char order[LAB_REQUEST] = "", text[LAB_ANSWER];
    struct fault fault;
    int lab, fd;
    if (!make_order(order, phone, what, settings)) {
        say("settings are given as KEY=VALUE, such as for=5s; options such as --lab stand before "
            "the words");
        return 2;
    }
    if (!fault_read(order, what, true, &fault))
        return 2;
    int code = reach_and_ask(name, "fault", order, &lab, text, &fd);
    if (code == 0)
        puts(text);
    return code;
}

int lab_down(const char *name)
{
    char text[LAB_ANSWER];
    struct ucred peer;
    socklen_t len = sizeof peer;
    int fd, lab = reach(name);
    if (lab < 0)
        return -lab;
    int launcher = getsockopt(lab, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0
                       ? pidfd_open(peer.pid, 0)
                       : -1;
    int code = ask(lab, "down", "", text, &fd);
    if (code == 0 && launcher >= 0)
        poll(&(struct pollfd){.fd = launcher, .events = POLLIN}, 1, -1);
    if (launcher >= 0)
        close(launcher);
    close(lab);
    return code;
}
