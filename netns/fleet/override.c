/* override.c - options of the command line, put into the tree of a fleet file.
 *
 * Mappings on the way to a path are made where they are missing. Whether the keys exist and the
 * value fits is not asked here: the schema does that for the whole tree.
 */
#include "netns/fleet/override.h"
#include "netns/fleet/scale.h"
#include "netns/text/say.h"
#include "netns/text/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PART_MAX    64
#define PHONES_MOST 100000 /* as of phones[].count */

static struct doc_source source_of(const struct override *o)
{
    return o->node ? o->node->source : (struct doc_source){.file = "command line", .said = o->said};
}

static bool refuse(const struct override *o, const char *why)
{
    if (o->node)
        doc_complain_key(o->node, "%s: %s", o->path, why);
    else
        say_at(o->said, "%s", why);
    return false;
}

/* A value as typed: flow collections as in the file, all else one single value. */
static struct doc_node *value_node(const struct override *o)
{
    if (o->node) {
        struct doc_node *value = doc_copy(o->node);
        value->key_line = o->node->key_line;
        value->key_column = o->node->key_column;
        return value;
    }
    if (*o->value == '{' || *o->value == '[')
        return doc_parse(source_of(o), o->value, strlen(o->value));
    return doc_new(DOC_SCALAR, source_of(o), o->value);
}

/* The map under key, made when there is none; a list stays what it is. */
static struct doc_node *step_into(struct doc_node *map, const char *key, const struct override *o)
{
    struct doc_node *node = doc_get(map, key);
    if (!node || node->kind == DOC_SCALAR) {
        node = doc_new(DOC_MAP, source_of(o), NULL);
        doc_put(map, key, node);
    }
    return node;
}

/* "[1]" at *at: that element of a list, or NULL after a message. */
static struct doc_node *step_index(struct doc_node *list, const char **at,
                                   const struct override *o)
{
    char *end;
    unsigned long index = strtoul(*at + 1, &end, 10);
    struct doc_node *node = NULL;
    if (end == *at + 1 || *end != ']')
        refuse(o, "an index is written as in phones[0].count");
    else if (list->kind != DOC_LIST || !(node = doc_at(list, index)))
        refuse(o, "there is no such element; the first one is [0]");
    *at = end + 1;
    return node;
}

/* Walks to the map that holds the last part of the path, which goes into part. */
static struct doc_node *walk_to(struct doc_node *node, const struct override *o,
                                char part[PART_MAX])
{
    for (const char *at = o->path;;) {
        size_t len = strcspn(at, ".[");
        if (len == 0 || len >= PART_MAX) {
            refuse(o, "takes PATH=VALUE, with a path as in wan.delay or phones[0].count");
            return NULL;
        }
        memcpy(part, at, len);
        part[len] = '\0';
        at += len;
        if (*at && node->kind == DOC_MAP)
            node = step_into(node, part, o);
        if (*at == '[' && !(node = step_index(node, &at, o)))
            return NULL;
        if (node->kind != DOC_MAP) {
            refuse(o, node->kind == DOC_LIST ? "names a list; one of it is phones[0], say"
                                             : "leads through a single value");
            return NULL;
        }
        if (*at == '\0')
            return node;
        at += *at == '.';
    }
}

static bool apply_path(struct doc_node *root, const struct override *o)
{
    char part[PART_MAX];
    struct doc_node *map = walk_to(root, o, part);
    struct doc_node *value = map ? value_node(o) : NULL;
    if (value)
        doc_put(map, part, value);
    return value != NULL;
}

/* Cuts the first "KEY=VALUE" off a comma-separated list; false at its end or when malformed. */
static bool next_pair(char **rest, char **key, char **value)
{
    *key = strsep(rest, ",");
    *value = *key ? strchr(*key, '=') : NULL;
    if (!*value)
        return false;
    *(*value)++ = '\0';
    return true;
}

/* The first entry of that model, taken out of the old list; a new one when there is none. */
static struct doc_node *entry_of(struct doc_node *old, const char *model, const struct override *o)
{
    struct doc_node **link = old && old->kind == DOC_LIST ? &old->child : NULL;
    for (; link && *link; link = &(*link)->next) {
        struct doc_node *entry = *link;
        const struct doc_node *named = entry->kind == DOC_MAP ? doc_get(entry, "model") : NULL;
        if (named && named->text && strcmp(named->text, model) == 0) {
            *link = entry->next;
            entry->next = NULL;
            return entry;
        }
    }
    struct doc_node *entry = doc_new(DOC_MAP, source_of(o), NULL);
    doc_put(entry, "model", doc_new(DOC_SCALAR, source_of(o), model));
    return entry;
}

/* How many phones an entry is; 0: it does not say so in numbers. */
static size_t count_of(const struct doc_node *entry)
{
    const struct doc_node *count = entry->kind == DOC_MAP ? doc_get(entry, "count") : NULL;
    uint64_t phones = 1;
    bool good = !count || (count->kind == DOC_SCALAR && count->text &&
                           units_count(count->text, 1, PHONES_MOST, &phones));
    return good ? (size_t)phones : 0;
}

static size_t count_entries(const struct doc_node *list)
{
    size_t n = 0;
    for (const struct doc_node *entry = list->child; entry; entry = entry->next)
        n = count_of(entry) && n < SIZE_MAX ? n + 1 : SIZE_MAX;
    return n < SIZE_MAX ? n : 0;
}

/* "48": so many in the file's proportions; entries of which none is left go. A list that is not in
 * order stays, for the schema to say so. */
static bool scale_phones(struct doc_node *root, const struct override *o, size_t phones)
{
    struct doc_node *list = doc_get(root, "phones");
    size_t n = list && list->kind == DOC_LIST ? count_entries(list) : 0, i = 0;
    if (n == 0)
        return true;
    size_t *have = calloc(2 * n, sizeof *have);
    char count[24];
    if (!have)
        return refuse(o, "out of memory");
    size_t *want = have + n;
    for (const struct doc_node *entry = list->child; entry; entry = entry->next)
        have[i++] = count_of(entry);
    scale(have, n, phones, want);
    list->source = source_of(o);
    i = 0;
    for (struct doc_node **link = &list->child, *entry; (entry = *link); i++) {
        snprintf(count, sizeof count, "%zu", want[i]);
        if (want[i] > 0) {
            doc_put(entry, "count", doc_new(DOC_SCALAR, source_of(o), count));
            link = &entry->next;
        } else {
            *link = entry->next;
            entry->next = NULL;
            doc_free(entry);
        }
    }
    free(have);
    return true;
}

/* "CP-7961G=24,CP-7970G=8" */
static bool apply_phones(struct doc_node *root, const struct override *o, char *rest)
{
    char *model, *count;
    uint64_t phones;
    if (units_count(rest, 1, PHONES_MOST, &phones))
        return scale_phones(root, o, phones);
    struct doc_node *list = doc_new(DOC_LIST, source_of(o), NULL);
    while (next_pair(&rest, &model, &count)) {
        struct doc_node *entry = entry_of(doc_get(root, "phones"), model, o);
        doc_put(entry, "count", doc_new(DOC_SCALAR, source_of(o), count));
        doc_append(list, entry);
    }
    if (model) {
        doc_free(list);
        return refuse(o, "takes a number, or MODEL=NUMBER[,MODEL=NUMBER...] as in "
                         "CP-7961G=24,CP-7970G=8");
    }
    doc_put(root, "phones", list);
    return true;
}

/* "delay=75ms,rate=1536kbit" */
static bool apply_wan(struct doc_node *root, const struct override *o, char *rest)
{
    char *key, *value;
    struct doc_node *wan = step_into(root, "wan", o);
    while (next_pair(&rest, &key, &value))
        if (wan->kind == DOC_MAP)
            doc_put(wan, key, doc_new(DOC_SCALAR, source_of(o), value));
    return key ? refuse(o, "takes none, or delay=75ms,rate=1536kbit,loss=0%") : true;
}

bool override_apply(struct doc_node *root, const struct override *o)
{
    bool phones = strcmp(o->path, "phones") == 0, wan = strcmp(o->path, "wan") == 0;
    if (o->node || (!phones && !wan) || *o->value == '{' || *o->value == '[' ||
        strcmp(o->value, "none") == 0)
        return apply_path(root, o);
    char *text = strdup(o->value);
    bool done = text && (phones ? apply_phones(root, o, text) : apply_wan(root, o, text));
    free(text);
    return done;
}
