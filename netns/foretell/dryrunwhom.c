/* dryrunwhom.c - see dryrun-private.h. */
#include "netns/foretell/dryrun-private.h"
#include "netns/fleet/dhcpkeys.h"
#include "netns/plan/inspection.h"
#include "netns/plan/own.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *ip_text(uint32_t ip, char out[INET_ADDRSTRLEN])
{
    return inet_ntop(AF_INET, &ip, out, INET_ADDRSTRLEN);
}

/* ---- addresses ----------------------------------------------------------------------- */

/* "150, 66" */
static void named_by(const struct fleet *fleet, char out[64])
{
    size_t len = 0;
    *out = '\0';
    for (int by = 0; by < TFTP_SOURCE_COUNT; by++)
        if (dhcp_named_by(fleet) >> by & 1)
            len += (size_t)snprintf(out + len, 64 - len, "%s%s", len ? ", " : "",
                                    tftp_source_words[by]);
}

void dryrun_dhcp(const struct plan *plan)
{
    const struct fleet *fleet = plan->fleet;
    size_t asking = 0, kept = 0;
    char by[64];
    for (size_t i = 0; i < plan->count; i++) {
        asking += plan->phones[i].dhcp;
        kept += plan->phones[i].dhcp && plan->phones[i].ip != 0;
    }
    if (asking == 0)
        return;
    named_by(fleet, by);
    if (fleet->dhcp.engine == DHCP_EXTERNAL)
        printf("\n  DHCP: %zu phones ask a server that is not ours\n", asking);
    else
        printf("\n  DHCP, by a server at %s: %zu addresses for %zu phones that ask, for %u s; TFTP "
               "server named by %s\n",
               fleet->dhcp.at == DHCP_AT_SITE ? "the site" : "headquarters, behind a relay", kept,
               asking, fleet->dhcp.lease_s, *by ? by : "nothing");
}

/* ---- call managers ------------------------------------------------------------------- */

static bool alike(const struct plan_phone *a, const struct plan_phone *b)
{
    return (a->config == CONFIG_ABROAD) == (b->config == CONFIG_ABROAD) &&
           a->manager_count == b->manager_count &&
           memcmp(a->managers, b->managers, a->manager_count * sizeof *a->managers) == 0;
}

/* The first of those that are told the same as it. */
static bool is_first(const struct plan *plan, size_t i)
{
    for (size_t n = 0; n < i; n++)
        if (alike(&plan->phones[n], &plan->phones[i]))
            return false;
    return true;
}

static void print_managers(const struct plan *plan, size_t first)
{
    const struct plan_phone *p = &plan->phones[first];
    char ip[INET_ADDRSTRLEN];
    size_t count = 0;
    for (size_t i = first; i < plan->count; i++)
        count += alike(p, &plan->phones[i]);
    printf("  %6zu   %s", count, p->config == CONFIG_ABROAD  ? "as an external server's files say"
                                 : p->manager_count == 0      ? "nobody"
                                                              : "");
    for (size_t i = 0; i < p->manager_count; i++)
        printf("%s%s", i ? ", then " : "", ip_text(p->managers[i], ip));
    putchar('\n');
}

void dryrun_managers(const struct plan *plan)
{
    size_t new = 0, told = 0;
    for (size_t i = 0; i < plan->count; i++) {
        new += plan->phones[i].config == CONFIG_DEFAULT; /* a manager would have made it a file */
        told += plan->phones[i].manager_count > 0;
    }
    if (told == 0)
        return;
    printf("\n  Phones register with:\n");
    for (size_t i = 0; i < plan->count; i++)
        if (is_first(plan, i))
            print_managers(plan, i);
    if (plan->fleet->manager.engine == MANAGER_OWN)
        printf("  Our call manager knows nobody, and takes whoever comes (auto-registration)\n");
    else if (new > 0)
        printf("  %zu phones come by " OWN_DEFAULT ": a call manager that does not know them takes "
               "them by auto-registration alone\n",
               new);
}

/* ---- XMLDefault ---------------------------------------------------------------------- */

/* How many phones of a model take the load that it names. */
static size_t takers(const struct plan *plan, const struct phone_model *model)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_phone *p = &plan->phones[i];
        count += p->model == model && (p->config == CONFIG_DEFAULT || p->from_default);
    }
    return count;
}

/* What the file says, or NULL; to be freed. */
static struct inspected *read_default(const struct stock *stock)
{
    char *path = stock_serves(stock, OWN_DEFAULT) ? stock_path(stock, OWN_DEFAULT) : NULL;
    struct inspected *file = path ? inspect_files(&path, 1, NULL) : NULL;
    free(path);
    return file;
}

json_t *dryrun_defaults(const struct plan *plan, const struct stock *stock)
{
    json_t *list = json_array();
    struct inspected *file = read_default(stock);
    for (size_t i = 0; file && i < phone_model_count; i++) {
        const struct phone_model *m = &phone_models[i];
        const char *why, *load = inspected_load(file, m->type, &why);
        if (load && *load)
            json_array_append_new(list, json_pack("{s:i, s:s, s:o, s:i}", "type", (int)m->type,
                                                  "model", m->name, "load", json_text(load),
                                                  "phones", (int)takers(plan, m)));
    }
    free(file);
    return list;
}

void dryrun_default(const struct plan *plan, const struct stock *stock)
{
    json_t *list = dryrun_defaults(plan, stock);
    if (json_array_size(list) > 0)
        printf("\n  " OWN_DEFAULT " names:\n");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i);
        printf("  %6lld  %-11s  %-32s  for %lld phones\n",
               json_integer_value(json_object_get(row, "type")),
               json_string_value(json_object_get(row, "model")),
               json_string_value(json_object_get(row, "load")),
               json_integer_value(json_object_get(row, "phones")));
    }
    json_decref(list);
}

json_t *dryrun_managers_json(const struct plan_phone *p)
{
    char ip[INET_ADDRSTRLEN];
    json_t *list = json_array();
    for (size_t i = 0; i < p->manager_count; i++)
        json_array_append_new(list, json_string(ip_text(p->managers[i], ip)));
    return list;
}
