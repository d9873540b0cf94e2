/* lint.c - see lint.h; the findings' names, severities and remedies are the table of finding.h.
 *
 * What the fleet file and the user's configuration files say is planner.c's and own.c's to judge,
 * what no server gives away rootcheck.c's; here is what else lies in the TFTP root: the loads that
 * phones will ask for (lintasked.c, lintloads.c), and the names of configuration files.
 */
#include "netns/foretell/lint.h"
#include "netns/foretell/lint-private.h"
#include "netns/plan/own.h"
#include "netns/plan/planner.h"
#include "netns/text/findingsay.h"
#include "netns/text/json.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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
    char asked[OWN_NAME] = OWN_DEFAULT, mac[32];
    bool sep = looks_like_sep(name);
    if (sep)
        as_asked(name, asked);
    else if (strcasecmp(name, OWN_DEFAULT) != 0)
        return;
    char *path = stock_path(l->stock, name), *right = stock_path(l->stock, asked);
    const char *d = asked + 3;
    snprintf(mac, sizeof mac, "%.2s:%.2s:%.2s:%.2s:%.2s:%.2s", d, d + 2, d + 4, d + 6, d + 8,
             d + 10);
    bool exact = strcmp(name, asked) == 0, both = !exact && stock_has(l->stock, asked);
    const struct finding_words words = {.right = exact ? mac : right};
    if (both)
        finding_tell(l->found, FINDING_CONFIG_TWICE, path, &words,
                     "%s is there too, and only that one is asked for", asked);
    else if (!exact)
        finding_tell(l->found, FINDING_CONFIG_CASE, path, &words, "phones ask for %s", asked);
    else if (sep && !has_phone(l->plan, name))
        finding_tell(l->found, FINDING_CONFIG_STRANGER, path, &words,
                     "no phone of the fleet file has this MAC");
    free(path);
    free(right);
}

static void check_configs(struct lint *l)
{
    const char *root = l->plan->fleet->firmware;
    bool sharing = l->plan->fleet->mode == MODE_PFS; /* of which OWN_DEFAULT says nothing */
    const struct finding_words words = {
        .right = sharing ? "SEP<MAC>.cnf.xml of each phone"
                         : OWN_DEFAULT ", or SEP<MAC>.cnf.xml of each phone,",
        .where = root};
    size_t abroad = 0;
    for (size_t i = 0; i < l->stock->count; i++)
        check_config_name(l, l->stock->names[i]);
    for (size_t i = 0; i < l->plan->count; i++)
        abroad += l->plan->phones[i].config == CONFIG_ABROAD;
    if (abroad)
        fleet_tell(l->found, FINDING_CONFIG_NONE, l->plan->fleet, "tftp.engine", &words,
                   "%zu phones would find no configuration: neither SEP<MAC>.cnf.xml nor "
                   OWN_DEFAULT " in %s, and to an external server nothing is written",
                   abroad, root);
}

/* ---- all ------------------------------------------------------------------------------ */

void lint_find(const struct fleet *fleet, struct findings *found)
{
    struct plan *plan = plan_check(fleet, found);
    struct stock *stock = plan ? stock_read(fleet) : NULL;
    struct lint l = {.plan = plan, .stock = stock, .found = found};
    if (plan)
        lint_uplink(plan, found);
    struct firmware *firmware = stock ? lint_inspect(&l) : NULL;
    if (firmware) {
        firmware_check_names(stock, found);
        check_configs(&l);
        lint_asked(&l);
        lint_steps(&l);
        lint_servers(&l);
        lint_loads(&l, firmware);
        lint_unverified(&l, firmware);
    }
    lint_missing_free(&l);
    firmware_free(firmware);
    stock_free(stock);
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
