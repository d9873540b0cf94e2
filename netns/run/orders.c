/* orders.c - what is done to phones on purpose. See phones.h. */
#include "netns/run/phones-private.h"

#include <signal.h>
#include <stdio.h>
#include <sys/pidfd.h>

void phones_show_fate(struct phones *p, size_t i)
{
    const struct proc *proc = &p->procs[i];
    p->job->fate[i] = proc->off         ? PHONE_KILLED
                      : proc->pid == 0  ? 0
                      : proc->frozen    ? PHONE_FROZEN
                      : proc->unplugged ? PHONE_UNPLUGGED
                                        : 0;
}

void phones_hold(struct phones *p, size_t i)
{
    p->procs[i].held = true;
}

bool phones_held(const struct phones *p, size_t i)
{
    return p->procs[i].held;
}

static void power_off(struct phones *p, size_t i, bool again)
{
    struct proc *proc = &p->procs[i];
    proc->off = true; /* until it is back */
    proc->again = again;
    proc->frozen = false;
    phones_show_fate(p, i);
    pidfd_send_signal(proc->pidfd, SIGKILL, NULL, 0);
}

bool phones_power_off(struct phones *p, size_t i)
{
    if (p->procs[i].pid == 0)
        return false;
    power_off(p, i, false);
    return true;
}

void phones_revive(struct phones *p, size_t i)
{
    struct proc *proc = &p->procs[i];
    uint64_t now_us = fleettime_now(&p->job->time);
    proc->again = proc->off = false;
    hand_hold(p->job->time.hands, (uint32_t)i, now_us);
    int rc = phones_spawn(p, i, proc->netns);
    phones_show_fate(p, i);
    if (rc == 0 && proc->started)
        phones_boot(p, proc, now_us);
    phones_start_due(p, now_us); /* its time may have come */
    if (rc == 0)
        return;
    struct phone_status *record = &p->job->status[i];
    snprintf(record->status_text, sizeof record->status_text, "process cannot be started");
    record->state = PHONE_FAILED;
    hand_drop(p->job->time.hands, (uint32_t)i);
}

bool phones_power_on(struct phones *p, size_t i)
{
    struct proc *proc = &p->procs[i];
    bool was_off = proc->pid == 0 || proc->off || proc->held;
    proc->started = proc->started || was_off;
    proc->again = proc->pid != 0 && proc->off;
    if (proc->pid == 0)
        phones_revive(p, i);
    else if (proc->held)
        phones_boot(p, proc, fleettime_now(&p->job->time));
    proc->held = false;
    return was_off;
}

void phones_restart(struct phones *p, size_t i)
{
    if (p->procs[i].pid == 0)
        phones_revive(p, i);
    else
        power_off(p, i, true);
}

bool phones_freeze(struct phones *p, size_t i, bool frozen)
{
    struct proc *proc = &p->procs[i];
    if (proc->pid == 0 || proc->off)
        return false;
    proc->frozen = frozen;
    phones_show_fate(p, i);
    if (!frozen)
        phones_tell(proc, CONTROL_RESUMED);
    return pidfd_send_signal(proc->pidfd, frozen ? SIGSTOP : SIGCONT, NULL, 0) == 0;
}

bool phones_reset(struct phones *p, size_t i)
{
    struct proc *proc = &p->procs[i];
    if (proc->pid == 0 || proc->off || !proc->started)
        return false;
    proc->reset_us = fleettime_now(&p->job->time);
    phones_boot(p, proc, proc->reset_us);
    return true;
}

void phones_told_to_reset(struct phones *p, size_t i)
{
    p->procs[i].reset_us = fleettime_now(&p->job->time);
}

void phones_unplugged(struct phones *p, size_t i, bool unplugged)
{
    p->procs[i].unplugged = unplugged;
    hand_cut(p->job->time.hands, (uint32_t)i, unplugged);
    phones_show_fate(p, i);
}

bool phones_is_unplugged(const struct phones *p, size_t i)
{
    return p->procs[i].unplugged;
}

void phones_corrupt(struct phones *p, size_t i)
{
    struct proc *proc = &p->procs[i];
    proc->corrupt = true;
    if (proc->pid != 0 && proc->started)
        phones_tell(proc, CONTROL_CORRUPT);
}
