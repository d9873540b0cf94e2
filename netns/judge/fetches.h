/* fetches.h - what the server gave away, by its own log: counted by file and kin.
 *
 * Phones of one model and subnet are kin: who shares at all shares with its kin.
 */
#ifndef FETCHES_H
#define FETCHES_H

#include "netns/judge/serverlog.h"

#define FETCHES_TAKERS 3

struct fetch_count {
    const struct phone_model *model; /* NULL: clients that are no phones of the plan */
    unsigned subnet;             /* in plan->subnets; of no meaning without a model */
    char file[128];              /* as asked for, without the root's path */
    bool firmware;
    unsigned count;              /* complete transfers in the server's log */
    uint64_t bytes;
    const struct plan_phone *takers[FETCHES_TAKERS]; /* of the first transfers; NULL: no phone */
};

struct fetches {
    struct fetch_count *rows;    /* in the order of their first transfers */
    size_t count;
    unsigned failed;             /* transfers that were begun and given up */
    uint64_t bytes;              /* of files, of all complete transfers */
    unsigned http;               /* how many of these went by HTTP, */
    uint64_t http_bytes;         /* with so many of the bytes */
};

/* What of a log is to be counted.
 *   root   where the files lie whose sizes the log does not say; NULL: these count as nothing
 *   asked  NULL: all, of all clients; else what phones of the plan took for which it says so */
struct fetches_wish {
    const struct plan *plan;
    const struct serverlog *log;
    const char *root;
    bool (*asked)(const void *of, size_t phone, const char *file);
    const void *of;
};

/* Counts them into *f, zeroed; to be freed, however far it came. 0 or -ENOMEM. */
int fetches_count(struct fetches *f, const struct fetches_wish *wish);
void fetches_free(struct fetches *f);

/* NULL: there is none. */
const struct fetch_count *fetches_find(const struct fetches *f, const struct phone_model *model,
                                       unsigned subnet, const char *file);
/* The same, with nothing counted where there was none; NULL without memory. */
struct fetch_count *fetches_row(struct fetches *f, const struct phone_model *model,
                                unsigned subnet, const char *file);
/* How many of them are of firmware. */
unsigned fetches_of_firmware(const struct fetches *f);

#endif
