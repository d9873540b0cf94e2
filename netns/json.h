/* json.h - the one place that knows which JSON library is used. */
#ifndef JSON_H
#define JSON_H

#include <jansson.h>

#endif
