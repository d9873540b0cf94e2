/* capture.c - dumpcap on interfaces of the fleet.
 *
 * The file's head is written when the interfaces have been opened: that is the sign to wait for.
 */
#include "netns/capture.h"
#include "netns/say.h"
#include "netns/spawn.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_MS 10000
#define STOP_MS  2000

static void show_reason(int err_fd)
{
    char text[512];
    ssize_t len = pread(err_fd, text, sizeof text - 1, 0);
    text[len > 0 ? len : 0] = '\0';
    say("dumpcap does not capture: %s", text);
}

/* 0 once it captures; else its end or the deadline. */
static int wait_for_head(pid_t pid, int file)
{
    long long deadline = spawn_now_ms() + START_MS;
    struct stat st;
    while (fstat(file, &st) == 0 && st.st_size == 0) {
        if (waitpid(pid, NULL, WNOHANG) == pid)
            return -ECHILD;
        if (spawn_now_ms() > deadline) {
            spawn_end(pid, 0);
            return -ETIMEDOUT;
        }
        usleep(2000);
    }
    return 0;
}

void capture_args(const char *argv[CAPTURE_ARGS], char *interfaces, const char *file)
{
    size_t n = 0;
    argv[n++] = CAPTURE_PROGRAM;
    argv[n++] = "-q";
    for (char *one; n + 5 <= CAPTURE_ARGS && (one = strsep(&interfaces, " "));) {
        argv[n++] = "-i";
        argv[n++] = one;
    }
    argv[n++] = "-w";
    argv[n++] = file;
    argv[n] = NULL;
}

pid_t capture_start(int netns, const char *interfaces, int file)
{
    const char *argv[CAPTURE_ARGS];
    char names[512];
    snprintf(names, sizeof names, "%s", interfaces);
    capture_args(argv, names, "-");
    int err_fd = memfd_create("dumpcap-messages", MFD_CLOEXEC);
    struct spawn s = {.argv = argv, .package = CAPTURE_PACKAGE, .netns = netns,
                      .in = -1, .out = file, .err = err_fd};
    pid_t pid = spawn(&s);
    int err = pid < 0 ? 0 : wait_for_head(pid, file);
    if (err != 0)
        show_reason(err_fd);
    close(err_fd);
    return err != 0 ? err : pid;
}

void capture_stop(pid_t pid)
{
    long long deadline = spawn_now_ms() + STOP_MS;
    kill(pid, SIGINT);
    while (spawn_now_ms() < deadline) {
        if (waitpid(pid, NULL, WNOHANG) != 0)
            return;
        usleep(2000);
    }
    spawn_end(pid, 0);
}
