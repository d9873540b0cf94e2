/* job.c - one run's own state. */
#include "netns/run/job.h"
#include "netns/fleet/lankeys.h"
#include "netns/host/clock.h"
#include "netns/host/netns.h"
#include "netns/text/say.h"
#include "netns/world/callmanager.h"
#include "netns/world/tftproot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static size_t report_size(const struct plan *plan)
{
    return sizeof(struct job_report) +
           plan->count * (sizeof(struct phone_status) + sizeof(struct phone_traffic) + 1);
}

/* The records: of a size that no phone can change under its readers. */
static int make_memory(struct job *job)
{
    size_t size = job->plan->count * sizeof *job->status;
    job->status_fd = memfd_create("fleet-status", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (job->status_fd < 0 || ftruncate(job->status_fd, (off_t)size) != 0 ||
        fcntl(job->status_fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        return -errno;
    job->status = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, job->status_fd, 0);
    if (job->status == MAP_FAILED)
        return -errno;
    job->report = mmap(NULL, report_size(job->plan), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (job->report == MAP_FAILED)
        return -errno;
    job->traffic = (struct phone_traffic *)&job->report->final[job->plan->count];
    job->fate = (uint8_t *)&job->traffic[job->plan->count];
    return 0;
}

/* What outlives our own call manager. */
static int make_manager(struct job *job)
{
    job->cm_log_fd = outdir_file(&job->out, "callmanager.log");
    if (job->cm_log_fd < 0)
        return job->cm_log_fd;
    job->manager = managerlist_new(callmanager_room(job->plan));
    return job->manager ? 0 : -ENOMEM;
}

/* A lab's messages go to a file that stays; a run's only until they are shown. */
static int make_message_file(struct job *job)
{
    job->message_fd = job->lab_fd >= 0
                          ? outdir_file(&job->out, "lab.log")
                          : memfd_create("fleet-messages", MFD_CLOEXEC);
    return job->message_fd < 0 ? -errno : fcntl(job->message_fd, F_SETFL, O_APPEND);
}

const char *job_path(const struct job *job, const char *name, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%s/%s", job->options->out_dir, name);
    return out;
}

/* 0, or 3 after a message. */
static int open_file(int *fd, const char *path, int flags, const char *what)
{
    *fd = open(path, flags | O_CLOEXEC, 0644);
    if (*fd >= 0)
        return 0;
    say_errno(errno, "cannot open %s %s", what, path);
    return 3;
}

static int open_here(int *fd)
{
    *fd = netns_here();
    if (*fd >= 0)
        return 0;
    say_errno(-*fd, "cannot open this network namespace");
    return 3;
}

static int open_files(struct job *job)
{
    const struct fleet *fleet = job->plan->fleet;
    const struct run_options *o = job->options;
    char path[PATH_MAX];
    int code = open_file(&job->binary_fd, o->phone_binary, O_PATH, "the phone program");
    if (code == 0 && fleet->authentication == FLEET_AUTH_SIGNATURE && fleet->key)
        code = open_file(&job->key_fd, fleet->key, O_RDONLY, "the firmware's key");
    if (code == 0 && (fleet->engine == ENGINE_EXTERNAL || lan_uplink(fleet)))
        code = open_here(&job->host_ns);
    if (code == 0 && job->lab_fd >= 0)
        code = open_file(&job->lab_dir, ".", O_PATH | O_DIRECTORY, "the working directory");
    job->lab_begun = time(NULL);
    if (code == 0 && o->capture)
        code = open_file(&job->capture_fd, job_path(job, "site.pcapng", path),
                         O_RDWR | O_CREAT | O_TRUNC, "the capture file");
    return code;
}

int job_make(struct job *job, const struct plan *plan, const struct run_options *options,
             int lab_fd)
{
    *job = (struct job){.plan = plan, .options = options, .ids = options->ids,
                        .begun_ns = clock_ns(),
                        .out = OUTDIR_NONE, .status_fd = -1, .status = MAP_FAILED,
                        .report = MAP_FAILED, .binary_fd = -1, .key_fd = -1, .capture_fd = -1,
                        .cm_log_fd = -1,
                        .host_ns = -1, .time = FLEET_TIME_NONE,
                        .lab_fd = lab_fd, .lab_dir = -1, .message_fd = -1, .talk = {-1, -1}};
    int code = outdir_make(&job->out, options->out_dir, plan, &job->ids);
    if (code == 0)
        code = open_files(job);
    if (code != 0)
        return code;
    int err = make_memory(job);
    if (err == 0)
        err = fleettime_make(&job->time, plan);
    if (err == 0 && plan->fleet->manager.engine == MANAGER_OWN)
        err = make_manager(job);
    if (err == 0)
        err = make_message_file(job);
    if (err == 0 && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, job->talk) != 0)
        err = -errno;
    if (err != 0) {
        say_errno(-err, "cannot prepare the run");
        return 3;
    }
    char root[PATH_MAX];
    return tftproot_make(plan, job_path(job, "tftproot", root)) == 0 ? 0 : 3;
}

void job_free(struct job *job)
{
    if (job->status != MAP_FAILED)
        munmap(job->status, job->plan->count * sizeof *job->status);
    if (job->report != MAP_FAILED)
        munmap(job->report, report_size(job->plan));
    managerlist_free(job->manager);
    const int fds[] = {job->host_ns,   job->status_fd, job->lab_dir, job->cm_log_fd,
                       job->binary_fd,  job->key_fd,  job->capture_fd,
                       job->lab_fd,    job->message_fd, job->talk[0], job->talk[1]};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    fleettime_free(&job->time);
    outdir_close(&job->out);
}

bool job_watched(const struct job *job)
{
    return job->capture_fd >= 0 || job->lab_fd >= 0;
}

/* As status_read(), but its patience ends: a phone that was stopped or killed in mid-write
 * leaves its sequence number odd. */
static void snapshot(const struct phone_status *from, struct phone_status *to)
{
    for (int tries = 0; tries < 1000; tries++) {
        uint32_t before = atomic_load_explicit(&from->seq, memory_order_acquire);
        memcpy(to, from, sizeof *to);
        atomic_thread_fence(memory_order_acquire);
        if (before % 2 == 0 && before == atomic_load_explicit(&from->seq, memory_order_relaxed))
            return;
    }
}

void job_snapshot(const struct job *job, struct phone_status *to)
{
    for (size_t i = 0; i < job->plan->count; i++) {
        snapshot(&job->status[i], &to[i]);
        if (job->fate[i] != 0)
            to[i].state = job->fate[i];
    }
}

void job_settle_time(struct job *job)
{
    struct run_facts *f = &job->report->facts;
    f->emulated_us = 0;
    for (size_t i = 0; i < job->plan->count; i++)
        if (job->report->final[i].changed_us > f->emulated_us)
            f->emulated_us = job->report->final[i].changed_us;
    if (f->timed_out || job->plan->fleet->until_us)
        f->emulated_us = fleettime_now(&job->time);
    f->clock = job->report->clock;
    f->clock.free = !job->time.hands;
    f->clock.ran_ns = clock_ns() - job->report->started_ns;
    f->wall_ms = f->clock.ran_ns / NS_PER_MS;
}
