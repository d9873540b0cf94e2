/* report.c - see report.h. */
#include "emu/shell/report.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* ---- lines --------------------------------------------------------------------------- */

void report_lost(struct report *r, enum phone_loss what, int error)
{
    r->now.lost |= (uint8_t)what;
    if (r->now.lost_errno == 0)
        r->now.lost_errno = (uint8_t)-error;
    r->changed = true;
}

/* Writes all of it; a file takes it in one write(), a terminal or pipe may need more. */
static void write_all(struct report *r, const struct lines *l, struct iovec *iov, int count)
{
    bool cut = false;
    while (count > 0 && l->fd >= 0) {
        ssize_t n = writev(l->fd, iov, count);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            report_lost(r, l->loss, -errno);
            return;
        }
        for (; count > 0 && (size_t)n >= iov->iov_len; iov++, count--)
            n -= (ssize_t)iov->iov_len;
        if (count > 0) {
            iov->iov_base = (char *)iov->iov_base + n;
            iov->iov_len -= (size_t)n;
        }
        cut |= count > 0;
    }
    if (cut && l->loss == LOST_EVENTS)
        report_lost(r, l->loss, -ENOSPC);
}

static void lines_flush(struct report *r, struct lines *l)
{
    struct iovec all = {l->text, l->used};
    if (l->used)
        write_all(r, l, &all, 1);
    l->used = 0;
}

static void lines_add(struct report *r, struct lines *l, const char *line)
{
    size_t len = strlen(line);
    if (len + 1 > sizeof l->text - l->used)
        lines_flush(r, l);
    if (len + 1 > sizeof l->text) { /* longer than any of ours: by itself, and whole */
        struct iovec alone[] = {{(void *)line, len}, {"\n", 1}};
        write_all(r, l, alone, 2);
        return;
    }
    memcpy(l->text + l->used, line, len);
    l->text[l->used + len] = '\n';
    l->used += len + 1;
}

void report_log(struct report *r, const char *line)
{
    lines_add(r, &r->log, line);
}

void report_event(struct report *r, const char *json)
{
    lines_add(r, &r->events, json);
}

/* ---- status record ------------------------------------------------------------------- */

void report_init(struct report *r, int log_fd, int events_fd)
{
    *r = (struct report){.log = {.fd = log_fd, .loss = LOST_LOG},
                         .events = {.fd = events_fd, .loss = LOST_EVENTS}};
}

/* The record's offset is not a page's: the mapping begins at the page it lies in. */
static size_t page_offset(uint64_t at)
{
    return at % (uint64_t)sysconf(_SC_PAGESIZE);
}

int report_map(struct report *r, int status_fd, uint32_t slot)
{
    struct stat st;
    if (fstat(status_fd, &st) < 0)
        return -errno;
    uint64_t at = (uint64_t)slot * sizeof *r->record;
    if ((uint64_t)st.st_size < at + sizeof *r->record)
        return -ERANGE;
    size_t skip = page_offset(at);
    uint8_t *map = mmap(NULL, skip + sizeof *r->record, PROT_READ | PROT_WRITE, MAP_SHARED,
                        status_fd, (off_t)(at - skip));
    if (map == MAP_FAILED)
        return -errno;
    r->record = (struct phone_status *)(map + skip);
    r->now.lost = r->record->lost; /* a file that was cut stays so, in whatever life */
    r->now.lost_errno = r->record->lost_errno;
    return 0;
}

void report_unmap(struct report *r)
{
    if (!r->record)
        return;
    size_t skip = page_offset((uintptr_t)r->record);
    munmap((uint8_t *)r->record - skip, skip + sizeof *r->record);
    r->record = NULL;
}

void report_status(struct report *r, const struct phone_status *status)
{
    struct phone_status next = *status;
    next.lateness_max_us = r->now.lateness_max_us;
    next.lost = r->now.lost;
    next.lost_errno = r->now.lost_errno;
    memcpy(next.lateness, r->now.lateness, sizeof next.lateness);
    r->now = next;
    r->changed = true;
}

void report_lateness(struct report *r, uint64_t us)
{
    r->now.lateness[lateness_bucket(us)]++;
    if (us > r->now.lateness_max_us)
        r->now.lateness_max_us = us;
    r->changed = true;
}

/* Sequence lock: odd, the data, even. A predecessor that died between the two left it odd. */
static void publish(struct phone_status *to, const struct phone_status *from)
{
    const size_t data = offsetof(struct phone_status, state);
    uint32_t odd = atomic_load_explicit(&to->seq, memory_order_relaxed) | 1;
    atomic_store_explicit(&to->seq, odd, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    memcpy((uint8_t *)to + data, (const uint8_t *)from + data, sizeof *to - data);
    atomic_store_explicit(&to->seq, odd + 1, memory_order_release);
}

void report_flush(struct report *r)
{
    lines_flush(r, &r->log);
    lines_flush(r, &r->events);
    if (r->changed && r->record)
        publish(r->record, &r->now);
    r->changed = false;
}

/* ---- page ---------------------------------------------------------------------------- */

void report_page(struct report *r, int fd, const char *text, size_t len)
{
    if (fd < 0)
        return;
    ssize_t n = ftruncate(fd, 0) == 0 ? pwrite(fd, text, len, 0) : -1;
    if (n != (ssize_t)len)
        report_lost(r, LOST_PAGE, n < 0 ? -errno : -ENOSPC);
}
