/* inspection.h - what a phone would make of files: asked of `fleet-phone --inspect`, whose lines
 * emu/contract.h describes. The launcher has no decoder of its own for anything that phones read.
 */
#ifndef INSPECTION_H
#define INSPECTION_H

#include "emu/contract.h"
#include "emu/inspected.h"
#include "netns/fleet/fleet.h"

#define INSPECTED_TYPES    20 /* at least as many as there are models */
#define INSPECTED_WARNINGS 24 /* of a file; further ones are not kept */
#define INSPECTED_MISTAKES 24 /* the same */

/* What a configuration file says to the phones of one device type. */
struct inspected_type {
    uint32_t type;
    char load[NAME_MAX_LEN];
    char why[160]; /* not empty: they refuse the file */
};

/* What phones go on in spite of. */
struct inspected_warning {
    uint32_t type; /* of these phones alone; 0: of all */
    enum config_warning kind;
    char why[160];
};

/* What is behind a reason of the others. */
struct inspected_mistake {
    enum mistake_kind kind;
    char why[160], wrong[96], right[160];
};

struct inspected {
    char kind[16];             /* "loads", "archive", "signed", "config", "other"; "": no word */
    uint64_t bytes;
    char why[160];             /* what is wrong with it; empty: nothing */
    char text[NAME_MAX_LEN];   /* and the phone's status text for that */
    char signature[16];        /* "good", "bad", "unverified" or "" */
    size_t file_count;         /* of a .loads: the files that it lists */
    char file[SCREEN_BOXES][NAME_MAX_LEN];
    char load[NAME_MAX_LEN];   /* of a configuration file: empty when it names none */
    bool pfs;
    uint32_t load_server;      /* network order, 0: none */
    size_t manager_count;      /* call managers, in the order in which phones try them */
    uint32_t manager[MANAGERS_MAX]; /* network order */
    size_t type_count;
    struct inspected_type types[INSPECTED_TYPES];
    size_t warning_count;
    struct inspected_warning warnings[INSPECTED_WARNINGS];
    size_t mistake_count;
    struct inspected_mistake mistakes[INSPECTED_MISTAKES];
};

/* One record a path, in their order, malloc'ed. key: PEM file, or NULL to verify no signature. NULL
 * after a message: the program cannot be run, or the key is none. */
struct inspected *inspect_files(char *const *paths, size_t count, const char *key);

/* Why a phone that runs that load refuses to go to another, whose .loads lies at path: the text
 * into why (empty: it does not). False after a message. */
bool inspect_step(const char *running, char *path, char why[160]);

/* Takes one line for the records. False when it is none of the contract. */
bool inspect_line(const char *line, struct inspected *records, size_t count);

/* What a configuration file says to phones of a device type: the load that it names, or NULL with
 * *why when they refuse it. */
const char *inspected_load(const struct inspected *config, uint32_t type, const char **why);
/* The next warning for phones of a device type from *at on, which is moved behind it; or NULL. */
const struct inspected_warning *inspected_warns(const struct inspected *config, uint32_t type,
                                                size_t *at);

/* What is behind a reason that a file is refused or warned of; OTHER where nothing was said. */
const struct inspected_mistake *inspected_mistake(const struct inspected *file, const char *why);

#endif
