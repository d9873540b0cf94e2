/* fleetfile.c - the fleet file's tables, its defaults, and what they cannot express. */
#include "netns/fault.h"
#include "netns/fleetkeys.h"
#include "netns/subnet.h"
#include "netns/tftpkeys.h"
#include "netns/units.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PHONES_MAX 100000
#define LOAD_MAX   (NAME_MAX_LEN - sizeof ".loads")
#define HOUR_US    3600000000ull

/* ---- tables ------------------------------------------------------------------------- */

const struct schema_word switch_words[] = {
    {"true", TRI_ON}, {"false", TRI_OFF}, {"on", TRI_ON}, {"off", TRI_OFF},
    {"yes", TRI_ON},  {"no", TRI_OFF},    {NULL, 0}};
static const struct schema_word mode_words[] = {
    {"pfs", MODE_PFS}, {"traditional", MODE_TRADITIONAL}, {"both", MODE_BOTH}, {NULL, 0}};
static const struct schema_word boot_words[] = {
    {"bulk", BOOT_BULK}, {"rate", BOOT_RATE}, {NULL, 0}};
static const struct schema_word auth_words[] = {{"signature", FLEET_AUTH_SIGNATURE},
                                                {"structure", FLEET_AUTH_STRUCTURE},
                                                {NULL, 0}};

static bool set_model(const char *text, const struct schema_key *key, void *field)
{
    (void)key;
    *(const struct phone_model **)field = phone_model_find(text);
    return *(const struct phone_model **)field != NULL;
}

static const char *model_word(size_t index)
{
    return index < phone_model_count ? phone_models[index].name : NULL;
}

static bool set_upgraded(const char *text, const struct schema_key *key, void *field)
{
    if (strcmp(text, "all") != 0)
        return set_long(text, key, field);
    *(long *)field = EXPECT_ALL;
    return true;
}

/* A switch: the one value it takes says what there is to choose. */
static bool set_only(const char *text, const struct schema_key *key, void *field)
{
    (void)field;
    return strcmp(text, key->words->word) == 0;
}

#define SWITCH "true or false"
#define AT(member) .offset = offsetof(struct fleet, member)

/* What each level of configuration may say. */
#define LEVEL(type, pfs, load_server)                                                              \
    {"peerFirmwareSharing", SWITCH, set_word, offsetof(type, pfs), .words = switch_words},         \
    {"loadServer", "the IPv4 address of a server to take firmware from", set_address,              \
     .offset = offsetof(type, load_server)}

static const struct schema_key profile_keys[] = {
    LEVEL(struct fleet_profile, pfs, load_server), {0}};
static const struct schema_elements profiles = {
    .keys = profile_keys,
    .named = true,
    .size = sizeof(struct fleet_profile),
    .initial = &(struct fleet_profile){.pfs = TRI_UNSET},
    .count_offset = offsetof(struct fleet, profile_count)};

static const struct schema_key phone_keys[] = {
    {"model",
     "one of CP-7906G, CP-7911G, CP-7931G, CP-7941G, CP-7941G-GE, CP-7961G, CP-7961G-GE, CP-7970G, "
     "CP-7971G-GE, CP-7942G, CP-7945G, CP-7962G, CP-7965G, CP-7975G, CP-7940G, CP-7960G",
     set_model, offsetof(struct fleet_group, model), .word = model_word, .required = true},
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
    {"mac", "the MAC address of its first phone, such as 00:1B:54:C1:22:33", set_mac,
     .offset = offsetof(struct fleet_group, mac)},
    LEVEL(struct fleet_group, pfs, load_server),
    {0}};
static const struct schema_elements phones = {
    .keys = phone_keys,
    .size = sizeof(struct fleet_group),
    .initial = &(struct fleet_group){.count = 1, .pfs = TRI_UNSET},
    .count_offset = offsetof(struct fleet, group_count)};

static const struct schema_key enterprise_keys[] = {
    LEVEL(struct fleet, enterprise_pfs, enterprise_load_server), {0}};
static const struct schema_key wan_keys[] = {
    {"delay", "a one-way delay from 0 to 1h, such as 75ms, 2s or 1m", set_duration,
     AT(wan_delay_us), .max = HOUR_US},
    {"rate", "a rate from 1kbit to 1000gbit, such as 1536kbit or 100mbit, or unlimited", set_rate,
     AT(wan_rate_bps)},
    {"loss", "a share of packets from 0% to 100%, such as 0.5%", set_percent, AT(wan_loss)},
    {0}};
static const struct schema_key lan_keys[] = {
    {"subnet", SUBNET_TAKES, set_subnet, AT(lan.net), .pattern = SUBNET_PATTERN},
    {"subnets", "a mapping from up to 64 names to networks, such as {floor1: 10.106.0.0/24}",
     AT(subnets), .elements = &subnet_elements},
    {0}};
static const struct schema_key expect_keys[] = {
    {"upgraded", "all or a whole number of phones", set_upgraded, AT(expect_upgraded),
     .max = PHONES_MAX, .like = set_long,
     .words = (const struct schema_word[]){{"all", 0}, {NULL, 0}}},
    {"server_fetches_per_file", "a whole number", set_long, AT(expect_fetches),
     .max = PHONES_MAX},
    {0}};

const struct schema_key fleet_keys[] = {
    {"name", "up to 40 letters, digits and any of - . _ +", set_name, AT(name), .max = 40},
    {"description", "a line of text", set_text, AT(description), .max = 200},
    {"mode", "pfs, traditional or both", set_word, AT(mode), .words = mode_words},
    {"speed", "a whole number from 1 to 1000", set_count, AT(speed), .min = 1, .max = 1000},
    {"seed", "a whole number up to 18446744073709551615", set_big, AT(seed), .max = UINT64_MAX},
    {"firmware", "a directory", set_text, AT(firmware), .max = PATH_MAX},
    {"authentication", "signature or structure", set_word, AT(authentication),
     .words = auth_words},
    {"key", "a PEM file", set_text, AT(key), .max = PATH_MAX},
    {"tftp", "a mapping of engine, address, without and damage", .keys = tftp_keys},
    {"wan", "none, or a mapping of delay, rate and loss", set_only, .keys = wan_keys,
     .words = (const struct schema_word[]){{"none", 0}, {NULL, 0}}},
    {"lan", "a mapping with subnet or subnets", .keys = lan_keys},
    {"enterprise", "a mapping of peerFirmwareSharing and loadServer", .keys = enterprise_keys},
    {"profiles", "a mapping from names to {peerFirmwareSharing: true}, {loadServer: ...} or both",
     AT(profiles), .elements = &profiles},
    {"phones", "a list such as [{model: CP-7961G, count: 40}]", AT(groups), .elements = &phones,
     .required = true},
    {"boot", "bulk or rate", set_word, AT(boot), .words = boot_words},
    {"boot_rate", "phones per emulated second, above 0 and up to 100000", set_decimal,
     AT(boot_rate), .max = PHONES_MAX},
    {"timeout", "whole seconds of real time up to 24h, such as 600s or 10m; 0 for none",
     set_seconds, AT(timeout_s), .max = 24 * HOUR_US},
    {"expect", "a mapping of upgraded and server_fetches_per_file", .keys = expect_keys},
    {"variants", "a mapping from names to changed values, such as {calm: {wan.loss: 0%}}",
     .free = true},
    {"faults", "a list such as [{at: 30s, phone: root, do: kill}]", AT(faults),
     .elements = &fault_elements},
    {"set", "a list such as [{phones: 1..8, load: SCCP41.9-4-2SR3-1S, at: 60s, reset: all}]",
     AT(set), .elements = &set_elements},
    {0}};

const struct fleet fleet_defaults = {
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
    .expect_upgraded = EXPECT_UNSET,
    .expect_fetches = EXPECT_UNSET,
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

char *fleet_place(const struct fleet *fleet, const char *path)
{
    return fleet->document ? doc_place(doc_locate(fleet->document, path))
                           : strdup(fleet->origin ? fleet->origin : "fleet");
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
    return mistakes;
}

/* Their names are those of directories, and of keys beside these. */
static bool variant_name(const char *name)
{
    static const char *const taken[] = {"schema", "name", "verdict", "ratios", "ratios_are"};
    const char *good;
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (strcmp(name, taken[i]) == 0)
            return false;
    return set_name(name, &(struct schema_key){.max = 20}, &good);
}

static unsigned check_variants(const struct fleet *f)
{
    const struct doc_node *list = doc_get(f->document, "variants");
    unsigned mistakes = 0, count = 0;
    for (const struct doc_node *v = list ? list->child : NULL; v; v = v->next) {
        const char *why = NULL;
        if (!variant_name(v->key))
            why = "is no name for a variant: up to 20 letters, digits and any of - . _ +";
        else if (v->kind == DOC_LIST || v->text)
            why = "takes a mapping from paths to values, such as {wan.loss: 1%}";
        else if (++count > VARIANTS_MAX)
            why = "is one too many: 6 is the most";
        if (why)
            doc_complain_key(v, "variants.%s %s", v->key, why);
        mistakes += why != NULL;
    }
    if (count > 0 && f->both) {
        fleet_complain(f, "variants", "variants: mode: both makes two of its own; take one out");
        mistakes++;
    }
    return mistakes;
}

unsigned fleet_check(const struct fleet *f)
{
    uint64_t total = 0;
    unsigned mistakes = subnet_check_all(f) + tftp_check(f) + fault_check_all(f);
    for (size_t i = 0; i < f->group_count; i++) {
        mistakes += check_group(f, i);
        total += f->groups[i].count;
    }
    if (f->group_count == 0 || total > PHONES_MAX) {
        fleet_complain(f, "phones", "phones: %s",
                       total ? "more than 100000 in all" : "the list is empty");
        mistakes++;
    }
    mistakes += check_variants(f);
    if (f->expect_upgraded > (long)total) {
        fleet_complain(f, "expect.upgraded", "expect.upgraded: the fleet has only %lu phones",
                       (unsigned long)total);
        mistakes++;
    }
    return mistakes;
}
