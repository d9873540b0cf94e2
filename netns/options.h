/* options.h - the command line: verbs in one table, options in another. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "netns/fleet/override.h"

struct call {
    const struct verb *verb;
    const char *file;    /* -f; NULL: look for one, or the demo */
    const char *out_dir, *junit, *lab, *write, *points, *variant, *ids;
    bool json, quiet, verbose, capture, follow, phones, list, dry_run;
    bool uplink_default_route;
    bool retold;         /* no option: what a quiet run did not meet is printed by its caller */
    struct fleet_overrides overrides;
    char **argv;         /* the whole command line */
    char **args;         /* what follows the verb but for options, ended by NULL */
    unsigned arg_count;
};

/* Which options a verb knows, by group. */
enum option_group {
    GROUP_FLEET = 1,    /* --phones, --speed, ... */
    GROUP_MODE = 2,
    GROUP_RUN = 4,      /* --junit, --capture */
    GROUP_OUT = 8,
    GROUP_JSON = 16,
    GROUP_LAB = 32,
    GROUP_FOLLOW = 64,
    GROUP_WRITE = 128,
    GROUP_PLAN = 256,   /* --points */
    GROUP_ANY = 512,    /* -q, -v */
    GROUP_FILE = 1024,  /* -f, --variant */
    GROUP_LIST = 2048,
    GROUP_START = 4096, /* --dry-run; without it, privilege is needed */
    GROUP_HOST = 8192,  /* --ids, --uplink-default-route */
    GROUP_WORDS = 1 << 20, /* no option: behind its first argument stand another program's words */
};

struct verb {
    const char *name;   /* NULL ends a table */
    const char *args;   /* as the help shows them */
    unsigned min_args, max_args;
    unsigned groups;
    const char *help;
    int (*run)(struct call *call); /* an exit code */
};

/* An option as a completion offers it. */
struct option_facts {
    const char *name;  /* without its dashes */
    char letter;       /* or 0 */
    const char *takes; /* what the help calls its value; NULL: none */
    unsigned groups;
    const char *path;  /* of the fleet file's key that it sets; empty: of any; NULL: of none */
};
/* The index-th option into *o; false behind the last one. */
bool options_facts(size_t index, struct option_facts *o);

/* Reads the command line; the first verb of the table is meant where none is named, with the
 * bundled demo. Ends the program for --help and --version (0) and for mistakes (2). */
void options_read(struct call *call, const struct verb *verbs, int argc, char **argv);
/* One override more, as if it had been given last. */
void options_add(struct call *call, struct override o);

#endif
