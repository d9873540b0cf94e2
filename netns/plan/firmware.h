/* firmware.h - the loads that a fleet's phones will ask for, and what phones would make of them. */
#ifndef FIRMWARE_H
#define FIRMWARE_H

#include "netns/plan/inspection.h"
#include "netns/plan/plan.h"
#include "netns/plan/stock.h"

struct firmware_file {
    char name[NAME_MAX_LEN];
    bool there;            /* a server can give it away; else `seen` is empty */
    struct inspected seen;
};

struct firmware_load {
    char name[NAME_MAX_LEN];
    size_t count;          /* of its files: the .loads, and what that lists */
    struct firmware_file file[1 + SCREEN_BOXES];
};

struct firmware {
    struct firmware_load *loads;
    size_t count;
};

/* Every load that a phone of the plan is to fetch, at first in the phones' order, then those that
 * `set` sends them to. key: PEM file that
 * signatures are verified with, or NULL. NULL after a message. */
struct firmware *firmware_inspect(const struct plan *plan, const struct stock *stock,
                                  const char *key);
void firmware_free(struct firmware *f);
const struct firmware_load *firmware_find(const struct firmware *f, const char *load);

/* The file of the key that signatures are verified with, for firmware_inspect(): NULL where none
 * are, or where it is closed to others, which the plan has said. */
const char *firmware_key(const struct fleet *fleet);

/* Whether all that phones of the plan are to fetch keeps to the limits of contract.h; else, after a
 * message each, a run would show what no phone does. */
bool firmware_within_limits(const struct plan *plan);
/* Loads that no phone can be told to take, for their names' length. */
void firmware_check_names(const struct stock *stock, struct findings *found);

#endif
