/* labctl.c - the user's side of a lab's verbs: asks the lab, shows what it says. */
#include "netns/run/labctl.h"
#include "netns/host/capture.h"
#include "netns/host/netns.h"
#include "netns/run/cmlist.h"
#include "netns/run/labfind.h"
#include "netns/run/ps.h"
#include "netns/text/say.h"
#include "netns/text/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

/* Asks for rows, and shows them. */
static int show(const char *name, const char *verb, int (*show_rows)(FILE *, FILE *, bool),
                bool json)
{
    char text[LAB_ANSWER];
    struct lab lab;
    int fd;
    int code = lab_reach_and_ask(name, verb, "", &lab, text, &fd);
    if (code != 0)
        return code;
    FILE *rows = fdopen(fd, "r");
    int err = rows ? show_rows(rows, stdout, json) : -errno;
    if (rows)
        fclose(rows);
    lab_leave(&lab);
    if (err == 0)
        return 0;
    say_errno(-err, "cannot show what the lab says");
    return 3;
}

int lab_ps(const char *name, bool json)
{
    return show(name, "ps", ps_show, json);
}

int lab_cm(const char *name, bool json)
{
    return show(name, "cm", cmlist_show, json);
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
    struct lab lab;
    int fd;
    int code = lab_reach_and_ask(name, "log", phone, &lab, text, &fd);
    if (code != 0)
        return code;
    struct pollfd life = {.fd = lab.socket, .events = POLLIN}; /* readable: the lab has gone */
    while (pour(fd) && follow)
        follow = poll(&life, 1, 100) == 0;
    pour(fd);
    close(fd);
    lab_leave(&lab);
    return 0;
}

/* Moves this process into the target's network namespace; the names of its interfaces into text. */
static int enter(const char *name, const char *target, char text[LAB_ANSWER])
{
    struct lab lab;
    int fd;
    int code = lab_reach_and_ask(name, "ns", target, &lab, text, &fd);
    if (code != 0)
        return code;
    int err = netns_enter(fd);
    close(fd);
    lab_leave(&lab);
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

/* "\"down\", process 4711 of lea by sudo, in /home/lea/site" */
static const char *who_asks(char out[LAB_REQUEST - 8])
{
    char here[LAB_REQUEST / 2], user[64];
    const char *sudo = getenv("SUDO_USER");
    if (!getcwd(here, sizeof here))
        snprintf(here, sizeof here, "a directory without a short path");
    if (sudo)
        snprintf(user, sizeof user, "%s by sudo", sudo);
    else
        snprintf(user, sizeof user, "user %u", getuid());
    snprintf(out, LAB_REQUEST - 8, "\"down\", process %d of %s, in %s", getpid(), user, here);
    return out;
}

static void wait_for_end(int socket)
{
    struct ucred peer;
    socklen_t len = sizeof peer;
    int launcher = getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0
                       ? pidfd_open(peer.pid, 0)
                       : -1;
    if (launcher < 0)
        return;
    poll(&(struct pollfd){.fd = launcher, .events = POLLIN}, 1, -1);
    close(launcher);
}

int lab_down(const char *name, bool quiet)
{
    char text[LAB_ANSWER], who[LAB_REQUEST - 8], described[LAB_DESCRIBED];
    struct lab lab;
    int fd, code = lab_reach(name, &lab);
    if (code != 0)
        return code;
    lab_describe(&lab, described); /* as long as it is there */
    code = lab_ask(lab.socket, "down", who_asks(who), text, &fd);
    if (code == 0)
        wait_for_end(lab.socket);
    if (code == 0 && !quiet)
        text_line(stderr, "Took down the lab %s", described);
    lab_leave(&lab);
    if (code != 0 || *text == '\0')
        return code;
    say("%s", text);
    return 3;
}
