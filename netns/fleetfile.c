/* fleetfile.c - the fleet file's tables, its defaults, and what they cannot express. */
#include "netns/expect.h"
#include "netns/fault.h"
#include "netns/override.h"
#include "netns/subnet.h"
#include "netns/units.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX   (1 << 20)
#define PHONES_MAX 100000
#define LOAD_MAX   (NAME_MAX_LEN - sizeof ".loads")
#define HOUR_US    3600000000ull

/* ---- tables ------------------------------------------------------------------------- */

static const struct schema_word mode_words[] = {
    {"pfs", MODE_PFS}, {"traditional", MODE_TRADITIONAL}, {NULL, 0}};
static const struct schema_word boot_words[] = {
    {"bulk", BOOT_BULK}, {"rate", BOOT_RATE}, {NULL, 0}};
static const struct schema_word auth_words[] = {{"signature", FLEET_AUTH_SIGNATURE},
                                                {"structure", FLEET_AUTH_STRUCTURE},
                                                {NULL, 0}};

/* A switch: the one value it takes says what there is to choose. */
static bool set_only(const char *text, const struct schema_key *key, void *field)
{
    (void)field;
    return strcmp(text, key->words->word) == 0;
}

#define AT(member) .offset = offsetof(struct fleet, member)

static const struct schema_key pfs_profile[] = {
    {"peerFirmwareSharing", SWITCH_TAKES, set_word, offsetof(struct fleet_profile, pfs),
     .words = switch_words},
    {0}};
static const struct schema_elements profiles = {
    .keys = pfs_profile,
    .named = true,
    .size = sizeof(struct fleet_profile),
    .initial = &(struct fleet_profile){.pfs = TRI_UNSET},
    .count_offset = offsetof(struct fleet, profile_count)};

static const struct schema_key phone_keys[] = {
    {"model", MODEL_TAKES, set_model, offsetof(struct fleet_group, model), .near = near_model,
     .required = true},
    {"count", "a whole number from 1 to 100000", set_count, offsetof(struct fleet_group, count),
     .min = 1, .max = PHONES_MAX},
    {"running", "a load's name without .loads", set_name, offsetof(struct fleet_group, running),
     .max = LOAD_MAX},
    {"load", "a load's name without .loads", set_name, offsetof(struct fleet_group, load),
     .max = LOAD_MAX},
    {"profile", "the name of a profile", set_text, offsetof(struct fleet_group, profile),
     .max = NAME_MAX_LEN},
    {"subnet", "the name of one of lan.subnets", set_text, offsetof(struct fleet_group, subnet),
     .max = NAME_MAX_LEN},
    {"peerFirmwareSharing", SWITCH_TAKES, set_word, offsetof(struct fleet_group, pfs),
     .words = switch_words},
    {0}};
static const struct schema_elements phones = {
    .keys = phone_keys,
    .size = sizeof(struct fleet_group),
    .initial = &(struct fleet_group){.count = 1, .pfs = TRI_UNSET},
    .count_offset = offsetof(struct fleet, group_count)};

static const struct schema_key enterprise_keys[] = {
    {"peerFirmwareSharing", SWITCH_TAKES, set_word, AT(enterprise_pfs), .words = switch_words},
    {0}};
static const struct schema_key wan_keys[] = {
    {"delay", "a one-way delay from 0 to 1h, such as 75ms, 2s or 1m", set_duration,
     AT(wan_delay_us), .max = HOUR_US},
    {"rate", "a rate from 1kbit to 1000gbit, such as 1536kbit or 100mbit, or unlimited", set_rate,
     AT(wan_rate_bps)},
    {"loss", "a share of packets from 0% to 100%, such as 0.5%", set_percent, AT(wan_loss)},
    {0}};
static const struct schema_key lan_keys[] = {
    {"subnet", SUBNET_TAKES, set_subnet, AT(lan.net)},
    {"subnets", "a mapping from up to 64 names to networks, such as {floor1: 10.106.0.0/24}",
     AT(subnets), .elements = &subnet_elements},
    {0}};
static const struct schema_key tftp_keys[] = {
    {"engine", "dnsmasq (an external server is not supported yet)", set_only,
     .words = (const struct schema_word[]){{"dnsmasq", 0}, {NULL, 0}}},
    {0}};
static const struct schema_key fleet_keys[] = {
    {"name", "up to 40 letters, digits and any of - . _ +", set_name, AT(name), .max = 40},
    {"mode", "pfs or traditional", set_word, AT(mode), .words = mode_words},
    {"speed", "a whole number from 1 to 1000", set_count, AT(speed), .min = 1, .max = 1000},
    {"seed", "a whole number up to 18446744073709551615", set_big, AT(seed), .max = UINT64_MAX},
    {"firmware", "a directory", set_text, AT(firmware), .max = PATH_MAX},
    {"authentication", "signature or structure", set_word, AT(authentication),
     .words = auth_words},
    {"key", "a PEM file", set_text, AT(key), .max = PATH_MAX},
    {"tftp", "a mapping with engine", .keys = tftp_keys},
    {"wan", "none, or a mapping of delay, rate and loss", set_only, .keys = wan_keys,
     .words = (const struct schema_word[]){{"none", 0}, {NULL, 0}}},
    {"lan", "a mapping with subnet or subnets", .keys = lan_keys},
    {"enterprise", "a mapping with peerFirmwareSharing", .keys = enterprise_keys},
    {"profiles", "a mapping from names to {peerFirmwareSharing: true or false}", AT(profiles),
     .elements = &profiles},
    {"phones", "a list such as [{model: CP-7961G, count: 40}]", AT(groups), .elements = &phones,
     .required = true},
    {"boot", "bulk or rate", set_word, AT(boot), .words = boot_words},
    {"boot_rate", "phones per emulated second, above 0 and up to 100000", set_decimal,
     AT(boot_rate), .max = PHONES_MAX},
    {"timeout", "whole seconds of real time up to 24h, such as 600s or 10m; 0 for none",
     set_seconds, AT(timeout_s), .max = 24 * HOUR_US},
    {"until",
     "the emulated time at which the run ends, whatever phones do, up to 24h, such as 300s or 5m",
     set_duration, AT(until_us), .max = 24 * HOUR_US},
    {"expect", "a mapping such as {upgraded: all, depth: <=6}", AT(expects),
     .elements = &expect_elements},
    {"faults", "a list such as [{at: 30s, phone: root, do: kill}]", AT(faults),
     .elements = &fault_elements},
    {0}};

static const struct fleet defaults = {
    .mode = MODE_PFS,
    .speed = 1,
    .seed = 1,
    .firmware = "firmware-samples/small",
    .authentication = FLEET_AUTH_SIGNATURE,
    .key = "firmware-samples/test-key.pub.pem",
    .lan = {.net = 0x0a6a0000, .prefix_len = 16}, /* 10.106.0.0/16 */
    .enterprise_pfs = TRI_UNSET,
    .boot = BOOT_BULK,
    .boot_rate = 2,
    .timeout_s = 600,
};

/* ---- what the tables cannot express -------------------------------------------------- */

void fleet_complain(const struct fleet *fleet, const char *path, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (fleet->document)
        doc_complain(doc_locate(fleet->document, path), "%s", text);
    else
        fprintf(stderr, "%s: %s\n", fleet->origin ? fleet->origin : "fleet", text);
}

static const struct fleet_profile *find_profile(const struct fleet *f, const char *name)
{
    for (size_t i = 0; i < f->profile_count; i++)
        if (strcmp(f->profiles[i].name, name) == 0)
            return &f->profiles[i];
    return NULL;
}

static unsigned check_group(const struct fleet *f, size_t i)
{
    const struct fleet_group *g = &f->groups[i];
    char path[64];
    unsigned mistakes = 0;
    if (g->profile && !find_profile(f, g->profile)) {
        const char *near =
            units_nearest(g->profile, f->profiles, sizeof *f->profiles, f->profile_count);
        snprintf(path, sizeof path, "phones[%zu].profile", i);
        fleet_complain(f, path, "%s: no profile '%s' in profiles%s%s%s", path, g->profile,
                       near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
        mistakes++;
    }
    if (g->pfs == TRI_ON && !g->model->pfs) {
        snprintf(path, sizeof path, "phones[%zu].peerFirmwareSharing", i);
        fleet_complain(f, path, "%s: a %s has no peer firmware sharing; take this out", path,
                       g->model->name);
        mistakes++;
    }
    return mistakes;
}

/* Combinations; only asked when every single value is sound. */
static unsigned check_fleet(const struct fleet *f)
{
    uint64_t total = 0;
    unsigned mistakes = subnet_check_all(f) + fault_check_all(f);
    for (size_t i = 0; i < f->group_count; i++) {
        mistakes += check_group(f, i);
        total += f->groups[i].count;
    }
    if (f->group_count == 0 || total > PHONES_MAX) {
        fleet_complain(f, "phones", "phones: %s",
                       total ? "more than 100000 in all" : "the list is empty");
        mistakes++;
    }
    return mistakes + expect_check_all(f, total);
}

/* ---- paths -------------------------------------------------------------------------- */

/* Makes *path absolute: from the directory of the file that names it (not for an option), the
 * working directory, the project's root. */
static bool resolve(const struct fleet *f, const char *key, const char **path, const char *file,
                    const char *root_dir)
{
    char base[PATH_MAX], joined[2 * PATH_MAX];
    bool option = doc_locate(f->document, key)->source.said != NULL;
    const char *slash = file && !option ? strrchr(file, '/') : NULL;
    snprintf(base, sizeof base, "%.*s", slash ? (int)(slash - file + 1) : 1, slash ? file : ".");
    const char *bases[] = {base, ".", root_dir};
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
        snprintf(joined, sizeof joined, "%s/%s", **path == '/' ? "" : bases[i], *path);
        char *found = realpath(joined, NULL);
        if (found) {
            *path = found;
            return true;
        }
    }
    fleet_complain(f, key, "%s: cannot find %s", key, *path);
    *path = NULL;
    return false;
}

static unsigned resolve_all(struct fleet *f, const char *file, const char *root_dir)
{
    unsigned mistakes = !resolve(f, "firmware", &f->firmware, file, root_dir);
    if (f->authentication == FLEET_AUTH_STRUCTURE && !doc_get(f->document, "key"))
        f->key = NULL; /* nothing is verified by it */
    else
        mistakes += !resolve(f, "key", &f->key, file, root_dir);
    return mistakes;
}

/* A name for a fleet that has none: its file's, up to the first dot. */
static void name_default(struct fleet *f, const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *base = slash ? slash + 1 : file;
    char name[41];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(base, "."), base);
    struct doc_source source = {.file = f->origin};
    struct doc_node *node = doc_new(DOC_SCALAR, source, name);
    if (!set_name(node->text, &(struct schema_key){.max = 40}, &f->name))
        f->name = "fleet";
    doc_put(f->document, "name", node);
}

/* ---- reading ------------------------------------------------------------------------ */

/* The whole text, or NULL after a message. */
static char *slurp(const char *path, size_t *len)
{
    FILE *in = path ? fopen(path, "re") : stdin;
    const char *name = path ? path : "standard input";
    if (!in) {
        fprintf(stderr, "%s: cannot read this fleet file: %s\n", name, strerror(errno));
        return NULL;
    }
    char *text = malloc(FILE_MAX + 1);
    *len = text ? fread(text, 1, FILE_MAX + 1, in) : 0;
    const char *why = ferror(in) ? strerror(errno) : *len > FILE_MAX ? "above 1 MiB" : NULL;
    if (path)
        fclose(in);
    if (text && !why)
        return text;
    fprintf(stderr, "%s: cannot read this fleet file: %s\n", name, why ? why : "no memory");
    free(text);
    return NULL;
}

static struct doc_node *read_document(const char *path, const char *origin)
{
    size_t len;
    char *text = slurp(path, &len);
    struct doc_node *root =
        text ? doc_parse((struct doc_source){.file = origin}, text, len) : NULL;
    free(text);
    return root;
}

/* Fills *f, whose document is set. Says and counts mistakes. */
static unsigned fill(struct fleet *f, const char *file, const char *root_dir,
                     const struct fleet_overrides *o)
{
    unsigned mistakes = 0;
    for (size_t i = 0; o && i < o->count && f->document->kind == DOC_MAP; i++)
        mistakes += !override_apply(f->document, &o->items[i]);
    mistakes += schema_fill(fleet_keys, f->document, f);
    if (mistakes == 0) {
        const struct doc_node *wan = doc_get(f->document, "wan");
        f->has_wan = wan && wan->kind == DOC_MAP;
        if (!f->name)
            name_default(f, file ? file : "demo");
        mistakes = check_fleet(f);
    }
    if (mistakes == 0)
        return resolve_all(f, file, root_dir);
    f->firmware = f->key = NULL; /* not yet of our own making */
    return mistakes;
}

struct fleet *fleet_read(const char *file, const char *root_dir, const struct fleet_overrides *o)
{
    bool input = file && strcmp(file, "-") == 0;
    char demo[PATH_MAX];
    snprintf(demo, sizeof demo, "%s/netns/demo.fleet.yml", root_dir);
    struct fleet *f = malloc(sizeof *f);
    if (!f)
        return NULL;
    *f = defaults;
    f->origin = file ? file : "(demo)";
    f->firmware = f->key = NULL;
    f->document = read_document(input ? NULL : file ? file : demo, f->origin);
    if (f->document) {
        f->firmware = defaults.firmware;
        f->key = defaults.key;
        if (fill(f, input ? NULL : file, root_dir, o) == 0)
            return f;
    }
    fleet_free(f);
    return NULL;
}

void fleet_free(struct fleet *fleet)
{
    if (!fleet)
        return;
    doc_free(fleet->document);
    free(fleet->profiles);
    free(fleet->groups);
    free(fleet->faults);
    free(fleet->expects);
    free(fleet->subnets);
    free((char *)fleet->firmware);
    free((char *)fleet->key);
    free(fleet);
}
