/* schema.c - from a tree to a struct, by tables.
 *
 * A walk carries the path for messages ("phones[0].count") and counts mistakes; it goes on
 * after one, so that a user sees them all at once.
 */
#include "netns/text/schema.h"
#include "netns/text/units.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 64 /* of one key, compared for nearness */

struct walk {
    char path[160];
    unsigned mistakes;
};

static void fill_map(struct walk *w, const struct schema_key *keys, const struct doc_node *map,
                     void *into);

/* ---- messages ----------------------------------------------------------------------- */

static size_t key_count(const struct schema_key *keys)
{
    size_t n = 0;
    while (keys[n].name)
        n++;
    return n;
}

/* "a, b, c" of a table's names into out. */
static const char *key_list(const struct schema_key *keys, char *out, size_t size)
{
    size_t len = 0;
    out[0] = '\0';
    for (; keys->name && len < size; keys++)
        len += (size_t)snprintf(out + len, size - len, "%s%s", len ? ", " : "", keys->name);
    return out;
}

static void unknown_key(struct walk *w, const struct schema_key *keys, const struct doc_node *node)
{
    char valid[512];
    const char *near = units_nearest(node->key, keys, sizeof *keys, key_count(keys));
    doc_complain_key(node, "unknown key '%s'%s%s%s; valid %s%s: %s", node->key,
                     near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "",
                     *w->path ? "in " : "here", w->path, key_list(keys, valid, sizeof valid));
    w->mistakes++;
}

const char *schema_word_of(const struct schema_key *key, size_t index)
{
    return key->word ? key->word(index) : key->words ? key->words[index].word : NULL;
}

const char *schema_takes(const struct schema_key *key, char out[SCHEMA_TAKES])
{
    const char *word, *before = key->listed ? "one or a list of " : "one of ";
    size_t len = 0;
    if (key->takes)
        return key->takes;
    for (size_t i = 0; (word = schema_word_of(key, i)) && len < SCHEMA_TAKES; i++) {
        bool last = key->listed && i > 0 && !schema_word_of(key, i + 1);
        len += (size_t)snprintf(out + len, SCHEMA_TAKES - len, "%s%s", last ? " and " : before,
                                word);
        before = ", ";
    }
    return out;
}

static const char *near_value(const struct schema_key *key, const char *text)
{
    const char *words[WORDS_MAX];
    size_t n = 0;
    while (n < WORDS_MAX && (words[n] = schema_word_of(key, n)))
        n++;
    return units_nearest(text, words, sizeof *words, n);
}

static void wrong(struct walk *w, const struct schema_key *key, const struct doc_node *node)
{
    const char *near = node->text ? near_value(key, node->text) : NULL;
    const char *why = node->text && key->why ? key->why(node->text) : NULL;
    char room[SCHEMA_TAKES];
    const char *takes = schema_takes(key, room);
    w->mistakes++;
    if (node->kind != DOC_SCALAR)
        doc_complain(node, "%s takes %s, not %s", w->path, takes, doc_kind_names[node->kind]);
    else if (!node->text)
        doc_complain(node, "%s has no value; it takes %s", w->path, takes);
    else
        doc_complain(node, "%s takes %s, not '%s'%s%s%s%s%s", w->path, takes, node->text,
                     near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "",
                     why ? ": " : "", why ? why : "");
}

static bool said_before(struct walk *w, const struct doc_node *map, const struct doc_node *node)
{
    const struct doc_node *first = doc_get(map, node->key);
    if (first == node)
        return false;
    doc_complain_key(node, "'%s' is given twice; first in line %u", node->key, first->key_line);
    w->mistakes++;
    return true;
}

/* ---- the walk ----------------------------------------------------------------------- */

static void fill_single(struct walk *w, const struct schema_key *key, const struct doc_node *node,
                        char *into)
{
    if (!key->set || node->kind != DOC_SCALAR || !node->text ||
        !key->set(node->text, key, into + key->offset))
        wrong(w, key, node);
}

static void fill_element(struct walk *w, const struct schema_elements *e,
                         const struct doc_node *node, void *into)
{
    memcpy(into, e->initial, e->size);
    if (e->named)
        *(const char **)into = node->key;
    if (e->value && !(e->keys && node->kind == DOC_MAP)) {
        fill_single(w, e->value, node, into);
        return;
    }
    if (node->kind == DOC_MAP) {
        fill_map(w, e->keys, node, into);
        return;
    }
    char keys[256];
    doc_complain(node, "%s takes a mapping of %s, not %s", w->path,
                 key_list(e->keys, keys, sizeof keys), doc_kind_names[node->kind]);
    w->mistakes++;
}

static void fill_elements(struct walk *w, const struct schema_key *key,
                          const struct doc_node *list, char *into)
{
    const struct schema_elements *e = key->elements;
    size_t n = 0, len = strlen(w->path);
    for (const struct doc_node *node = list->child; node; node = node->next)
        n++;
    char *array = calloc(n ? n : 1, e->size);
    if (!array)
        err(3, "fleet file");
    *(void **)(into + key->offset) = array;
    *(size_t *)(into + e->count_offset) = n;
    const struct doc_node *node = list->child;
    for (size_t i = 0; i < n; i++, node = node->next) {
        if (e->named)
            snprintf(w->path + len, sizeof w->path - len, ".%s", node->key);
        else
            snprintf(w->path + len, sizeof w->path - len, "[%zu]", i);
        if (!e->named || !said_before(w, list, node))
            fill_element(w, e, node, array + i * e->size);
        w->path[len] = '\0';
    }
}

static const struct schema_key *find_key(const struct schema_key *keys, const char *name)
{
    while (keys->name && strcmp(keys->name, name) != 0)
        keys++;
    return keys->name ? keys : NULL;
}

static void fill_of_kind(struct walk *w, const struct schema_key *kind,
                         const struct doc_node *node, void *into)
{
    if (node->kind == DOC_MAP)
        fill_map(w, kind->keys, node, into);
    else if (kind->main && node->kind == DOC_SCALAR)
        fill_single(w, find_key(kind->keys, kind->main), node, into);
    else
        wrong(w, kind, node);
}

static size_t count_of_kinds(const struct doc_node *map)
{
    size_t n = 0;
    for (const struct doc_node *node = map->child; node; node = node->next) {
        if (node->kind != DOC_LIST)
            n++;
        for (const struct doc_node *one = node->child; one && node->kind == DOC_LIST;
             one = one->next)
            n++;
    }
    return n;
}

/* All that stands under the name of one kind, into the array's next places. */
static void fill_kind(struct walk *w, const struct schema_elements *e,
                      const struct schema_key *kind, const struct doc_node *node, char *array,
                      size_t *count)
{
    bool several = node->kind == DOC_LIST;
    size_t len = strlen(w->path), i = 0;
    for (const struct doc_node *one = several ? node->child : node; one;
         one = several ? one->next : NULL, i++) {
        char *into = array + (*count)++ * e->size;
        memcpy(into, kind->initial, e->size);
        *(struct schema_origin *)into = (struct schema_origin){(size_t)(kind - e->kinds), one};
        if (several)
            snprintf(w->path + len, sizeof w->path - len, "[%zu]", i);
        fill_of_kind(w, kind, one, into);
        w->path[len] = '\0';
    }
}

static void fill_kinds(struct walk *w, const struct schema_key *key, const struct doc_node *map,
                       char *into)
{
    const struct schema_elements *e = key->elements;
    size_t len = strlen(w->path), n = count_of_kinds(map);
    char *array = calloc(n ? n : 1, e->size);
    if (!array)
        err(3, "fleet file");
    *(void **)(into + key->offset) = array;
    for (const struct doc_node *node = map->child; node; node = node->next) {
        const struct schema_key *kind = find_key(e->kinds, node->key);
        if (said_before(w, map, node))
            continue;
        if (!kind) {
            unknown_key(w, e->kinds, node);
            continue;
        }
        snprintf(w->path + len, sizeof w->path - len, ".%s", kind->name);
        fill_kind(w, e, kind, node, array, (size_t *)(into + e->count_offset));
        w->path[len] = '\0';
    }
}

static void fill_key(struct walk *w, const struct schema_key *key, const struct doc_node *node,
                     char *into)
{
    if (node->kind == DOC_MAP && key->free)
        return;
    if (node->kind == DOC_MAP && key->keys)
        fill_map(w, key->keys, node, into);
    else if (node->kind == DOC_MAP && key->elements && key->elements->kinds)
        fill_kinds(w, key, node, into);
    else if (key->elements && !key->elements->kinds &&
             node->kind == (key->elements->named ? DOC_MAP : DOC_LIST))
        fill_elements(w, key, node, into);
    else if (key->listed && node->kind == DOC_LIST)
        for (const struct doc_node *one = node->child; one; one = one->next)
            fill_single(w, key, one, into);
    else
        fill_single(w, key, node, into);
}

static void fill_required(struct walk *w, const struct schema_key *keys,
                          const struct doc_node *map)
{
    char takes[SCHEMA_TAKES];
    for (const struct schema_key *key = keys; key->name; key++) {
        if (!key->required || doc_get(map, key->name))
            continue;
        doc_complain(map, "%s%s%s is missing; it takes %s", w->path, *w->path ? "." : "",
                     key->name, schema_takes(key, takes));
        w->mistakes++;
    }
}

static void fill_map(struct walk *w, const struct schema_key *keys, const struct doc_node *map,
                     void *into)
{
    size_t len = strlen(w->path);
    for (const struct doc_node *node = map->child; node; node = node->next) {
        const struct schema_key *key = find_key(keys, node->key);
        if (said_before(w, map, node))
            continue;
        if (!key) {
            unknown_key(w, keys, node);
        } else {
            snprintf(w->path + len, sizeof w->path - len, "%s%s", len ? "." : "", key->name);
            fill_key(w, key, node, into);
            w->path[len] = '\0';
        }
    }
    fill_required(w, keys, map);
}

unsigned schema_fill(const struct schema_key *keys, const struct doc_node *map, void *into)
{
    struct walk w = {.path = ""};
    if (map->kind != DOC_MAP) {
        char valid[512];
        doc_complain(map, "a fleet file is a mapping of %s, not %s",
                     key_list(keys, valid, sizeof valid), doc_kind_names[map->kind]);
        return 1;
    }
    fill_map(&w, keys, map, into);
    return w.mistakes;
}
