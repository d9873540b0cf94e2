/* yamldoc.c - a YAML text as a tree, by libyaml's events.
 *
 * Events come in order; build() takes the one at hand and, for a list or a map, those up to its
 * end. The first mistake prints its message and makes every caller return NULL.
 */
#include "netns/text/yamldoc.h"
#include "netns/text/say.h"

#include <assert.h>
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define DEPTH_MAX 8

const char *const doc_kind_names[] = {"a single value", "a list", "a mapping"};
static_assert(sizeof doc_kind_names / sizeof *doc_kind_names == DOC_KIND_COUNT, "one per kind");

struct reader {
    yaml_parser_t parser;
    struct doc_source source;
    const char *text;
    size_t len;
};

/* ---- messages ----------------------------------------------------------------------- */

/* "t.fleet.yml:3:5" or "--speed 0", to be freed. */
static char *place_of(struct doc_source source, unsigned line, unsigned column)
{
    char *place;
    int len = source.said ? asprintf(&place, "%s", source.said)
                          : asprintf(&place, "%s:%u:%u", source.file, line, column);
    if (len < 0)
        err(3, "fleet file");
    return place;
}

static void complain_at(struct doc_source source, unsigned line, unsigned column,
                        const char *format, va_list args)
{
    char *place = place_of(source, line, column), *text;
    if (vasprintf(&text, format, args) < 0)
        err(3, "fleet file");
    say_at(place, "%s", text);
    free(place);
    free(text);
}

char *doc_place(const struct doc_node *node)
{
    return place_of(node->source, node->line, node->column);
}

void doc_complain(const struct doc_node *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain_at(node->source, node->line, node->column, format, args);
    va_end(args);
}

void doc_complain_key(const struct doc_node *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain_at(node->source, node->key_line, node->key_column, format, args);
    va_end(args);
}

__attribute__((format(printf, 3, 4))) static void
complain_mark(const struct reader *r, yaml_mark_t mark, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain_at(r->source, (unsigned)mark.line + 1, (unsigned)mark.column + 1, format, args);
    va_end(args);
}

/* Whether the mark's line is indented by a tab, the most common slip, which YAML forbids and
 * libyaml calls a token that cannot start. */
static bool tab_indents(const struct reader *r, size_t line)
{
    const char *at = r->text, *end = r->text + r->len;
    for (; line > 0 && at; line--) {
        at = memchr(at, '\n', (size_t)(end - at));
        at = at ? at + 1 : NULL;
    }
    while (at && at < end && *at == ' ')
        at++;
    return at && at < end && *at == '\t';
}

/* What no YAML holds: bytes that are no UTF-8, and control characters. A path may have them. */
static void complain_byte(const struct reader *r)
{
    size_t at = r->parser.problem_offset;
    yaml_mark_t mark = {0};
    if (strstr(r->parser.problem, "trailing")) /* what was to follow is told, not what began it */
        while (at > 0 && (r->text[at - 1] & 0x80) && (r->text[at] & 0xc0) != 0xc0)
            at--;
    for (size_t i = 0; i < at && i < r->len; i++) {
        mark.column = r->text[i] == '\n' ? 0 : mark.column + 1;
        mark.line += r->text[i] == '\n';
    }
    complain_mark(r, mark, "byte 0x%02X is no text in UTF-8, and YAML takes nothing else; a path "
                  "with it can be named by an option, such as --set firmware=DIR",
                  at < r->len ? (unsigned char)r->text[at] : 0);
}

static void complain_parser(const struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    if (p->error == YAML_READER_ERROR)
        complain_byte(r);
    else if (tab_indents(r, p->problem_mark.line))
        complain_mark(r, p->problem_mark, "a tab indents this line; YAML wants spaces");
    else
        complain_mark(r, p->problem_mark, "not valid YAML: %s%s%s", p->problem,
                      p->context ? " " : "", p->context ? p->context : "");
}

/* ---- the tree ----------------------------------------------------------------------- */

static void *must(void *memory)
{
    if (!memory)
        err(3, "fleet file");
    return memory;
}

struct doc_node *doc_new(enum doc_kind kind, struct doc_source source, const char *text)
{
    struct doc_node *node = must(calloc(1, sizeof *node));
    *node = (struct doc_node){.kind = kind,
                              .source = source,
                              .line = 1,
                              .column = 1,
                              .text = text ? must(strdup(text)) : NULL};
    return node;
}

struct doc_node *doc_copy(const struct doc_node *node)
{
    struct doc_node *copy = doc_new(node->kind, node->source, node->text), **link = &copy->child;
    copy->line = node->line;
    copy->column = node->column;
    for (const struct doc_node *from = node->child; from;
         from = from->next, link = &(*link)->next) {
        *link = doc_copy(from);
        (*link)->key = from->key ? must(strdup(from->key)) : NULL;
        (*link)->key_line = from->key_line;
        (*link)->key_column = from->key_column;
    }
    return copy;
}

void doc_free(struct doc_node *node)
{
    while (node) {
        struct doc_node *next = node->next;
        doc_free(node->child);
        free(node->key);
        free(node->text);
        free(node);
        node = next;
    }
}

struct doc_node *doc_get(const struct doc_node *map, const char *key)
{
    struct doc_node *n = map->child;
    while (n && !(n->key && strcmp(n->key, key) == 0))
        n = n->next;
    return n;
}

struct doc_node *doc_at(const struct doc_node *list, size_t index)
{
    struct doc_node *n = list->child;
    while (n && index-- > 0)
        n = n->next;
    return n;
}

void doc_append(struct doc_node *list, struct doc_node *value)
{
    struct doc_node **link = &list->child;
    while (*link)
        link = &(*link)->next;
    *link = value;
}

void doc_put(struct doc_node *map, const char *key, struct doc_node *value)
{
    for (struct doc_node **link = &map->child; *link;) {
        struct doc_node *n = *link;
        if (strcmp(n->key, key) != 0) {
            link = &n->next;
            continue;
        }
        *link = n->next;
        n->next = NULL;
        doc_free(n);
    }
    free(value->key);
    value->key = must(strdup(key));
    doc_append(map, value);
}

const struct doc_node *doc_locate(const struct doc_node *root, const char *path)
{
    while (*path) {
        size_t len = strcspn(path, ".[]");
        char *key = must(strndup(path, len));
        const struct doc_node *next = NULL;
        if (root->kind == DOC_MAP)
            next = doc_get(root, key);
        else if (root->kind == DOC_LIST)
            next = doc_at(root, strtoul(key, NULL, 10));
        free(key);
        if (!next)
            break;
        root = next;
        path += len;
        path += strspn(path, ".[]");
    }
    return root;
}

/* ---- building ----------------------------------------------------------------------- */

static bool next_event(struct reader *r, yaml_event_t *event)
{
    if (yaml_parser_parse(&r->parser, event))
        return true;
    complain_parser(r);
    return false;
}

static struct doc_node *node_new(struct reader *r, enum doc_kind kind, const yaml_event_t *event)
{
    struct doc_node *node = doc_new(kind, r->source, NULL);
    node->line = (unsigned)event->start_mark.line + 1;
    node->column = (unsigned)event->start_mark.column + 1;
    return node;
}

static bool scalar_is_null(const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (*text == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
}

static struct doc_node *build_scalar(struct reader *r, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    if (strlen(text) != event->data.scalar.length) {
        complain_mark(r, event->start_mark, "a value holds a zero byte");
        return NULL;
    }
    struct doc_node *node = node_new(r, DOC_SCALAR, event);
    if (!scalar_is_null(event))
        node->text = must(strdup(text));
    return node;
}

static struct doc_node *build(struct reader *r, const yaml_event_t *event, unsigned depth);

/* The value that follows a key, which becomes its own. */
static struct doc_node *build_pair(struct reader *r, const yaml_event_t *key, unsigned depth)
{
    if (key->type != YAML_SCALAR_EVENT || key->data.scalar.anchor || scalar_is_null(key)) {
        complain_mark(r, key->start_mark, "a key must be a single word");
        return NULL;
    }
    yaml_event_t event;
    if (!next_event(r, &event))
        return NULL;
    struct doc_node *node = build(r, &event, depth);
    yaml_event_delete(&event);
    if (node) {
        node->key = must(strdup((const char *)key->data.scalar.value));
        node->key_line = (unsigned)key->start_mark.line + 1;
        node->key_column = (unsigned)key->start_mark.column + 1;
    }
    return node;
}

static struct doc_node *build_children(struct reader *r, struct doc_node *node, unsigned depth)
{
    yaml_event_t event;
    struct doc_node **link = &node->child;
    while (next_event(r, &event)) {
        bool end = event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT;
        if (!end)
            *link = node->kind == DOC_MAP ? build_pair(r, &event, depth) : build(r, &event, depth);
        yaml_event_delete(&event);
        if (end)
            return node;
        if (!*link)
            break;
        link = &(*link)->next;
    }
    doc_free(node);
    return NULL;
}

static struct doc_node *build(struct reader *r, const yaml_event_t *event, unsigned depth)
{
    if (event->type == YAML_ALIAS_EVENT)
        complain_mark(r, event->start_mark, "aliases (*name) are not supported; write it out");
    else if (depth >= DEPTH_MAX)
        complain_mark(r, event->start_mark, "nested too deeply");
    else if (event->type == YAML_SCALAR_EVENT)
        return build_scalar(r, event);
    else if (event->type == YAML_SEQUENCE_START_EVENT)
        return build_children(r, node_new(r, DOC_LIST, event), depth + 1);
    else
        return build_children(r, node_new(r, DOC_MAP, event), depth + 1);
    return NULL;
}

/* Takes events up to the end of the stream, which may hold one document. */
static struct doc_node *build_stream(struct reader *r)
{
    struct doc_node *root = NULL;
    yaml_event_t event;
    while (next_event(r, &event)) {
        yaml_event_type_t type = event.type;
        bool frame = type == YAML_STREAM_START_EVENT || type == YAML_DOCUMENT_END_EVENT ||
                     (type == YAML_DOCUMENT_START_EVENT && !root);
        bool more = frame;
        if (type == YAML_DOCUMENT_START_EVENT && root) {
            complain_mark(r, event.start_mark, "a second document begins; only one is taken");
        } else if (type == YAML_STREAM_END_EVENT) {
            yaml_event_delete(&event);
            return root ? root : doc_new(DOC_MAP, r->source, NULL);
        } else if (!frame && !root) {
            root = build(r, &event, 0);
            more = root != NULL;
        }
        yaml_event_delete(&event);
        if (!more)
            break;
    }
    doc_free(root);
    return NULL;
}

struct doc_node *doc_parse(struct doc_source source, const char *text, size_t len)
{
    struct reader r = {.source = source, .text = text, .len = len};
    if (!yaml_parser_initialize(&r.parser))
        must(NULL);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, len);
    struct doc_node *root = build_stream(&r);
    yaml_parser_delete(&r.parser);
    return root;
}
