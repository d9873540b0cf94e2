/* lint.c - see lint.h; the findings' names, severities and remedies are the table of finding.h.
 *
 * What the fleet file and the user's configuration files say is plan.c's and own.c's to judge; here
 * is what lies in the TFTP root: the loads that phones will ask for, and the names of files.
 */
#include "netns/lint.h"
#include "netns/findingsay.h"
#include "netns/firmware.h"
#include "netns/json.h"
#include "netns/own.h"
#include "netns/text.h"
#include "netns/tftpkeys.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct lint {
    const struct plan *plan;
    const struct tree *tree;
    struct findings *found;
};

/* A finding about a file of the TFTP root. */
static void in_root(struct lint *l, enum finding_kind kind, const char *name, const char *text)
{
    char *path = tree_path(l->tree, name);
    finding_add(l->found, kind, path, "%s", text);
    free(path);
}

/* ---- firmware ------------------------------------------------------------------------ */

/* "41" in "jar41sccp.9-4-2ES26.sbn"; 0 where there is no such number. */
static int family(const char *name)
{
    while (isalpha((unsigned char)*name))
        name++;
    bool two = isdigit((unsigned char)name[0]) && isdigit((unsigned char)name[1]) &&
               !isdigit((unsigned char)name[2]);
    return two ? (name[0] - '0') * 10 + name[1] - '0' : 0;
}

/* A file that is not there, or not so. */
static void missing(struct lint *l, const struct firmware_load *load, const char *name)
{
    char text[256];
    if (tree_has(l->tree, name))
        return; /* what is wrong with it is said by rootcheck.c */
    const char *nearly = tree_nearly(l->tree, name);
    snprintf(text, sizeof text, nearly ? "it is asked for as %s" : "%s, which it lists, is missing",
             name);
    in_root(l, nearly ? FINDING_FILE_CASE : FINDING_FILE_MISSING,
            nearly ? nearly : load->file[0].name, text);
}

static void check_seen(struct lint *l, const struct firmware_file *file, enum finding_kind broken)
{
    char text[256];
    if (!*file->seen.why)
        return;
    snprintf(text, sizeof text, "phones refuse it (%s): %s", file->seen.text, file->seen.why);
    in_root(l, strcmp(file->seen.signature, "bad") == 0 ? FINDING_NOT_AUTHENTIC
               : strstr(file->seen.why, LIMIT_OWN)      ? FINDING_BEYOND_LIMIT
                                                        : broken,
            file->name, text);
}

static void check_family(struct lint *l, const struct firmware_load *load, const char *name)
{
    char text[256];
    int own = (int)load_hardware(load->name), other = family(name);
    if (!own || !other || own == other)
        return;
    snprintf(text, sizeof text, "it lists %s, by its name a file for %02d, not %02d", name, other,
             own);
    in_root(l, FINDING_LIST_FOREIGN, load->file[0].name, text);
}

/* What the fleet file itself does to a file that phones will ask for. */
static void check_harmed(struct lint *l, const char *name)
{
    const struct fleet *fleet = l->plan->fleet;
    if (tftp_matches(&fleet->without, name))
        finding_at(l->found, FINDING_LEFT_OUT, fleet, "tftp.without",
                   "tftp.without: phones will ask for %s", name);
    else if (tftp_matches(&fleet->damage, name))
        finding_at(l->found, FINDING_DAMAGED, fleet, "tftp.damage",
                   "tftp.damage: phones will ask for %s", name);
}

static void check_loads(struct lint *l, const struct firmware *firmware)
{
    for (size_t i = 0; i < firmware->count; i++) {
        const struct firmware_load *load = &firmware->loads[i];
        if (!load->file[0].there)
            continue; /* said where it is asked for */
        check_harmed(l, load->file[0].name);
        check_seen(l, &load->file[0], FINDING_LIST_MALFORMED);
        for (size_t n = 1; n < load->count; n++) {
            check_family(l, load, load->file[n].name);
            check_harmed(l, load->file[n].name);
            if (load->file[n].there)
                check_seen(l, &load->file[n], FINDING_FILE_BROKEN);
            else
                missing(l, load, load->file[n].name);
        }
    }
}

/* ---- who asks for which load ---------------------------------------------------------- */

/* What a configuration file of the user's names for a phone. */
static void check_named(struct lint *l, const struct plan_phone *p, const char *file)
{
    char text[256], names[LOAD_NAMES_SIZE];
    if (load_is_foreign(p->named, p->model)) {
        snprintf(text, sizeof text, "it names %s for a %s, whose loads are named %s", p->named,
                 p->model->name, load_names(p->model, names));
        in_root(l, FINDING_CONFIG_FOREIGN, file, text);
    }
    snprintf(text, sizeof text, "%s" LOADS_SUFFIX, p->named);
    const char *nearly = tree_nearly(l->tree, text);
    if (tree_has(l->tree, text) || nearly)
        return; /* of wrong case: said with the load */
    snprintf(text, sizeof text, "it names %s for %s, but %s" LOADS_SUFFIX " is missing", p->named,
             p->name, p->named);
    in_root(l, FINDING_CONFIG_LOAD, file, text);
}

static void check_asked(struct lint *l)
{
    const struct plan *plan = l->plan;
    char name[OWN_NAME], asked[NAME_MAX_LEN + sizeof LOADS_SUFFIX], text[256];
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_phone *p = &plan->phones[i];
        bool first = i == 0 || p[-1].group != p->group || p[-1].config != p->config;
        if (p->config == CONFIG_OWN && *p->named)
            check_named(l, p, own_name(p, name));
        else if ((p->config == CONFIG_DEFAULT || p->from_default) && *p->named && first)
            check_named(l, p, OWN_DEFAULT);
        snprintf(asked, sizeof asked, "%s" LOADS_SUFFIX, firmware_asked(p));
        const char *nearly = tree_has(l->tree, asked) ? NULL : tree_nearly(l->tree, asked);
        if (!nearly || (!first && p->config != CONFIG_OWN))
            continue;
        snprintf(text, sizeof text, "it is asked for as %s", asked);
        in_root(l, FINDING_FILE_CASE, nearly, text);
    }
}

/* Once a group: can its phones get from what they run to what they are to run? */
static void check_steps(struct lint *l)
{
    char asked[NAME_MAX_LEN + sizeof LOADS_SUFFIX], place[64], why[160];
    for (size_t i = 0; i < l->plan->count; i++) {
        const struct plan_phone *p = &l->plan->phones[i];
        const char *load = firmware_asked(p);
        snprintf(asked, sizeof asked, "%s" LOADS_SUFFIX, load);
        if ((i > 0 && p[-1].group == p->group) || !*p->running || strcmp(load, p->running) == 0 ||
            !tree_gives(l->tree, asked))
            continue;
        char *path = tree_path(l->tree, asked);
        snprintf(place, sizeof place, "phones[%zu].running", p->group);
        if (inspect_step(p->running, path, why) && *why)
            finding_at(l->found, FINDING_STEP_TOO_LONG, l->plan->fleet, place,
                       "%s: from %s to %s ends in Auth Fail: %s", place, p->running, load, why);
        free(path);
    }
}

/* ---- configuration files -------------------------------------------------------------- */

static bool looks_like_sep(const char *name)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    return strncasecmp(name, "SEP", 3) == 0 && strspn(name + 3, digits) == 12 &&
           strcasecmp(name + 15, ".cnf.xml") == 0;
}

/* As phones ask for it. */
static void as_asked(const char *name, char out[OWN_NAME])
{
    snprintf(out, OWN_NAME, "SEP%.12s.cnf.xml", name + 3);
    for (int i = 3; i < 15; i++)
        out[i] = (char)toupper((unsigned char)out[i]);
}

static bool has_phone(const struct plan *plan, const char *file)
{
    for (size_t i = 0; i < plan->count; i++)
        if (strncmp(plan->phones[i].name, file, 15) == 0)
            return true;
    return false;
}

static void check_config_name(struct lint *l, const char *name)
{
    char asked[OWN_NAME] = OWN_DEFAULT, text[128];
    if (looks_like_sep(name))
        as_asked(name, asked);
    else if (strcasecmp(name, OWN_DEFAULT) != 0)
        return;
    if (strcmp(name, asked) != 0) {
        bool both = tree_has(l->tree, asked);
        snprintf(text, sizeof text, both ? "%s is there too, and only that one is asked for"
                                         : "phones ask for %s",
                 asked);
        in_root(l, both ? FINDING_CONFIG_TWICE : FINDING_CONFIG_CASE, name, text);
    } else if (strcmp(name, OWN_DEFAULT) != 0 && !has_phone(l->plan, name)) {
        in_root(l, FINDING_CONFIG_STRANGER, name, "no phone of the fleet file has this MAC");
    }
}

static void check_configs(struct lint *l)
{
    size_t abroad = 0;
    for (size_t i = 0; i < l->tree->count; i++)
        check_config_name(l, l->tree->names[i]);
    for (size_t i = 0; i < l->plan->count; i++)
        abroad += l->plan->phones[i].config == CONFIG_ABROAD;
    if (abroad)
        finding_at(l->found, FINDING_CONFIG_NONE, l->plan->fleet, "tftp.engine",
                   "%zu phones would find no configuration: neither SEP<MAC>.cnf.xml nor "
                   OWN_DEFAULT " in %s, and to an external server nothing is written",
                   abroad, l->plan->fleet->firmware);
}

/* ---- all ------------------------------------------------------------------------------ */

/* With the fleet's key or, where that is none, without. */
static struct firmware *inspect(struct lint *l)
{
    const struct fleet *fleet = l->plan->fleet;
    const char *key = firmware_key(fleet);
    struct firmware *firmware = firmware_inspect(l->plan, l->tree, key);
    if (firmware || !key)
        return firmware;
    finding_at(l->found, FINDING_KEY_UNUSABLE, fleet, "key", "key: %s is not the key of a signer",
               key);
    return firmware_inspect(l->plan, l->tree, NULL);
}

static void say_unverified(struct lint *l, const struct firmware *firmware)
{
    size_t files = 0;
    for (size_t i = 0; i < firmware->count; i++)
        for (size_t n = 0; n < firmware->loads[i].count; n++)
            files += strcmp(firmware->loads[i].file[n].seen.signature, "unverified") == 0;
    if (files && l->plan->fleet->authentication == FLEET_AUTH_STRUCTURE)
        finding_at(l->found, FINDING_UNVERIFIED, l->plan->fleet, "authentication",
                   "of %zu files structure and names were checked, but no signature", files);
}

/* Where only the TFTP server answers. Each group's once. */
static void check_load_servers(struct lint *l)
{
    const struct plan *plan = l->plan;
    for (size_t i = 0; i < plan->count && plan->fleet->engine == ENGINE_DNSMASQ; i++) {
        const struct plan_phone *p = &plan->phones[i];
        char path[64], ip[INET_ADDRSTRLEN];
        if (!p->load_server || p->load_server == plan->server || (i && p[-1].group == p->group))
            continue;
        snprintf(path, sizeof path, "phones[%zu].loadServer", p->group);
        finding_at(l->found, FINDING_SERVER_ELSEWHERE, plan->fleet, path,
                   "%s: %s is not the TFTP server, and phones do not fall back to that", path,
                   inet_ntop(AF_INET, &p->load_server, ip, sizeof ip));
    }
}

void lint_find(const struct fleet *fleet, struct findings *found)
{
    struct plan *plan = plan_check(fleet, found);
    struct tree *tree = plan ? tree_read(fleet) : NULL;
    struct lint l = {.plan = plan, .tree = tree, .found = found};
    struct firmware *firmware = tree ? inspect(&l) : NULL;
    if (firmware) {
        firmware_check_names(tree, found);
        check_configs(&l);
        check_asked(&l);
        check_steps(&l);
        check_load_servers(&l);
        check_loads(&l, firmware);
        say_unverified(&l, firmware);
    }
    firmware_free(firmware);
    tree_free(tree);
    plan_free(plan);
}

static void print_json(const struct findings *found)
{
    json_t *list = json_array();
    for (size_t i = 0; i < found->count; i++) {
        const struct finding *f = &found->items[i];
        const struct finding_rule *rule = &finding_rules[f->kind];
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:o, s:o, s:o}", "name", rule->name, "severity",
                            rule->severity == SEVERITY_WARNING ? "warning" : "error", "place",
                            json_text(f->place), "text", json_text(f->text), "remedy",
                            json_text(f->remedy)));
    }
    json_t *all = json_pack("{s:I, s:I, s:o}", "errors", (json_int_t)found->errors, "warnings",
                            (json_int_t)(found->count - found->errors), "findings", list);
    json_dumpf(all, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(all);
}

int lint_print(const struct findings *found, bool json)
{
    if (json)
        print_json(found);
    else
        findings_print(found);
    return found->errors ? 1 : 0;
}
