/* override.h - options of the command line, put into the tree of a fleet file. */
#ifndef OVERRIDE_H
#define OVERRIDE_H

#include "netns/text/yamldoc.h"

/* Options of the command line that change the fleet, in the order given. Where path is
 * "phones" or "wan", the value may be the short form: "CP-7961G=24,CP-7970G=8" (the file's
 * first entry of a model lends its other settings), "delay=75ms,rate=1536kbit" or "none". */
struct fleet_overrides {
    struct override {
        const char *path;  /* "wan.delay", "phones", "phones[1].count" (from 0) */
        const char *value; /* "10ms", "{delay: 10ms}" */
        const char *said;  /* how the user said it, for messages: "--speed 0" */
        const struct doc_node *node; /* instead of value and said: from the file itself */
    } *items;
    size_t count;
};

/* Puts one option into the tree at root, a map. False after a message. */
bool override_apply(struct doc_node *root, const struct override *o);

#endif
