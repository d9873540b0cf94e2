/* keeper.c - process 1 of the fleet. */
#include "netns/run/keeper.h"
#include "netns/host/clock.h"
#include "netns/host/isolate.h"
#include "netns/host/signals.h"
#include "netns/run/harm.h"
#include "netns/run/lab.h"
#include "netns/run/loss.h"
#include "netns/run/phones.h"
#include "netns/run/services.h"
#include "netns/text/say.h"

#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/param.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_NS       (50 * NS_PER_MS)   /* how often it is seen whether time is up */
#define LOOK_US       250000             /* emulated: how often the records are looked at */
#define FORWARDING_MS 15000              /* bridge ports take 5 to 75 ms */
#define BARRIER_NS    (120000 * NS_PER_MS)
#define STOP_NS       (2000 * NS_PER_MS) /* for phones to close their logs */
#define RUNNING       (-1)

/* What a wake-up came from. */
enum source {
    FROM_LAUNCHER, FROM_SIGNAL, FROM_PHONES, FROM_SERVICE, FROM_LAB, FROM_CLIENT,
    FROM_CLOCK, /* something is due */
};

struct keeper {
    struct job *job;
    int code; /* RUNNING, or the exit code that ends every stage */
    int epoll;
    bool go;      /* the launcher has passed the barrier */
    bool stopped; /* everything is being taken down: ends are expected */
    uint64_t deadline_ns;
    struct world *world;
    struct services services;
    struct phones *phones;
    struct harm *harm;
    struct watch watch; /* the fleet's time */
    int leaver; /* the client that takes the lab down, and waits to hear of it; or -1 */
};

/* ---- begin -------------------------------------------------------------------------- */

static int watch(struct keeper *k, enum source source, int fd)
{
    struct epoll_event e = {.events = EPOLLIN, .data.u64 = (uint64_t)source << 32 | (uint32_t)fd};
    if (epoll_ctl(k->epoll, EPOLL_CTL_ADD, fd, &e) == 0)
        return 0;
    say_errno(errno, "cannot watch a descriptor");
    return 3;
}

static int begin(struct keeper *k)
{
    static const int signals[] = {SIGNALS_STOP, SIGCHLD, 0};
    struct job *job = k->job;
    close(job->talk[0]); /* its end of file must reach us */
    job->talk[0] = -1;
    int signal_fd = signals_catch(signals), code = isolate(job->message_fd);
    k->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (code == 0)
        code = watch(k, FROM_SIGNAL, signal_fd);
    return code == 0 ? watch(k, FROM_LAUNCHER, job->talk[1]) : code;
}

/* ---- the pump ----------------------------------------------------------------------- */

static void end(struct keeper *k, int code)
{
    if (k->code == RUNNING)
        k->code = code;
}

__attribute__((format(printf, 3, 4))) static void
tell(const struct keeper *k, enum keeper_word word, const char *format, ...)
{
    struct keeper_message m = {.word = word};
    va_list args;
    va_start(args, format);
    vsnprintf(m.text, sizeof m.text, format, args);
    va_end(args);
    send(k->job->talk[1], &m, sizeof m, MSG_NOSIGNAL);
}

/* The launcher says go, or is gone. A lab that has started needs it no more. */
static void hear_launcher(struct keeper *k)
{
    char byte;
    if (recv(k->job->talk[1], &byte, 1, MSG_DONTWAIT) > 0) {
        k->go = true;
        return;
    }
    epoll_ctl(k->epoll, EPOLL_CTL_DEL, k->job->talk[1], NULL);
    if (k->job->lab_fd < 0 || !k->go)
        end(k, 3);
}

/* One child that has ended; process 1 also inherits strangers, which are of no interest. */
static void child_ended(struct keeper *k, pid_t pid, int status)
{
    if (phones_ended(k->phones, pid, status) || k->stopped)
        return;
    if (!services_alive(&k->services, pid))
        end(k, 3);
}

static void hear_signals(struct keeper *k)
{
    for (int sig; (sig = signals_next()) != 0;)
        if (sig != SIGCHLD)
            end(k, 128 + sig);
    if (!k->phones)
        return; /* children of the set-up are still its own */
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        child_ended(k, pid, status);
}

static void hear_client(struct keeper *k, int client)
{
    const struct lab_view view = {.job = k->job, .world = k->world, .harm = k->harm};
    enum lab_outcome said = lab_answer(&view, client);
    if (said == LAB_SERVED)
        return;
    /* explicitly: a fork that has not become its program yet holds it open as well */
    epoll_ctl(k->epoll, EPOLL_CTL_DEL, client, NULL);
    if (said == LAB_CLIENT_GONE) {
        close(client);
    } else {
        k->leaver = client;
        end(k, 0);
    }
}

static void dispatch(struct keeper *k, enum source source, int fd)
{
    switch (source) {
    case FROM_LAUNCHER:
        hear_launcher(k);
        break;
    case FROM_SIGNAL:
        hear_signals(k);
        break;
    case FROM_PHONES:
        phones_hear(k->phones);
        break;
    case FROM_SERVICE:
        services_hear(&k->services, fd);
        break;
    case FROM_LAB:
        if ((fd = lab_accept(fd)) >= 0 && watch(k, FROM_CLIENT, fd) != 0)
            close(fd);
        break;
    case FROM_CLIENT:
        hear_client(k, fd);
        break;
    case FROM_CLOCK:
        eventfd_read(fd, &(eventfd_t){0});
        break;
    }
}

/* Handles what has come, and waits for it at most so long. */
static void pump(struct keeper *k, uint64_t wait_ns)
{
    struct timespec timeout = {.tv_sec = (time_t)(wait_ns / NS_PER_SEC),
                               .tv_nsec = (long)(wait_ns % NS_PER_SEC)};
    struct epoll_event events[16];
    int n = epoll_pwait2(k->epoll, events, 16, &timeout, NULL);
    for (int i = 0; i < n; i++)
        dispatch(k, (enum source)(events[i].data.u64 >> 32), (int)(uint32_t)events[i].data.u64);
}

/* ---- set up and barrier ------------------------------------------------------------- */

static int start_services(struct keeper *k)
{
    int fds[SERVICES_FDS], code = services_start(&k->services, k->job, k->world);
    size_t count = code == 0 ? services_fds(&k->services, fds) : 0;
    for (size_t i = 0; code == 0 && i < count; i++)
        code = watch(k, FROM_SERVICE, fds[i]);
    return code;
}

static int set_up(struct keeper *k)
{
    const struct plan *plan = k->job->plan;
    tell(k, KEEPER_PHASE, "starting the server%s", plan->fleet->has_wan ? " and the WAN" : "");
    if (!(k->world = world_make(plan, k->job->host_ns)) || start_services(k) != 0 ||
        (job_watched(k->job) && world_plain_frames(k->world) != 0) ||
        !(k->phones = phones_new(k->job, k->world)) ||
        watch(k, FROM_PHONES, phones_fd(k->phones)) != 0)
        return 3;
    tell(k, KEEPER_PHASE, "creating %zu phones", plan->count);
    for (size_t i = 0; i < plan->count && k->code == RUNNING; i++) {
        if (world_add_phone(k->world, i) != 0 ||
            phones_spawn(k->phones, i, k->world->phone_ns[i]) != 0)
            return 3;
        pump(k, 0);
    }
    return 0;
}

/* Waits until every phone listens and the bridge forwards, and for the launcher's word. */
static int barrier(struct keeper *k)
{
    size_t count = k->job->plan->count, ready = 0;
    uint64_t patience = MIN(k->deadline_ns, clock_ns() + BARRIER_NS);
    tell(k, KEEPER_PHASE, "waiting until %zu phones listen and the bridge forwards", count);
    while (k->code == RUNNING && (ready = phones_ready(k->phones)) < count) {
        if (phones_alive(k->phones) < count) {
            phones_last_words(k->phones);
            return 3;
        }
        if (clock_ns() > patience) {
            say("only %zu of %zu phones were ready in time; the host is too slow for that many",
                ready, count);
            return 3;
        }
        pump(k, 2 * NS_PER_MS);
    }
    if (k->code == RUNNING && world_wait_forwarding(k->world, FORWARDING_MS) != 0) {
        say("the bridge does not forward after %d s", FORWARDING_MS / 1000);
        return 3;
    }
    k->job->report->facts.phones_ready_ms = (clock_ns() - k->job->begun_ns) / NS_PER_MS;
    tell(k, KEEPER_READY, "%zu phones ready", count);
    while (k->code == RUNNING && !k->go)
        pump(k, TICK_NS);
    return 0;
}

/* ---- supervise ---------------------------------------------------------------------- */

/* Whether a run has come to its end: at the moment that the file names, or else by itself. Or time
 * is up. */
static bool run_over(struct keeper *k)
{
    uint64_t until_us = k->job->plan->fleet->until_us;
    bool rest = harm_at_rest(k->harm), late = clock_ns() > k->deadline_ns;
    bool over = until_us ? k->watch.now >= until_us : rest;
    k->job->report->facts.timed_out = !over && late;
    return over || late;
}

/* Emulated time 0: the faults first, as they may hold phones back. */
static void start(struct keeper *k)
{
    const struct harm_reach reach = {.job = k->job, .phones = k->phones, .world = k->world,
                                       .wan = k->services.wan, .server = k->services.server,
                                       .manager = k->services.manager,
                                       .http = k->services.http};
    if (!(k->harm = harm_begin(&reach)))
        end(k, 3);
    k->watch = fleettime_watch(&k->job->time, hands_launcher);
    if (k->watch.hands && watch(k, FROM_CLOCK, k->job->time.call[k->watch.slot]) != 0)
        end(k, 3);
    k->job->report->started_ns = clock_ns();
    watch_wake(&k->watch); /* the clock waits at 0 until phones have been told */
    fleettime_begin(&k->job->time);
}

/* A look at the whole fleet: when the next is due, in emulated us. A lab has no end of its own. */
static uint64_t look(struct keeper *k)
{
    uint64_t until_us = k->job->plan->fleet->until_us, next = k->watch.now + LOOK_US;
    bool over = run_over(k), lost = loss_any(k->job), lab = k->job->lab_fd >= 0;
    if (!lab && (over || lost))
        end(k, over ? 0 : 3);
    return k->watch.now < until_us ? MIN(next, until_us) : next;
}

/* Sleeps until that emulated moment, or until something comes; a run's time may be up meanwhile. */
static void sleep_until(struct keeper *k, uint64_t next_us)
{
    uint64_t wait = watch_rest(&k->watch, next_us);
    pump(k, k->deadline_ns == UINT64_MAX ? wait : MIN(wait, TICK_NS));
    watch_wake(&k->watch);
}

static void supervise(struct keeper *k)
{
    bool lab = k->job->lab_fd >= 0;
    start(k);
    uint64_t next_start = phones_start_due(k->phones, 0), next_fault = 0, next_look = LOOK_US;
    tell(k, KEEPER_STARTED, "phones boot");
    if (lab && watch(k, FROM_LAB, k->job->lab_fd) != 0)
        end(k, 3);
    while (k->code == RUNNING) {
        bool looks = !lab || harm_wait(k->harm);
        sleep_until(k, MIN(MIN(next_start, next_fault), looks ? next_look : CLOCK_NEVER));
        if (k->watch.now >= next_start)
            next_start = phones_start_due(k->phones, k->watch.now);
        if (looks && (k->watch.now >= next_look || clock_ns() > k->deadline_ns))
            next_look = look(k);
        next_fault = harm_do_due(k->harm);
    }
}

/* ---- take down ---------------------------------------------------------------------- */

static int gather_facts(struct keeper *k)
{
    struct run_facts *f = &k->job->report->facts;
    harm_end(k->harm);
    managerlist_close(k->job->manager);
    job_snapshot(k->job, k->job->report->final);
    job_settle_time(k->job);
    services_count(&k->services, f);
    return world_wan_bytes(k->world, &f->wan_bytes_down, &f->wan_bytes_up) == 0 ? 0 : 3;
}

static void await_ends(struct keeper *k)
{
    uint64_t patience = clock_ns() + STOP_NS;
    while (phones_alive(k->phones) > 0 && clock_ns() < patience)
        pump(k, TICK_NS);
}

/* Phones are asked first, so that their logs are whole. */
static void end_phones(struct keeper *k)
{
    phones_stop(k->phones);
    await_ends(k);
    phones_kill(k->phones);
    await_ends(k);
    phones_free(k->phones);
    k->phones = NULL;
}

/* 0, or the exit code of a run that has lost something, now or on its way down. */
static int take_down(struct keeper *k)
{
    char lost[LOSS_TEXT] = "";
    k->stopped = true;
    k->job->report->ended_ns = clock_ns();
    tell(k, KEEPER_PHASE, "taking down");
    int code = services_stop_capture(&k->services);
    if (k->phones)
        end_phones(k);
    harm_free(k->harm);
    services_stop(&k->services);
    world_free(k->world);
    if (k->code == 0)
        loss_settle(k->job);
    if (loss_describe(k->job, lost)) {
        say("%s", lost);
        code = 3;
    }
    if (k->leaver >= 0)
        lab_dismiss(k->leaver, lost);
    return code;
}

static int keeper_main(struct job *job)
{
    struct keeper k = {.job = job, .code = RUNNING, .epoll = -1, .deadline_ns = UINT64_MAX,
                       .services.job = job, .leaver = -1};
    if (job->plan->fleet->timeout_s != 0 && job->lab_fd < 0)
        k.deadline_ns = job->begun_ns + job->plan->fleet->timeout_s * 1000 * NS_PER_MS;
    int code = begin(&k);
    if (code == 0)
        code = set_up(&k);
    if (code == 0 && k.code == RUNNING)
        code = barrier(&k);
    if (code == 0 && k.code == RUNNING) {
        supervise(&k);
        if (k.code == 0 && job->lab_fd < 0)
            code = gather_facts(&k);
    }
    int down = take_down(&k);
    return code != 0 ? code : k.code != 0 ? k.code : down;
}

pid_t keeper_fork(struct job *job)
{
    struct clone_args args = {.flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET,
                              .exit_signal = SIGCHLD};
    fflush(NULL); /* what is buffered must not come out twice */
    pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    if (pid == 0)
        _exit(keeper_main(job));
    if (pid < 0)
        return say_errno(errno, "cannot make PID, mount and network namespaces (root needed)");
    close(job->talk[1]);
    job->talk[1] = -1;
    return pid;
}
