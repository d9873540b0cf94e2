/* leasejson.c - see leasejson.h. */
#include "netns/report/leasejson.h"

#include <arpa/inet.h>

json_t *leasejson_address(uint32_t ip)
{
    char text[INET_ADDRSTRLEN];
    return ip ? json_string(inet_ntop(AF_INET, &ip, text, sizeof text)) : json_null();
}

static json_t *seconds_or_null(uint64_t us)
{
    return us ? json_real((double)us / 1e6) : json_null();
}

json_t *leasejson_phone(const struct phone_status *s)
{
    bool named = s->tftp_by < TFTP_SOURCE_COUNT && s->tftp_by != TFTP_BY_NONE;
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "server", leasejson_address(s->dhcp_server),
                     "lease_end_s", seconds_or_null(s->lease_end_us), "router",
                     leasejson_address(s->router),
                     "tftp", leasejson_address(s->tftp_ip), "tftp_by",
                     named ? json_string(tftp_source_words[s->tftp_by]) : json_null());
}

/* The addresses of the servers that phones name, each once. */
static json_t *dhcp_servers(const struct results *r)
{
    json_t *seen = json_object(), *list = json_array();
    for (size_t i = 0; i < r->plan->count; i++) {
        uint32_t ip = r->plan->phones[i].dhcp ? r->facts.status[i].dhcp_server : 0;
        char text[INET_ADDRSTRLEN];
        if (ip == 0 || json_object_get(seen, inet_ntop(AF_INET, &ip, text, sizeof text)))
            continue;
        json_object_set_new(seen, text, json_true());
        json_array_append_new(list, json_string(text));
    }
    json_decref(seen);
    return list;
}

static json_t *tftp_by(const struct leases *l)
{
    json_t *by = json_object();
    for (int i = TFTP_BY_NONE + 1; i < TFTP_SOURCE_COUNT; i++)
        if (l->by[i])
            json_object_set_new(by, tftp_source_words[i], json_integer((json_int_t)l->by[i]));
    return by;
}

json_t *leasejson_run(const struct results *r)
{
    const struct leases *l = &r->leases;
    const struct fleet_dhcp *d = &r->plan->fleet->dhcp;
    if (l->asking == 0)
        return json_null();
    json_t *log = l->witnessed ? json_pack("{s:I, s:I, s:I}", "acks", (json_int_t)l->acks, "naks",
                                           (json_int_t)l->naks, "no_address_available",
                                           (json_int_t)l->refusals)
                               : json_null();
    return json_pack("{s:s, s:o, s:o, s:I, s:I, s:o, s:o}",
        "engine", d->engine == DHCP_OWN ? "own" : "external", "at",
        d->engine != DHCP_OWN ? json_null()
                              : json_string(d->at == DHCP_AT_SITE ? "site" : "headquarters"),
        "servers", dhcp_servers(r), "phones", (json_int_t)l->asking, "leases",
        (json_int_t)l->held, "tftp_by", tftp_by(l), "log", log);
}
