/* cmlist.c - see cmlist.h. */
#include "netns/run/cmlist.h"
#include "netns/run/rows.h"

#include <inttypes.h>

/* In the order in which cmlist_write() writes them. */
static const struct rows_column columns[] = {
    {"name", "DeviceName", ROW_TEXT},
    {"load", "CurrentPhoneload", ROW_TEXT},
    {"previous", "PreviousPhoneload", ROW_TEXT},
    {"last_reset", "LastReset", ROW_TEXT},
    {"state", "State", ROW_TEXT}, /* the last that a table shows */
    {"reason", "", ROW_TEXT},
    {"address", "", ROW_TEXT},
    {"type", "", ROW_NUMBER},
    {"version", "", ROW_NUMBER},
    {"registered_s", "", ROW_NUMBER},
    {"registrations", "", ROW_NUMBER},
    {"keep_alives", "", ROW_NUMBER},
    {"orders", "", ROW_NUMBER},
};
#define SHOWN 5

void cmlist_write(FILE *to, const struct registrar_device *d)
{
    const char *reason = d->reason != CCM_NONE ? registrar_reason_word(d->reason) : "";
    rows_put_text(to, d->name, sizeof d->name);
    rows_put_text(to, d->load, sizeof d->load);
    rows_put_text(to, d->previous, sizeof d->previous);
    rows_put_text(to, d->last_reset, sizeof d->last_reset);
    fprintf(to, "%s\t%s\t", device_state_words[d->state], reason);
    rows_put_ip(to, d->ip, "\t");
    fprintf(to, "%" PRIu32 "\t%u\t%.6f\t", d->type, d->version, (double)d->registered_at / 1e6);
    fprintf(to, "%" PRIu32 "\t%" PRIu32 "\t%" PRIu32 "\t\n", d->registrations, d->keep_alives,
            d->orders);
}

int cmlist_show(FILE *rows, FILE *to, bool json)
{
    const struct rows r = {
        .columns = columns, .count = sizeof columns / sizeof *columns, .shown = SHOWN};
    return rows_show(&r, rows, to, json);
}
