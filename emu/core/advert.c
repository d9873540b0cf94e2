/* advert.c - see advert.h. */
#include "emu/core/advert.h"

#include "emu/loadname.h"

#include <stdio.h>
#include <string.h>

#define TALKATIVE "SCCP41.8-4-1S" /* loads are compared by their version alone */

#define CLASS_2 6300  /* mW: what public listings have of 7941, 7942 and 7962 */
#define CLASS_3 12000 /* inference, but for 7971 */

static const struct hardware rows[] = {
    {369, CLASS_2, false, "2", "tnp06.8-3-1-21a.bin"},
    {307, CLASS_2, false, "2", "tnp11.8-3-1-21a.bin"},  /* revision: a capture of 8-4-3S */
    {348, CLASS_2, false, "2", "tnp31.8-3-1-21a.bin"},
    {115, CLASS_2, false, "12", "tnp41.8-3-1-21a.bin"},
    {309, CLASS_3, true, "12", "tnp41.8-3-1-21a.bin"},
    {30018, CLASS_2, false, "12", "tnp61.8-3-1-21a.bin"},
    {308, CLASS_3, true, "12", "tnp61.8-3-1-21a.bin"},
    {30006, CLASS_3, false, "3", "7970_020706_cert.bin"},
    {119, 14900, true, "3", "7971_020706_cert.bin"},    /* voiphopper: of 8-3-3SR2S */
    {434, CLASS_2, false, "12", "tnp42.8-3-1-21a.bin"},
    {435, CLASS_3, true, "12", "tnp65.8-3-1-21a.bin"},
    {404, CLASS_2, false, "12", "tnp62.8-3-1-21a.bin"}, /* genieparser: of 9-3-1ES27S */
    {436, CLASS_3, true, "12", "tnp65.8-3-1-21a.bin"},
    {437, CLASS_3, true, "12", "tnp75.8-3-1-21a.bin"},
    {8, CLASS_2, false, "1", "PC03A300"},
    {7, CLASS_2, false, "1", "PC03A300"},
};
#define ROWS (sizeof rows / sizeof *rows)

const struct hardware *advert_hardware(const struct phone_model *model)
{
    size_t i = ROWS - 1;
    while (i > 0 && rows[i].type != model->type)
        i--;
    return &rows[i];
}

const char *advert_digits(const struct advert *a, char out[8])
{
    snprintf(out, 8, "%.4s", a->model->name + strlen("CP-"));
    return out;
}

const char *advert_serial(const struct advert *a, char out[ADVERT_SERIAL])
{
    snprintf(out, ADVERT_SERIAL, "FCH1201%.4s", a->name + strlen("SEP") + 8);
    return out;
}

bool advert_is_talkative(const struct advert *a)
{
    return load_has_version(a->load) && load_compare(a->load, TALKATIVE) >= 0;
}

void advert_heard_from(struct hearing *h, const void *name, size_t len)
{
    size_t room = sizeof h->from - 1;
    memset(h->from, 0, sizeof h->from);
    memcpy(h->from, name, len < room ? len : room);
}
