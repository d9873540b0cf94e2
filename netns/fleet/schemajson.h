/* schemajson.h - a table of keys as a JSON Schema (2020-12), for editors and other people's tools.
 *
 * What it accepts, the parser accepts, but for what no schema can say: combinations of values,
 * names that must exist, quantities with a unit that are too large. Single values are texts to the
 * parser, and typed here: a number in quotes is a number to the parser only. All the differences
 * stand, class by class, in tests/docs/schema_agrees.py.
 */
#ifndef SCHEMAJSON_H
#define SCHEMAJSON_H

#include "netns/text/schema.h"

/* Prints it on standard output. 0, or an exit code after a message. */
int schemajson_print(const struct schema_key *keys);

#endif
