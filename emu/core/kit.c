/* kit.c - see kit.h. */
#include "emu/core/kit.h"

#include "emu/core/console.h"
#include "emu/core/syslog.h"

#include <stdarg.h>
#include <stdio.h>

void kit_log(const struct kit *k, enum log_level level, const char *format, ...)
{
    char line[CONSOLE_LINE];
    va_list args;
    va_start(args, format);
    console_vline(line, level, k->now, format, args);
    va_end(args);
    k->ops->log(k->ctx, line);
}

void kit_tell(const struct kit *k, enum log_level level, const char *format, ...)
{
    char line[CONSOLE_LINE], message[SYSLOG_MAX];
    va_list args;
    va_start(args, format);
    console_vline(line, level, k->now, format, args);
    va_end(args);
    k->ops->log(k->ctx, line);
    if (!k->log_server.ip)
        return;
    size_t len = syslog_message(message, level, k->now, k->id->name, console_text(line));
    k->ops->datagram(k->ctx, k->log_server, message, len);
}

void kit_event_begin(const struct kit *k, struct event_line *e, enum event event)
{
    event_begin(e, event, k->now, k->id->name);
}

void kit_event_end(const struct kit *k, struct event_line *e)
{
    k->ops->event(k->ctx, event_end(e));
}

uint32_t kit_random(const struct kit *k, uint32_t limit)
{
    return (uint32_t)((uint64_t)k->ops->random(k->ctx) * limit >> 32);
}

const char *kit_ip_text(uint32_t ip, char out[IP_TEXT])
{
    const uint8_t *b = (const uint8_t *)&ip;
    snprintf(out, IP_TEXT, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
    return out;
}
