/* phones.c - the phone processes. */
#include "netns/run/phones-private.h"
#include "netns/plan/meant.h"
#include "netns/run/become.h"
#include "netns/run/deposit.h"
#include "netns/run/loss.h"
#include "netns/text/outfile.h"
#include "netns/text/say.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define HEAR_AT_ONCE 64
#define HEAR_ROUNDS  64 /* of what comes while it is heard: a phone may say too much */

struct phones *phones_new(struct job *job, struct world *world)
{
    struct phones *p = calloc(1, sizeof *p);
    struct proc *procs = calloc(job->plan->count, sizeof *procs);
    int ready_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), voices = epoll_create1(EPOLL_CLOEXEC);
    if (!p || !procs || ready_fd < 0 || voices < 0) {
        say_errno(errno, "cannot keep a table of %zu phones", job->plan->count);
        free(p);
        free(procs);
        return NULL;
    }
    *p = (struct phones){
        .job = job, .world = world, .procs = procs, .ready_fd = ready_fd, .voices = voices};
    return p;
}

int phones_spawn(struct phones *p, size_t i, int netns)
{
    struct proc *proc = &p->procs[i];
    const char *name = p->job->plan->phones[i].name;
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return say_errno(errno, "%s: cannot make its control socket", name);
    pid_t pid = fork();
    if (pid == 0)
        become_phone(p->job, i, netns, pair[1], p->ready_fd);
    int err = errno;
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return say_errno(err, "%s: cannot start its process", name);
    }
    proc->pid = pid;
    proc->pidfd = pidfd_open(pid, 0);
    proc->control = pair[0];
    proc->netns = netns;
    p->alive++;
    struct epoll_event e = {.events = EPOLLIN, .data.u64 = i};
    epoll_ctl(p->voices, EPOLL_CTL_ADD, proc->control, &e); /* unheard, it stores nothing */
    return 0;
}

size_t phones_ready(struct phones *p)
{
    eventfd_t more;
    if (eventfd_read(p->ready_fd, &more) == 0)
        p->ready += more;
    return p->ready;
}

size_t phones_alive(const struct phones *p)
{
    return p->alive;
}

void phones_tell(const struct proc *proc, enum control_op op)
{
    struct control_msg msg = {.op = op};
    send(proc->control, &msg, sizeof msg, MSG_NOSIGNAL | MSG_DONTWAIT); /* it may have died */
}

int phones_fd(const struct phones *p)
{
    return p->voices;
}

/* What it offers is stored or not. */
static void store(struct phones *p, size_t i, const struct store_offer *offer)
{
    int err = deposit(&p->job->out, p->job->plan->phones[i].name, offer);
    if (err == 0)
        phones_tell(&p->procs[i], CONTROL_STORED);
    loss_note(p->job, JOB_STORE, outfile_lost(err));
}

/* The plan keeps the last address that a phone has had: what was said of it is the phone's. */
static void move(struct phones *p, size_t i, const struct net_address *to)
{
    world_address(p->world, i, to);
    hands_move(p->job->time.hands, (uint32_t)i, to->ip);
    if (to->ip != 0)
        p->job->plan->phones[i].ip = to->ip;
}

/* The clock, which the phone holds, waits on until it has heard of it. A phone with an address for
 * good has none to ask for. */
static void address(struct phones *p, size_t i, const struct net_address *to)
{
    if (!p->job->plan->phones[i].dhcp || to->prefix_len > 30 || (to->ip && !to->prefix_len))
        return;
    move(p, i, to);
    hands_mail(p->job->time.hands, (uint32_t)i, fleettime_now(&p->job->time));
    phones_tell(&p->procs[i], CONTROL_ADDRESSED);
}

/* One message at most. */
static void hear(struct phones *p, size_t i)
{
    const struct proc *proc = &p->procs[i];
    struct phone_request request;
    ssize_t len = recv(proc->control, &request, sizeof request, MSG_DONTWAIT);
    if (len == 0 || (len < 0 && errno != EAGAIN)) /* has ended, and will be reaped */
        epoll_ctl(p->voices, EPOLL_CTL_DEL, proc->control, NULL);
    else if (len == sizeof request && request.op == REQUEST_STORE)
        store(p, i, &request.offer);
    else if (len == sizeof request && request.op == REQUEST_ADDRESS)
        address(p, i, &request.address);
}

/* All there is: the clock does not wait for what has been announced but once. */
void phones_hear(struct phones *p)
{
    struct epoll_event events[HEAR_AT_ONCE];
    for (int round = 0, n = 1; n > 0 && round < HEAR_ROUNDS; round++) {
        n = epoll_wait(p->voices, events, HEAR_AT_ONCE, 0);
        for (int k = 0; k < n; k++)
            hear(p, events[k].data.u64);
    }
}

void phones_boot(struct phones *p, struct proc *proc, uint64_t now_us)
{
    hands_mail(p->job->time.hands, (uint32_t)(proc - p->procs), now_us);
    phones_tell(proc, CONTROL_START);
    proc->started = true;
    if (proc->corrupt)
        phones_tell(proc, CONTROL_CORRUPT);
}

uint64_t phones_start_due(struct phones *p, uint64_t now_us)
{
    const struct plan *plan = p->job->plan;
    uint64_t next = CLOCK_NEVER;
    for (size_t i = 0; i < plan->count; i++) {
        struct proc *proc = &p->procs[i];
        if (proc->started || proc->held)
            continue;
        uint64_t due = plan->phones[i].boot_us;
        if (due > now_us)
            next = due < next ? due : next;
        else if (proc->pid != 0)
            phones_boot(p, proc, due);
    }
    return next;
}

/* Whether a phone's configuration, which is ours, names call managers. What one that is not ours
 * names nobody knows: then whether the phone is expected to register. */
static bool is_to_register(const struct phones *p, size_t i)
{
    const struct plan *plan = p->job->plan;
    const struct plan_phone *phone = &plan->phones[i];
    return plan->fleet->manager.engine == MANAGER_EXTERNAL
               ? meant_expected(plan, phone, EXPECT_REGISTERED)
               : plan->fleet->manager.count > 0 && phone->config == CONFIG_WRITTEN;
}

bool phones_settled(const struct phones *p)
{
    for (size_t i = 0; i < p->job->plan->count; i++) {
        const volatile struct phone_status *s = &p->job->status[i];
        bool registers = is_to_register(p, i) && !s->registered;
        bool at_end = (s->state == PHONE_IDLE && !registers) || s->state == PHONE_FAILED;
        bool before = s->changed_us < p->procs[i].reset_us;
        if ((!at_end || before) && p->job->fate[i] == 0)
            return false;
    }
    return true;
}

/* ---- ends --------------------------------------------------------------------------- */

static void describe_end(char *text, size_t size, int wait_status)
{
    if (WIFSIGNALED(wait_status))
        snprintf(text, size, "process died: signal %d", WTERMSIG(wait_status));
    else
        snprintf(text, size, "process ended: exit status %d", WEXITSTATUS(wait_status));
}

/* Who is to come back begins without one. */
static void forget_address(struct phones *p, size_t i)
{
    struct phone_status *record = &p->job->status[i];
    move(p, i, &(struct net_address){0});
    record->ip = record->router = record->tftp_ip = 0;
    record->dhcp_server = record->dhcp_other = 0;
    record->prefix_len = record->tftp_by = 0;
    record->lease_end_us = 0;
}

/* What the record of a phone without a process says: ours alone, now that its writer is gone. */
static void write_end(struct phones *p, size_t i, int wait_status)
{
    struct phone_status *record = &p->job->status[i];
    bool ordered = p->procs[i].off;
    record->status_text[0] = record->status_file[0] = record->status_server[0] = '\0';
    if (!ordered)
        describe_end(record->status_text, sizeof record->status_text, wait_status);
    record->state = ordered ? PHONE_OFF : PHONE_FAILED;
    if (p->job->plan->phones[i].dhcp)
        forget_address(p, i);
    record->parent_ip = record->child_ip[0] = record->child_ip[1] = 0;
    record->changed_us = fleettime_now(&p->job->time);
    record->seq = (record->seq | 1) + 1; /* even, whatever it died in */
    hand_drop(p->job->time.hands, (uint32_t)i);
    phones_show_fate(p, i);
}

bool phones_ended(struct phones *p, pid_t pid, int wait_status)
{
    size_t i = 0;
    while (i < p->job->plan->count && p->procs[i].pid != pid)
        i++;
    if (i == p->job->plan->count)
        return false;
    struct proc *proc = &p->procs[i];
    close(proc->pidfd);
    /* explicitly: a fork that has not become a phone yet holds it open as well */
    epoll_ctl(p->voices, EPOLL_CTL_DEL, proc->control, NULL);
    close(proc->control);
    proc->pid = 0;
    proc->frozen = false;
    p->alive--;
    if (p->stopping)
        return true;
    write_end(p, i, wait_status);
    if (proc->again)
        phones_revive(p, i);
    return true;
}

/* The last lines of a phone's log, indented under the message. */
static void show_log(const struct outdir *out, const char *name)
{
    char path[32], text[1024];
    snprintf(path, sizeof path, "%s.log", name);
    int fd = openat(out->logs, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    off_t end = lseek(fd, 0, SEEK_END);
    off_t from = end > (off_t)sizeof text ? end - (off_t)sizeof text : 0;
    ssize_t len = pread(fd, text, sizeof text - 1, from);
    close(fd);
    text[len > 0 ? len : 0] = '\0';
    char *start = text + strlen(text);
    for (int lines = 0; start > text; start--)
        if (start[-1] == '\n' && ++lines > 3)
            break;
    for (char *line = strtok(start, "\n"); line; line = strtok(NULL, "\n"))
        say("    %s", line);
}

void phones_last_words(const struct phones *p)
{
    for (size_t i = 0; i < p->job->plan->count; i++) {
        if (p->job->status[i].state != PHONE_FAILED)
            continue;
        const char *name = p->job->plan->phones[i].name;
        say("%s: %s before it was ready", name, p->job->status[i].status_text);
        show_log(&p->job->out, name);
        return; /* the others will have ended for the same reason */
    }
}

void phones_stop(struct phones *p)
{
    p->stopping = true;
    for (size_t i = 0; i < p->job->plan->count; i++) {
        const struct proc *proc = &p->procs[i];
        if (proc->pid != 0 && proc->frozen) /* its log is whole: it stands between two wake-ups */
            pidfd_send_signal(proc->pidfd, SIGKILL, NULL, 0);
        else if (proc->pid != 0)
            phones_tell(proc, CONTROL_STOP);
    }
}

void phones_kill(struct phones *p)
{
    for (size_t i = 0; i < p->job->plan->count; i++)
        if (p->procs[i].pid != 0)
            pidfd_send_signal(p->procs[i].pidfd, SIGKILL, NULL, 0);
}

void phones_free(struct phones *p)
{
    if (!p)
        return;
    close(p->ready_fd);
    close(p->voices);
    free(p->procs);
    free(p);
}
