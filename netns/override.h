/* override.h - options of the command line, put into the tree of a fleet file. */
#ifndef OVERRIDE_H
#define OVERRIDE_H

#include "netns/fleetfile.h"
#include "netns/yamldoc.h"

/* Puts one option into the tree at root, a map. False after a message. */
bool override_apply(struct doc_node *root, const struct override *o);

#endif
