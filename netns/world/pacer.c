/* pacer.c - see pacer.h. */
#include "netns/world/pacer.h"
#include "netns/host/servant.h"
#include "netns/text/say.h"
#include "netns/world/pace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define FIRST_CALL 3 /* descriptor of the first hand's eventfd */

struct pacer {
    pid_t pid; /* 0: has ended */
    struct pace pace;
    const struct plan *plan;
    struct clock *clock;
};

static void work(void *of)
{
    struct pacer *pacer = of;
    struct pace *p = &pacer->pace;
    hands_await_begin(p->hands);
    for (;;) {
        struct pace_wait wait = pace_step(p, clock_mono_ns());
        clock_set(pacer->clock, &p->course);
        for (uint32_t i = 0; i < p->called_count; i++)
            eventfd_write((int)(FIRST_CALL + p->called[i]), 1);
        if (p->hung != HANDS_NOBODY)
            say("warning: %s has not moved for %u s: the clock goes on without it",
                p->hung < pacer->plan->count ? pacer->plan->phones[p->hung].name
                                             : "the call manager",
                (unsigned)(PACE_HANG_NS / 1000000000u));
        hands_await(p->hands, wait.hand, p->least_us, wait.ns);
    }
}

/* With messages on standard error, and behind the streams every hand's eventfd, in their order. */
static pid_t fork_pacer(struct pacer *pacer, const struct fleet_time *time)
{
    size_t count = time->hands->count;
    int *fds = malloc((FIRST_CALL + count) * sizeof *fds);
    if (!fds)
        return -ENOMEM;
    for (size_t i = 0; i < FIRST_CALL; i++)
        fds[i] = STDERR_FILENO;
    memcpy(fds + FIRST_CALL, time->call, count * sizeof *fds);
    pid_t pid = servant_fork("fleet-clock", fds, FIRST_CALL + count, work, pacer);
    free(fds);
    return pid;
}

struct pacer *pacer_start(const struct plan *plan, const struct fleet_time *time,
                          const uint8_t *fate, struct clock_facts *facts)
{
    struct pacer *pacer = calloc(1, sizeof *pacer);
    pid_t pid = -ENOMEM;
    if (pacer) {
        pacer->plan = plan;
        pacer->clock = time->clock;
        if (pace_init(&pacer->pace, time->hands, fate, facts, time->ceiling))
            pid = fork_pacer(pacer, time);
        pacer->pid = pid;
    }
    if (pid > 0)
        return pacer;
    say_errno(-pid, "cannot start the clock's pacer");
    pacer_stop(pacer);
    return NULL;
}

bool pacer_alive(struct pacer *pacer, pid_t ended)
{
    return servant_alive(&pacer->pid, ended,
                         "the clock's pacer process has ended: time stands still");
}

void pacer_stop(struct pacer *pacer)
{
    if (!pacer)
        return;
    servant_end(pacer->pid);
    pace_free(&pacer->pace);
    free(pacer);
}
