/* say.c - see say.h. A line leaves with one write, so that processes do not mix theirs. */
#include "netns/text/say.h"
#include "netns/text/text.h"

#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define OURS "fleet" /* the place of what is about no other */

static struct {
    char *text; /* NULL: nobody asks */
    size_t size;
} kept;
static int lost;

int say_unsaid(void)
{
    return lost;
}

void say_keep(char *text, size_t size)
{
    kept.text = text;
    kept.size = size;
    if (text)
        *text = '\0';
}

static void keep(const char *line)
{
    size_t len = sizeof OURS ": " - 1;
    if (kept.text && !*kept.text)
        snprintf(kept.text, kept.size, "%s", line + (strncmp(line, OURS ": ", len) ? 0 : len));
}

static void say_line(const char *place, const char *error, const char *format, va_list args)
{
    char *what, *line;
    if (vasprintf(&what, format, args) < 0 ||
        asprintf(&line, "%s: %s%s%s", place, what, error ? ": " : "", error ? error : "") < 0)
        err(3, "message");
    free(what);
    what = text_of(line, TEXT_LINE);
    if (fprintf(stderr, "%s\n", what) < 0 && lost == 0)
        lost = -errno;
    keep(what);
    free(what);
    free(line);
}

void say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_line(OURS, NULL, format, args);
    va_end(args);
}

int say_errno(int err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_line(OURS, strerror(err), format, args);
    va_end(args);
    return -err;
}

void say_at(const char *place, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_line(place, NULL, format, args);
    va_end(args);
}

const char *say_time(char out[SAY_TIME])
{
    time_t now = time(NULL);
    struct tm tm;
    if (!localtime_r(&now, &tm) || strftime(out, SAY_TIME, "%F %T", &tm) == 0)
        *out = '\0';
    return out;
}
