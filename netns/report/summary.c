/* summary.c - summary.json (of schema 1: keys may come, none goes) and compare.json, which holds
 * the summaries of several runs and their ratios.
 */
#include "netns/report/summary.h"
#include "netns/judge/figures.h"
#include "netns/report/leasejson.h"
#include "netns/report/managerjson.h"
#include "netns/text/json.h"
#include "netns/text/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA 1

static const char *mode_name(const struct results *r)
{
    return r->plan->fleet->mode == MODE_PFS ? "pfs" : "traditional";
}

static json_t *real_or_null(double value)
{
    return isnan(value) ? json_null() : json_real(value);
}

/* Adds to what stands under the file's name. */
static void count_in(json_t *files, const struct fetch_count *f)
{
    char *name = text_of(f->file, TEXT_JSON);
    json_int_t before = json_integer_value(json_object_get(files, name));
    json_object_set_new(files, name, json_integer(before + f->count));
    free(name);
}

static json_t *fetches(const struct results *r)
{
    json_t *all = json_object();
    for (size_t i = 0; i < r->fetches.count; i++) {
        const struct fetch_count *f = &r->fetches.rows[i];
        count_in(all, f);
    }
    return all;
}

static json_t *fetches_by_model(const struct results *r)
{
    json_t *models = json_object();
    for (size_t i = 0; i < r->fetches.count; i++) {
        const struct fetch_count *f = &r->fetches.rows[i];
        const char *name = f->model ? f->model->name : "other clients";
        if (!json_object_get(models, name))
            json_object_set_new(models, name, json_object());
        count_in(json_object_get(models, name), f);
    }
    return models;
}

static json_t *hierarchies(const struct results *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->hierarchy_count; i++) {
        const struct hierarchy *h = &r->hierarchies[i];
        json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:s, s:I, s:I, s:I}",
            "model", h->model->name, "subnet", json_text(r->plan->subnets[h->subnet].name),
            "file", json_text(h->file), "root", h->root,
            "members", (json_int_t)h->members, "depth", (json_int_t)h->depth,
            "max_children", (json_int_t)h->max_children));
    }
    return list;
}

static json_t *expectations(const struct results *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->expectation_count; i++) {
        const struct expectation *e = &r->expectations[i];
        json_array_append_new(list, json_pack("{s:s, s:b, s:o}", "name", e->name, "passed",
                                              (int)e->passed, "detail", json_text(e->detail)));
    }
    return list;
}

/* On TCP 4051, as a child and as a parent. */
static json_t *sessions(const struct phone_traffic *t)
{
    return json_pack("{s:I, s:I}", "opened", (json_int_t)t->opened, "accepted",
                     (json_int_t)t->accepted);
}

static json_t *phones(const struct results *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->plan->count; i++) {
        const struct plan_phone *p = &r->plan->phones[i];
        const struct phone_status *s = &r->facts.status[i];
        char told[OUTCOME_TEXT];
        json_t *phone = json_pack("{s:s, s:s, s:o, s:s, s:b, s:b, s:o, s:o, s:o, s:o, s:f}",
            "name", p->name, "model", p->model->name, "ip", leasejson_address(results_ip(r, i)),
            "state", s->state < PHONE_STATE_COUNT ? phone_state_names[s->state] : "unknown",
            "upgraded", (int)results_upgraded(r, i), "pfs", (int)r->sharing[i],
            "running", json_text(s->running), "status_text", json_text(s->status_text),
            "status_file", json_text(s->status_file),
            "status_server", json_text(s->status_server), "changed_s", (double)s->changed_us / 1e6);
        if (r->plan->fleet->manager.engine >= MANAGER_OWN)
            json_object_set_new(phone, "registered", json_boolean(s->registered));
        if (r->facts.traffic)
            json_object_set_new(phone, "sessions", sessions(&r->facts.traffic[i]));
        if (p->dhcp)
            json_object_set_new(phone, "dhcp", leasejson_phone(s));
        if (outcome_of(s) == OUTCOME_UNFINISHED)
            json_object_set_new(phone, "waits", json_text(outcome_doing(s, told)));
        if (results_expected_end(r, i, told))
            json_object_set_new(phone, "expected_end", json_text(told));
        if (s->voice_vlan)
            json_object_set_new(phone, "voice_vlan", json_integer(s->voice_vlan));
        json_array_append_new(list, phone);
    }
    return list;
}

static json_t *server(const struct results *r)
{
    bool external = r->plan->fleet->engine == ENGINE_EXTERNAL;
    return json_pack("{s:s, s:I, s:o, s:o, s:I, s:I, s:{s:I, s:I}}",
        "witness", external ? "capture" : "tftp.log", "bytes", (json_int_t)r->fetches.bytes,
        "fetches", fetches(r),
        "fetches_by_model", fetches_by_model(r),
        "firmware_fetches", (json_int_t)fetches_of_firmware(&r->fetches),
        "failed_transfers", (json_int_t)r->fetches.failed,
        "http", "fetches", (json_int_t)r->fetches.http, "bytes", (json_int_t)r->fetches.http_bytes);
}

static json_t *phone_counts(const struct results *r)
{
    json_int_t kept[PHONE_STATE_COUNT] = {0};
    for (size_t i = 0; i < r->plan->count; i++)
        if (r->facts.status[i].state < PHONE_STATE_COUNT)
            kept[r->facts.status[i].state]++;
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}",
        "total", (json_int_t)r->plan->count, "upgraded", (json_int_t)r->upgraded,
        "failed", (json_int_t)r->failed, "killed", kept[PHONE_KILLED],
        "frozen", kept[PHONE_FROZEN], "unplugged", kept[PHONE_UNPLUGGED]);
}

static json_t *wan(const struct results *r)
{
    return json_pack("{s:I, s:I}", "bytes_down", (json_int_t)r->facts.wan_bytes_down,
                     "bytes_up", (json_int_t)r->facts.wan_bytes_up);
}

static json_t *lan(const struct results *r)
{
    const struct run_facts *f = &r->facts;
    return json_pack("{s:I, s:I, s:I, s:I, s:I}",
        "tcp4051_bytes", (json_int_t)f->tcp4051_bytes,
        "udp4051_broadcasts", (json_int_t)f->udp4051_broadcasts,
        "other_frames", (json_int_t)f->lan_other_frames,
        "meter_dropped", (json_int_t)f->meter_dropped,
        "neighbours_refused", (json_int_t)f->neighbours_refused);
}

static json_t *times(const struct results *r)
{
    return json_pack("{s:f, s:f}", "emulated_s", (double)r->facts.emulated_us / 1e6,
                     "wall_s", (double)r->facts.wall_ms / 1e3);
}

static json_t *fidelity(const struct results *r)
{
    json_t *lateness = json_pack("{s:f, s:f}", "p99", (double)r->clock.p99_us / 1e3,
                                 "max", (double)r->clock.max_us / 1e3);
    return json_pack("{s:o, s:I, s:I, s:b}", "timer_lateness_ms", lateness,
                     "timers", (json_int_t)r->clock.timers, "timers_late",
                     (json_int_t)r->clock.late, "faithful", (int)r->clock.faithful);
}

static json_t *held_by(const struct clock_facts *c)
{
    json_t *all = json_object();
    for (size_t i = 0; i < CLOCK_HOLDERS; i++)
        json_object_set_new(all, fidelity_holders[i].key,
                            json_pack("{s:f, s:I}", "s", (double)c->held_ns[i] / 1e9, "times",
                                      (json_int_t)c->holds[i]));
    return all;
}

static json_t *hung(const struct results *r)
{
    const struct clock_facts *c = &r->facts.clock;
    json_t *names = json_array();
    for (size_t i = 0; i < CLOCK_HUNG && i < c->hung_count; i++)
        json_array_append_new(names, json_string(fidelity_hung(c, r->plan, i)));
    return names;
}

/* Of a clock that runs free all that is about waiting is 0; it has no lag. */
static json_t *fleet_clock(const struct results *r)
{
    const struct clock_facts *c = &r->facts.clock;
    const struct fleet *fleet = r->plan->fleet;
    bool automatic = fleet->speed == SPEED_AUTO;
    return json_pack("{s:s, s:o, s:o, s:f, s:f, s:o, s:o, s:I, s:o, s:I}",
        "mode", c->free ? "free" : "held",
        "speed", automatic ? json_string("auto") : json_integer((json_int_t)fleet->speed),
        "lag_ms", c->free ? json_null() : json_real((double)fleet_lag_us(fleet) / 1e3),
        "ran_s", (double)c->ran_ns / 1e9, "held_s", (double)fidelity_held(c) / 1e9,
        "effective_speed", real_or_null(fidelity_speed(&r->facts)), "held_by", held_by(c),
        "unanswered", (json_int_t)c->unanswered, "hung", hung(r),
        "hung_count", (json_int_t)c->hung_count);
}

static json_t *launch(const struct results *r)
{
    return json_pack("{s:I, s:I}", "phones_ready_ms", (json_int_t)r->facts.phones_ready_ms,
                     "teardown_ms", (json_int_t)r->facts.teardown_ms);
}

static json_t *memory(const struct results *r)
{
    double peak = (double)r->facts.memory_peak_kib, count = (double)r->plan->count;
    return json_pack("{s:I, s:f}", "peak_kib", (json_int_t)r->facts.memory_peak_kib,
                     "per_phone_kib", count > 0 ? peak / count : 0);
}

static json_t *damaged_events(const struct results *r)
{
    return json_integer((json_int_t)r->events->damaged);
}

static json_t *heading(const struct results *r)
{
    const struct fleet *fleet = r->plan->fleet;
    return json_pack("{s:i, s:o, s:s, s:i, s:I, s:s}",
        "schema", SCHEMA, "name", json_text(fleet->name), "mode", mode_name(r),
        "speed", (int)fleet_ceiling(fleet), "seed", (json_int_t)fleet->seed,
        "verdict", verdicts[results_verdict(r)].word);
}

/* What follows the heading, in its order. */
static const struct {
    const char *key;
    json_t *(*value)(const struct results *r);
} parts[] = {
    {"phones", phone_counts},
    {"server", server},
    {"dhcp", leasejson_run},
    {"callmanager", managerjson_summary},
    {"wan", wan},
    {"lan", lan},
    {"hierarchies", hierarchies},
    {"time", times},
    {"clock", fleet_clock},
    {"fidelity", fidelity},
    {"launch", launch},
    {"memory", memory},
    {"expectations", expectations},
    {"damaged_events", damaged_events},
    {"per_phone", phones},
};

static json_t *summary(const struct results *r)
{
    json_t *all = heading(r);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (json_object_set_new(all, parts[i].key, parts[i].value(r)) < 0) {
            json_decref(all);
            return NULL;
        }
    return all;
}

static json_t *ratios(const struct results *traditional, const struct results *pfs)
{
    const struct run_facts *t = &traditional->facts, *p = &pfs->facts;
    return json_pack(
        "{s:o, s:o, s:o, s:o}",
        "wan_bytes", real_or_null(figure_quotient((double)(t->wan_bytes_down + t->wan_bytes_up),
                                                  (double)(p->wan_bytes_down + p->wan_bytes_up))),
        "emulated_s", real_or_null(figure_quotient((double)t->emulated_us,
                                                   (double)p->emulated_us)),
        "server_bytes", real_or_null(figure_quotient((double)traditional->fetches.bytes,
                                                     (double)pfs->fetches.bytes)),
        "server_fetches", real_or_null(figure_quotient(fetches_of_firmware(&traditional->fetches),
                                                       fetches_of_firmware(&pfs->fetches))));
}

/* Each run's summary under its name. */
static json_t *comparison(const struct run_set *set)
{
    json_t *all = json_pack("{s:i, s:o, s:s}", "schema", SCHEMA,
                            "name", json_text(set->run[0]->plan->fleet->name),
                            "verdict", verdicts[run_set_verdict(set)].word);
    for (size_t i = 0; all && i < set->count; i++)
        json_object_set_new(all, run_label(set->run[i]), summary(set->run[i]));
    if (all && run_set_is_modes(set)) {
        json_object_set_new(all, "ratios_are", json_string(
            "traditional over pfs; null where pfs has 0; server_fetches counts firmware files "
            "only; wan_bytes is down and up together"));
        json_object_set_new(all, "ratios", ratios(set->run[0], set->run[1]));
    }
    return all;
}

/* Prints and drops; a NULL value is want of memory. */
static int dump(FILE *out, json_t *value)
{
    int bad = value ? json_dumpf(value, out, JSON_INDENT(2) | JSON_REAL_PRECISION(12)) : -1;
    json_decref(value);
    fputc('\n', out);
    return bad ? -ENOMEM : 0;
}

int summary_body(FILE *out, const void *of)
{
    const struct run_set *set = of;
    return dump(out, summary(set->run[0]));
}

int compare_body(FILE *out, const void *of)
{
    return dump(out, comparison(of));
}
