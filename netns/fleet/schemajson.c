/* schemajson.c - see schemajson.h. */
#include "netns/fleet/schemajson.h"
#include "netns/fleet/compare.h"
#include "netns/text/json.h"
#include "netns/text/setters.h"
#include "netns/text/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TITLE "A fleet file of the virtual phone fleet emulator (run-fleet.sh)"

/* ---- single values ------------------------------------------------------------------ */

#define DECIMAL "([0-9]+[.]?[0-9]*|[.][0-9]+)"
#define TEXT "string", "number" /* 9.4, unquoted, is a text as well */
#define TIME "(0|" DECIMAL "([uUmM]?[sS]|[mMhH]))" /* zero needs no unit */
#define OP   "^(([<>]=?|=) *)?"
#define BYTE "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
#define PORT                                                                                       \
    "([1-9][0-9]{0,3}|[1-5][0-9]{4}|6([0-4][0-9]{3}|5([0-4][0-9]{2}|5([0-2][0-9]|3[0-5]))))"
#define HOST "(22[0-3]|2[01][0-9]|1[013-9][0-9]|12[0-689]|[1-9][0-9]?)" /* no 0, 127, 224 to 255 */

/* How the texts of a setter look. */
enum range { NO_RANGE, VALUES, VALUES_ABOVE_0, LENGTH };
static const struct form {
    bool (*set)(const char *text, const struct schema_key *key, void *field);
    const char *types[2];
    const char *pattern; /* of strings only */
    enum range range;    /* what the key's min and max bound */
    int64_t least, most; /* of numbers, where least <= most */
} forms[] = {
    {set_count, {"integer"}, NULL, VALUES, 1, 0},
    {set_big, {"integer"}, NULL, VALUES, 1, 0},
    {set_long, {"integer"}, NULL, VALUES, 1, 0},
    {set_decimal, {"number"}, NULL, VALUES_ABOVE_0, 1, 0},
    {set_name, {TEXT}, "^[A-Za-z0-9_+][-A-Za-z0-9._+]*$", LENGTH, 0, INT64_MAX},
    {set_text, {TEXT}, NULL, LENGTH, 1, 0},
    {set_append, {TEXT}, NULL, LENGTH, 1, 0},
    {set_duration, {"string", "integer"}, "^" TIME "$", NO_RANGE, 0, 0},
    {set_seconds, {"string", "integer"}, "^(0|" DECIMAL "[sSmMhH])$", NO_RANGE, 0, 0},
    {set_percent, {"string", "integer"}, "^(0|" DECIMAL "%)$", NO_RANGE, 0, 0},
    {set_rate, {"string"}, "^(unlimited|" DECIMAL "[kKmMgG]?[bB][iI][tT])$", NO_RANGE, 1, 0},
    {set_address, {"string"}, "^" HOST "([.]" BYTE "){3}$", NO_RANGE, 1, 0},
    {set_endpoint, {"string"}, "^" HOST "([.]" BYTE "){3}(:0*" PORT ")?$", NO_RANGE, 1, 0},
    {set_mac, {TEXT}, "^" UNITS_MAC_FORMS "$", NO_RANGE, 1, 0}, /* digits alone are a number */
    {set_number, {"string", "integer"}, OP "0*(1?0{9}|[0-9]{1,9})$", NO_RANGE, 0, 1000000000},
    {set_bytes, {"string", "number"}, OP DECIMAL "([kKmMgG]?[bB]|[kKmMgG][iI][bB])?$", NO_RANGE,
     0, 999999999999999999},
    {set_ratio, {"string", "number"}, OP DECIMAL "$", NO_RANGE, 0, 1000000000},
    {set_share, {"string", "number"}, OP DECIMAL "%?$", NO_RANGE, 0, 100},
    {set_time, {"string", "integer"}, OP TIME "$", NO_RANGE, 0, 0},
};

static json_t *number(uint64_t n)
{
    return n <= INT64_MAX ? json_integer((json_int_t)n) : json_real((double)n);
}

static void set_types(json_t *schema, const char *first, const char *second)
{
    json_object_set_new(schema, "type",
                        second ? json_pack("[s, s]", first, second) : json_string(first));
}

static json_t *form_schema(const struct form *f, const struct schema_key *key)
{
    json_t *schema = json_object();
    set_types(schema, f->types[0], f->types[1]);
    if (f->pattern)
        json_object_set_new(schema, "pattern", json_string(f->pattern));
    if (f->range == VALUES)
        json_object_set_new(schema, "minimum", number(key->min));
    else if (f->range == VALUES_ABOVE_0)
        json_object_set_new(schema, "exclusiveMinimum", json_integer(0));
    else if (f->range == LENGTH)
        json_object_set_new(schema, "minLength", json_integer(1));
    if (f->range != NO_RANGE)
        json_object_set_new(schema, f->range == LENGTH ? "maxLength" : "maximum", number(key->max));
    if (f->least <= f->most) {
        json_object_set_new(schema, "minimum", json_integer(f->least));
        if (f->most < INT64_MAX)
            json_object_set_new(schema, "maximum", json_integer(f->most));
    }
    return schema;
}

/* Words that YAML reads as truth values stand as such, and as numbers as both. */
static json_t *words_schema(const struct schema_key *key)
{
    json_t *words = json_array();
    const char *word;
    for (size_t i = 0; (word = schema_word_of(key, i)); i++) {
        bool truth = strcmp(word, "true") == 0, falsehood = strcmp(word, "false") == 0;
        json_array_append_new(words, truth || falsehood ? json_boolean(truth) : json_string(word));
        if (strspn(word, "0123456789") == strlen(word))
            json_array_append_new(words, json_integer(atoi(word)));
    }
    return json_pack("{s:o}", "enum", words);
}

/* The alternatives of a single value are added to any. */
static void add_single(json_t *any, const struct schema_key *key)
{
    size_t before = json_array_size(any);
    if (schema_word_of(key, 0))
        json_array_append_new(any, words_schema(key));
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (forms[i].set == (key->like ? key->like : key->set))
            json_array_append_new(any, form_schema(&forms[i], key));
    if (key->pattern)
        json_array_append_new(any, json_pack("{s:s, s:s}", "type", "string", "pattern",
                                             key->pattern));
    if (json_array_size(any) == before) /* nobody has said how it looks */
        json_array_append_new(any, json_pack("{s:[s, s, s], s:s}", "type", "string", "number",
                                             "boolean", "$comment", "any single value"));
}

/* ---- the tree ----------------------------------------------------------------------- */

static json_t *map_schema(const struct schema_key *keys);
static json_t *key_schema(const struct schema_key *key);

/* One alternative as it is, several as a choice. */
static json_t *one_of(json_t *any)
{
    json_t *schema = json_array_size(any) == 1 ? json_incref(json_array_get(any, 0))
                                               : json_pack("{s:O}", "anyOf", any);
    json_decref(any);
    return schema;
}

/* One wish of a kind, or a list of them; a single value is short for its main key. */
static json_t *kind_schema(const struct schema_key *kind)
{
    json_t *any = json_array(), *one;
    for (const struct schema_key *key = kind->keys; kind->main && key->name; key++)
        if (strcmp(key->name, kind->main) == 0)
            add_single(any, key);
    json_array_append_new(any, map_schema(kind->keys));
    one = one_of(any);
    return json_pack("{s:s, s:[O, {s:s, s:o}]}", "description", kind->takes, "anyOf", one, "type",
                     "array", "items", one);
}

static json_t *kinds_schema(const struct schema_key *kinds)
{
    json_t *properties = json_object();
    for (; kinds->name; kinds++)
        json_object_set_new(properties, kinds->name, kind_schema(kinds));
    return json_pack("{s:s, s:o, s:b}", "type", "object", "properties", properties,
                     "additionalProperties", false);
}

static json_t *elements_schema(const struct schema_key *key)
{
    const struct schema_elements *e = key->elements;
    if (e->kinds)
        return kinds_schema(e->kinds);
    json_t *element = e->value ? key_schema(e->value) : map_schema(e->keys);
    if (e->value && e->keys)
        element = json_pack("{s:[o, o]}", "anyOf", element, map_schema(e->keys));
    if (e->named)
        return json_pack("{s:s, s:{s:i}, s:o}", "type", "object", "propertyNames", "maxLength",
                         LIMIT_WORD, "additionalProperties", element);
    json_t *list = json_pack("{s:s, s:o}", "type", "array", "items", element);
    if (key->required)
        json_object_set_new(list, "minItems", json_integer(1));
    return list;
}

static json_t *key_schema(const struct schema_key *key)
{
    json_t *any = json_array(), *schema = json_object();
    char takes[SCHEMA_TAKES];
    if (key->set)
        add_single(any, key);
    if (key->listed)
        json_array_append_new(any, json_pack("{s:s, s:o}", "type", "array", "items",
                                             one_of(json_deep_copy(any))));
    if (key->keys)
        json_array_append_new(any, map_schema(key->keys));
    if (key->free)
        json_array_append_new(any, json_pack("{s:s, s:{s:[s, s]}}", "type", "object",
                                             "additionalProperties", "type", "object", "null"));
    if (key->elements)
        json_array_append_new(any, elements_schema(key));
    json_t *value = one_of(any);
    json_object_set_new(schema, "description", json_string(schema_takes(key, takes)));
    json_object_update(schema, value);
    json_decref(value);
    return schema;
}

static json_t *map_schema(const struct schema_key *keys)
{
    json_t *properties = json_object(), *required = json_array();
    for (const struct schema_key *key = keys; key->name; key++) {
        json_object_set_new(properties, key->name, key_schema(key));
        if (key->required)
            json_array_append_new(required, json_string(key->name));
    }
    json_t *schema = json_pack("{s:s, s:o, s:b}", "type", "object", "properties", properties,
                               "additionalProperties", false);
    if (json_array_size(required))
        json_object_set(schema, "required", required);
    json_decref(required);
    return schema;
}

int schemajson_print(const struct schema_key *keys)
{
    json_t *schema = json_pack("{s:s, s:s}", "$schema",
                               "https://json-schema.org/draft/2020-12/schema", "title", TITLE);
    json_t *map = map_schema(keys);
    json_object_update(schema, map);
    json_decref(map);
    int rc = json_dumpf(schema, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(schema);
    return rc == 0 ? 0 : 3;
}
