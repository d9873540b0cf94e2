/* elevate.c - a user who is not root. To be called before standard input is read, and after
 * everything that can be judged without privilege. */
#include "netns/host/elevate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Whether sudo lets us without a password. */
static int sudo_is_free(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        dup2(null, 1);
        dup2(null, 2);
        execlp("sudo", "sudo", "-n", "true", NULL);
        _exit(127);
    }
    int status = -1;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 127;
}

void elevate(char **argv)
{
    static const char *const head[] = {
        "sudo", "--preserve-env=NO_COLOR,TERM,GITHUB_ACTIONS,GITHUB_STEP_SUMMARY", "--"};
    const size_t heads = sizeof head / sizeof *head;
    size_t argc = 0;
    if (geteuid() == 0)
        return;
    int rc = sudo_is_free();
    while (argv[argc])
        argc++;
    const char **call = calloc(heads + argc + 1, sizeof *call);
    if (call && (rc == 0 || (rc != 127 && isatty(0)))) {
        char self[4096];
        ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
        self[len > 0 ? len : 0] = '\0';
        memcpy(call, head, sizeof head);
        memcpy(call + heads, argv, argc * sizeof *argv);
        call[heads] = self;
        fprintf(stderr, "fleet: namespaces take root; going on through sudo\n");
        execvp("sudo", (char **)call);
    }
    free(call);
    fprintf(stderr,
            "fleet: namespaces and links take root, and sudo %s; run this as root, or let this "
            "user use sudo\n",
            rc == 127 ? "is not installed" : "wants a password that it cannot ask for here");
    exit(3);
}
