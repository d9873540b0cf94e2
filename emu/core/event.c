/* event.c - see event.h. */
#include "emu/core/event.h"

#include "emu/core/console.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* Appends all of it or, when that leaves no room for the closing brace, nothing from here on. */
__attribute__((format(printf, 2, 3))) static void append(struct event_line *e, const char *format,
                                                         ...)
{
    if (e->full)
        return;

    size_t room = sizeof e->text - e->len - 1;
    va_list args;
    va_start(args, format);
    size_t len = (size_t)vsnprintf(e->text + e->len, room, format, args);
    va_end(args);
    if (len >= room)
        e->full = true;
    else
        e->len += len;
}

/* RFC 8259 string contents, in ASCII whatever the bytes. False when it does not fit. */
static bool escape(char *out, size_t size, const char *value)
{
    size_t len = 0;
    for (; *value; value++) {
        const char *quote = *value == '"' || *value == '\\' ? "\\" : "";
        len += (size_t)(console_prints(*value)
                            ? snprintf(out + len, size - len, "%s%c", quote, *value)
                            : snprintf(out + len, size - len, "\\u%04x", (uint8_t)*value));
        if (len >= size)
            return false;
    }
    out[len] = '\0';
    return true;
}

void event_begin(struct event_line *e, enum event event, usec now, const char *phone)
{
    e->len = 0;
    e->full = false;
    append(e, "{\"t\":%llu.%06llu", now / USEC_SEC, now % USEC_SEC);
    event_str(e, "phone", phone);
    event_str(e, "event", event_names[event]);
}

void event_object(struct event_line *e, const char *key, uint64_t value)
{
    e->len = 0;
    e->full = false;
    append(e, "{\"%s\":%" PRIu64, key, value);
}

void event_str(struct event_line *e, const char *key, const char *value)
{
    char escaped[EVENT_LINE];
    if (escape(escaped, sizeof escaped, value))
        append(e, ",\"%s\":\"%s\"", key, escaped);
    else
        e->full = true;
}

void event_num(struct event_line *e, const char *key, uint64_t value)
{
    append(e, ",\"%s\":%" PRIu64, key, value);
}

void event_hex(struct event_line *e, const char *key, uint32_t value)
{
    append(e, ",\"%s\":\"%08x\"", key, value);
}

void event_ip(struct event_line *e, const char *key, uint32_t ip)
{
    const uint8_t *b = (const uint8_t *)&ip;
    append(e, ",\"%s\":\"%u.%u.%u.%u\"", key, b[0], b[1], b[2], b[3]);
}

void event_digest(struct event_line *e, const char *key, const uint8_t digest[DIGEST_LEN])
{
    char hex[2 * DIGEST_LEN + 1];
    for (size_t i = 0; i < DIGEST_LEN; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    append(e, ",\"%s\":\"%s\"", key, hex);
}

const char *event_end(struct event_line *e)
{
    e->text[e->len] = '}';
    e->text[e->len + 1] = '\0';
    return e->text;
}
