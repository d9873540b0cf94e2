/* eventlog.h - events.jsonl read back: what the phones said, in order of emulated time.
 *
 * Lines of several phones reach the file a little out of order; they are sorted by t, and lines
 * of one instant keep the file's order. A line that is no JSON object, lacks a key that its
 * event needs, or names no phone of the plan is damaged: skipped and counted. Events of other
 * names are not ours and skipped without a word.
 */
#ifndef EVENTLOG_H
#define EVENTLOG_H

#include "netns/plan/plan.h"

#define EVENTLOG_SERVER (-1) /* the peer is the TFTP server */
#define EVENTLOG_OTHER  (-2) /* no peer named, or an address that is no phone's */

struct eventlog_line {
    uint64_t t_us;
    size_t order;       /* place in the file */
    enum event event;
    uint32_t phone;     /* index in plan->phones */
    int32_t peer;       /* child, from or parent: index in plan->phones, or EVENTLOG_* */
    const char *file;   /* or component; equal names are equal pointers; NULL when none */
    const char *text;   /* of failed: what the phone said; NULL when none */
    uint32_t kb;        /* of screen */
    uint8_t percent, box, icon;
};

struct eventlog {
    struct eventlog_line *lines;
    size_t count;
    size_t damaged;
    void *names;        /* search tree of the file names */
};

/* NULL with a message on standard error when the file cannot be read. */
struct eventlog *eventlog_read(const char *path, const struct plan *plan);
void eventlog_free(struct eventlog *log);

#endif
