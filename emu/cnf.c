/* cnf.c - configuration files through expat, keeping what cnf.h names.
 *
 * The parser keeps the path of the open element ("device/vendorConfig/webAccess") as long as it
 * fits; what is nested deeper is counted and nothing more. Text is collected only while the open
 * element is one of `elements`, and goes to its setter when the element ends. The first thing
 * that is wrong stops the parser and stays as its error.
 */
#include "emu/cnf.h"

#include "emu/cursor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 64 /* elements; real files have seven */

struct cnf_parser {
    XML_Parser xml;
    struct cnf cnf;
    size_t fed;
    unsigned depth;  /* open elements */
    unsigned beyond; /* those of them that path has no room for */
    char path[128];
    char by_type[48]; /* "Default/loadInformation30018" */
    const struct element *open;
    char text[128]; /* of the open element, without the white space before it */
    size_t text_len;
    bool text_overflow;
    char error[160];
};

/* An element that counts: set takes its text and returns what is wrong with it, or NULL. */
struct element {
    const char *path;
    const char *(*set)(struct cnf *cnf, const char *text);
};

static const char *set_load(struct cnf *cnf, const char *text)
{
    if (*text && !text_file_name(text))
        return "load is not a plain file name";
    if (strlen(text) + sizeof ".loads" > sizeof cnf->load)
        return LIMIT_BEYOND("load name is longer than", LIMIT_LOAD, "characters");
    snprintf(cnf->load, sizeof cnf->load, "%s", text);
    return NULL;
}

static const char *set_pfs(struct cnf *cnf, const char *text)
{
    if (strcmp(text, "0") != 0 && strcmp(text, "1") != 0)
        return "peerFirmwareSharing is neither 0 nor 1";
    cnf->pfs = *text == '1';
    return NULL;
}

static const char *set_load_server(struct cnf *cnf, const char *text)
{
    struct in_addr ip = {0};
    if (*text && inet_pton(AF_INET, text, &ip) != 1)
        return "loadServer is not an IPv4 address";
    cnf->load_server = ip.s_addr;
    return NULL;
}

static const struct element elements[] = {
    {"device/loadInformation", set_load},
    {"device/vendorConfig/peerFirmwareSharing", set_pfs},
    {"device/vendorConfig/loadServer", set_load_server},
};

static const struct element *find(const struct cnf_parser *p)
{
    if (p->beyond)
        return NULL;
    if (strcmp(p->path, p->by_type) == 0)
        return &elements[0];
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (strcmp(p->path, elements[i].path) == 0)
            return &elements[i];
    return NULL;
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

static void on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    struct cnf_parser *p = data;
    (void)attributes;

    if (p->depth == 0 && strcmp(name, "device") != 0 && strcmp(name, "Default") != 0)
        return fail(p, "root element is neither <device> nor <Default>");
    if (p->depth == DEPTH_MAX)
        return fail(p, "elements nested too deeply");
    push(p, name);
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
        const char *wrong = p->text_overflow ? "text is too long" : p->open->set(&p->cnf, p->text);
        if (wrong)
            return fail(p, wrong);
    }
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

struct cnf_parser *cnf_open(uint32_t type)
{
    struct cnf_parser *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->xml = XML_ParserCreate(NULL);
    if (!p->xml) {
        free(p);
        return NULL;
    }
    snprintf(p->by_type, sizeof p->by_type, "Default/loadInformation%u", type);
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

void cnf_close(struct cnf_parser *p)
{
    if (!p)
        return;
    XML_ParserFree(p->xml);
    free(p);
}
