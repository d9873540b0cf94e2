/* run.c - the launcher's side of a run and of a lab's start.
 *
 *   run_once   launcher ---clone---> keeper ---fork---> servers, phones
 *   lab_up     launcher ---fork----> background ---clone---> keeper ---...
 *
 * The launcher shows what the keeper says and passes it the barrier. For a lab it returns after
 * that; the background process stays as the keeper's parent (so that the kernel ends the keeper
 * with it) and tidies up at the end. Until the lab has started, the end of either ends it.
 */
#include "netns/run/run.h"
#include "netns/host/clock.h"
#include "netns/host/hostlimit.h"
#include "netns/host/memory.h"
#include "netns/host/neighbours.h"
#include "netns/host/ownlimit.h"
#include "netns/host/signals.h"
#include "netns/run/keeper.h"
#include "netns/run/lab.h"
#include "netns/text/say.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define REDRAW_MS 150

static const int stop_signals[] = {SIGNALS_STOP, 0};

/* ---- watching a keeper -------------------------------------------------------------- */

struct watcher {
    struct job *job;
    pid_t keeper; /* or, of a lab, the background process */
    struct progress *progress;
    struct phone_status *status; /* a snapshot to draw from */
    struct memory memory;
};

/* What the keeper says. False once there is nothing more to watch. */
static bool hear(struct watcher *w)
{
    struct keeper_message m;
    if (recv(w->job->talk[0], &m, sizeof m, 0) != sizeof m)
        return false;
    m.text[sizeof m.text - 1] = '\0';
    progress_phase(w->progress, "%s", m.text);
    switch ((enum keeper_word)m.word) {
    case KEEPER_PHASE:
        return true;
    case KEEPER_READY:
        if (w->job->lab_fd < 0)
            memory_sample(&w->memory, w->keeper); /* now, while the phones hold still */
        send(w->job->talk[0], "", 1, MSG_NOSIGNAL);
        return true;
    case KEEPER_STARTED:
        return w->job->lab_fd < 0;
    }
    return false;
}

static void redraw(struct watcher *w)
{
    if (w->job->report->started_ns == 0 || w->job->report->ended_ns != 0)
        return;
    if (w->job->lab_fd < 0)
        memory_sample(&w->memory, w->keeper);
    job_snapshot(w->job, w->status);
    progress_update(w->progress, w->status, fleettime_now(&w->job->time));
}

/* Until the keeper has ended, or a lab has started (true). Signals are passed on, a second one as
 * a kill. */
static bool watch_keeper(struct watcher *w, int signal_fd)
{
    struct pollfd fds[] = {{.fd = w->job->talk[0], .events = POLLIN},
                           {.fd = signal_fd, .events = POLLIN}};
    bool stopping = false;
    for (;;) {
        poll(fds, 2, REDRAW_MS);
        for (int sig; (sig = signals_next()) != 0; stopping = true)
            kill(w->keeper, stopping ? SIGKILL : sig);
        if (fds[0].revents != 0 && !hear(w))
            return w->job->lab_fd >= 0 && w->job->report->started_ns != 0;
        redraw(w);
    }
}

/* The messages of the keeper and its children, held back while the progress was drawn. */
static void show_messages(const struct job *job)
{
    char block[4096];
    ssize_t len;
    for (off_t at = 0; (len = pread(job->message_fd, block, sizeof block, at)) > 0; at += len)
        fwrite(block, 1, (size_t)len, stderr);
}

/* The exit code that an ended child stands for, with a message where it gave none. */
static int code_of(int wait_status)
{
    if (WIFSIGNALED(wait_status)) {
        say("the run was killed: SIG%s", sigabbrev_np(WTERMSIG(wait_status)));
        return 128 + WTERMSIG(wait_status);
    }
    int code = WEXITSTATUS(wait_status);
    if (code > 128)
        say("stopped by SIG%s", sigabbrev_np(code - 128));
    return code;
}

static int wait_for(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

static bool watcher_begin(struct watcher *w, struct job *job)
{
    *w = (struct watcher){.job = job, .keeper = -1,
                          .progress = progress_new(job->options->style, job->plan),
                          .status = calloc(job->plan->count, sizeof *w->status)};
    memory_begin(&w->memory);
    return w->status != NULL;
}

static void watcher_end(struct watcher *w)
{
    progress_end(w->progress);
    show_messages(w->job);
    free(w->status);
}

/* After a failure nobody needs the work files; a directory that was refused is not ours to tidy. */
static void job_end(struct job *job, int code)
{
    if (code != 0 && job->out.dir >= 0)
        outdir_cleanup(job->options->out_dir);
    job_free(job);
}

/* ---- a run -------------------------------------------------------------------------- */

static int take_facts(const struct watcher *w, struct run_facts *facts)
{
    const struct job_report *report = w->job->report;
    size_t count = w->job->plan->count;
    struct phone_status *status = malloc(count * sizeof *status);
    struct phone_traffic *traffic = malloc(count * sizeof *traffic);
    if (!status || !traffic) {
        free(status);
        free(traffic);
        return 3;
    }
    memcpy(status, report->final, count * sizeof *status);
    memcpy(traffic, w->job->traffic, count * sizeof *traffic);
    *facts = report->facts;
    facts->manager = w->job->manager ? managerlist_copy(w->job->manager) : NULL;
    facts->status = status;
    facts->traffic = traffic;
    facts->teardown_ms = (clock_ns() - report->ended_ns) / 1000000;
    facts->memory_peak_kib = w->memory.peak_kib;
    return 0;
}

void run_facts_free(struct run_facts *facts)
{
    free((void *)facts->status);
    free((void *)facts->traffic);
    managerlist_free((struct manager_list *)facts->manager);
    *facts = (struct run_facts){0};
}

static int run_job(struct job *job, struct run_facts *facts)
{
    struct watcher w;
    if (!watcher_begin(&w, job))
        return 3;
    int signal_fd = signals_catch(stop_signals), status = 0;
    w.keeper = keeper_fork(job);
    if (w.keeper > 0) {
        watch_keeper(&w, signal_fd);
        status = wait_for(w.keeper);
    }
    int code = w.keeper > 0 && status == 0 ? take_facts(&w, facts) : 3;
    signals_release();
    watcher_end(&w);
    return status != 0 ? code_of(status) : code;
}

int run_once(const struct plan *plan, const struct run_options *options, struct run_facts *facts)
{
    struct job job;
    ownlimit_raise(plan->count);
    if (hostlimit_raise(plan->count) != 0) /* first: its guard must hold no end of our sockets */
        return 3;
    uint64_t refused = neighbours_refused();
    int code = job_make(&job, plan, options, -1);
    if (code == 0)
        code = run_job(&job, facts);
    if (code == 0)
        facts->neighbours_refused = neighbours_refused() - refused;
    if (code == 0)
        job.out.dir = -1; /* stays locked until this process ends: the results are yet to come */
    job_end(&job, code);
    hostlimit_release();
    return code;
}

/* ---- a lab -------------------------------------------------------------------------- */

/* Waits for the keeper's end; a signal ends it. While the lab starts, so does the end of the
 * launcher, which the keeper itself sees on its socket. */
static int background_wait(pid_t keeper)
{
    char now[SAY_TIME];
    int signal_fd = signals_catch((const int[]){SIGNALS_STOP, SIGCHLD, 0}), status;
    while (waitpid(keeper, &status, WNOHANG) == 0) {
        poll(&(struct pollfd){.fd = signal_fd, .events = POLLIN}, 1, 1000);
        for (int sig; (sig = signals_next()) != 0;)
            if (sig != SIGCHLD && kill(keeper, sig) == 0)
                say("taken down at %s by SIG%s from process %d", say_time(now), sigabbrev_np(sig),
                    signals_sender());
    }
    say("ended at %s", say_time(now));
    int code = code_of(status); /* and the signal, if it was one */
    return WIFEXITED(status) ? code : 3;
}

/* What the caller has left open, beyond the three streams: all of ours close on exec. */
static void close_inherited(void)
{
    DIR *open_now = opendir("/proc/self/fd");
    for (struct dirent *e; open_now && (e = readdir(open_now));) {
        int fd = atoi(e->d_name), flags = fcntl(fd, F_GETFD);
        if (fd > 2 && flags >= 0 && !(flags & FD_CLOEXEC))
            close(fd);
    }
    if (open_now)
        closedir(open_now);
}

/* Lets go of whatever is the caller's: a lab outlives it, and would keep its terminal, or a pipe
 * that somebody waits to see closed. 0, or a negative errno. */
static int detach(int message_fd)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    setsid();
    close_inherited();
    if (null < 0 || dup2(null, 0) < 0 || dup2(message_fd, 1) < 0 || dup2(message_fd, 2) < 0)
        return -errno;
    if (null > 2)
        close(null);
    return 0;
}

_Noreturn static void background(struct job *job)
{
    close(job->talk[0]); /* the keeper must see the launcher's end */
    job->talk[0] = -1;
    signals_release();
    ownlimit_raise(job->plan->count);
    if (listen(job->lab_fd, 16) != 0 || detach(job->message_fd) != 0 ||
        hostlimit_raise(job->plan->count) != 0)
        _exit(3);
    pid_t keeper = keeper_fork(job);
    int code = keeper < 0 ? 3 : background_wait(keeper);
    outdir_cleanup(job->options->out_dir);
    hostlimit_release();
    _exit(code);
}

static int start_lab(struct job *job)
{
    struct watcher w;
    if (!watcher_begin(&w, job))
        return 3;
    int signal_fd = signals_catch(stop_signals), status = 0;
    bool up = false;
    fflush(NULL);
    w.keeper = fork();
    if (w.keeper == 0)
        background(job);
    close(job->talk[1]);
    job->talk[1] = -1;
    if (w.keeper < 0)
        say_errno(errno, "cannot start the lab");
    else if (!(up = watch_keeper(&w, signal_fd)))
        status = wait_for(w.keeper);
    signals_release();
    watcher_end(&w);
    return up ? 0 : status != 0 ? code_of(status) : 3;
}

int lab_up(const struct plan *plan, const struct run_options *options, int lab_fd)
{
    struct job job;
    int code = job_make(&job, plan, options, lab_fd);
    if (code == 0)
        code = start_lab(&job);
    job_end(&job, code);
    return code;
}
