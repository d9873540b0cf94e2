/* console.c - see console.h. */
#include "emu/core/console.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#define CONSOLE_TEXT_AT 20 /* behind "NOT 00:01:30.123456 " */

static const char *const level_names[] = {"DBG", "INF", "NOT", "WRN"};
static_assert(sizeof level_names / sizeof *level_names == LOG_LEVEL_COUNT, "one name per level");

bool console_prints(char c)
{
    return c >= ' ' && c <= '~';
}

const char *console_text(const char *line)
{
    return line + CONSOLE_TEXT_AT;
}

void console_vline(char out[CONSOLE_LINE], enum log_level level, usec now, const char *format,
                   va_list args)
{
    unsigned second = (unsigned)(now / USEC_SEC % 86400);
    int head = snprintf(out, CONSOLE_LINE, "%s %02u:%02u:%02u.%06u DLoad: ", level_names[level],
                        second / 3600, second / 60 % 60, second % 60, (unsigned)(now % USEC_SEC));

    vsnprintf(out + head, (size_t)(CONSOLE_LINE - head), format, args);
    for (char *c = out + head; *c; c++)
        if (!console_prints(*c))
            *c = '.';
}

void console_line(char out[CONSOLE_LINE], enum log_level level, usec now, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    console_vline(out, level, now, format, args);
    va_end(args);
}
