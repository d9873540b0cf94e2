/* loss.c - see loss.h. */
#include "netns/run/loss.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char *const files[] = {[JOB_EVENTS] = "events.jsonl", [JOB_TFTP_LOG] = "tftp.log",
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
