/* json.h - the one place that knows which JSON library is used. */
#ifndef JSON_H
#define JSON_H

#include <jansson.h>

/* The library refuses strings that are no UTF-8, and with them all that they stand in. Whatever a
 * user, a file or a wire has said goes in by these, as text.h says. */
json_t *json_text(const char *text);
/* Sets a key that somebody else has named; takes value over, as json_object_set_new(). */
void json_put(json_t *object, const char *key, json_t *value);

#endif
