/* phones.c - the phone processes. */
#include "netns/phones.h"
#include "netns/say.h"
#include "netns/world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct proc {
    pid_t pid; /* 0: none (any more) */
    int pidfd;
    int control;
    bool started;
};

struct phones {
    struct job *job;
    struct proc *procs;
    size_t alive, ready;
    int ready_fd;
    bool stopping; /* ends are expected */
};

struct phones *phones_new(struct job *job)
{
    struct phones *p = calloc(1, sizeof *p);
    struct proc *procs = calloc(job->plan->count, sizeof *procs);
    int ready_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (p == NULL || procs == NULL || ready_fd < 0) {
        say_errno(errno, "cannot keep a table of %zu phones", job->plan->count);
        free(p);
        free(procs);
        return NULL;
    }
    *p = (struct phones){.job = job, .procs = procs, .ready_fd = ready_fd};
    return p;
}

/* ---- in the child ------------------------------------------------------------------- */

#define ARGS_MAX 40
struct args {
    char *argv[ARGS_MAX + 1];
    char text[2048];
    size_t count, used;
};

static void arg(struct args *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void arg(struct args *a, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    size_t room = sizeof a->text - a->used;
    int len = vsnprintf(a->text + a->used, room, format, list);
    va_end(list);
    if (a->count == ARGS_MAX || len < 0 || (size_t)len >= room)
        abort(); /* names are bounded by the plan: cannot happen */
    a->argv[a->count++] = a->text + a->used;
    a->used += (size_t)len + 1;
}

/* An option with the number of a descriptor, which the program inherits. */
static void arg_fd(struct args *a, const char *option, int fd)
{
    fcntl(fd, F_SETFD, 0);
    arg(a, "--%s", option);
    arg(a, "%d", fd);
}

static void add_identity(struct args *a, const struct plan *plan, const struct plan_phone *phone)
{
    char ip[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &phone->ip, ip, sizeof ip);
    arg(a, "fleet-phone");
    arg(a, "--" PHONE_OPT_NAME);
    arg(a, "%s", phone->name);
    arg(a, "--" PHONE_OPT_MODEL);
    arg(a, "%s", phone->model->name);
    arg(a, "--" PHONE_OPT_ADDRESS);
    arg(a, "%s/%u", ip, plan->prefix_len);
    arg(a, "--" PHONE_OPT_TFTP);
    arg(a, "%s", WORLD_SERVER_IP);
    arg(a, "--" PHONE_OPT_RUNNING);
    arg(a, "%s", phone->running);
    arg(a, "--" PHONE_OPT_SPEED);
    arg(a, "%u", plan->fleet->speed);
    arg(a, "--" PHONE_OPT_SEED);
    arg(a, "%" PRIu64, plan->fleet->seed);
    arg(a, "--" PHONE_OPT_AUTH);
    arg(a, "%s", plan->fleet->authentication == FLEET_AUTH_SIGNATURE ? "signature" : "structure");
}

/* Limits that the phone needs and its user may not raise: io_uring's rings are charged to
 * locked memory, and all phones are processes of one user. */
static void raise_limits(void)
{
    static const struct {
        int resource;
        rlim_t limit;
    } limits[] = {
        {RLIMIT_MEMLOCK, RLIM_INFINITY},
        {RLIMIT_NPROC, RLIM_INFINITY},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        setrlimit(limits[i].resource, &(struct rlimit){limits[i].limit, limits[i].limit});
}

_Noreturn static void fail(const char *name, const char *what)
{
    say_errno(errno, "%s: cannot %s", name, what);
    _exit(126);
}

/* Its own files, opened as the user that the phone is; standard output and error go to the log. */
static void open_own(struct args *a, const struct outdir *out, const char *name)
{
    char log[32];
    snprintf(log, sizeof log, "%s.log", name);
    int log_fd = openat(out->logs, log, O_WRONLY | O_APPEND | O_CLOEXEC);
    int flash = openat(out->flash, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (log_fd < 0 || flash < 0 || null < 0)
        fail(name, "open its files");
    arg_fd(a, PHONE_OPT_LOG_FD, log_fd);
    arg_fd(a, PHONE_OPT_FLASH_FD, flash);
    if (dup2(null, 0) < 0 || dup2(log_fd, 1) < 0 || dup2(log_fd, 2) < 0)
        fail(name, "open its files");
}

_Noreturn static void become_phone(const struct phones *p, size_t i, int netns, int control)
{
    const struct job *job = p->job;
    const char *name = job->plan->phones[i].name;
    struct args a = {.count = 0};
    add_identity(&a, job->plan, &job->plan->phones[i]);
    arg(&a, "--" PHONE_OPT_SLOT);
    arg(&a, "%zu", i);
    arg_fd(&a, PHONE_OPT_CONTROL_FD, control);
    arg_fd(&a, PHONE_OPT_STATUS_FD, job->status_fd);
    arg_fd(&a, PHONE_OPT_READY_FD, p->ready_fd);
    arg_fd(&a, PHONE_OPT_EVENTS_FD, job->out.events);
    arg_fd(&a, PHONE_OPT_STORE_FD, job->out.store);
    if (job->key_fd >= 0) {
        /* opened anew: a phone must not share its place in the file with the others */
        char path[32];
        snprintf(path, sizeof path, "/proc/self/fd/%d", job->key_fd);
        int key = open(path, O_RDONLY | O_CLOEXEC);
        if (key < 0)
            fail(name, "open the firmware's key");
        arg_fd(&a, PHONE_OPT_KEY_FD, key);
    }
    signal(SIGPIPE, SIG_DFL);
    if (world_enter(netns) != 0)
        fail(name, "enter its network namespace");
    raise_limits();
    if (caps_drop(PHONE_UID, PHONE_GID, NULL) != 0)
        _exit(126);
    int binary = job->binary_fd;
    open_own(&a, &job->out, name);
    a.argv[a.count] = NULL;
    execveat(binary, "", a.argv, environ, AT_EMPTY_PATH);
    fail(name, "run fleet-phone");
}

/* ---- in the keeper ------------------------------------------------------------------ */

int phones_spawn(struct phones *p, size_t i, int netns)
{
    struct proc *proc = &p->procs[i];
    const char *name = p->job->plan->phones[i].name;
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return say_errno(errno, "%s: cannot make its control socket", name);
    pid_t pid = fork();
    if (pid == 0)
        become_phone(p, i, netns, pair[1]);
    int err = errno;
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return say_errno(err, "%s: cannot start its process", name);
    }
    *proc = (struct proc){.pid = pid, .pidfd = pidfd_open(pid, 0), .control = pair[0]};
    p->alive++;
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

static void tell(const struct proc *proc, enum control_op op, uint64_t origin_ns)
{
    struct control_msg msg = {.op = op, .origin_ns = origin_ns};
    send(proc->control, &msg, sizeof msg, MSG_NOSIGNAL | MSG_DONTWAIT); /* it may have died */
}

uint64_t phones_start_due(struct phones *p, uint64_t now)
{
    const struct plan *plan = p->job->plan;
    uint64_t origin = p->job->report->origin_ns, next = UINT64_MAX;
    for (size_t i = 0; i < plan->count; i++) {
        struct proc *proc = &p->procs[i];
        if (proc->started || proc->pid == 0)
            continue;
        uint64_t due = origin + plan->phones[i].boot_us * 1000 / plan->fleet->speed;
        if (due <= now) {
            tell(proc, CONTROL_START, origin);
            proc->started = true;
        } else if (due < next) {
            next = due;
        }
    }
    return next;
}

bool phones_settled(const struct phones *p)
{
    for (size_t i = 0; i < p->job->plan->count; i++) {
        uint8_t state = *(volatile uint8_t *)&p->job->status[i].state;
        if (state != PHONE_IDLE && state != PHONE_FAILED)
            return false;
    }
    return true;
}

static void describe_end(char *text, size_t size, int wait_status)
{
    if (WIFSIGNALED(wait_status))
        snprintf(text, size, "process died: signal %d", WTERMSIG(wait_status));
    else
        snprintf(text, size, "process ended: exit status %d", WEXITSTATUS(wait_status));
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
    close(proc->control);
    proc->pid = 0;
    p->alive--;
    if (p->stopping)
        return true;
    struct phone_status *record = &p->job->status[i]; /* ours alone, now that its writer is gone */
    describe_end(record->status_text, sizeof record->status_text, wait_status);
    record->status_file[0] = '\0';
    record->state = PHONE_FAILED;
    record->changed_us = job_emulated_us(p->job, now_ns());
    record->seq = (record->seq | 1) + 1; /* even, whatever it died in */
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
    for (char *line = strtok(start, "\n"); line != NULL; line = strtok(NULL, "\n"))
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
    for (size_t i = 0; i < p->job->plan->count; i++)
        if (p->procs[i].pid != 0)
            tell(&p->procs[i], CONTROL_STOP, 0);
}

void phones_kill(struct phones *p)
{
    for (size_t i = 0; i < p->job->plan->count; i++)
        if (p->procs[i].pid != 0)
            pidfd_send_signal(p->procs[i].pidfd, SIGKILL, NULL, 0);
}

void phones_free(struct phones *p)
{
    if (p == NULL)
        return;
    close(p->ready_fd);
    free(p->procs);
    free(p);
}
