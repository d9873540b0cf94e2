/* signals.c - signals as something to poll. */
#include "netns/host/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

static int channel[2] = {-1, -1};
static struct sigaction before[NSIG];
static bool caught[NSIG];
static volatile sig_atomic_t sender;

static void note(int sig, siginfo_t *info, void *context)
{
    int saved = errno;
    (void)context;
    if (sig != SIGCHLD)
        sender = info->si_pid;
    unsigned char byte = (unsigned char)sig;
    ssize_t n = write(channel[1], &byte, 1);
    (void)n; /* a full pipe wakes its reader all the same */
    errno = saved;
}

static void close_channel(void)
{
    for (int i = 0; i < 2; i++) {
        if (channel[i] >= 0)
            close(channel[i]);
        channel[i] = -1;
    }
}

int signals_catch(const int *list)
{
    close_channel();
    if (pipe2(channel, O_CLOEXEC | O_NONBLOCK) != 0)
        return -errno;
    for (; *list != 0; list++) {
        struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_RESTART | SA_SIGINFO};
        sigaction(*list, &action, caught[*list] ? NULL : &before[*list]);
        caught[*list] = true;
    }
    return channel[0];
}

int signals_next(void)
{
    unsigned char byte;
    return read(channel[0], &byte, 1) == 1 ? byte : 0;
}

int signals_sender(void)
{
    return sender;
}

void signals_release(void)
{
    for (int sig = 1; sig < NSIG; sig++) {
        if (caught[sig])
            sigaction(sig, &before[sig], NULL);
        caught[sig] = false;
    }
    close_channel();
}
