/* report.c - see report.h. */
#include "emu/report.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* ---- lines --------------------------------------------------------------------------- */

/* Writes all of it; a file takes it in one write(), a terminal or pipe may need more. */
static void write_all(int fd, struct iovec *iov, int count)
{
    while (count > 0 && fd >= 0) {
        ssize_t n = writev(fd, iov, count);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return; /* nobody to tell: the log itself is what fails */
        for (; count > 0 && (size_t)n >= iov->iov_len; iov++, count--)
            n -= (ssize_t)iov->iov_len;
        if (count > 0) {
            iov->iov_base = (char *)iov->iov_base + n;
            iov->iov_len -= (size_t)n;
        }
    }
}

static void lines_flush(struct lines *l)
{
    struct iovec all = {l->text, l->used};
    if (l->used)
        write_all(l->fd, &all, 1);
    l->used = 0;
}

static void lines_add(struct lines *l, const char *line)
{
    size_t len = strlen(line);
    if (len + 1 > sizeof l->text - l->used)
        lines_flush(l);
    if (len + 1 > sizeof l->text) { /* longer than any of ours: by itself, and whole */
        struct iovec alone[] = {{(void *)line, len}, {"\n", 1}};
        write_all(l->fd, alone, 2);
        return;
    }
    memcpy(l->text + l->used, line, len);
    l->text[l->used + len] = '\n';
    l->used += len + 1;
}

void report_log(struct report *r, const char *line)
{
    lines_add(&r->log, line);
}

void report_event(struct report *r, const char *json)
{
    lines_add(&r->events, json);
}

/* ---- status record ------------------------------------------------------------------- */

void report_init(struct report *r, int log_fd, int events_fd)
{
    *r = (struct report){.log.fd = log_fd, .events.fd = events_fd};
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
    lines_flush(&r->log);
    lines_flush(&r->events);
    if (r->changed && r->record)
        publish(r->record, &r->now);
    r->changed = false;
}

/* ---- page ---------------------------------------------------------------------------- */

void report_page(int fd, const char *text, size_t len)
{
    if (fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, text, len, 0) < 0)
        errno = 0; /* nobody to tell: the page stays empty */
}
