/* json.c - see json.h. */
#include "netns/text/json.h"
#include "netns/text/text.h"

#include <stdlib.h>

json_t *json_text(const char *text)
{
    char *good = text_of(text, TEXT_JSON);
    json_t *string = json_string(good);
    free(good);
    return string;
}

void json_put(json_t *object, const char *key, json_t *value)
{
    char *good = text_of(key, TEXT_JSON);
    json_object_set_new(object, good, value);
    free(good);
}
