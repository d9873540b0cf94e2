/* setters.c - see setters.h. */
#include "netns/text/setters.h"
#include "netns/text/units.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

bool set_count(const char *text, const struct schema_key *key, void *field)
{
    uint64_t value;
    if (!units_count(text, key->min, key->max, &value))
        return false;
    *(unsigned *)field = (unsigned)value;
    return true;
}

bool set_big(const char *text, const struct schema_key *key, void *field)
{
    return units_count(text, key->min, key->max, field);
}

bool set_long(const char *text, const struct schema_key *key, void *field)
{
    uint64_t value;
    if (!units_count(text, key->min, key->max, &value))
        return false;
    *(long *)field = (long)value;
    return true;
}

bool set_name(const char *text, const struct schema_key *key, void *field)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789-._+";
    size_t len = strlen(text);
    if (len == 0 || len > key->max || *text == '.' || *text == '-' || text[strspn(text, allowed)])
        return false;
    *(const char **)field = text;
    return true;
}

bool set_text(const char *text, const struct schema_key *key, void *field)
{
    if (*text == '\0' || strlen(text) > key->max)
        return false;
    *(const char **)field = text;
    return true;
}

bool set_word(const char *text, const struct schema_key *key, void *field)
{
    const struct schema_word *w = key->words;
    while (w->word && strcmp(w->word, text) != 0)
        w++;
    if (!w->word)
        return false;
    *(int *)field = w->value;
    return true;
}

bool set_count_or_word(const char *text, const struct schema_key *key, void *field)
{
    return set_word(text, key, field) || set_count(text, key, field);
}

bool set_duration(const char *text, const struct schema_key *key, void *field)
{
    return units_duration(text, key->max, field);
}

bool set_seconds(const char *text, const struct schema_key *key, void *field)
{
    uint64_t us;
    if (!units_duration(text, key->max, &us) || us % 1000000 != 0)
        return false;
    *(unsigned *)field = (unsigned)(us / 1000000);
    return true;
}

bool set_rate(const char *text, const struct schema_key *key, void *field)
{
    (void)key;
    return units_rate(text, field);
}

bool set_percent(const char *text, const struct schema_key *key, void *field)
{
    (void)key;
    return units_percent(text, field);
}

bool set_decimal(const char *text, const struct schema_key *key, void *field)
{
    double value;
    if (!units_decimal(text, (double)key->max, &value) || value <= 0)
        return false;
    *(double *)field = value;
    return true;
}

bool set_address(const char *text, const struct schema_key *key, void *field)
{
    (void)key;
    return units_address(text, field);
}

bool set_endpoint(const char *text, const struct schema_key *key, void *field)
{
    (void)key;
    return units_endpoint(text, field);
}

bool set_mac(const char *text, const struct schema_key *key, void *field)
{
    (void)key;
    return units_mac(text, field);
}

const struct schema_word switch_words[] = {
    {"true", 1}, {"false", 0}, {"on", 1}, {"off", 0}, {"yes", 1}, {"no", 0}, {NULL, 0}};

bool set_model(const char *text, const struct schema_key *key, void *field)
{
    (void)key;
    *(const struct phone_model **)field = phone_model_find(text);
    return *(const struct phone_model **)field != NULL;
}

const char *model_word(size_t index)
{
    return index < phone_model_count ? phone_models[index].name : NULL;
}

bool set_flags(const char *text, const struct schema_key *key, void *field)
{
    int flag;
    if (!set_word(text, key, &flag))
        return false;
    *(unsigned *)field |= (unsigned)flag;
    return true;
}

bool set_append(const char *text, const struct schema_key *key, void *field)
{
    struct text_list *list = field;
    const char *item;
    if (!set_text(text, key, &item))
        return false;
    list->items = reallocarray(list->items, list->count + 1, sizeof *list->items);
    if (!list->items)
        err(3, "fleet file");
    list->items[list->count++] = item;
    return true;
}
