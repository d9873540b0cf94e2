/* loads.c - reads the list of a .loads file, line by line. */
#include "emu/loads.h"

#include <stdio.h>
#include <string.h>

#include "emu/cursor.h"
#include "emu/envelope.h"

/* The next line without its CRLF; false when it does not end in one. */
static bool next_line(struct cursor *c, const char **line, size_t *len)
{
    const uint8_t *lf = memchr(c->at, '\n', cursor_left(c));
    if (!lf || lf == c->at || lf[-1] != '\r')
        return false;
    *len = (size_t)(lf - c->at) - 1;
    *line = (const char *)cursor_bytes(c, *len + 2);
    return true;
}

/* What becomes a file on the phone must be able to name one there and nothing else. */
static const char *check_name(const char *name, size_t len)
{
    if (len >= NAME_MAX_LEN)
        return "file name in the list is too long";
    if (name[0] == '.')
        return "file name in the list begins with a dot";
    for (size_t i = 0; i < len; i++)
        if (name[i] < ' ' || name[i] > '~' || name[i] == '/')
            return "file name in the list holds a character that no file name has";
    return NULL;
}

static const char *add_name(struct loads *loads, const char *name, size_t len)
{
    const char *wrong = check_name(name, len);
    if (wrong)
        return wrong;
    if (loads->count == SCREEN_BOXES)
        return "the list names too many files";
    char *slot = loads->file[loads->count];
    memcpy(slot, name, len);
    slot[len] = '\0';
    for (size_t i = 0; i < loads->count; i++)
        if (strcmp(loads->file[i], slot) == 0)
            return "the list names a file twice";
    loads->count++;
    return NULL;
}

const char *loads_parse(const uint8_t *data, size_t len, struct loads *out)
{
    struct envelope env;
    const char *wrong = envelope_parse(data, len, &env);
    if (wrong)
        return wrong;

    struct loads loads = {0};
    struct cursor c = cursor(data + env.length, len - env.length);
    while (!wrong && cursor_left(&c)) {
        const char *line;
        size_t n;
        if (!next_line(&c, &line, &n))
            return "a line of the list does not end in CRLF (cut short?)";
        while (n && line[n - 1] == ' ')
            n--;
        if (n && line[0] != '#')
            wrong = add_name(&loads, line, n);
    }
    if (wrong)
        return wrong;
    if (loads.count == 0)
        return "the list names no file";
    *out = loads;
    return NULL;
}

void loads_index_name(const char *load, char out[NAME_MAX_LEN])
{
    snprintf(out, NAME_MAX_LEN, "%.57s.loads", load); /* cnf.c lets no longer one in */
}
