/* cnf.c - configuration files through expat, keeping what cnf.h names.
 *
 * The parser keeps the path of the open element ("device/vendorConfig/webAccess") as long as it
 * fits; what is nested deeper is counted and nothing more. Text is collected only while the open
 * element is one of cnf_elements.c, and goes to its setter when the element ends. The first thing
 * that is wrong stops the parser and stays as its error; what a phone goes on in spite of is kept
 * as a warning.
 */
#include "emu/core/cnf.h"

#include "emu/core/cnf-private.h"

#include <errno.h>
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 64 /* elements; real files have seven */
#define TEXT_MAX 256 /* of an element, with its NUL */

/* An element that has counted so far. */
struct said {
    unsigned long line, column; /* of its end; 0: none */
    char text[TEXT_MAX];
};

struct cnf_parser {
    XML_Parser xml;
    struct cnf cnf;
    size_t fed;
    bool strict;     /* a value that cannot be used: the file is refused */
    unsigned depth;  /* open elements */
    unsigned beyond; /* those of them that path has no room for */
    char path[128];
    char by_type[48]; /* "Default/loadInformation30018"; empty: no type */
    const struct cnf_element *open;
    char text[TEXT_MAX]; /* of the open element, without the white space before it */
    size_t text_len;
    bool text_overflow;
    struct said said[CNF_COUNTING];
    char error[160];
    size_t warning_count;
    struct cnf_warning warnings[CNF_WARNINGS];
};

static const struct cnf_element *find(const struct cnf_parser *p)
{
    return p->beyond ? NULL : cnf_element(p->path, p->by_type);
}

static void fail(struct cnf_parser *p, const char *why)
{
    if (*p->error)
        return;
    snprintf(p->error, sizeof p->error, "line %lu, column %lu: %s",
             (unsigned long)XML_GetCurrentLineNumber(p->xml),
             (unsigned long)XML_GetCurrentColumnNumber(p->xml) + 1, why);
    XML_StopParser(p->xml, XML_FALSE);
}

static void warn(struct cnf_parser *p, enum config_warning kind, const char *why,
                 const char *instead)
{
    if (p->warning_count == CNF_WARNINGS)
        return;
    struct cnf_warning *w = &p->warnings[p->warning_count++];
    w->kind = kind;
    snprintf(w->text, sizeof w->text, "line %lu, column %lu: %s%s%s",
             (unsigned long)XML_GetCurrentLineNumber(p->xml),
             (unsigned long)XML_GetCurrentColumnNumber(p->xml) + 1, why, instead ? ": " : "",
             instead ? instead : "");
}

static struct cnf_remark remark_of(struct cnf_parser *p)
{
    const struct cnf_element *e = p->open;
    if (!e->set)
        return (struct cnf_remark){CONFIG_WARNS_UNREAD, e->said};
    return p->text_overflow && e->fallback ? cnf_unusable("text is too long")
                                           : e->set(&p->cnf, p->text);
}

/* The open element counts from now on; another one, that says something else, no more. */
static void supersede(struct cnf_parser *p)
{
    int i = cnf_element_number(p->open);
    if (i < 0)
        return;
    struct said *last = &p->said[i];
    char why[120];
    snprintf(why, sizeof why,
             "%.40s stands twice, before at line %lu, column %lu: the last one counts",
             cnf_own_name(p->path), last->line, last->column);
    if (last->line && strcmp(last->text, p->text) != 0)
        warn(p, CONFIG_WARNS_TWICE, why, NULL);
    last->line = (unsigned long)XML_GetCurrentLineNumber(p->xml);
    last->column = (unsigned long)XML_GetCurrentColumnNumber(p->xml) + 1;
    memcpy(last->text, p->text, sizeof last->text);
}

/* The open element's text is whole. */
static void take(struct cnf_parser *p)
{
    const struct cnf_element *e = p->open;
    struct cnf_remark r = remark_of(p);
    bool useless = r.why && r.kind == CONFIG_WARNS_VALUE;
    if (useless && p->strict)
        return fail(p, r.why);
    if (useless)
        e->set(&p->cnf, e->fallback);
    if (r.why)
        warn(p, r.kind, r.why, useless ? e->said : NULL);
    supersede(p);
}

static void push(struct cnf_parser *p, const char *name)
{
    size_t len = strlen(p->path);
    size_t room = sizeof p->path - len;
    p->depth++;
    if (p->beyond || strlen(name) + 2 > room)
        p->beyond++;
    else
        snprintf(p->path + len, room, "%s%s", len ? "/" : "", name);
}

static void pop(struct cnf_parser *p)
{
    p->depth--;
    if (p->beyond) {
        p->beyond--;
        return;
    }
    char *slash = strrchr(p->path, '/');
    *(slash ? slash : p->path) = '\0';
}

/* Expat gives names and values in turn. */
static const char *attribute(const XML_Char **attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (strcmp(attributes[0], name) == 0)
            return attributes[1];
    return NULL;
}

static void on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    struct cnf_parser *p = data;

    if (p->depth == 0 && strcmp(name, "device") != 0 && strcmp(name, "Default") != 0)
        return fail(p, "root element is neither <device> nor <Default>");
    if (p->depth == DEPTH_MAX)
        return fail(p, "elements nested too deeply");
    push(p, name);
    if (!p->beyond && cnf_is_member(p->path))
        cnf_member_begins(&p->cnf, attribute(attributes, "priority"));
    p->open = find(p);
    if (p->open) {
        p->text_len = 0;
        p->text_overflow = false;
    }
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void on_text(void *data, const XML_Char *text, int len)
{
    struct cnf_parser *p = data;
    for (int i = 0; p->open && i < len; i++) {
        bool full = p->text_len == sizeof p->text - 1;
        if (blank(text[i]) && (p->text_len == 0 || full))
            continue;
        if (full)
            p->text_overflow = true;
        else
            p->text[p->text_len++] = text[i];
    }
}

static void on_end(void *data, const XML_Char *name)
{
    struct cnf_parser *p = data;
    (void)name;

    if (*p->error) /* expat still ends an empty element whose start was refused */
        return;
    if (p->open) {
        while (p->text_len && blank(p->text[p->text_len - 1]))
            p->text_len--;
        p->text[p->text_len] = '\0';
        take(p);
        if (*p->error)
            return;
    }
    if (!p->beyond && cnf_is_member(p->path))
        cnf_member_ends(&p->cnf);
    pop(p);
    p->open = find(p);
}

/* Configuration files declare no entities; a file that does is after the parser's memory. */
static void on_entity(void *data, const XML_Char *name, int is_parameter, const XML_Char *value,
                      int value_len, const XML_Char *base, const XML_Char *system_id,
                      const XML_Char *public_id, const XML_Char *notation)
{
    (void)name, (void)is_parameter, (void)value, (void)value_len;
    (void)base, (void)system_id, (void)public_id, (void)notation;
    fail(data, "entity declarations are refused");
}

struct cnf_parser *cnf_open(const struct phone_model *model)
{
    struct cnf_parser *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->xml = XML_ParserCreate(NULL);
    if (!p->xml) {
        free(p);
        return NULL;
    }
    p->strict = model && !model->pfs;
    if (model)
        snprintf(p->by_type, sizeof p->by_type, "Default/loadInformation%u", model->type);
    XML_SetUserData(p->xml, p);
    XML_SetElementHandler(p->xml, on_start, on_end);
    XML_SetCharacterDataHandler(p->xml, on_text);
    XML_SetEntityDeclHandler(p->xml, on_entity);
    return p;
}

static int parse(struct cnf_parser *p, const void *data, size_t len, bool last)
{
    if (*p->error)
        return -EINVAL;
    p->fed += len;
    if (p->fed > CNF_MAX)
        fail(p, LIMIT_BEYOND("the file has more than", LIMIT_CONFIG_KIB, "KiB"));
    else if (XML_Parse(p->xml, data, (int)len, last) != XML_STATUS_OK)
        fail(p, XML_ErrorString(XML_GetErrorCode(p->xml)));
    return *p->error ? -EINVAL : 0;
}

int cnf_feed(struct cnf_parser *p, const void *data, size_t len)
{
    return parse(p, data, len, false);
}

int cnf_finish(struct cnf_parser *p, struct cnf *out)
{
    int error = parse(p, "", 0, true);
    if (!error)
        *out = p->cnf;
    return error;
}

const char *cnf_error(const struct cnf_parser *p)
{
    return p->error;
}

const struct cnf_warning *cnf_warning(const struct cnf_parser *p, size_t i)
{
    return i < p->warning_count ? &p->warnings[i] : NULL;
}

void cnf_close(struct cnf_parser *p)
{
    if (!p)
        return;
    XML_ParserFree(p->xml);
    free(p);
}
