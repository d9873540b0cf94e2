/* fleetkeys.c - the fleet file's tables, its defaults, and what they cannot express. */
#include "netns/fleet/fleetkeys.h"
#include "netns/fleet/dhcpkeys.h"
#include "netns/fleet/discoverykeys.h"
#include "netns/fleet/expect.h"
#include "netns/fleet/fault.h"
#include "netns/fleet/lankeys.h"
#include "netns/fleet/managerkeys.h"
#include "netns/fleet/speed.h"
#include "netns/fleet/subnet.h"
#include "netns/fleet/tftpkeys.h"
#include "netns/text/say.h"
#include "netns/text/setters.h"
#include "netns/text/units.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PHONES_MAX 100000

/* ---- tables ------------------------------------------------------------------------- */

static const struct schema_word mode_words[] = {
    {"pfs", MODE_PFS}, {"traditional", MODE_TRADITIONAL}, {"both", MODE_BOTH}, {NULL, 0}};
static const struct schema_word speed_words[] = {{"auto", SPEED_AUTO}, {NULL, 0}};
static const struct schema_word clock_words[] = {{"held", false}, {"free", true}, {NULL, 0}};
static const struct schema_word boot_words[] = {
    {"bulk", BOOT_BULK}, {"rate", BOOT_RATE}, {NULL, 0}};
static const struct schema_word auth_words[] = {{"signature", FLEET_AUTH_SIGNATURE},
                                                {"structure", FLEET_AUTH_STRUCTURE},
                                                {NULL, 0}};

static bool set_clock(const char *text, const struct schema_key *key, void *field)
{
    int is_free;
    if (!set_word(text, key, &is_free))
        return false;
    *(bool *)field = is_free;
    return true;
}

/* A switch: the one value it takes says what there is to choose. */
static bool set_only(const char *text, const struct schema_key *key, void *field)
{
    (void)field;
    return strcmp(text, key->words->word) == 0;
}

#define AT(member) .offset = offsetof(struct fleet, member)

/* What each level of configuration may say. */
#define LEVEL(type, pfs, load_server)                                                              \
    {"peerFirmwareSharing", .offset = offsetof(type, pfs), SETS_SWITCH},                           \
    {"loadServer", .offset = offsetof(type, load_server), SETS_LOAD_SERVER}

static const struct schema_word quirk_words[] = {
#define X(id, word, ...) {word, QUIRK_##id},
    QUIRKS(X)
#undef X
    {NULL, 0}};
#define QUIRK_LIST(type)                                                                           \
    {"quirks", .set = set_flags, .offset = offsetof(type, quirks), .words = quirk_words,           \
     .listed = true}

static const struct schema_key profile_keys[] = {
    LEVEL(struct fleet_profile, pfs, load_server), QUIRK_LIST(struct fleet_profile), {0}};
static const struct schema_key model_keys[] = {QUIRK_LIST(struct fleet_model), {0}};
static const struct schema_elements models = {
    .keys = model_keys,
    .named = true,
    .size = sizeof(struct fleet_model),
    .initial = &(struct fleet_model){0},
    .count_offset = offsetof(struct fleet, model_count)};
static const struct schema_elements profiles = {
    .keys = profile_keys,
    .named = true,
    .size = sizeof(struct fleet_profile),
    .initial = &(struct fleet_profile){.pfs = TRI_UNSET},
    .count_offset = offsetof(struct fleet, profile_count)};

static const struct schema_key phone_keys[] = {
    {"model", .offset = offsetof(struct fleet_group, model), SETS_MODEL, .required = true},
    {"count", "a whole number from 1 to 100000", set_count, offsetof(struct fleet_group, count),
     .min = 1, .max = PHONES_MAX},
    {"running", .offset = offsetof(struct fleet_group, running), SETS_LOAD},
    {"load", .offset = offsetof(struct fleet_group, load), SETS_LOAD},
    {"profile", "the name of a profile, up to 40 characters", set_text,
     offsetof(struct fleet_group, profile), .max = LIMIT_WORD},
    {"subnet", "the name of one of lan.subnets, up to 40 characters", set_text,
     offsetof(struct fleet_group, subnet), .max = LIMIT_WORD},
    {"mac", "the MAC address of its first phone, such as 00:1B:54:C1:22:33", set_mac,
     .offset = offsetof(struct fleet_group, mac), .why = units_mac_why},
    LEVEL(struct fleet_group, pfs, load_server),
    QUIRK_LIST(struct fleet_group),
    {"factory_reset", .offset = offsetof(struct fleet_group, factory_reset), SETS_SWITCH},
    {"addresses", .offset = offsetof(struct fleet_group, addresses), SETS_ADDRESSES},
    {0}};
static const struct schema_elements phones = {
    .keys = phone_keys,
    .size = sizeof(struct fleet_group),
    .initial = &(struct fleet_group){.count = 1, .pfs = TRI_UNSET, .factory_reset = TRI_OFF},
    .count_offset = offsetof(struct fleet, group_count)};

static const struct schema_key enterprise_keys[] = {
    LEVEL(struct fleet, enterprise_pfs, enterprise_load_server), {0}};
static const struct schema_key wan_keys[] = {
    {"delay", AT(wan_delay_us), SETS_WAN_DELAY},
    {"rate", "a rate from 1kbit to 1000gbit, such as 1536kbit or 100mbit, or unlimited", set_rate,
     AT(wan_rate_bps)},
    {"loss", AT(wan_loss), SETS_WAN_LOSS},
    {0}};
const struct schema_key fleet_keys[] = {
    {"name", "up to 40 letters, digits and any of - . _ +", set_name, AT(name),
     .max = LIMIT_WORD},
    {"description", "a line of text", set_text, AT(description), .max = 200},
    {"mode", "pfs, traditional or both", set_word, AT(mode), .words = mode_words},
    {"speed", "auto, or a whole number from 1 to 1000", set_count_or_word, AT(speed), .min = 1,
     .max = 1000, .words = speed_words, .like = set_count},
    {"clock", "held or free", set_clock, AT(clock_free), .words = clock_words},
    {"lag", "an emulated time from 0 to 100ms, such as 5ms", set_duration, AT(lag_us),
     .max = 100000},
    {"seed", "a whole number up to 18446744073709551615", set_big, AT(seed), .max = UINT64_MAX},
    {"firmware", "a directory", set_text, AT(firmware), .max = PATH_MAX},
    {"authentication", "signature or structure", set_word, AT(authentication),
     .words = auth_words},
    {"key", "a PEM file", set_text, AT(key), .max = PATH_MAX},
    {"tftp", "a mapping of engine, address, without and damage", .keys = tftp_keys},
    {"callmanager", "a mapping of engine, address, port and keepalive", .keys = manager_keys},
    {"http", AT(http), SETS_SWITCH},
    {"logserver", "an IPv4 address, alone or with a port, such as 10.1.2.3:1514", set_endpoint,
     AT(log_server)},
    {"addresses", AT(addresses), SETS_ADDRESSES},
    {"dhcp", "a mapping of engine, at, lease, tftp and pool", .keys = dhcp_keys},
    {"wan", "none, or a mapping of delay, rate and loss", set_only, .keys = wan_keys,
     .words = (const struct schema_word[]){{"none", 0}, {NULL, 0}}},
    {"discovery", AT(discovery), SETS_DISCOVERY},
    {"lan", "a mapping with subnet or subnets, uplink or bridge", .keys = lan_keys},
    {"enterprise", "a mapping of peerFirmwareSharing and loadServer", .keys = enterprise_keys},
    {"profiles", "a mapping from names to mappings of peerFirmwareSharing, loadServer and quirks",
     AT(profiles), .elements = &profiles},
    {"models", "a mapping from models to {quirks: [...]}", AT(models), .elements = &models},
    {"phones", "a list such as [{model: CP-7961G, count: 40}]", AT(groups), .elements = &phones,
     .required = true},
    {"boot", "bulk or rate", set_word, AT(boot), .words = boot_words},
    {"boot_rate", "phones per emulated second, above 0 and up to 100000", set_decimal,
     AT(boot_rate), .max = PHONES_MAX},
    {"timeout", "whole seconds of real time up to 24h, such as 600s or 10m; 0 for none",
     set_seconds, AT(timeout_s), .max = 24 * UNITS_HOUR_US},
    {"until",
     "the emulated time at which the run ends, whatever phones do, up to 24h, such as 300s or 5m",
     set_duration, AT(until_us), .max = 24 * UNITS_HOUR_US},
    {"expect", "a mapping such as {upgraded: all, depth: <=6}", AT(expects),
     .elements = &expect_elements},
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
    .lag_us = LAG_UNSET,
    .seed = 1,
    .firmware = "firmware-samples/small",
    .authentication = FLEET_AUTH_SIGNATURE,
    .key = "firmware-samples/test-key.pub.pem",
    .lan = {.net = 0x0a6a0000, .prefix_len = 16}, /* 10.106.0.0/16 */
    .manager = {.port = 2000, .keepalive_s = 30},
    .uplink = {.pace = UPLINK_PACE},
    .dhcp = DHCP_DEFAULTS,
    .enterprise_pfs = TRI_UNSET,
    .boot = BOOT_BULK,
    .boot_rate = 2,
    .timeout_s = 600,
};

/* ---- what the tables cannot express -------------------------------------------------- */

static unsigned check_group(const struct fleet *f, size_t i)
{
    const struct fleet_group *g = &f->groups[i];
    char path[64];
    unsigned mistakes = 0;
    if (g->profile && !fleet_profile_find(f, g->profile)) {
        const char *near =
            units_nearest(g->profile, f->profiles, sizeof *f->profiles, f->profile_count);
        snprintf(path, sizeof path, "phones[%zu].profile", i);
        fleet_complain(f, path, "%s: no profile '%s' in profiles%s%s%s", path, g->profile,
                       near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
        mistakes++;
    }
    if (g->factory_reset == TRI_ON && g->running) {
        snprintf(path, sizeof path, "phones[%zu].factory_reset", i);
        fleet_complain(f, path, "%s: then it runs nothing at power-on; take running out", path);
        mistakes++;
    }
    return mistakes;
}

static unsigned check_profiles(const struct fleet *f)
{
    unsigned mistakes = 0;
    for (size_t i = 0; i < f->profile_count; i++) {
        if (strlen(f->profiles[i].name) <= LIMIT_WORD)
            continue;
        fleet_complain(f, "profiles", "profiles: a name has up to 40 characters, not '%s'",
                       f->profiles[i].name);
        mistakes++;
    }
    return mistakes;
}

static unsigned check_models(const struct fleet *f)
{
    unsigned mistakes = 0;
    for (size_t i = 0; i < f->model_count; i++) {
        char path[96];
        if (phone_model_find(f->models[i].name))
            continue;
        snprintf(path, sizeof path, "models.%.64s", f->models[i].name);
        fleet_complain(f, path, "%s: no such model; phones[].model lists them", path);
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
        else if (doc_get(v, "variants"))
            why = "has variants of its own, which only the file has";
        else if (++count > VARIANTS_MAX)
            why = "is one too many: 6 is the most";
        if (why)
            doc_complain_key(v, "variants.%s %s", v->key, why);
        mistakes += why != NULL;
    }
    if (count > 0 && f->both) {
        fleet_complain(f, "variants",
                       "variants: both modes, by mode: both or compare, are two of their own; take "
                       "one out, or name a variant with --variant");
        mistakes++;
    }
    return mistakes;
}

unsigned fleet_check(const struct fleet *f)
{
    uint64_t total = 0;
    unsigned mistakes = subnet_check_all(f) + lan_check(f) + tftp_check(f) + manager_check(f) +
                        dhcp_check(f) + discovery_check(f) + fault_check_all(f);
    for (size_t i = 0; i < f->group_count; i++) {
        mistakes += check_group(f, i);
        total += f->groups[i].count;
    }
    if (f->group_count == 0 || total > PHONES_MAX) {
        fleet_complain(f, "phones", "phones: %s",
                       total ? "more than 100000 in all" : "the list is empty");
        mistakes++;
    }
    mistakes += check_variants(f) + check_profiles(f) + check_models(f);
    return mistakes + expect_check_all(f, total);
}
