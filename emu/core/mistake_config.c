/* mistake_config.c - mistakes in configuration files; see mistake.h.
 *
 * Configuration files are written by people, by hand or by a script. The parser has said what is
 * wrong and where; what stands there, or what is open, is looked up in the text, so far as that
 * takes no parser: markup up to the place is well-formed, or it would have said so before.
 */
#include "emu/core/mistake-private.h"
#include "emu/core/mistake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 64 /* as in cnf.c */

void piece_copy(char *out, size_t size, struct piece p)
{
    if (p.len < size)
        snprintf(out, size, "%.*s", (int)p.len, (const char *)p.at);
}

/* ---- places -------------------------------------------------------------------------- */

/* Columns count characters; "line 3, column 7" is how a reason begins. */
static size_t find_place(const uint8_t *data, size_t len, const char *why)
{
    unsigned long line = 1, column = 1;
    size_t at = 0;
    if (sscanf(why, "line %lu, column %lu", &line, &column) != 2)
        return len;
    for (; line > 1 && at < len; at++)
        line -= data[at] == '\n';
    for (; column > 1 && at < len; column--)
        for (at++; at < len && (data[at] & 0xc0) == 0x80; at++)
            ;
    return at < len ? at : len;
}

static size_t find(const struct view *v, size_t from, const char *text)
{
    const uint8_t *hit =
        from < v->len ? memmem(v->data + from, v->len - from, text, strlen(text)) : NULL;
    return hit ? (size_t)(hit - v->data) : v->len;
}

static bool is_name(uint8_t c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c >= 0x80 ||
           strchr("-_.:", c ? c : ' ');
}

struct piece view_name(const struct view *v, size_t at)
{
    size_t end = at;
    while (end < v->len && is_name(v->data[end]))
        end++;
    return (struct piece){v->data + at, end - at};
}

/* ---- elements ------------------------------------------------------------------------ */

struct stack {
    struct piece name[DEPTH_MAX];
    size_t depth;
    struct piece last; /* that was closed */
};

size_t view_tag_end(const struct view *v, size_t at)
{
    uint8_t quote = 0;
    for (; at < v->len && (quote || v->data[at] != '>'); at++) {
        uint8_t c = v->data[at];
        quote = quote ? (c == quote ? 0 : quote) : c == '"' || c == '\'' ? c : 0;
    }
    return at;
}

static void open_or_close(struct stack *s, const struct view *v, size_t at, size_t end)
{
    bool closes = at + 1 < v->len && v->data[at + 1] == '/';
    bool whole = !closes && v->data[end - 1] == '/'; /* <name/> */
    if (closes && s->depth > 0)
        s->last = s->name[--s->depth];
    else if (whole)
        s->last = view_name(v, at + 1);
    else if (!closes && s->depth < DEPTH_MAX)
        s->name[s->depth++] = view_name(v, at + 1);
}

/* Which elements are open in front of a place. */
static struct stack open_at(const struct view *v, size_t before)
{
    static const struct {
        const char *begin, *end;
    } others[] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}, {"<!", ">"}};
    struct stack s = {0};
    for (size_t at = find(v, 0, "<"), end; at < before; at = find(v, end, "<")) {
        end = v->len;
        for (size_t i = 0; i < sizeof others / sizeof *others && end == v->len; i++)
            if (find(v, at, others[i].begin) == at)
                end = find(v, at, others[i].end);
        if (end < v->len)
            continue;
        end = view_tag_end(v, at);
        if (end >= before)
            break;
        open_or_close(&s, v, at, end);
    }
    return s;
}

/* ---- markup -------------------------------------------------------------------------- */

static bool in_root(const struct view *v, struct mistake *m)
{
    bool is_default = strcmp(v->name, "XMLDefault.cnf.xml") == 0;
    m->kind = MISTAKE_ROOT;
    if (v->at < v->len)
        COPY(m->wrong, view_name(v, v->at + 1));
    snprintf(m->right, sizeof m->right, "%s", is_default ? "Default" : "device");
    return *m->wrong != '\0';
}

/* A file in UTF-16, which begins with a byte order mark, may well declare UTF-8: that is right. */
static bool is_utf16(const struct view *v)
{
    static const uint8_t marks[2][2] = {{0xff, 0xfe}, {0xfe, 0xff}};
    return v->len >= 2 && (memcmp(v->data, marks[0], 2) == 0 || memcmp(v->data, marks[1], 2) == 0);
}

static bool in_encoding(const struct view *v, struct mistake *m)
{
    if (is_utf16(v)) {
        m->kind = MISTAKE_BYTES;
        snprintf(m->wrong, sizeof m->wrong, "UTF-16");
        return true;
    }
    size_t from = find(v, 0, "encoding"), quote = from;
    while (quote < v->len && v->data[quote] != '"' && v->data[quote] != '\'')
        quote++;
    m->kind = MISTAKE_ENCODING;
    if (quote < v->len)
        COPY(m->wrong, view_name(v, quote + 1));
    return *m->wrong != '\0';
}

static bool in_front(const struct view *v, struct mistake *m)
{
    (void)v;
    m->kind = MISTAKE_STRAY;
    snprintf(m->wrong, sizeof m->wrong, "before <?xml");
    return true;
}

static bool in_back(const struct view *v, struct mistake *m)
{
    struct stack s = open_at(v, v->at);
    m->kind = MISTAKE_STRAY;
    if (s.last.len > 0 && s.last.len < 40)
        snprintf(m->wrong, sizeof m->wrong, "behind </%.*s>", (int)s.last.len, s.last.at);
    return *m->wrong != '\0';
}

static bool in_end_tag(const struct view *v, struct mistake *m)
{
    size_t at = v->at >= 2 && v->data[v->at - 1] == '/' ? v->at : v->at + 2;
    struct stack s = open_at(v, at - 2);
    struct piece name = view_name(v, at), open = s.depth ? s.name[s.depth - 1] : s.last;
    m->kind = MISTAKE_MARKUP;
    if (s.depth > 0 && name.len + 4 < sizeof m->wrong && open.len + 4 < sizeof m->right) {
        snprintf(m->wrong, sizeof m->wrong, "</%.*s>", (int)name.len, name.at);
        snprintf(m->right, sizeof m->right, "</%.*s>", (int)open.len, open.at);
    }
    return *m->wrong != '\0';
}

static bool at_the_end(const struct view *v, struct mistake *m)
{
    struct stack s = open_at(v, v->len);
    size_t len = 0;
    m->kind = MISTAKE_OPEN;
    while (s.depth > 0 && len < sizeof m->right) {
        const struct piece *name = &s.name[--s.depth];
        len += (size_t)snprintf(m->right + len, sizeof m->right - len, "</%.*s>", (int)name->len,
                                name->at);
    }
    return len > 0 && len < sizeof m->right;
}

static bool in_entity(const struct view *v, struct mistake *m)
{
    m->kind = MISTAKE_ENTITY;
    return v->len > 0;
}

static bool in_depth(const struct view *v, struct mistake *m)
{
    m->kind = MISTAKE_DEEP;
    snprintf(m->wrong, sizeof m->wrong, "%d", DEPTH_MAX);
    return v->len > 0;
}

size_t view_character(const struct view *v, size_t at, uint32_t *code)
{
    uint8_t c = v->data[at];
    size_t len = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 0;
    if (len > v->len - at)
        return 0;
    *code = len <= 1 ? c : c & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((v->data[at + i] & 0xc0) != 0x80)
            return 0;
        *code = *code << 6 | (v->data[at + i] & 0x3f);
    }
    return len;
}

/* An ampersand that begins no reference, at the place or in the word that it ends. */
static bool in_ampersand(const struct view *v, struct mistake *m)
{
    size_t from = v->at;
    if (v->at >= v->len)
        return false;
    while (from > 0 && v->at - from < 40 && v->data[from] != '&' &&
           (from == v->at || is_name(v->data[from])))
        from--;
    if (v->data[from] != '&')
        return false;
    struct piece word = {v->data + from, 1 + view_name(v, from + 1).len};
    word.len += word.at + word.len < v->data + v->len && word.at[word.len] == ';';
    m->kind = MISTAKE_MARKUP;
    COPY(m->wrong, word);
    if (strcmp(m->wrong, "&nbsp;") == 0)
        snprintf(m->right, sizeof m->right, "&#160;");
    else if (*m->wrong)
        snprintf(m->right, sizeof m->right, "&amp;%s", m->wrong + 1);
    return *m->wrong != '\0';
}

static bool in_bytes(const struct view *v, struct mistake *m)
{
    uint32_t code;
    for (size_t at = v->at > 4 ? v->at - 4 : 0; at < v->len && at < v->at + 4; at++) {
        bool inner = at < v->at && (v->data[at] & 0xc0) == 0x80;
        if (inner || view_character(v, at, &code) > 0)
            continue;
        m->kind = MISTAKE_BYTES;
        snprintf(m->wrong, sizeof m->wrong, "byte %02X", v->data[at]);
        return true;
    }
    return v->at < v->len && in_ampersand(v, m);
}

/* ---- all ----------------------------------------------------------------------------- */

/* By a part of cnf.c's reasons, and of expat's. */
static const struct {
    const char *why;
    bool (*look)(const struct view *v, struct mistake *m);
} looks[] = {
    {"root element is neither", in_root},
    {"unknown encoding", in_encoding},
    {"encoding specified", in_encoding},
    {"declaration not at start of entity", in_front},
    {"junk after document element", in_back},
    {"mismatched tag", in_end_tag},
    {"no element found", at_the_end},
    {"unclosed", at_the_end},
    {"invalid token", in_bytes},
    {"undefined entity", in_ampersand},
    {"entity declarations", in_entity},
    {"nested too deeply", in_depth},
    {"stands twice", mistake_in_twice},
    {"is a host name", mistake_in_host},
    {"is not read", mistake_in_unread},
    {"peerFirmwareSharing is", mistake_in_value},
    {"load is", mistake_in_value},
    {"load name is", mistake_in_value},
    {"loadServer is", mistake_in_value},
    {"text is too long", mistake_in_value},
};

void mistake_in_config(const char *name, const char *why, const uint8_t *data, size_t len,
                       struct mistake *out)
{
    static const char before[] = "before at ";
    const char *place = strstr(why, before);
    place = place ? place + strlen(before) : why;
    struct view v = {name, data, len, find_place(data, len, place)};
    *out = (struct mistake){.kind = MISTAKE_OTHER};
    if (mistake_in_transit(data, len, out))
        return;
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        if (!strstr(why, looks[i].why))
            continue;
        if (!looks[i].look(&v, out))
            *out = (struct mistake){.kind = MISTAKE_OTHER};
        return;
    }
}
