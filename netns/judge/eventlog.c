/* eventlog.c - one pass over the lines, one sort. */
#include "netns/judge/eventlog.h"
#include "netns/plan/roster.h"
#include "netns/text/json.h"
#include "netns/text/say.h"

#include <arpa/inet.h>
#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The keys that an event cannot do without; an event with neither has nothing to lose. */
static const struct {
    const char *file, *peer;
} keys[EVENT_COUNT] = {
    [EVENT_FILE] = {"file", NULL},           [EVENT_ROOT] = {"file", NULL},
    [EVENT_PARENT] = {"file", "parent"},     [EVENT_PARENT_LOST] = {"file", "parent"},
    [EVENT_CHILD] = {"file", "child"},       [EVENT_CHILD_GONE] = {"file", "child"},
    [EVENT_FETCHED] = {"file", "from"},      [EVENT_REFUSED] = {"file", "from"},
    [EVENT_FALLBACK] = {"file", NULL},       [EVENT_SCREEN] = {"component", NULL},
};

#define LATEST_S 1e9 /* beyond any run: such a time is damage */

static int compare_names(const void *a, const void *b)
{
    return strcmp(a, b);
}

static const char *intern(struct eventlog *log, const char *name)
{
    void *node = tfind(name, &log->names, compare_names);
    if (node)
        return *(const char **)node;
    char *copy = strdup(name);
    if (copy && !tsearch(copy, &log->names, compare_names)) {
        free(copy);
        return NULL;
    }
    return copy;
}

static int event_by_name(const char *name)
{
    for (int i = 0; name && i < EVENT_COUNT; i++)
        if (strcmp(event_names[i], name) == 0)
            return i;
    return -1;
}

static uint8_t box_by_name(const char *name)
{
    for (uint8_t i = 0; name && i < BOX_COUNT; i++)
        if (strcmp(screen_box_names[i], name) == 0)
            return i;
    return BOX_BLANK;
}

/* A count that may be written as a number or as true and false, within bounds. */
static uint32_t number(const json_t *object, const char *key, uint32_t most)
{
    const json_t *value = json_object_get(object, key);
    if (json_is_true(value))
        return 1;
    json_int_t n = json_integer_value(value);
    return n < 0 ? 0 : n > most ? most : (uint32_t)n;
}

static int32_t peer_index(const struct roster *roster, const char *text)
{
    struct in_addr address;
    if (strcmp(text, "tftp") == 0 || strcmp(text, "http") == 0)
        return EVENTLOG_SERVER;
    long i = inet_pton(AF_INET, text, &address) == 1 ? roster_by_ip(roster, address.s_addr) : -1;
    return i < 0 ? EVENTLOG_OTHER : (int32_t)i;
}

enum verdict { TAKEN, FOREIGN, DAMAGED };

/* A failed phone's words, and the file that they are about: either may be lacking. */
static void take_failure(struct eventlog *log, const json_t *object, struct eventlog_line *line)
{
    const char *text = json_string_value(json_object_get(object, "text"));
    const char *file = json_string_value(json_object_get(object, "file"));
    line->text = text ? intern(log, text) : NULL;
    line->file = file ? intern(log, file) : NULL;
}

/* Fills what the line's event needs from its object. */
static enum verdict take(struct eventlog *log, const struct roster *roster, const json_t *object,
                         struct eventlog_line *line)
{
    const char *name = json_string_value(json_object_get(object, "event"));
    double t = json_number_value(json_object_get(object, "t"));
    if (!name || !json_is_number(json_object_get(object, "t")) || !(t >= 0 && t <= LATEST_S))
        return DAMAGED;
    int event = event_by_name(name);
    if (event < 0)
        return FOREIGN;
    const char *phone = json_string_value(json_object_get(object, "phone"));
    const char *file = keys[event].file
                           ? json_string_value(json_object_get(object, keys[event].file)) : NULL;
    const char *peer = keys[event].peer
                           ? json_string_value(json_object_get(object, keys[event].peer)) : NULL;
    long index = phone ? roster_by_name(roster, phone) : -1;
    if (index < 0 || (keys[event].file && !file) || (keys[event].peer && !peer))
        return DAMAGED;
    *line = (struct eventlog_line){
        .t_us = (uint64_t)(t * 1e6 + 0.5),
        .event = (enum event)event,
        .phone = (uint32_t)index,
        .peer = peer ? peer_index(roster, peer) : EVENTLOG_OTHER,
        .file = file ? intern(log, file) : NULL,
        .kb = number(object, "kb", UINT32_MAX),
        .percent = (uint8_t)number(object, "percent", 100),
        .box = box_by_name(json_string_value(json_object_get(object, "box"))),
        .icon = (uint8_t)number(object, "icon", 1),
    };
    if (event == EVENT_FAILED)
        take_failure(log, object, line);
    return !file || line->file ? TAKEN : DAMAGED;
}

static bool append(struct eventlog *log, const struct eventlog_line *line, size_t *room)
{
    if (log->count == *room) {
        size_t more = *room ? *room * 2 : 1024;
        struct eventlog_line *lines = reallocarray(log->lines, more, sizeof *lines);
        if (!lines)
            return false;
        log->lines = lines;
        *room = more;
    }
    log->lines[log->count] = *line;
    log->lines[log->count].order = log->count;
    log->count++;
    return true;
}

static int compare_lines(const void *a, const void *b)
{
    const struct eventlog_line *x = a, *y = b;
    if (x->t_us != y->t_us)
        return x->t_us < y->t_us ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static int read_lines(struct eventlog *log, const struct roster *roster, FILE *in)
{
    size_t room = 0, size = 0;
    char *text = NULL;
    int err = 0;
    for (ssize_t len; !err && (len = getline(&text, &size, in)) >= 0;) {
        struct eventlog_line line;
        json_t *object = json_loadb(text, (size_t)len, JSON_REJECT_DUPLICATES, NULL);
        enum verdict verdict = object ? take(log, roster, object, &line) : DAMAGED;
        json_decref(object);
        if (verdict == DAMAGED)
            log->damaged++;
        else if (verdict == TAKEN && !append(log, &line, &room))
            err = -ENOMEM;
    }
    free(text);
    return err ? err : ferror(in) ? -EIO : 0;
}

struct eventlog *eventlog_read(const char *path, const struct plan *plan)
{
    struct eventlog *log = calloc(1, sizeof *log);
    struct roster *roster = roster_new(plan);
    FILE *in = fopen(path, "re");
    int err = !in ? -errno : !log || !roster ? -ENOMEM : read_lines(log, roster, in);
    if (in)
        fclose(in);
    roster_free(roster);
    if (err) {
        say_at(path, "cannot read the phones' events: %s", strerror(-err));
        eventlog_free(log);
        return NULL;
    }
    if (log->count)
        qsort(log->lines, log->count, sizeof *log->lines, compare_lines);
    return log;
}

void eventlog_free(struct eventlog *log)
{
    if (!log)
        return;
    tdestroy(log->names, free);
    free(log->lines);
    free(log);
}
