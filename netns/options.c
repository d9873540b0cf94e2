/* options.c - the command line, by argp.
 *
 * Options that change the fleet are kept as they were said: they go into the fleet file's own
 * tree, so that their values are checked by its tables and nowhere else.
 */
#include "netns/options.h"
#include "netns/text/text.h"
#include "netns/text/units.h"
#include "netns/text/version.h"

#include <argp.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPT_PHONES = 256, OPT_MODE, OPT_SPEED, OPT_SEED, OPT_WAN, OPT_SET, OPT_TIMEOUT,
    OPT_OUT, OPT_JUNIT, OPT_JSON, OPT_CAPTURE, OPT_LAB, OPT_VERSION, OPT_POINTS, OPT_LIST,
    OPT_VARIANT, OPT_DRY_RUN, OPT_IDS, OPT_UPLINK
};

static const struct argp_option options[] = {
    {"file", 'f', "FILE", 0, "Fleet file; - for standard input. Without it: the only *.fleet.yml "
     "or fleet.yml here, else the bundled demo", 1},
    {"phones", OPT_PHONES, "MODEL=N,...", 0, "These phones instead of the file's, or a number: so "
     "many in its proportions; without -f, the rest is the bundled demo's. Of a plan, as well: "
     "10..100000, or 8,48,200", 1},
    {"variant", OPT_VARIANT, "VARIANT", 0, "Only this variant of the file's", 1},
    {"points", OPT_POINTS, "N", 0, "How many fleets of a range to plan, 2 to 64 (9)", 1},
    {"mode", OPT_MODE, "MODE", 0, "pfs, traditional or both", 1},
    {"speed", OPT_SPEED, "K", 0, "Emulated seconds a real second at most, 1 to 1000, or auto", 1},
    {"seed", OPT_SEED, "N", 0, "Seed of all random numbers", 1},
    {"wan", OPT_WAN, "WAN", 0, "Such as delay=75ms,rate=1536kbit,loss=0%, or none", 1},
    {"set", OPT_SET, "PATH=VALUE", 0, "Any value of the fleet file, such as phones[0].count=9", 1},
    {"timeout", OPT_TIMEOUT, "T", 0, "End the run after so much real time, with exit code 4", 1},
    {"out", OPT_OUT, "DIR", 0, "Output directory; without it a new one under .fleet", 2},
    {"junit", OPT_JUNIT, "FILE", 0, "Write the JUnit report here", 2},
    {"json", OPT_JSON, NULL, 0, "Print JSON on standard output", 2},
    {"capture", OPT_CAPTURE, NULL, 0, "Capture the site's bridge into DIR/site.pcapng", 2},
    {"dry-run", OPT_DRY_RUN, NULL, 0, "Print the plan: phones, files, predicted fetches; start "
     "nothing", 2},
    {"quiet", 'q', NULL, 0, "No progress and no summary: the exit code tells, and stderr what was "
     "not met", 2},
    {"verbose", 'v', NULL, 0, "Print the plan before the start", 2},
    {"ids", OPT_IDS, "RANGE", 0, "User ids for the phones, such as 70000-70999; one "
     "each, or shared", 2},
    {"uplink-default-route", OPT_UPLINK, NULL, 0, "The fleet may have the interface by which this "
     "machine's default route leads", 2},
    {"list", OPT_LIST, NULL, 0, "Only list them", 2},
    {"lab", OPT_LAB, "NAME", 0, "The lab that is meant, wherever it was begun", 3},
    {"follow", 'F', NULL, 0, "Go on as the log grows", 3},
    {"write", 'w', "FILE", 0, "Where the capture goes", 3},
    {"version", OPT_VERSION, NULL, 0, "Print the version", -1},
    {NULL, 'h', NULL, OPTION_HIDDEN, NULL, -1},
    {0},
};

/* What an option does: a path of the fleet file that it sets, or a member of struct call. */
static const struct effect {
    int option;
    enum option_group group;
    const char *path;
    size_t text;    /* offset of a const char * member, or 0 */
    size_t flag;    /* offset of a bool member, or 0 */
} effects[] = {
    {'f', GROUP_FILE, NULL, offsetof(struct call, file), 0},
    {OPT_PHONES, GROUP_FLEET, "phones", 0, offsetof(struct call, phones)},
    {OPT_MODE, GROUP_MODE, "mode", 0, 0},
    {OPT_SPEED, GROUP_FLEET, "speed", 0, 0},
    {OPT_SEED, GROUP_FLEET, "seed", 0, 0},
    {OPT_WAN, GROUP_FLEET, "wan", 0, 0},
    {OPT_SET, GROUP_FLEET, "", 0, 0},
    {OPT_TIMEOUT, GROUP_FLEET, "timeout", 0, 0},
    {OPT_POINTS, GROUP_PLAN, NULL, offsetof(struct call, points), 0},
    {OPT_OUT, GROUP_OUT, NULL, offsetof(struct call, out_dir), 0},
    {OPT_JUNIT, GROUP_RUN, NULL, offsetof(struct call, junit), 0},
    {OPT_JSON, GROUP_JSON, NULL, 0, offsetof(struct call, json)},
    {OPT_CAPTURE, GROUP_RUN, NULL, 0, offsetof(struct call, capture)},
    {OPT_DRY_RUN, GROUP_START, NULL, 0, offsetof(struct call, dry_run)},
    {'q', GROUP_ANY, NULL, 0, offsetof(struct call, quiet)},
    {'v', GROUP_ANY, NULL, 0, offsetof(struct call, verbose)},
    {OPT_LAB, GROUP_LAB, NULL, offsetof(struct call, lab), 0},
    {'F', GROUP_FOLLOW, NULL, 0, offsetof(struct call, follow)},
    {OPT_VARIANT, GROUP_FILE, NULL, offsetof(struct call, variant), 0},
    {OPT_IDS, GROUP_HOST, NULL, offsetof(struct call, ids), 0},
    {OPT_UPLINK, GROUP_HOST, NULL, 0, offsetof(struct call, uplink_default_route)},
    {OPT_LIST, GROUP_LIST, NULL, 0, offsetof(struct call, list)},
    {'w', GROUP_WRITE, NULL, offsetof(struct call, write), 0},
};

struct parse {
    struct call *call;
    const struct verb *verbs;
    unsigned given[sizeof effects / sizeof *effects]; /* how often */
};

static const char *option_name(int key)
{
    const struct argp_option *o = options;
    while (o->key != key)
        o++;
    return o->name;
}

void options_add(struct call *call, struct override o)
{
    struct fleet_overrides *all = &call->overrides;
    all->items = reallocarray(all->items, all->count + 1, sizeof *all->items);
    if (!all->items)
        err(3, "command line");
    all->items[all->count++] = o;
}

bool options_facts(size_t index, struct option_facts *o)
{
    if (index >= sizeof effects / sizeof *effects)
        return false;
    const struct effect *e = &effects[index];
    const struct argp_option *option = options;
    while (option->key != e->option)
        option++;
    *o = (struct option_facts){.name = option->name,
                               .letter = e->option < 256 ? (char)e->option : 0,
                               .takes = option->arg,
                               .groups = e->group,
                               .path = e->path};
    return true;
}

static void add_override(struct argp_state *state, struct call *call, const struct effect *e,
                         char *arg)
{
    struct override new = {.path = e->path, .value = arg};
    char *said, *path = NULL;
    if (asprintf(&said, "--%s %s", option_name(e->option), arg) < 0)
        err(3, "command line");
    if (e->option == OPT_SET) {
        char *equals = strchr(arg, '=');
        if (!equals)
            argp_error(state, "%s: takes PATH=VALUE, such as wan.delay=75ms",
                       text_of(said, TEXT_LINE));
        else if (!(path = strndup(arg, (size_t)(equals - arg))))
            err(3, "command line");
        new.path = path;
        new.value = equals ? equals + 1 : arg;
    }
    new.said = said;
    options_add(call, new);
}

static bool take_option(struct argp_state *state, int key, char *arg)
{
    struct parse *p = state->input;
    for (size_t i = 0; i < sizeof effects / sizeof *effects; i++) {
        const struct effect *e = &effects[i];
        if (e->option != key)
            continue;
        p->given[i]++;
        if (e->path)
            add_override(state, p->call, e, arg);
        if (e->text)
            *(const char **)((char *)p->call + e->text) = arg;
        if (e->flag)
            *(bool *)((char *)p->call + e->flag) = true;
        return true;
    }
    return false;
}

static const struct verb *find_verb(struct argp_state *state, const struct verb *verbs,
                                    const char *name)
{
    size_t n = 0;
    for (; verbs[n].name; n++)
        if (strcmp(verbs[n].name, name) == 0)
            return &verbs[n];
    const char *near = units_nearest(name, verbs, sizeof *verbs, n);
    argp_error(state, "unknown command '%s'%s%s%s", text_of(name, TEXT_LINE),
               near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return NULL;
}

/* Options and all: `exec 3 ip -4 addr`. */
static void take_rest(struct argp_state *state, struct call *call)
{
    while (state->next < state->argc)
        call->args[call->arg_count++] = state->argv[state->next++];
}

/* The first one is the verb; options may stand before, between and behind the others. */
static void take_arg(struct argp_state *state, char *arg)
{
    struct call *call = ((struct parse *)state->input)->call;
    if (state->arg_num == 0) {
        if (strcmp(arg, "help") == 0)
            argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
        call->verb = find_verb(state, ((struct parse *)state->input)->verbs, arg);
        return;
    }
    call->args[call->arg_count++] = arg;
    if (call->verb->groups & GROUP_WORDS && call->arg_count == 2)
        take_rest(state, call);
}

/* Whether what was given goes together. */
static void check_call(struct argp_state *state)
{
    const struct parse *p = state->input;
    const struct verb *v = p->call->verb ? p->call->verb : &p->verbs[0];
    for (size_t i = 0; i < sizeof effects / sizeof *effects; i++)
        if (p->given[i] && !((v->groups | GROUP_ANY) & effects[i].group))
            argp_error(state, "--%s does not go with %s", option_name(effects[i].option), v->name);
    if (p->call->arg_count < v->min_args || p->call->arg_count > v->max_args)
        argp_error(state, "usage: %s%s%s", v->name, *v->args ? " " : "", v->args);
    if (p->call->verb && strcmp(v->name, "capture") == 0 && !p->call->write)
        argp_error(state, "capture needs -w FILE");
}

static error_t parse_one(int key, char *arg, struct argp_state *state)
{
    if (key == OPT_VERSION) {
        puts(FLEET_VERSION);
        exit(0);
    } else if (key == 'h') {
        argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
    } else if (key == ARGP_KEY_ARG) {
        take_arg(state, arg);
    } else if (key == ARGP_KEY_END) {
        check_call(state);
    } else if (!take_option(state, key, arg)) {
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* ---- words that getopt would print as they are --------------------------------------- */

static bool is_shown(const char *text, size_t len)
{
    for (size_t at = 0, n; at < len; at += n)
        if ((n = text_char(text + at, TEXT_LINE)) == 0)
            return false;
    return true;
}

/* Whether the option in a word takes the next word for its value. */
static bool takes_next(const char *word)
{
    const char *name = word + 2;
    for (const struct argp_option *o = options; o->key; o++) {
        bool by_name = word[1] == '-' && o->name && strncmp(o->name, name, strlen(name)) == 0;
        bool by_letter = word[1] == o->key && !word[2];
        if (o->arg && (by_name || by_letter))
            return true;
    }
    return false;
}

/* No option has a name with a character that cannot be shown: such a word is refused, and shown as
 * all else is. What belongs to another program, or to an option before it, may hold any. */
static void check_words(const struct verb *verbs, int argc, char **argv)
{
    const struct verb *verb = NULL;
    for (int i = 1, words = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (argv[i][0] != '-') {
            for (const struct verb *v = verbs; words == 0 && v->name; v++)
                verb = strcmp(v->name, argv[i]) == 0 ? v : verb;
            if (words++ > 0 && verb && verb->groups & GROUP_WORDS)
                return;
        } else if (takes_next(argv[i])) {
            i++;
        } else if (!is_shown(argv[i], strcspn(argv[i], "="))) {
            text_line(stderr, "%s: unrecognized option '%s'", program_invocation_short_name,
                      argv[i]);
            fprintf(stderr, "Try `%s --help' for more information.\n",
                    program_invocation_short_name);
            exit(2);
        }
    }
}

/* The table of verbs above the options, the exit codes below. */
static char *help_text(const struct verb *verbs)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    if (!out)
        err(3, "command line");
    fprintf(out, "A fleet of emulated phones upgrades its firmware over real parts. Without a "
                 "COMMAND: the demonstration.\n\nCommands:\n");
    for (const struct verb *v = verbs; v->name; v++) {
        char call[40];
        snprintf(call, sizeof call, "%s %s", v->name, v->args);
        fprintf(out, "  %-27s %s\n", call, v->help);
    }
    fprintf(out, "\nOptions:\v"
                 "Exit codes: 0 all met; 1 a phone failed or an expectation was not met; 2 usage "
                 "or fleet file; 3 this host cannot; 4 timed out; 5 inconclusive; 128+n by "
                 "signal n.");
    fclose(out);
    return text;
}

void options_read(struct call *call, const struct verb *verbs, int argc, char **argv)
{
    struct parse parse = {.call = call, .verbs = verbs};
    char *doc = help_text(verbs);
    const struct argp argp = {
        .options = options, .parser = parse_one, .args_doc = "[COMMAND] [ARGUMENT...]", .doc = doc};
    *call = (struct call){.args = calloc((size_t)argc + 1, sizeof *argv), .argv = argv};
    if (!call->args)
        err(3, "command line");
    argp_err_exit_status = 2;
    check_words(verbs, argc, argv);
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &parse);
    free(doc);
}
