/* loss.c - see loss.h. */
#include "netns/run/loss.h"
#include "netns/text/outfile.h"
#include "netns/text/say.h"

#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const files[] = {[JOB_EVENTS] = "events.jsonl",
                                    [JOB_TFTP_LOG] = "tftp.log",
                                    [JOB_CM_LOG] = "callmanager.log",
                                    [JOB_DHCP_LOG] = "dhcp.log",
                                    [JOB_LAB_LOG] = "lab.log",
                                    [JOB_CAPTURE] = "the capture",
                                    [JOB_STORE] = "what the flashes share"};
static_assert(sizeof files / sizeof *files == JOB_FILE_COUNT, "one name per file");

/* What each phone has for itself; events.jsonl is one for all. */
static const struct {
    enum phone_loss loss;
    const char *dir, *end;
} own[] = {{LOST_LOG, "logs", ".log"}, {LOST_PAGE, "pages", ".xml"}, {LOST_FLASH, "flash", ""}};

void loss_note(const struct job *job, enum job_file file, int err)
{
    if (err < 0 && job->report->lost[file] == 0)
        job->report->lost[file] = -err;
}

/* How many phones have lost that, the first of them into *first, and its errno. */
static size_t count(const struct job *job, enum phone_loss loss, size_t *first, int *err)
{
    size_t n = 0;
    for (size_t i = 0; i < job->plan->count; i++) {
        if (!(job->status[i].lost & loss))
            continue;
        if (n++ == 0)
            *first = i;
        if (*err == 0)
            *err = job->status[i].lost_errno;
    }
    return n;
}

bool loss_any(const struct job *job)
{
    loss_note(job, JOB_CM_LOG, job->manager ? -job->manager->lost : 0);
    for (int i = 0; i < JOB_FILE_COUNT; i++)
        if (job->report->lost[i] != 0)
            return true;
    for (size_t i = 0; i < job->plan->count; i++)
        if (job->status[i].lost != 0)
            return true;
    return false;
}

/* Names all that is lost; how much of list that takes. */
static size_t put_names(const struct job *job, char *list, size_t size, int *err)
{
    size_t len = 0, first = 0;
    for (int i = 0; i < JOB_FILE_COUNT; i++) {
        bool lost = job->report->lost[i] != 0;
        if (*err == 0)
            *err = job->report->lost[i];
        if (i == JOB_EVENTS)
            lost |= count(job, LOST_EVENTS, &first, err) > 0;
        if (lost)
            len += (size_t)snprintf(list + len, size - len, "%s%s", len ? ", " : "", files[i]);
    }
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        size_t n = count(job, own[i].loss, &first, err);
        if (n > 0)
            len += (size_t)snprintf(list + len, size - len, "%s%s/%s%s", len ? ", " : "",
                                    own[i].dir, job->plan->phones[first].name, own[i].end);
        if (n > 1)
            len += (size_t)snprintf(list + len, size - len, " and %zu more", n - 1);
    }
    return len;
}

bool loss_describe(const struct job *job, char text[LOSS_TEXT])
{
    char list[400];
    int err = 0;
    *text = '\0';
    if (put_names(job, list, sizeof list, &err) == 0)
        return false;
    snprintf(text, LOSS_TEXT,
             "not written whole: %s: %s; nothing can be said of this fleet: make room under %s, or "
             "name another directory with --out",
             list, strerror(err), job->options->out_dir);
    return true;
}

/* ---- what the disk keeps ------------------------------------------------------------- */

/* Twice over all files, as each waits for the disk: first it is only told to begin. */
enum stage { TOLD, KEPT, STAGES };

static int settle(int fd, enum stage stage)
{
    if (stage == KEPT)
        return outfile_keep(fd);
    sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    return 0;
}

/* What a phone owns may be anything. */
static int settle_file(int dir, const char *name, enum stage stage)
{
    struct stat st;
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), err = 0;
    if (fd < 0)
        return 0;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        err = settle(fd, stage);
    close(fd);
    return err;
}

static int settle_files(int at, const char *name, enum stage stage)
{
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), err = 0;
    DIR *files_there = fd < 0 ? NULL : fdopendir(fd);
    if (!files_there)
        return 0;
    for (struct dirent *e; (e = readdir(files_there));) {
        int one = settle_file(fd, e->d_name, stage);
        err = err ? err : one;
    }
    closedir(files_there);
    return err;
}

static void settle_phone(const struct job *job, size_t i, enum stage stage)
{
    const int dirs[] = {job->out.logs, job->out.pages, job->out.flash};
    static_assert(sizeof dirs / sizeof *dirs == sizeof own / sizeof *own, "one each");
    struct phone_status *status = &job->status[i];
    for (size_t k = 0; k < sizeof own / sizeof *own; k++) {
        char name[64];
        snprintf(name, sizeof name, "%s%s", job->plan->phones[i].name, own[k].end);
        int err = own[k].loss == LOST_FLASH ? settle_files(dirs[k], name, stage)
                                            : settle_file(dirs[k], name, stage);
        if (err == 0)
            continue;
        status->lost |= (uint8_t)own[k].loss;
        if (status->lost_errno == 0)
            status->lost_errno = (uint8_t)-err;
    }
}

void loss_settle(const struct job *job)
{
    bool lab = job->lab_fd >= 0;
    const int fds[JOB_FILE_COUNT] = {[JOB_EVENTS] = job->out.events,
                                     [JOB_TFTP_LOG] = job->out.tftp_log,
                                     [JOB_CM_LOG] = job->cm_log_fd,
                                     [JOB_DHCP_LOG] = job->out.dhcp_log,
                                     [JOB_LAB_LOG] = lab ? job->message_fd : -1,
                                     [JOB_CAPTURE] = job->capture_fd,
                                     [JOB_STORE] = -1};
    loss_note(job, JOB_LAB_LOG, lab ? say_unsaid() : 0);
    for (enum stage stage = TOLD; stage < STAGES; stage++) {
        for (int i = 0; i < JOB_FILE_COUNT; i++)
            if (fds[i] >= 0)
                loss_note(job, (enum job_file)i, settle(fds[i], stage));
        loss_note(job, JOB_STORE, settle_files(job->out.flash, ".store", stage));
        for (size_t i = 0; i < job->plan->count; i++)
            settle_phone(job, i, stage);
    }
}
