/* lintloads.c - what is wrong with loads and the files that they list; see lint-private.h. */
#include "netns/foretell/lint-private.h"
#include "netns/fleet/tftpkeys.h"
#include "netns/plan/unfit.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- files --------------------------------------------------------------------------- */

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
    static const enum finding_kind kinds[] = {[MISSING_CASE] = FINDING_FILE_MISCALLED,
                                              [MISSING_RENAMED] = FINDING_FILE_CASE,
                                              [MISSING_BELOW] = FINDING_FILE_BELOW,
                                              [MISSING_PACKED] = FINDING_FILE_IN_ARCHIVE,
                                              [MISSING_NOWHERE] = FINDING_FILE_MISSING};
    static_assert(sizeof kinds / sizeof *kinds == MISSING_COUNT, "each cause has its finding");
    if (stock_has(l->stock, name))
        return; /* what is wrong with it is said by rootcheck.c */
    const struct missing *m = lint_missing(l, name);
    char *list = stock_path(l->stock, load->file[0].name), *right = stock_path(l->stock, name);
    bool miscalled = m->kind == MISSING_CASE;
    const struct finding_words words = {miscalled || !m->path ? name : m->path,
                                        miscalled ? m->name : right, l->plan->fleet->firmware};
    if (m->kind == MISSING_RENAMED)
        finding_tell(l->found, kinds[m->kind], m->path, &words, "it is asked for as %s", name);
    else
        finding_tell(l->found, kinds[m->kind], list, &words, "%s, which it lists, is missing",
                     name);
    free(list);
    free(right);
}

static void check_seen(struct lint *l, const struct firmware_file *file, enum unfit_file what)
{
    char text[96];
    if (!*file->seen.why)
        return;
    char *path = stock_path(l->stock, file->name);
    snprintf(text, sizeof text, "phones refuse it (%s): ", file->seen.text);
    unfit_tell(l->found, what, path, &file->seen, file->seen.why, text, NULL);
    free(path);
}

static void check_family(struct lint *l, const struct firmware_load *load, const char *name)
{
    int own = (int)load_hardware(load->name), other = family(name);
    if (!own || !other || own == other)
        return;
    char *path = stock_path(l->stock, load->file[0].name);
    finding_add(l->found, FINDING_LIST_FOREIGN, path,
                "it lists %s, by its name a file for %02d, not %02d", name, other, own);
    free(path);
}

/* By one of these patterns; whether it is. */
static bool is_harmed(struct lint *l, enum finding_kind kind, const struct text_list *patterns,
                      const char *key, const char *name)
{
    for (size_t i = 0; i < patterns->count; i++) {
        const struct text_list one = {&patterns->items[i], 1};
        const struct finding_words words = {.wrong = patterns->items[i], .where = key};
        if (!tftp_matches(&one, name))
            continue;
        fleet_tell(l->found, kind, l->plan->fleet, key, &words, "%s: phones will ask for %s",
                   key, name);
        return true;
    }
    return false;
}

/* What the fleet file itself does to a file that phones will ask for. */
static void check_harmed(struct lint *l, const char *name)
{
    const struct fleet *fleet = l->plan->fleet;
    if (!is_harmed(l, FINDING_LEFT_OUT, &fleet->without, "tftp.without", name))
        is_harmed(l, FINDING_DAMAGED, &fleet->damage, "tftp.damage", name);
}

void lint_loads(struct lint *l, const struct firmware *firmware)
{
    for (size_t i = 0; i < firmware->count; i++) {
        const struct firmware_load *load = &firmware->loads[i];
        if (!load->file[0].there)
            continue; /* said where it is asked for */
        check_harmed(l, load->file[0].name);
        check_seen(l, &load->file[0], UNFIT_LIST);
        for (size_t n = 1; n < load->count; n++) {
            check_family(l, load, load->file[n].name);
            check_harmed(l, load->file[n].name);
            if (load->file[n].there)
                check_seen(l, &load->file[n], UNFIT_FILE);
            else
                missing(l, load, load->file[n].name);
        }
    }
}

/* ---- the key ------------------------------------------------------------------------- */

/* In which other form a key is there, by the line that it begins with. */
static enum finding_kind key_form(const char *path)
{
    static const struct {
        const char *label;
        enum finding_kind kind;
    } forms[] = {{"-----BEGIN PUBLIC KEY-----", FINDING_KEY_PUBLIC},
                 {"-----BEGIN PRIVATE KEY-----", FINDING_KEY_PRIVATE},
                 {"-----BEGIN CERTIFICATE-----", FINDING_KEY_CERTIFICATE}};
    char text[4096];
    FILE *in = fopen(path, "re");
    size_t len = in ? fread(text, 1, sizeof text - 1, in) : 0;
    text[len] = '\0';
    if (in)
        fclose(in);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strstr(text, forms[i].label))
            return forms[i].kind;
    return FINDING_KEY_UNUSABLE;
}

struct firmware *lint_inspect(struct lint *l)
{
    const struct fleet *fleet = l->plan->fleet;
    const char *key = firmware_key(fleet);
    struct firmware *firmware = firmware_inspect(l->plan, l->stock, key);
    char right[PATH_MAX];
    if (firmware || !key)
        return firmware;
    snprintf(right, sizeof right, "%.*s.rsa", PATH_MAX - 5, key);
    const struct finding_words words = {.wrong = key, .right = right};
    fleet_tell(l->found, key_form(key), fleet, "key", &words,
               "key: %s is not the key of a signer, an RSA key as PKCS#1 has it", key);
    return firmware_inspect(l->plan, l->stock, NULL);
}

void lint_unverified(struct lint *l, const struct firmware *firmware)
{
    size_t files = 0;
    for (size_t i = 0; i < firmware->count; i++)
        for (size_t n = 0; n < firmware->loads[i].count; n++)
            files += strcmp(firmware->loads[i].file[n].seen.signature, "unverified") == 0;
    if (files && l->plan->fleet->authentication == FLEET_AUTH_STRUCTURE)
        fleet_tell(l->found, FINDING_UNVERIFIED, l->plan->fleet, "authentication", NULL,
                   "of %zu files structure and names were checked, but no signature", files);
}
