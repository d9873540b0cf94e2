/* alarm.c - see alarm.h. */
#include "emu/sccp/alarm.h"

#include <stdio.h>
#include <string.h>

const char *alarm_word(enum alarm_reason reason)
{
    switch (reason) {
#define X(id, name, word)                                                                          \
    case ALARM_##name:                                                                             \
        return word;
        ALARM_REASONS(X)
#undef X
    }
    return "";
}

/* "9-4-2SR3-1S": its first two numbers, then the rest in brackets. */
void alarm_short_load(const char *load, char *out, size_t size)
{
    const char *dot = strchr(load, '.'), *version = dot ? dot + 1 : load;
    int whole = 0, part = 0, at = 0;
    if (sscanf(version, "%9d-%9d-%n", &whole, &part, &at) != 2 || !at) {
        snprintf(out, size, "%s", load);
        return;
    }
    size_t len = (size_t)snprintf(out, size, "%d.%d(%s)", whole, part, version + at);
    for (size_t i = 0; i < len && i + 1 < size; i++)
        out[i] = out[i] == '-' ? '.' : out[i];
}

void alarm_compose(enum alarm_reason reason, const char *name, const char *load,
                   char out[ALARM_TEXT])
{
    char version[33];
    alarm_short_load(load, version, sizeof version);
    snprintf(out, ALARM_TEXT, "%d: Name=%.16s Load= %s Last=%s", (int)reason, name, version,
             alarm_word(reason));
}

/* What follows the key: up to a space, which may stand before it too. */
static void take(const char *text, const char *key, char *out, size_t size)
{
    const char *at = strstr(text, key);
    at = at ? at + strlen(key) : "";
    at += *at == ' ';
    size_t len = strcspn(at, " ");
    len = len < size ? len : size - 1;
    for (size_t i = 0; i < len; i++)
        out[i] = at[i] > ' ' && at[i] <= '~' ? at[i] : '?';
    out[len] = '\0';
}

struct alarm alarm_parse(const char *text)
{
    struct alarm a = {0};
    take(text, "Name=", a.name, sizeof a.name);
    take(text, "Load=", a.load, sizeof a.load);
    take(text, "Last=", a.last, sizeof a.last);
    return a;
}
