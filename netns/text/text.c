/* text.c - see text.h. */
#include "netns/text/text.h"

#include <err.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

/* Decodes the UTF-8 character at p (RFC 3629); its length, or 0 where there is none. */
static size_t decode(const unsigned char *p, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = *p < 0x80 ? 1 : *p >= 0xf0 && *p <= 0xf4 ? 4 : *p >= 0xe0 && *p < 0xf0 ? 3
               : *p >= 0xc2 && *p < 0xe0 ? 2 : 0;
    *code = len == 1 ? *p : len ? *p & (0x7fu >> len) : 0;
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        *code = *code << 6 | (p[i] & 0x3f);
    }
    bool surrogate = *code >= 0xd800 && *code <= 0xdfff;
    return *code < least[len] || *code > 0x10ffff || surrogate ? 0 : len;
}

/* Ends of lines and paragraphs, marks and overrides of the direction of writing. */
static bool moves_text(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {{0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069}};
    bool found = false;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        found |= code >= ranges[i].first && code <= ranges[i].last;
    return found;
}

static bool may_stand(uint32_t code, enum text_for where)
{
    if (code >= 0x7f && code <= 0x9f) /* some terminals obey U+009B as ESC [ */
        return false;
    switch (where) {
    case TEXT_LINE:
        return code >= 0x20 && !moves_text(code);
    case TEXT_JSON:
        return !moves_text(code);
    case TEXT_XML:
        return (code >= 0x20 || code == '\t' || code == '\n') && (code & 0xfffe) != 0xfffe;
    }
    return false;
}

size_t text_char(const char *p, enum text_for where)
{
    uint32_t code;
    size_t len = decode((const unsigned char *)p, &code);
    return len && may_stand(code, where) ? len : 0;
}

void text_put(FILE *out, const char *text, enum text_for where)
{
    while (*text) {
        size_t len = text_char(text, where);
        if (len)
            fwrite(text, 1, len, out);
        else
            fprintf(out, "\\x%02x", (unsigned char)*text);
        text += len ? len : 1;
    }
}

char *text_of(const char *text, enum text_for where)
{
    char *copy = NULL;
    size_t size;
    FILE *out = open_memstream(&copy, &size);
    if (!out)
        err(3, "text");
    text_put(out, text, where);
    if (fclose(out) != 0)
        err(3, "text");
    return copy;
}

void text_line(FILE *out, const char *format, ...)
{
    char *plain;
    va_list args;
    va_start(args, format);
    if (vasprintf(&plain, format, args) < 0)
        err(3, "text");
    va_end(args);
    text_put(out, plain, TEXT_LINE);
    fputc('\n', out);
    free(plain);
}
