/* say.c - see say.h. A line leaves with one write, so that processes do not mix theirs. */
#include "netns/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void say_line(const char *error, const char *format, va_list args)
{
    char line[1024];
    vsnprintf(line, sizeof line, format, args);
    fprintf(stderr, "fleet: %s%s%s\n", line, error ? ": " : "", error ? error : "");
}

void say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_line(NULL, format, args);
    va_end(args);
}

int say_errno(int err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_line(strerror(err), format, args);
    va_end(args);
    return -err;
}
