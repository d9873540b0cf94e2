/* managerjson.c - see managerjson.h. */
#include "netns/report/managerjson.h"
#include "netns/judge/figures.h"

#include <arpa/inet.h>
#include <errno.h>

static json_t *text_of_ip(uint32_t ip)
{
    char text[INET_ADDRSTRLEN];
    return json_string(inet_ntop(AF_INET, &ip, text, sizeof text));
}

static json_t *addresses(const struct fleet_manager *m)
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->count; i++)
        json_array_append_new(list, text_of_ip(m->address[i]));
    return list;
}

static json_t *device_json(const struct registrar_device *d)
{
    bool ended = d->reason != CCM_NONE;
    return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:I, s:i, s:f, s:f, s:I, s:I, s:I, s:I}",
        "name", json_text(d->name), "state", device_state_words[d->state],
        "reason", ended ? json_string(registrar_reason_word(d->reason)) : json_null(),
        "load", json_text(d->load), "previous", json_text(d->previous),
        "last_reset", json_text(d->last_reset), "address", text_of_ip(d->ip),
        "type", (json_int_t)d->type, "version", (int)d->version,
        "registered_s", (double)d->registered_at / 1e6,
        "heard_s", (double)d->heard_at / 1e6, "registrations", (json_int_t)d->registrations,
        "keep_alives", (json_int_t)d->keep_alives, "alarms", (json_int_t)d->alarms,
        "orders", (json_int_t)d->orders);
}

/* Of our own: what became of all its devices together. */
static void add_counts(json_t *to, const struct manager_list *list)
{
    json_int_t registered = 0, registrations = 0, resets = 0, devices = 0;
    struct registrar_device d;
    for (uint32_t i = 0; managerlist_get(list, i, &d); i++) {
        devices++;
        registered += d.state == DEVICE_REGISTERED;
        registrations += d.registrations;
        resets += d.orders;
    }
    json_object_set_new(to, "devices", json_integer(devices));
    json_object_set_new(to, "registered", json_integer(registered));
    json_object_set_new(to, "registrations", json_integer(registrations));
    json_object_set_new(to, "resets", json_integer(resets));
    json_object_set_new(to, "list", json_string("callmanager.json"));
}

/* Somebody else's: what the phones say. */
static void add_claims(json_t *to, const struct results *r)
{
    json_int_t registered = 0;
    for (size_t i = 0; i < r->plan->count; i++)
        registered += r->facts.status[i].registered != 0;
    json_object_set_new(to, "registered", json_integer(registered));
    json_object_set_new(to, "list", json_null());
}

json_t *managerjson_summary(const struct results *r)
{
    const struct fleet_manager *m = &r->plan->fleet->manager;
    if (m->engine < MANAGER_OWN)
        return json_null();
    json_t *all = json_pack("{s:s, s:o, s:i}", "engine",
                            m->engine == MANAGER_EXTERNAL ? "external" : "own", "address",
                            addresses(m), "port", (int)m->port);
    if (r->facts.manager)
        add_counts(all, r->facts.manager);
    else
        add_claims(all, r);
    return all;
}

int managerjson_body(FILE *out, const void *of)
{
    const struct run_set *set = of;
    struct registrar_device d;
    json_t *list = json_array();
    for (uint32_t i = 0; managerlist_get(set->run[0]->facts.manager, i, &d); i++)
        json_array_append_new(list, device_json(&d));
    int bad = json_dumpf(list, out, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    json_decref(list);
    fputc('\n', out);
    return bad ? -ENOMEM : 0;
}
