/* report.h - what a phone tells the world: console log, event lines, status record.
 *
 * Lines gather in a buffer and leave at the end of a wake-up, whole lines in one write(): the
 * event file is shared by the fleet and opened for appending, so that lines of two phones never
 * mix. The status record lies in memory shared with the launcher, which may read at any moment:
 * it is written under the sequence lock of contract.h, at most once per wake-up.
 *
 * A phone goes on when its log cannot be written: what does not fit on the disk is lost, and marked
 * as lost in the record. Of the event file a write that is cut short is a loss as well, whether or
 * not the rest follows: another phone's line may have come between.
 */
#ifndef REPORT_H
#define REPORT_H

#include "emu/core/core.h"

struct lines {
    int fd; /* -1: nobody listens */
    enum phone_loss loss;
    size_t used;
    char text[4096];
};

struct report {
    struct lines log, events;
    struct phone_status now;      /* as of this wake-up; seq unused */
    bool changed;                 /* now differs from the record */
    struct phone_status *record;  /* shared, or NULL */
};

/* log_fd and events_fd may be -1. */
void report_init(struct report *r, int log_fd, int events_fd);
/* Maps the record of this slot in the memory of all records. 0, or a negative errno: -ERANGE
 * when the memory ends before it. */
int report_map(struct report *r, int status_fd, uint32_t slot);
void report_unmap(struct report *r);

/* One line, without its newline. */
void report_log(struct report *r, const char *line);
void report_event(struct report *r, const char *json);
/* What could not be written, and why (a negative errno). The first error stays. */
void report_lost(struct report *r, enum phone_loss what, int error);
/* The core's part of the record: all but seq, lateness and what was lost. */
void report_status(struct report *r, const struct phone_status *status);
/* A timer fired so many emulated microseconds late. */
void report_lateness(struct report *r, uint64_t us);
/* The web page, in place of the one before; fd -1: nobody looks. */
void report_page(struct report *r, int fd, const char *text, size_t len);
/* End of a wake-up: everything leaves. */
void report_flush(struct report *r);

#endif
