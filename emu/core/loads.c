/* loads.c - reads the list of a .loads file, line by line. */
#include "emu/core/loads.h"

#include <stdio.h>
#include <string.h>

#include "emu/cursor.h"
#include "emu/core/envelope.h"

struct line {
    const char *text;
    size_t len; /* without its end and the spaces before that */
    bool crlf;
};

/* Whether the list goes on with a whole line. */
static bool next_line(struct cursor *c, struct line *line)
{
    const uint8_t *lf = memchr(c->at, '\n', cursor_left(c));
    if (!lf)
        return false;
    size_t len = (size_t)(lf - c->at);
    line->crlf = len && lf[-1] == '\r';
    line->text = (const char *)cursor_bytes(c, len + 1);
    line->len = len - line->crlf;
    while (line->len && line->text[line->len - 1] == ' ')
        line->len--;
    return true;
}

static bool is_key(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* "LA_VERSION=PAS31234" */
static bool is_setting(const struct line *line)
{
    size_t n = 0;
    while (n < line->len && is_key(line->text[n]))
        n++;
    return n > 0 && n < line->len && line->text[n] == '=';
}

/* What becomes a file on the phone must be able to name one there and nothing else. */
static const char *check_name(const char *name, size_t len)
{
    if (len >= NAME_MAX_LEN)
        return LIMIT_BEYOND("a file name in the list is longer than", LIMIT_NAME, "characters");
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
        return LIMIT_BEYOND("the list names more than", LIMIT_LIST, "files");
    char *slot = loads->file[loads->count];
    memcpy(slot, name, len);
    slot[len] = '\0';
    for (size_t i = 0; i < loads->count; i++)
        if (strcmp(loads->file[i], slot) == 0)
            return "the list names a file twice";
    loads->count++;
    return NULL;
}

static const char *read_lines(struct cursor *c, struct loads *loads)
{
    struct line line = {0};
    bool crlf = false, setting = false;
    const char *wrong = NULL;
    for (bool first = true; !wrong && cursor_left(c); first = false) {
        if (!next_line(c, &line))
            return "the last line of the list has no end (cut short?)";
        crlf = first ? line.crlf : crlf;
        if (crlf != line.crlf)
            return "lines of the list end in CRLF, others in LF alone";
        setting = is_setting(&line);
        if (line.len && line.text[0] != '#' && !setting)
            wrong = add_name(loads, line.text, line.len);
    }
    if (!wrong && loads->count == 0)
        return "the list names no file";
    if (!wrong && !crlf && !setting)
        return "lines of the list end in LF alone, but it has no KEY=VALUE at its end (cut short?)";
    return wrong;
}

const char *loads_parse(const uint8_t *data, size_t len, struct loads *out)
{
    struct envelope env;
    const char *wrong = envelope_parse(data, len, &env);
    if (wrong)
        return wrong;
    struct loads loads = {0};
    struct cursor c = cursor(data + env.length, len - env.length);
    wrong = read_lines(&c, &loads);
    if (!wrong)
        *out = loads;
    return wrong;
}

void loads_index_name(const char *load, char out[NAME_MAX_LEN])
{
    snprintf(out, NAME_MAX_LEN, "%.57s.loads", load); /* cnf.c lets no longer one in */
}
