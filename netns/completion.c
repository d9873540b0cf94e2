/* completion.c - see completion.h. Every table is a bash array, keyed by verb, option or fault. */
#include "netns/completion.h"
#include "netns/fleet/fault.h"
#include "netns/fleet/fleetkeys.h"
#include "netns/host/place.h"
#include "netns/scenarios.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define PATH_LEN 128

/* ---- options ------------------------------------------------------------------------ */

static void print_option_words(unsigned groups)
{
    struct option_facts o;
    for (size_t i = 0; options_facts(i, &o); i++) {
        if (!((groups | GROUP_ANY) & o.groups))
            continue;
        printf(" --%s", o.name);
        if (o.letter)
            printf(" -%c", o.letter);
    }
    printf(" --help --usage --version'\n");
}

static void print_verbs(const struct verb *verbs)
{
    printf("_fleet_verbs='help");
    for (const struct verb *v = verbs; v->name; v++)
        printf(" %s", v->name);
    printf("'\ndeclare -gA _fleet_options=()\n_fleet_options[-]='");
    print_option_words(verbs->groups); /* where none is named, the first is meant */
    for (const struct verb *v = verbs; v->name; v++) {
        printf("_fleet_options[%s]='", v->name);
        print_option_words(v->groups);
    }
}

/* What an option's value is called in the help: FILE, DIR, ... */
static void print_takes(void)
{
    struct option_facts o;
    printf("declare -gA _fleet_takes=()\n");
    for (size_t i = 0; options_facts(i, &o); i++) {
        if (!o.takes)
            continue;
        printf("_fleet_takes[--%s]='%s'\n", o.name, o.takes);
        if (o.letter)
            printf("_fleet_takes[-%c]='%s'\n", o.letter, o.takes);
    }
}

/* ---- values of the fleet file ------------------------------------------------------- */

static void print_words(const struct schema_key *key, const char *behind)
{
    const char *word;
    for (size_t i = 0; (word = schema_word_of(key, i)); i++)
        printf(" %s%s", word, behind);
}

static void print_paths(const struct schema_key *keys, const char *base);

/* " expect.depth= expect.depth.count=" */
static void print_kinds(const struct schema_key *kinds, const char *base)
{
    char path[2 * PATH_LEN];
    for (; kinds->name; kinds++) {
        snprintf(path, sizeof path, "%s%s.", base, kinds->name);
        if (kinds->main)
            printf(" %s%s=", base, kinds->name);
        print_paths(kinds->keys, path);
    }
}

/* " wan.delay= phones[0].model=": every path to a single value. */
static void print_paths(const struct schema_key *keys, const char *base)
{
    char path[PATH_LEN];
    for (const struct schema_key *key = keys; key->name; key++) {
        bool list = key->elements && key->elements->keys && !key->elements->named;
        snprintf(path, sizeof path, "%s%s%s", base, key->name, list ? "[0]." : ".");
        if (key->set)
            printf(" %s%s=", base, key->name);
        if (key->keys)
            print_paths(key->keys, path);
        if (list)
            print_paths(key->elements->keys, path);
        if (key->elements && key->elements->kinds)
            print_kinds(key->elements->kinds, path);
    }
}

/* What there is to choose for the key that an option sets: its words, the keys of its mapping, or
 * of a list's elements the words of the first. */
static void print_choice(const struct schema_key *key)
{
    print_words(key, "");
    for (const struct schema_key *k = key->keys; k && k->name; k++)
        printf(" %s=", k->name);
    if (key->elements && key->elements->keys)
        print_words(key->elements->keys, "=");
}

static void print_values(void)
{
    struct option_facts o;
    printf("declare -gA _fleet_values=()\n");
    for (size_t i = 0; options_facts(i, &o); i++) {
        if (!o.path)
            continue;
        printf("_fleet_values[--%s]='", o.name);
        if (!*o.path)
            print_paths(fleet_keys, "");
        for (const struct schema_key *key = fleet_keys; key->name; key++)
            if (strcmp(key->name, o.path) == 0)
                print_choice(key);
        printf("'\n");
    }
}

/* ---- faults ------------------------------------------------------------------------- */

static void print_settings(unsigned bits)
{
    for (size_t i = 0; i < FAULT_SETTINGS; i++)
        if (bits & fault_settings[i].bit)
            printf(" %s=", fault_settings[i].key);
    printf("'\n");
}

/* "wan-loss" is ordered as "loss=5%", "wan-cut" as "cut". */
static void print_deeds(const char *part)
{
    printf("_fleet_deeds[%s]='", part);
    for (size_t i = 0; i < FAULT_COUNT; i++) {
        const char *word = fault_word_in((enum fault_do)i, part);
        if (word)
            printf(" %s%s", word, !fault_rules[i].phones && fault_rules[i].needs ? "=" : "");
    }
    printf("'\n");
}

static void print_faults(void)
{
    static const char *const parts[] = {"phone", "cm", "wan", "server"};
    printf("declare -gA _fleet_deeds=() _fleet_settings=()\n");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        print_deeds(parts[i]);
    for (size_t i = 0; i < FAULT_COUNT; i++) {
        printf("_fleet_settings[%s]='", fault_rules[i].word);
        print_settings(fault_rules[i].takes);
    }
}

static void print_models(void)
{
    printf("_fleet_models='");
    for (size_t i = 0; i < phone_model_count; i++)
        printf(" %s", phone_models[i].name);
    printf("'\n");
}

/* False after a message. */
static bool print_scenarios(const char *root)
{
    struct scenarios s = {0};
    bool found = scenarios_find(root, NULL, 0, &s) == 0;
    printf("_fleet_scenarios='");
    for (size_t i = 0; i < s.count; i++)
        printf(" %s", s.items[i].name);
    printf("'\n");
    scenarios_free(&s);
    return found;
}

int completion_print(const struct verb *verbs)
{
    char dir[PATH_MAX];
    const char *root = place_root();
    if (!root)
        return 3;
    snprintf(dir, sizeof dir, "%.*s/netns", PATH_MAX - 16, root);
    printf("# bash completion of run-fleet.sh, as \"run-fleet.sh completion\" printed it.\n");
    print_verbs(verbs);
    print_takes();
    print_values();
    print_models();
    print_faults();
    if (!print_scenarios(root))
        return 3;
    return place_print(dir, "completion.bash");
}
