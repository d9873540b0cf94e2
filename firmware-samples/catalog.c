/* catalog.c - the tables of loads; which of their sizes are published is said in FORMAT.md. */
#include "firmware-samples/catalog.h"

#include <stdio.h>
#include <string.h>

/* In the order of the .loads list, which is the order in which phones ask. */
static const struct component third_generation[] = {
    {"jar", "sccp.", ".sbn", FORM_ARCHIVE}, {"cnu", ".", ".sbn", FORM_RAW_ARCHIVE},
    {"apps", ".", ".sbn", FORM_ARCHIVE},    {"dsp", ".", ".sbn", FORM_ARCHIVE},
    {"cvm", "sccp.", ".sbn", FORM_ARCHIVE},
};
static const struct component second_generation[] = {{"P003", "", ".sbn", FORM_IMAGE},
                                                     {"P003", "", ".sb2", FORM_IMAGE}};
static const struct component universal[] = {{"P003", "", ".sbn", FORM_IMAGE},
                                             {"P0S3", "", ".sb2", FORM_IMAGE}};

#define THIRD third_generation, 5
#define BY3   ENV_SHA256, "CN=Synthetic firmware signer; OU=Tests only"
#define BY2   ENV_SHA1, "CN=Synthetic firmware signer; OU=7940 and 7960"

static const struct family families[] = {
    {"SCCP11.", "11", THIRD, LIST_HARDWARE, BY3},
    {"SCCP31.", "31", THIRD, LIST_HARDWARE, BY3},
    {"SCCP41.", "41", THIRD, LIST_CRLF, BY3},
    {"SCCP42.", "42", THIRD, LIST_HARDWARE, BY3},
    {"SCCP45.", "45", THIRD, LIST_HARDWARE, BY3},
    {"SCCP70.", "70", THIRD, LIST_CRLF, BY3},
    {"SCCP75.", "75", THIRD, LIST_HARDWARE, BY3},
    {"P003", "", second_generation, 2, LIST_LF, BY2},
    {"P0S3", "", universal, 2, LIST_LF, BY2},
};

#define L832 "8-3-2-27", 1188604800   /* 2007-09-01 */
#define L852 "8-5-2TH1-9", 1241136000 /* 2009-05-01 */
#define SR1 "9-4-2ES9", 1393632000  /* 2014-03-01 */
#define SR2 "9-4-2ES22", 1435708800 /* 2015-07-01 */
#define SR3 "9-4-2ES26", 1488326400 /* 2017-03-01 */

const struct load loads_known[] = {
    /*                             jar      cnu     apps     dsp     cvm */
    {"SCCP11.9-4-2SR1-1S", SR1, {1618309, 560034, 3156351, 364177, 2225300}}, /* made up */
    {"SCCP11.9-4-2SR3-1S", SR3, {1618309, 559713, 3157531, 364895, 2227521}},
    {"SCCP31.9-4-2SR1-1S", SR1, {1622117, 559608, 3156349, 364177, 2226011}}, /* made up */
    {"SCCP31.9-4-2SR3-1S", SR3, {1622117, 559287, 3157529, 364895, 2228232}}, /* made up */
    {"SCCP41.8-3-2S", L832, {1442816, 541204, 2486135, 487412, 1986204}},      /* made up */
    {"SCCP41.8-5-2S", L852, {1517310, 548918, 2733872, 530448, 2104590}},      /* made up */
    {"SCCP41.9-4-2SR1-1S", SR1, {1630052, 557154, 3156347, 562005, 2217256}},
    {"SCCP41.9-4-2SR2-2S", SR2, {1630052, 556940, 3157134, 562463, 2218737}}, /* made up */
    {"SCCP41.9-4-2SR3-1S", SR3, {1630052, 556833, 3157527, 562693, 2219477}},
    {"SCCP42.9-4-2SR1-1S", SR1, {1763397, 582076, 4637232, 364177, 2216449}}, /* made up */
    {"SCCP42.9-4-2SR3-1S", SR3, {1763397, 581755, 4638412, 364895, 2218670}},
    {"SCCP45.9-4-2SR1-1S", SR1, {1838214, 582112, 4637236, 364177, 2220133}}, /* made up */
    {"SCCP45.9-4-2SR3-1S", SR3, {1838214, 581791, 4638416, 364895, 2222354}}, /* made up */
    {"SCCP70.9-4-2SR1-1S", SR1, {1830557, 557570, 3156347, 562005, 2220737}}, /* made up */
    {"SCCP70.9-4-2SR3-1S", SR3, {1830557, 557249, 3157527, 562693, 2222958}},
    {"SCCP75.9-4-2SR1-1S", SR1, {1846730, 582204, 4637240, 364177, 2221509}}, /* made up */
    {"SCCP75.9-4-2SR3-1S", SR3, {1846730, 581883, 4638420, 364895, 2223730}}, /* made up */
    /*               sbn     sb2 */
    {"P00308000500", "08000500", 1167609600, {130848, 779264}}, /* made up, as all below */
    {"P00308010200", "08010200", 1230768000, {131072, 782336}},
    {"P0S3-8-12-00", "-8-12-00", 1251763200, {131072, 770560}},
};
const size_t loads_known_count = sizeof loads_known / sizeof *loads_known;

static bool starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

const struct family *family_of(const char *load_name)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (starts_with(load_name, families[i].prefix))
            return &families[i];
    return NULL;
}

const struct load *newest_load(const char *prefix)
{
    const struct load *newest = NULL;
    for (size_t i = 0; i < loads_known_count; i++)
        if (starts_with(loads_known[i].name, prefix))
            newest = &loads_known[i];
    return newest;
}

bool custom_load(const char *name, struct load *out)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789.-_";
    const struct family *family = family_of(name);
    if (!family || strlen(name) >= sizeof out->name - strlen(".loads") ||
        name[strspn(name, allowed)])
        return false;
    const char *label = name + strlen(family->prefix);
    *out = *newest_load(family->prefix);
    snprintf(out->name, sizeof out->name, "%s", name);
    snprintf(out->label, sizeof out->label, "%s", label);
    return *label != '\0';
}

bool component_name(const struct family *family, size_t i, const char *label,
                    char out[NAME_MAX_LEN])
{
    const struct component *c = &family->components[i];
    int n = snprintf(out, NAME_MAX_LEN, "%s%s%s%s%s", c->head, family->series, c->tail, label,
                     c->extension);
    return n < NAME_MAX_LEN;
}
