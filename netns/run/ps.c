/* ps.c - what `ps` shows of a lab. */
#include "netns/run/ps.h"
#include "netns/run/rows.h"

#include <inttypes.h>

/* In the order in which ps_write() writes them. */
static const struct rows_column columns[] = {
    {"number", "#", ROW_NUMBER},
    {"name", "NAME", ROW_TEXT},
    {"model", "MODEL", ROW_TEXT},
    {"address", "ADDRESS", ROW_TEXT},
    {"state", "STATE", ROW_TEXT},
    {"registered", "CM", ROW_TEXT},
    {"running", "RUNNING", ROW_TEXT},
    {"file", "FILE", ROW_TEXT},
    {"percent", "%", ROW_NUMBER},
    {"kb", "KB", ROW_NUMBER},
    {"icon", "PFS", ROW_FLAG},
    {"parent", "PARENT", ROW_TEXT},
    {"children", "CHILDREN", ROW_LIST},
    {"text", "MESSAGE", ROW_TEXT},
    {"server", "SERVER", ROW_TEXT},
    {"voice_vlan", "VLAN", ROW_NUMBER},
    {"dhcp", "DHCP", ROW_TEXT},
    {"lease_end_s", "LEASE UNTIL, s", ROW_NUMBER},
    {"tftp", "TFTP", ROW_TEXT},
    {"tftp_by", "BY", ROW_TEXT},
};
#define RARE 15 /* from here on */

/* What it knows by DHCP. */
static void put_lease(FILE *to, const struct phone_status *s)
{
    bool named = s->tftp_by < TFTP_SOURCE_COUNT;
    rows_put_ip(to, s->dhcp_server, "\t");
    if (s->lease_end_us != 0)
        fprintf(to, "%" PRIu64, s->lease_end_us / 1000000);
    fputc('\t', to);
    rows_put_ip(to, s->tftp_ip, "\t");
    fprintf(to, "%s\t", named ? tftp_source_words[s->tftp_by] : "?");
}

void ps_write(FILE *to, const struct plan *plan, size_t i, const struct phone_status *s)
{
    const struct plan_phone *phone = &plan->phones[i];
    fprintf(to, "%zu\t%s\t%s\t", i + 1, phone->name, phone->model->name);
    rows_put_ip(to, phone->dhcp ? s->ip : phone->ip, "\t");
    fprintf(to, "%s\t", s->state < PHONE_STATE_COUNT ? phone_state_names[s->state] : "?");
    rows_put_ip(to, s->registered ? s->manager_ip : 0, "\t");
    rows_put_text(to, s->running, sizeof s->running);
    rows_put_text(to, s->screen.component, sizeof s->screen.component);
    fprintf(to, "%u\t%u\t%d\t", s->screen.percent, s->screen.kb, s->screen.icon != 0);
    rows_put_ip(to, s->parent_ip, "\t");
    rows_put_ip(to, s->child_ip[0], s->child_ip[0] != 0 && s->child_ip[1] != 0 ? "," : "");
    rows_put_ip(to, s->child_ip[1], "\t");
    rows_put_text(to, s->status_text, sizeof s->status_text);
    rows_put_text(to, s->status_server, sizeof s->status_server);
    if (s->voice_vlan)
        fprintf(to, "%u", s->voice_vlan);
    fputc('\t', to);
    put_lease(to, phone->dhcp ? s : &(struct phone_status){0});
    fputc('\n', to);
}

int ps_show(FILE *rows, FILE *to, bool json)
{
    const struct rows r = {.columns = columns, .count = sizeof columns / sizeof *columns,
                           .rare = RARE};
    return rows_show(&r, rows, to, json);
}
