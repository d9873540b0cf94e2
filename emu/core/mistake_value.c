/* mistake_value.c - values of configuration files that phones cannot use, and what is meant by
 * them; see mistake-private.h.
 */
#include "emu/cursor.h"
#include "emu/core/mistake-private.h"
#include "emu/core/mistake.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

struct value {
    struct piece name, text, element; /* element: with its tags */
};

static bool named(const struct value *e, const char *name)
{
    size_t len = strlen(name);
    return e->name.len >= len && memcmp(e->name.at, name, len) == 0;
}

/* One of cnf.c's. */
static bool is_read(const struct value *e)
{
    return named(e, "loadInformation") || named(e, "peerFirmwareSharing") ||
           named(e, "loadServer") || named(e, "processNodeName");
}

/* <name/>, which ends right before the place. */
static bool empty_before(const struct view *v, struct value *out)
{
    size_t begin = v->at ? v->at - 1 : 0;
    if (v->at < 2 || memcmp(v->data + v->at - 2, "/>", 2) != 0)
        return false;
    while (begin > 0 && v->data[begin] != '<')
        begin--;
    *out = (struct value){
        view_name(v, begin + 1), {v->data + v->at, 0}, {v->data + begin, v->at - begin}};
    return is_read(out);
}

/* The element that ends at the place: with an end tag there, or as an empty one before it. */
static bool value_at(const struct view *v, struct value *out)
{
    size_t end = view_tag_end(v, v->at), text = v->at;
    if (v->at + 2 < v->len && memcmp(v->data + v->at, "</", 2) == 0) {
        while (text > 0 && v->data[text - 1] != '>')
            text--;
        size_t begin = text;
        while (begin > 0 && v->data[begin] != '<')
            begin--;
        *out = (struct value){view_name(v, v->at + 2),
                              {v->data + text, v->at - text},
                              {v->data + begin, end < v->len ? end + 1 - begin : 0}};
        if (is_read(out))
            return true;
    }
    return empty_before(v, out);
}

/* What of the text is plain: no path, blank or character that nobody sees; and what is not, the
 * first of that. */
static void clean(const struct view *v, struct piece text, char plain[64], char wrong[96])
{
    size_t len = 0, from = (size_t)(text.at - v->data);
    plain[0] = wrong[0] = '\0';
    for (size_t at = from, n; at < from + text.len && len < 63; at += n) {
        uint32_t code = 0;
        n = view_character(v, at, &code);
        bool good = n == 1 && code > ' ' && code <= '~', path = code == '/' || code == '\\';
        n = n ? n : 1;
        if (good && !path)
            plain[len++] = (char)code;
        else if (!*wrong && path)
            snprintf(wrong, 96, "a path");
        else if (!*wrong && !strchr(" \t\r\n", code < 0x80 ? (int)code : 'x'))
            snprintf(wrong, 96, "U+%04X at byte %zu", (unsigned)code, at);
        len = path ? 0 : len;
    }
    plain[len] = '\0';
}

static bool is_word(const char *text, const char *const words[])
{
    for (; *words; words++)
        if (strcasecmp(text, *words) == 0)
            return true;
    return false;
}

/* Whoever writes it otherwise means one of these; nothing that is known counts as 0. */
static const char *switch_of(const char *text)
{
    static const char *const on[] = {"1", "on", "true", "yes", "enable", "enabled", NULL};
    return is_word(text, on) ? "1" : "0";
}

bool mistake_in_value(const struct view *v, struct mistake *m)
{
    static const char suffix[] = ".loads";
    struct value e;
    char plain[64];
    if (!value_at(v, &e))
        return false;
    clean(v, e.text, plain, m->wrong);
    size_t len = strlen(plain);
    if (len > sizeof suffix && strcmp(plain + len - strlen(suffix), suffix) == 0)
        plain[len - strlen(suffix)] = '\0';
    bool server = named(&e, "loadServer"), sharing = named(&e, "peerFirmwareSharing");
    bool useless = !sharing && (!cursor_is_file_name(plain) || strlen(plain) > LIMIT_LOAD);
    m->kind = server ? MISTAKE_SERVER : useless ? MISTAKE_LONG : MISTAKE_VALUE;
    if (server || useless)
        COPY(m->wrong, e.element);
    else if (e.name.len < 48)
        snprintf(m->right, sizeof m->right, "<%.*s>%s</%.*s>", (int)e.name.len, e.name.at,
                 sharing ? switch_of(plain) : plain, (int)e.name.len, e.name.at);
    return true;
}

bool mistake_in_host(const struct view *v, struct mistake *m)
{
    struct value e;
    if (!value_at(v, &e))
        return false;
    bool server = named(&e, "loadServer");
    m->kind = server ? MISTAKE_SERVER : MISTAKE_HOST;
    COPY(m->wrong, server ? e.element : e.text);
    return true;
}

static bool mistake_in_element(const struct view *v, enum mistake_kind kind, struct mistake *m)
{
    struct value e;
    if (!value_at(v, &e))
        return false;
    m->kind = kind;
    COPY(m->wrong, e.element);
    return true;
}

bool mistake_in_unread(const struct view *v, struct mistake *m)
{
    return mistake_in_element(v, MISTAKE_UNREAD, m);
}

bool mistake_in_twice(const struct view *v, struct mistake *m)
{
    return mistake_in_element(v, MISTAKE_TWICE, m);
}
