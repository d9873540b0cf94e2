/* syslog.c - see syslog.h. */
#include "emu/core/syslog.h"

#include <assert.h>
#include <stdio.h>

static const unsigned severities[] = {
#define X(level, severity) [LOG_##level] = (severity),
    SYSLOG_SEVERITIES(X)
#undef X
};
static_assert(sizeof severities / sizeof *severities == LOG_LEVEL_COUNT, "one per level");

static const struct {
    const char *name;
    unsigned days;
} months[] = {{"Jan", 31}, {"Feb", 28}, {"Mar", 31}, {"Apr", 30}, {"May", 31}, {"Jun", 30},
              {"Jul", 31}, {"Aug", 31}, {"Sep", 30}, {"Oct", 31}, {"Nov", 30}, {"Dec", 31}};

size_t syslog_message(char out[SYSLOG_MAX], enum log_level level, usec now, const char *host,
                      const char *text)
{
    unsigned second = (unsigned)(now / USEC_SEC % 86400);
    unsigned day = (unsigned)(now / USEC_SEC / 86400 % 365), month = 0;
    while (day >= months[month].days)
        day -= months[month++].days;
    int len = snprintf(out, SYSLOG_MAX, "<%u>%s %2u %02u:%02u:%02u %s %s",
                       SYSLOG_FACILITY * 8 + severities[level], months[month].name, day + 1,
                       second / 3600, second / 60 % 60, second % 60, host, text);
    return len < SYSLOG_MAX ? (size_t)len : SYSLOG_MAX - 1;
}
