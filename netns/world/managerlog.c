/* managerlog.c - see managerlog.h. */
#include "netns/world/managerlog.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define US_PER_S 1000000

struct line {
    char *out;
    size_t len;
};

__attribute__((format(printf, 2, 3))) static void put(struct line *l, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(l->out + l->len, MANAGERLOG_LINE - l->len, format, args);
    va_end(args);
    size_t room = MANAGERLOG_LINE - 2 - l->len; /* for the line's end */
    l->len += (size_t)n < room ? (size_t)n : room;
}

static size_t put_end(struct line *l)
{
    l->out[l->len++] = '\n';
    return l->len;
}

/* ---- the log ------------------------------------------------------------------------- */

static void put_device(struct line *l, const struct registrar_told *told, size_t number)
{
    char ip[INET_ADDRSTRLEN];
    const struct registrar_device *d = told->device;
    const uint32_t from = d && d->ip ? d->ip : told->ip;
    inet_ntop(AF_INET, &from, ip, sizeof ip);
    if (d)
        put(l, "ephone-%zu:%s ", number, d->name);
    put(l, "IP:%s", ip);
    if (told->session != NO_SESSION)
        put(l, " Socket:%" PRIu32, told->session + 1);
    put(l, " DeviceType:Phone");
}

/* Those that are a phone's own doing are normal, and what it was told to do. */
static bool is_normal(uint32_t reason)
{
    return reason == CCM_INITIATED_RESET || reason == CCM_RESET || reason == CCM_UNREGISTERED ||
           reason == CCM_APPLY_CONFIG || reason == CCM_FALL_BACK;
}

static void put_told(struct line *l, const struct registrar_told *told, size_t number)
{
    bool again = told->device && told->device->registrations > 1;
    bool normal = is_normal(told->value);
    switch (told->note) {
    case TOLD_ALARM:
        put(l, "%%IPPHONE-6-REG_ALARM: %s", told->text);
        return;
    case TOLD_REGISTERED:
        put(l, "%%IPPHONE-6-REGISTER%s: ", again ? "" : "_NEW");
        put_device(l, told, number);
        put(l, " has registered.");
        return;
    case TOLD_UNREGISTERED:
        put(l, "%%IPPHONE-6-UNREGISTER_%s: ", normal ? "NORMAL" : "ABNORMAL");
        put_device(l, told, number);
        put(l, " has unregistered %s.", normal ? "normally" : "abnormally");
        return;
    case TOLD_REJECTED:
    case TOLD_TOKEN:
    case TOLD_ORDERED:
    case TOLD_MISSED:
    case TOLD_UNKNOWN:
    case TOLD_BAD:
    case TOLD_COUNT:
        put_device(l, told, number);
        put(l, ": %s: %s (%" PRIu32 ")", registrar_note_words[told->note], told->text,
            told->value);
        return;
    }
}

static void put_moment(struct line *l, uint64_t at)
{
    uint64_t s = at / US_PER_S;
    put(l, "%02" PRIu64 ":%02" PRIu64 ":%02" PRIu64 ".%03" PRIu64 ": ", s / 3600, s / 60 % 60,
        s % 60, at / 1000 % 1000);
}

size_t managerlog_line(const struct registrar_told *told, size_t number,
                       char out[MANAGERLOG_LINE])
{
    struct line l = {.out = out};
    put_moment(&l, told->at);
    put_told(&l, told, number);
    if (told->note != TOLD_UNREGISTERED)
        return put_end(&l);
    put_end(&l);
    put_moment(&l, told->at);
    put_device(&l, told, number);
    put(&l, ": reason %" PRIu32 ", %s", told->value, told->text);
    return put_end(&l);
}

/* ---- the events ---------------------------------------------------------------------- */

/* All that a phone has said is printable ASCII. */
static void put_string(struct line *l, const char *key, const char *text)
{
    put(l, ",\"%s\":\"", key);
    for (; *text; text++)
        put(l, "%s%c", *text == '"' || *text == '\\' ? "\\" : "", *text);
    put(l, "\"");
}

size_t managerlog_event(const struct registrar_told *told, char out[MANAGERLOG_LINE])
{
    static const char *const words[TOLD_COUNT] = {[TOLD_REGISTERED] = "cm-registered",
                                                  [TOLD_UNREGISTERED] = "cm-unregistered",
                                                  [TOLD_REJECTED] = "cm-rejected",
                                                  [TOLD_ORDERED] = "cm-ordered"};
    struct line l = {.out = out};
    if (!words[told->note] || !told->device)
        return 0;
    put(&l, "{\"t\":%" PRIu64 ".%06" PRIu64, told->at / US_PER_S, told->at % US_PER_S);
    put_string(&l, "phone", told->device->name);
    put_string(&l, "event", words[told->note]);
    if (told->note == TOLD_REGISTERED) {
        put_string(&l, "load", told->device->load);
        put_string(&l, "previous", told->device->previous);
        put_string(&l, "last_reset", told->device->last_reset);
    } else {
        put_string(&l, told->note == TOLD_ORDERED ? "order" : "why", told->text);
    }
    put(&l, "}");
    return put_end(&l);
}
