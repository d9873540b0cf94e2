/* mkfirmware.c - command line of the generator of synthetic firmware. FORMAT.md says what it
 * makes. The same command gives the same bytes on every machine. */
#include <argp.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "firmware-samples/make.h"

#define CUSTOM_MAX 32
#define SCALE_MAX  100000

struct options {
    const char *key, *unknown_key, *out;
    unsigned scale;
    const char *custom[CUSTOM_MAX];
    size_t custom_count;
    char **patterns; /* end in NULL */
};

enum { OPT_REFUSED = 256 };

static const struct argp_option option_table[] = {
    {"key", 'k', "FILE", 0, "Private key that signs, PEM \"RSA PRIVATE KEY\"", 0},
    {"out", 'o', "DIR", 0, "Where the files go; made when missing", 0},
    {"scale", 's', "N", 0, "Components N times smaller than in reality (default 1)", 0},
    {"custom", 'c', "LOAD", 0, "A load of your own: any name of a known family", 0},
    {"refused", OPT_REFUSED, "FILE", 0,
     "The samples that must be refused; FILE is the key that no phone knows", 0},
    {"list", 'l', NULL, 0, "Print the names of the known loads", 0},
    {0},
};

/* Models that share a factory load count once. */
static bool first_with_factory(size_t model)
{
    for (size_t i = 0; i < model; i++)
        if (phone_models[i].factory &&
            strcmp(phone_models[i].factory, phone_models[model].factory) == 0)
            return false;
    return true;
}

/* Calls each(ctx, load, list name) for the known loads and for each model's factory load. */
static void for_each_load(void (*each)(void *ctx, const struct load *load, const char *name),
                          void *ctx)
{
    for (size_t i = 0; i < loads_known_count; i++)
        each(ctx, &loads_known[i], loads_known[i].name);
    for (size_t i = 0; i < phone_model_count; i++)
        if (phone_models[i].factory && first_with_factory(i))
            each(ctx, newest_load(phone_models[i].prefix), phone_models[i].factory);
}

static void print_name(void *ctx, const struct load *load, const char *name)
{
    (void)ctx;
    if (strcmp(load->name, name) == 0)
        printf("%s\n", name);
    else
        printf("%s (files of %s)\n", name, load->name);
}

static unsigned parse_scale(const char *arg, struct argp_state *state)
{
    char *end;
    errno = 0;
    unsigned long n = strtoul(arg, &end, 10);
    if (errno || *arg < '0' || *arg > '9' || *end || n < 1 || n > SCALE_MAX)
        argp_error(state, "--scale %s: a whole number from 1 to %d is needed", arg, SCALE_MAX);
    return (unsigned)n;
}

static void add_custom(struct options *o, const char *name, struct argp_state *state)
{
    struct load load;
    if (!custom_load(name, &load))
        argp_error(state, "--custom %s: not a load name of a known family, such as SCCP41.9-9-9S",
                   name);
    if (o->custom_count == CUSTOM_MAX)
        argp_error(state, "more than %d --custom", CUSTOM_MAX);
    o->custom[o->custom_count++] = name;
}

static void check_complete(const struct options *o, struct argp_state *state)
{
    if (!o->key || !o->out)
        argp_error(state, "--key and --out are needed");
    if (!*o->patterns && !o->custom_count && !o->unknown_key)
        argp_error(state, "nothing to make: name a LOAD, --custom or --refused (see --list)");
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct options *o = state->input;
    switch (key) {
    case 'k':
        o->key = arg;
        return 0;
    case 'o':
        o->out = arg;
        return 0;
    case 's':
        o->scale = parse_scale(arg, state);
        return 0;
    case 'c':
        add_custom(o, arg, state);
        return 0;
    case OPT_REFUSED:
        o->unknown_key = arg;
        return 0;
    case 'l':
        for_each_load(print_name, NULL);
        exit(0);
    case ARGP_KEY_ARGS:
        o->patterns = state->argv + state->next;
        return 0;
    case ARGP_KEY_END:
        check_complete(o, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static struct signer *load_key(const char *path)
{
    const char *why;
    struct signer *signer = signer_load(path, &why);
    if (!signer)
        errx(2, "%s: %s", path, why);
    return signer;
}

static int open_out(const char *out)
{
    if (mkdir(out, 0755) != 0 && errno != EEXIST)
        err(2, "cannot make the directory %s", out);
    int fd = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        err(2, "cannot open the directory %s", out);
    return fd;
}

struct selection {
    const struct maker *maker;
    const char *pattern;
    size_t matched;
};

static void make_if_matching(void *ctx, const struct load *load, const char *name)
{
    struct selection *s = ctx;
    if (fnmatch(s->pattern, name, 0) != 0)
        return;
    make_load(s->maker, load, name);
    s->matched++;
}

static void make_pattern(const struct maker *m, const char *pattern)
{
    struct selection s = {.maker = m, .pattern = pattern};
    for_each_load(make_if_matching, &s);
    if (!s.matched)
        errx(2, "no known load matches '%s': see --list, or make your own with --custom", pattern);
}

int main(int argc, char **argv)
{
    static const struct argp argp = {
        option_table,
        parse_option,
        "[LOAD...]",
        "Makes synthetic phone firmware in the real layout, signed by a key of your own.\v"
        "LOAD is a name or a shell pattern: 'SCCP41.*', 'term*'. Example of a load of your own:\n"
        "  mkfirmware --key test-key.pem --out /srv/tftp --scale 32 --custom SCCP41.9-9-9S",
        NULL,
        NULL,
        NULL};
    struct options o = {.scale = 1, .patterns = (char *[]){NULL}};
    argp_err_exit_status = 2;
    argp_parse(&argp, argc, argv, 0, NULL, &o);

    struct signer *signer = load_key(o.key);
    struct signer *unknown = o.unknown_key ? load_key(o.unknown_key) : NULL;
    struct maker m = {signer, o.out, open_out(o.out), o.scale};
    for (char **pattern = o.patterns; *pattern; pattern++)
        make_pattern(&m, *pattern);
    for (size_t i = 0; i < o.custom_count; i++) {
        struct load load;
        custom_load(o.custom[i], &load);
        make_load(&m, &load, load.name);
    }
    if (unknown)
        make_refused(&m, unknown);
    signer_free(signer);
    signer_free(unknown);
    close(m.dir);
    return 0;
}
